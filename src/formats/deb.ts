import { ar, type ArMember } from './ar.ts'
import {
  conffiles,
  controlDescription,
  controlText,
  debianVersion,
  furtherFields,
  orNone,
  relations,
  sizeField,
} from './deb-control.ts'
import { gzip } from './gzip.ts'
import { compression } from './package-compress.ts'
import { textBody, wholeOf, type PackageEntry, type PackageFacts, type PackageScripts } from './package-entry.ts'
import type { Spool } from './package-spool.ts'
import { tar, type TarEntry } from './tar.ts'

/** What only a deb says. */
export interface DebFacts extends PackageFacts {
  /** `amd64v3`; empty for none. */
  archVariant: string
  breaks: string[]
  predepends: string[]
  fields: Record<string, string>
  /** Directive (`interest-noawait`) and what it names, in their order. */
  triggers: [directive: string, name: string][]
  /** `gzip`, `xz`, `zstd`, `none`. */
  compression: string
  scripts: PackageScripts
  /** Texts of debconf. */
  rules?: string
  templates?: string
  config?: string
}

/** A signature over the members of a deb, as debsigs makes it: an armoured detached one, in a member of its own. */
export interface DebSigner {
  /** `origin`, `maint` or `archive`. */
  role: string
  sign: (signed: () => AsyncIterable<Uint8Array>) => Promise<Uint8Array>
}

/**
 * A Debian package (deb(5), format 2.0): an ar archive of a version, a control archive and a data archive.
 * @example for await (const chunk of deb(facts, entries, spoolIn(folder))) out.write(chunk)
 */
export async function* deb(
  facts: DebFacts,
  entries: PackageEntry[],
  spool: Spool,
  signer?: DebSigner,
): AsyncGenerator<Uint8Array> {
  const { mtime } = facts
  const { compress, ext } = compression(facts.compression)
  const data = await spool(compress(tar(dataEntries(entries), { dialect: 'gnu' })))
  const control = textBody(await wholeOf(gzip(tar(controlEntries(facts, entries), { dialect: 'gnu' }))))
  const members: ArMember[] = [
    { name: 'debian-binary', mtime, ...textBody('2.0\n') },
    { name: 'control.tar.gz', mtime, ...control },
    { name: `data.tar${ext}`, mtime, size: data.size, content: data.content },
  ]
  if (signer !== undefined) {
    const signature = await signer.sign(async function* () {
      for (const member of members) yield* member.content()
    })
    members.push({ name: `_gpg${signer.role}`, mtime, ...textBody(signature) })
  }
  yield* ar(members)
}

/** Entries of a data archive; names begin with `./`, and those of folders end with a slash. */
export function dataEntries(entries: PackageEntry[]): TarEntry[] {
  return entries.flatMap(({ path, mode, mtime, owner, group, body }): TarEntry[] => {
    const common = { name: `.${path}`, mode, mtime, owner, group }
    if (body.type === 'ghost') return []
    if (body.type === 'directory') return [{ ...common, name: `${common.name}/`, body: { type: 'directory' } }]
    return [{ ...common, body }]
  })
}

/** Names of scripts in dpkg's words. */
function debianScripts(scripts: PackageScripts): [name: string, text: string | undefined][] {
  return [
    ['postinst', scripts.postinstall],
    ['postrm', scripts.postremove],
    ['preinst', scripts.preinstall],
    ['prerm', scripts.preremove],
  ]
}

function controlEntries(facts: DebFacts, entries: PackageEntry[]): TarEntry[] {
  const sums = entries
    .map(({ path, body }) => (body.type === 'file' ? `${body.digests.md5}  ${path.slice(1)}\n` : ''))
    .join('')
  const config = conffiles(entries)
  const triggers = facts.triggers.map(([directive, name]) => `${directive} ${name}\n`).join('')
  const texts: [name: string, text: string | undefined, mode: number][] = [
    ['control', debControl(facts, entries), 0o644],
    ['md5sums', sums, 0o644],
    ['conffiles', orNone(config), 0o644],
    ['triggers', orNone(triggers), 0o644],
    ['config', facts.config, 0o755],
    ...debianScripts(facts.scripts).map(([name, text]): [string, string | undefined, number] => [name, text, 0o755]),
    ['rules', facts.rules, 0o755],
    ['templates', facts.templates, 0o644],
  ]
  return texts.flatMap(([name, text, mode]): TarEntry[] =>
    text === undefined ? [] : [{ name: `./${name}`, mode, mtime: facts.mtime, ...OWNER, body: textBody(text) }],
  )
}

const OWNER = { owner: 'root', group: 'root' }

/** The control file (Debian Policy, 5.3). */
export function debControl(facts: DebFacts, entries: PackageEntry[]): string {
  const arch = facts.platform === 'linux' ? facts.arch : `${facts.platform}-${facts.arch}`
  return controlText([
    ['Package', facts.name],
    ['Version', debianVersion(facts)],
    ['Section', orNone(facts.section)],
    ['Priority', facts.priority || 'optional'],
    ['Architecture', arch],
    ['Architecture-Variant', orNone(facts.archVariant)],
    ['Maintainer', facts.maintainer || 'Unset Maintainer <unset@localhost>'],
    ['Installed-Size', String(sizeField(entries))],
    ['Replaces', relations(facts.replaces)],
    ['Provides', relations(facts.provides)],
    ['Pre-Depends', relations(facts.predepends)],
    ['Depends', relations(facts.depends)],
    ['Recommends', relations(facts.recommends)],
    ['Suggests', relations(facts.suggests)],
    ['Conflicts', relations(facts.conflicts)],
    ['Breaks', relations(facts.breaks)],
    ['Homepage', orNone(facts.homepage)],
    ['Description', controlDescription(facts.description)],
    ...furtherFields(facts.fields),
  ])
}
