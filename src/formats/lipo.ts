import { FormatError } from './format-error.ts'

// <mach-o/fat.h>: a header of big-endian words, whatever is inside.
const FAT_MAGIC = 0xcafebabe
const ENTRY = 20
/**
 * Where a slice begins: at a multiple of 2^14, the page of arm64. x86_64 would do with 2^12; GoReleaser, and `lipo` where
 * arm64 is inside, take the larger for all.
 */
const ALIGN_BITS = 14
const ALIGN = 2 ** ALIGN_BITS

const MH_MAGIC = 0xfeedface
const MH_MAGIC_64 = 0xfeedfacf

/** A program for one architecture. */
export interface Slice {
  /** What it is called in errors. */
  name: string
  size: number
  /** Its first bytes, at least 12. */
  head: Uint8Array
  content: () => AsyncIterable<Uint8Array>
}

/**
 * Joins Mach-O programs to a universal one, in the order given. Nothing of time or machine gets in.
 * @throws FormatError when one is no Mach-O program, or two are for one architecture
 * @example await pipeline(lipo([amd64, arm64]), createWriteStream('hello'))
 */
export async function* lipo(slices: Slice[]): AsyncGenerator<Uint8Array> {
  if (slices.length === 0) throw new FormatError('a universal program needs at least one program')
  const header = Buffer.alloc(8 + ENTRY * slices.length)
  header.writeUInt32BE(FAT_MAGIC, 0)
  header.writeUInt32BE(slices.length, 4)
  const offsets: number[] = []
  const seen = new Map<string, string>()
  let end = header.length
  for (const [index, slice] of slices.entries()) {
    const { cpu, subtype } = cpuOf(slice)
    const before = seen.get(`${cpu}/${subtype}`)
    if (before !== undefined) throw new FormatError(`${before} and ${slice.name} are for one architecture`)
    seen.set(`${cpu}/${subtype}`, slice.name)
    const offset = Math.ceil(end / ALIGN) * ALIGN
    end = offset + slice.size
    if (end > 0xffffffff) throw new FormatError('a universal program can’t be larger than 4 GB')
    for (const [word, value] of [cpu, subtype, offset, slice.size, ALIGN_BITS].entries()) {
      header.writeUInt32BE(value, 8 + ENTRY * index + 4 * word)
    }
    offsets.push(offset)
  }
  yield header
  let at = header.length
  for (const [index, slice] of slices.entries()) {
    const offset = offsets[index] ?? at
    if (offset > at) yield Buffer.alloc(offset - at)
    at = offset
    for await (const chunk of slice.content()) {
      at += chunk.length
      yield chunk
    }
    if (at !== offset + slice.size) throw new FormatError(`${slice.name} changed while it was read`)
  }
}

/** <mach-o/loader.h>: the magic, then the type and subtype of the CPU, in the file's own byte order. */
function cpuOf({ name, head }: Slice): { cpu: number; subtype: number } {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
  if (bytes.length >= 12) {
    const little = bytes.readUInt32LE(0)
    if (little === MH_MAGIC || little === MH_MAGIC_64) {
      return { cpu: bytes.readUInt32LE(4), subtype: bytes.readUInt32LE(8) }
    }
    const big = bytes.readUInt32BE(0)
    if (big === MH_MAGIC || big === MH_MAGIC_64) return { cpu: bytes.readUInt32BE(4), subtype: bytes.readUInt32BE(8) }
  }
  throw new FormatError(`${name} is no Mach-O program for one architecture`)
}
