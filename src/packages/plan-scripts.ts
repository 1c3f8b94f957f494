import type { FullConfig } from '../config/defaults.ts'
import type { Path } from '../config/path.ts'
import type { Renderer } from '../plan/renderer.ts'
import type { Overridable } from './merge.ts'
import { scriptPath } from './plan-contents.ts'
import type { PackageFormat } from './formats.ts'
import type { PlannedSignature } from './planned.ts'

type Entry = FullConfig['nfpms'][number]

/** Moment → path of the script, of those that a packager knows. Only the four common ones are templates, as with GoReleaser. */
export function planScripts(
  renderer: Renderer,
  over: Overridable,
  path: Path,
  packager: string,
): Record<string, string> {
  const own = {
    deb: over.deb?.scripts,
    rpm: over.rpm?.scripts,
    apk: over.apk?.scripts,
    archlinux: over.archlinux?.scripts,
  }
  const out: Record<string, string> = {}
  for (const key of ['preinstall', 'postinstall', 'preremove', 'postremove'] as const) {
    const text = renderer.render(over.scripts?.[key], [...path, 'scripts', key])
    const script = text === '' ? undefined : scriptPath(renderer, text, [...path, 'scripts', key])
    if (script !== undefined) out[key] = script
  }
  const further = Object.hasOwn(own, packager) ? own[packager as keyof typeof own] : undefined
  for (const [key, text] of Object.entries(further ?? {})) {
    if (typeof text !== 'string' || text === '') continue
    const script = scriptPath(renderer, text, [...path, packager, 'scripts', key])
    if (script !== undefined) out[key] = script
  }
  return out
}

const ROLES = ['origin', 'maint', 'archive']

/** How a package is signed, when it is. */
export function planSignature(
  renderer: Renderer,
  entry: Entry,
  over: Overridable,
  path: Path,
  format: PackageFormat,
): PlannedSignature | undefined {
  const kind = format === 'termux.deb' ? 'deb' : format
  if (kind !== 'deb' && kind !== 'rpm' && kind !== 'apk') return undefined
  const keyFile = renderer.render(over[kind]?.signature?.key_file, [...path, kind, 'signature', 'key_file'])
  if (keyFile === '') return undefined
  const role = over.deb?.signature?.type || 'origin'
  if (kind === 'deb' && !ROLES.includes(role)) {
    const mend = `use one of ${ROLES.join(', ')}`
    renderer.problem('bad-signature', [...path, 'deb', 'signature', 'type'], `${role} signs no deb`, mend)
  }
  const id = entry.id.toUpperCase()
  return {
    keyFile,
    role,
    keyName: kind === 'apk' ? keyName(renderer, over, entry, path) : '',
    passphrases: [`NFPM_${id}_${kind.toUpperCase()}_PASSPHRASE`, `NFPM_${id}_PASSPHRASE`, 'NFPM_PASSPHRASE'],
  }
}

/** The file name of the public key in /etc/apk/keys; by default the maintainer's address. */
function keyName(renderer: Renderer, over: Overridable, entry: Entry, path: Path): string {
  const at = [...path, 'apk', 'signature', 'key_name']
  const maintainer = renderer.render(entry.maintainer, [...path, 'maintainer'])
  const address = /<([^<>\s]+@[^<>\s]+)>\s*$/.exec(maintainer)?.[1] ?? /^\S+@\S+$/.exec(maintainer.trim())?.[0]
  const name = renderer.render(over.apk?.signature?.key_name, at) || address
  if (name === undefined || /[/\s]/.test(name)) {
    renderer.problem('bad-signature', at, 'nothing tells the name of the key', 'set `apk.signature.key_name`')
    return ''
  }
  return name.endsWith('.rsa.pub') ? name : `${name}.rsa.pub`
}
