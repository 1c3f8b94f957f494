import { sha256 } from './entries.ts'

/** <mach-o/fat.h> */
const MAGIC = 0xcafebabe

/** A universal binary of macOS as the list of its parts, sorted: their order is chance with GoReleaser. Undefined for all else. */
export function fatText(bytes: Buffer): string | undefined {
  if (bytes.length < 8 || bytes.readUInt32BE(0) !== MAGIC) return undefined
  const count = bytes.readUInt32BE(4)
  // A class of Java begins with the same word; its next one is a version, from 45 on.
  if (count > 40 || bytes.length < 8 + count * 20) return undefined
  const parts = Array.from({ length: count }, (_, index) => {
    const at = 8 + index * 20
    const [cpu, subtype, offset, size, align] = [0, 4, 8, 12, 16].map((more) => bytes.readUInt32BE(at + more)) as [
      number,
      number,
      number,
      number,
      number,
    ]
    return `cpu ${cpu}/${subtype} align ${align} ${sha256(bytes.subarray(offset, offset + size))}`
  })
  return parts.toSorted().join('\n')
}
