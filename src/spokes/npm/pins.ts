import { readFile, realpath } from 'node:fs/promises'
import { posix } from 'node:path'
import { TagonceError } from '../../core/errors.ts'
import { inside } from '../../core/paths.ts'
import type { NpmFile } from '../../formats/npm-tarball.ts'
import type { Manifest } from '../../manifest/manifest.ts'
import { isPattern, matchingFiles } from '../../pack/glob.ts'
import type { NpmSettings } from './settings.ts'

/** Files sealed with an entry may be this big, all together. */
const MOST = 256 * 1024

/** What a package is made of already; `bin` and `lib` hold the program's starter. */
const OURS = /^(package\.json$|bin\/|lib\/|node_modules\/)/i

/**
 * `extra_files`, sealed as texts: `file:NAME`, with `base64:` before bytes that are no text. Nothing of the project is needed after that.
 */
export async function pinSettings(settings: NpmSettings, io: { root: string }): Promise<Record<string, string>> {
  const pins: Record<string, string> = {}
  let size = 0
  for (const { glob, name } of settings.extraFiles) {
    const pattern = posix.normalize(glob)
    inside(io.root, pattern)
    const found = isPattern(pattern) ? await matchingFiles(io.root, pattern) : [pattern]
    if (found.length === 0) throw wrong(settings, `no file matches ${glob}`, 'correct the glob, or take it out')
    if (found.length > 1 && name !== '') {
      throw wrong(
        settings,
        `${glob} matches ${found.length} files, which cannot all be ${name}`,
        'leave name_template out',
      )
    }
    for (const path of found) {
      const called = name === '' ? posix.basename(path) : posix.normalize(name)
      inside('/package', called)
      if (OURS.test(called)) throw wrong(settings, `${called} is made by us`, 'give the file another name')
      const bytes = await readInside(io.root, path).catch((cause: unknown) => {
        throw wrong(settings, `${path} cannot be read`, 'give its path from the root of the project', cause)
      })
      size += bytes.length
      if (size > MOST) {
        const mend = 'only small files go into a package beside the program: put big ones into the archive'
        throw wrong(settings, `with ${path} they are ${size} bytes, and ${MOST} can be sealed`, mend)
      }
      const text = bytes.toString()
      const plain = Buffer.from(text).equals(bytes) && !text.startsWith('base64:')
      pins[`file:${called}`] = plain ? text : `base64:${bytes.toString('base64')}`
    }
  }
  return pins
}

/** The sealed files of an entry, as they go into its main package. A manifest is input from outside: no name leaves the package. */
export function extraFiles(manifest: Manifest, settings: NpmSettings): NpmFile[] {
  const pins = manifest.spokes.find((one) => one.spoke === 'npm' && one.entry === settings.name)?.pins ?? {}
  return Object.entries(pins).flatMap(([key, value]): NpmFile[] => {
    if (!key.startsWith('file:')) return []
    const path = key.slice('file:'.length)
    inside('/package', path)
    if (OURS.test(posix.normalize(path))) {
      throw new TagonceError('manifest', `npm ${settings.name}: the sealed file ${path} would take the place of ours`)
    }
    const bytes = value.startsWith('base64:')
      ? Buffer.from(value.slice('base64:'.length), 'base64')
      : Buffer.from(value)
    async function* content(): AsyncGenerator<Uint8Array> {
      yield bytes
    }
    return [{ path, executable: false, body: { type: 'file', size: bytes.length, content } }]
  })
}

/** A link may lead out of the project. */
async function readInside(root: string, path: string): Promise<Buffer> {
  const real = await realpath(inside(root, path))
  return readFile(inside(await realpath(root), real))
}

function wrong({ name }: NpmSettings, what: string, hint: string, cause?: unknown): TagonceError {
  return new TagonceError('spoke', `npm ${name}: extra_files: ${what}`, {
    hint,
    ...(cause === undefined ? {} : { cause }),
  })
}
