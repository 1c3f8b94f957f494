/** A value of a header: numbers of 16 or 32 bits, bytes, one text, or several. */
export type RpmValue =
  | { int16: number[] }
  | { int32: number[] }
  | { bytes: Uint8Array }
  | { text: string }
  | { texts: string[] }
  /** A text that could be translated; here it is in one language. */
  | { translated: string }

/** Region tags (rpm's "Header format"): a header is signed as a whole, and so is all in front of this entry. */
export const HEADER_SIGNATURES = 62
export const HEADER_IMMUTABLE = 63

/** Number and alignment of a type. */
const TYPES = { int16: [3, 2], int32: [4, 4], text: [6, 1], bytes: [7, 1], texts: [8, 1], translated: [9, 1] } as const

/**
 * A header structure: magic, counts, an index of sixteen bytes an entry, and the values. The entries come sorted by tag, and the region
 * entry is first in the index and last among the values (rpm.org, "RPM V4 Package format").
 * @example rpmHeader(HEADER_IMMUTABLE, new Map([[1000, { text: 'hello' }]]))
 */
export function rpmHeader(region: number, values: ReadonlyMap<number, RpmValue>): Buffer {
  const index: Buffer[] = []
  const store: Buffer[] = []
  let offset = 0
  for (const [tag, value] of [...values].toSorted(([a], [b]) => a - b)) {
    const { type, count, align, bytes } = encode(value)
    const gap = -offset & (align - 1)
    store.push(Buffer.alloc(gap), bytes)
    index.push(numbers([tag, type, offset + gap, count]))
    offset += gap + bytes.length
  }
  const entries = index.length + 1
  // The region's value is an index entry itself: how far back the index begins.
  store.push(numbers([region, TYPES.bytes[0], -16 * entries, 16]))
  const head = Buffer.from([0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0])
  const place = numbers([region, TYPES.bytes[0], offset, 16])
  return Buffer.concat([head, numbers([entries, offset + 16]), place, ...index, ...store])
}

function encode(value: RpmValue): { type: number; count: number; align: number; bytes: Buffer } {
  const of = (kind: keyof typeof TYPES, count: number, bytes: Buffer) => {
    const [type, align] = TYPES[kind]
    return { type, count, align, bytes }
  }
  if ('int32' in value) return of('int32', value.int32.length, numbers(value.int32))
  if ('text' in value) return of('text', 1, Buffer.from(`${value.text}\0`))
  if ('translated' in value) return of('translated', 1, Buffer.from(`${value.translated}\0`))
  if ('texts' in value)
    return of('texts', value.texts.length, Buffer.from(value.texts.map((one) => `${one}\0`).join('')))
  if ('bytes' in value) return of('bytes', value.bytes.length, Buffer.from(value.bytes))
  const out = Buffer.alloc(2 * value.int16.length)
  value.int16.forEach((one, at) => out.writeUInt16BE(one, 2 * at))
  return of('int16', value.int16.length, out)
}

/** 32 bits each, the highest byte first; negative ones as two's complement. */
function numbers(all: number[]): Buffer {
  const out = Buffer.alloc(4 * all.length)
  all.forEach((one, at) => out.writeUInt32BE(one >>> 0, 4 * at))
  return out
}
