import { FormatError } from './format-error.ts'

// <mach-o/fat.h>: a header of big-endian words.
const FAT_MAGIC = 0xcafebabe
const ENTRY = 20

/** Whether bytes are a universal program, by their first word. */
export function isFat(bytes: Buffer): boolean {
  return bytes.length >= 8 && bytes.readUInt32BE(0) === FAT_MAGIC
}

/**
 * The programs in a universal one, in its order.
 * @throws FormatError where one lies outside
 */
export function slicesOf(bytes: Buffer): Buffer[] {
  const count = isFat(bytes) ? bytes.readUInt32BE(4) : 0
  if (count === 0 || 8 + ENTRY * count > bytes.length) throw new FormatError('no universal program')
  return Array.from({ length: count }, (_, index) => {
    const at = 8 + ENTRY * index
    const offset = bytes.readUInt32BE(at + 8)
    const size = bytes.readUInt32BE(at + 12)
    if (offset + size > bytes.length) throw new FormatError('a part of the universal program is cut short')
    return bytes.subarray(offset, offset + size)
  })
}
