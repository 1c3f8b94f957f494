import { gzip } from './gzip.ts'
import { memberName } from './member-name.ts'
import type { EntryBody } from './tar.ts'
import { tar } from './tar.ts'

/** 1985-10-26T08:15:00Z, the time that `npm pack` gives every file. */
const NPM_TIME = 499162500

/** A file of an npm package. */
export interface NpmFile {
  /** Inside the package: `bin/hello`. */
  path: string
  executable: boolean
  body: EntryBody & { type: 'file' }
}

/**
 * The tarball of an npm package as `npm pack` makes it: everything under `package/`, modes 0644 and 0755, one fixed time.
 * `package.json` comes first, the rest is sorted by path, so the order given has no influence.
 * @example for await (const chunk of npmTarball([npmText('package.json', '{}')])) out.write(chunk)
 */
export async function* npmTarball(files: Iterable<NpmFile>): AsyncGenerator<Buffer> {
  const all = [...files].map((one) => ({ ...one, path: memberName(one.path) }))
  const rank = (path: string): string => (path === 'package.json' ? '' : path)
  all.sort((a, b) => Buffer.compare(Buffer.from(rank(a.path)), Buffer.from(rank(b.path))))
  yield* gzip(
    tar(
      all.map((one) => ({
        name: `package/${one.path}`,
        mode: one.executable ? 0o755 : 0o644,
        mtime: NPM_TIME,
        body: one.body,
      })),
    ),
  )
}

/** A text as a file of a package. */
export function npmText(path: string, text: string, executable = false): NpmFile {
  const bytes = Buffer.from(text)
  return { path, executable, body: { type: 'file', size: bytes.length, content: () => once(bytes) } }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
