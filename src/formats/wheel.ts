import { FormatError } from './format-error.ts'
import { digester } from './hash.ts'
import { memberName } from './member-name.ts'
import type { ArchiveEntry, EntryBody } from './tar.ts'
import { zip } from './zip.ts'

/** A file of a wheel. */
export interface WheelFile {
  /** Inside the wheel: `hello-1.0.data/scripts/hello`. */
  path: string
  executable: boolean
  body: EntryBody & { type: 'file' }
}

/** What a wheel is made of. */
export interface Wheel {
  /** Normalised: `hello_acme`. */
  distribution: string
  /** Normalised (PEP 440): `1.2.3rc1`. */
  version: string
  /** Platform tags, compressed into one: `['manylinux_2_17_x86_64', 'musllinux_1_1_x86_64']`; `['any']` for a pure wheel. */
  platforms: string[]
  /** Text of METADATA. */
  metadata: string
  /** Further files of `.dist-info`, by name: `entry_points.txt`, `LICENSE`. */
  info?: Record<string, string>
  files: WheelFile[]
  /** Seconds since the epoch, of every member. */
  mtime: number
}

/** The base64 of 32 bytes without padding has 43 characters. */
const DIGEST_LENGTH = 43

/**
 * The file name of a wheel; the tags of a compressed set are sorted.
 * @example wheelName({ distribution: 'hello', version: '1.0', platforms: ['win_amd64'] }) // 'hello-1.0-py3-none-win_amd64.whl'
 */
export function wheelName({ distribution, version, platforms }: Pick<Wheel, 'distribution' | 'version' | 'platforms'>) {
  return `${distribution}-${version}-py3-none-${[...platforms].sort().join('.')}.whl`
}

/** A text as a file of a wheel. */
export function wheelText(path: string, text: string): WheelFile {
  const bytes = Buffer.from(text)
  return { path, executable: false, body: { type: 'file', size: bytes.length, content: () => once(bytes) } }
}

/**
 * A wheel (packaging.python.org, "Binary distribution format", 1.0), streamed. Files are sorted by path, `.dist-info` comes last
 * and RECORD at the very end; times and modes are fixed, so the same input gives the same bytes. No data descriptors: PyPI
 * refuses them (https://docs.pypi.org/archives/).
 * @example for await (const chunk of wheel({ distribution: 'hello', version: '1.0', platforms: ['any'], … })) out.write(chunk)
 */
export function wheel(from: Wheel): AsyncGenerator<Buffer> {
  const folder = `${from.distribution}-${from.version}.dist-info`
  const files = from.files.map((one) => ({ ...one, path: recordable(one.path) })).sort(byPath)
  const info = Object.entries({ ...from.info, METADATA: from.metadata, WHEEL: wheelFile(from) })
    .map(([name, text]) => wheelText(recordable(`${folder}/${name}`), text))
    .sort(byPath)
  return zip(members([...files, ...info], `${folder}/RECORD`, from.mtime), { descriptors: false })
}

function* members(files: WheelFile[], record: string, mtime: number): Generator<ArchiveEntry> {
  const lines: string[] = []
  for (const { path, executable, body } of files) {
    const content = async function* hashed(): AsyncGenerator<Uint8Array> {
      const hash = digester('sha256')
      for await (const chunk of body.content()) {
        hash.update(chunk)
        yield chunk
      }
      lines.push(`${path},sha256=${Buffer.from(hash.hex(), 'hex').toString('base64url')},${body.size}\n`)
    }
    yield { name: path, mode: executable ? 0o755 : 0o644, mtime, body: { ...body, content } }
  }
  // Its size is told before the digests are known.
  const own = `${record},,\n`
  const size = files.reduce((sum, { path, body }) => {
    return sum + Buffer.byteLength(`${path},sha256=,${body.size}\n`) + DIGEST_LENGTH
  }, own.length)
  const content = (): AsyncGenerator<Uint8Array> => once(Buffer.from([...lines.sort(), own].join('')))
  yield { name: record, mode: 0o644, mtime, body: { type: 'file', size, content } }
}

function wheelFile({ platforms }: Wheel): string {
  const pure = platforms.length === 1 && platforms[0] === 'any'
  return [
    'Wheel-Version: 1.0',
    'Generator: tagonce',
    `Root-Is-Purelib: ${pure ? 'true' : 'false'}`,
    ...[...platforms].sort().map((tag) => `Tag: py3-none-${tag}`),
    '',
  ].join('\n')
}

/** RECORD is CSV: a name that needs quoting is refused, as no program needs one. */
function recordable(path: string): string {
  if (/[",\r\n]/.test(path)) throw new FormatError(`a wheel cannot hold ${JSON.stringify(path)}`)
  return memberName(path)
}

function byPath(a: { path: string }, b: { path: string }): number {
  return Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
