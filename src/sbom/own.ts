import { readGoBuildInfo } from '../formats/binary/go-build-info.ts'
import { hashFile } from '../formats/hash.ts'
import { inside } from '../core/paths.ts'
import type { Subject } from '../signing/subject.ts'
import { VERSION } from '../version.ts'
import { cycloneDxJson } from './cyclonedx.ts'
import type { Inventory, Program } from './inventory.ts'
import { spdxJson } from './spdx.ts'

const WRITERS: Record<string, (inventory: Inventory) => string> = {
  'spdx-json': spdxJson,
  'cyclonedx-json': cycloneDxJson,
}

/** Formats that we write without syft, by syft's names. */
export const ownFormats: readonly string[] = Object.keys(WRITERS)

/**
 * The format and the document that syft's arguments ask for; undefined where they ask for what we do not write.
 * @example askedOf(['a.zip', '--output', 'spdx-json=a.json']) // { format: 'spdx-json', document: 'a.json' }
 */
export function askedOf(args: string[]): { format: string; document: string }[] | undefined {
  const outputs: string[] = []
  let file: string | undefined
  for (const [index, arg] of args.entries()) {
    const next = args[index + 1] ?? ''
    if (arg === '-o' || arg === '--output') outputs.push(next)
    else if (arg.startsWith('--output=')) outputs.push(arg.slice('--output='.length))
    else if (/^-o=?./.test(arg)) outputs.push(arg.replace(/^-o=?/, ''))
    else if (arg === '--file') file = next
    else if (arg.startsWith('--file=')) file = arg.slice('--file='.length)
  }
  const asked = outputs.map((one) => {
    const at = one.indexOf('=')
    const format = (at === -1 ? one : one.slice(0, at)).replace(/@.*$/, '')
    return { format, document: at === -1 ? (file ?? '') : one.slice(at + 1) }
  })
  const known = asked.every(({ format, document }) => Object.hasOwn(WRITERS, format) && document !== '')
  return asked.length > 0 && known ? asked : undefined
}

/** The text of a document about one artifact, from what the Go compiler wrote into its programs. */
export async function ownDocument(
  format: string,
  facts: Omit<Inventory, 'tool' | 'programs' | 'artifact'> & { artifact: Omit<Inventory['artifact'], 'sha256'> },
  subject: Subject,
  programs: { name: string; path: string }[],
  root: string,
): Promise<{ text: string; withoutInfo: string[] }> {
  const read = await Promise.all(
    programs.map(async ({ name, path }): Promise<Program> => {
      const file = inside(root, path)
      const info = await readGoBuildInfo(file)
      const { digests } = await hashFile(file, ['sha256'])
      return { name, sha256: digests.sha256, ...(info === undefined ? {} : { info }) }
    }),
  )
  const { digests } = await hashFile(inside(root, subject.path), ['sha256'])
  const whole: Inventory = {
    ...facts,
    artifact: { ...facts.artifact, sha256: digests.sha256 },
    programs: read.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    tool: { name: 'tagonce', version: VERSION },
  }
  const write = WRITERS[format] ?? spdxJson
  return { text: write(whole), withoutInfo: read.filter((one) => one.info === undefined).map((one) => one.name) }
}
