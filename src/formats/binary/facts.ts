import type { ByteSource } from '../byte-source.ts'

/** Facts from the header of a program. */
export interface BinaryHeader {
  format: 'elf' | 'macho' | 'pe'
  /** In Go's words: amd64, arm64, 386, arm, …; `all` for a universal Mach-O; `unknown` for a machine without a name here. */
  arch: string
  /** `static`: names no shared library and asks for no loader. */
  linkage: 'static' | 'dynamic'
  /** ELF: the loader it asks for. */
  interpreter?: string
  /** ELF: highest version of glibc whose symbols it needs, e.g. `2.17`. */
  glibc?: string
  /** Shared libraries it names, in the file's order. */
  libraries: string[]
  /** Mach-O: lowest macOS it runs on, e.g. `12.0`. */
  minos?: string
}

/** At most so many bytes of any one table, whatever a header claims. */
export const MOST_BYTES = 1024 * 1024

/** Text up to the first NUL. */
export function cString(bytes: Buffer, at: number): string {
  if (at < 0 || at >= bytes.length) throw new RangeError('text outside its table')
  const end = bytes.indexOf(0, at)
  return bytes.toString('utf8', at, end === -1 ? bytes.length : end)
}

/** Reads exactly so many bytes, or fails as a damaged file does. */
export async function exactly(source: ByteSource, offset: number, length: number): Promise<Buffer> {
  if (!Number.isSafeInteger(offset) || offset < 0 || length > MOST_BYTES) throw new RangeError('a table out of range')
  const bytes = await source.read(offset, length)
  if (bytes.length < length) throw new RangeError('a table is cut short')
  return bytes
}
