/*
 * Go's strings are bytes; ours are JavaScript's. A byte that is no valid UTF-8 stands here as a lone surrogate
 * U+DC80…U+DCFF (the way Python's "surrogateescape" does it), so that byte-wise slicing loses nothing.
 */

// eslint-disable-next-line no-control-regex
const NOT_ASCII = /[^\x00-\x7f]/
const ESCAPED = /[\udc80-\udcff]/
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function isAscii(text: string): boolean {
  return !NOT_ASCII.test(text)
}

/** The bytes of a string, with escaped bytes as they were. */
export function toBytes(text: string): Uint8Array {
  if (!ESCAPED.test(text)) return Buffer.from(text, 'utf8')
  const parts: Buffer[] = []
  for (const character of text) {
    const code = character.charCodeAt(0)
    const escaped = character.length === 1 && code >= 0xdc80 && code <= 0xdcff
    parts.push(escaped ? Buffer.from([code - 0xdc00]) : Buffer.from(character, 'utf8'))
  }
  return Buffer.concat(parts)
}

/** A string from bytes; what is no UTF-8 is escaped. */
export function fromBytes(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch {
    let out = ''
    for (let at = 0; at < bytes.length;) {
      const size = runeSize(bytes, at)
      out += size === 0 ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0)) : strict.decode(bytes.subarray(at, at + size))
      at += size || 1
    }
    return out
  }
}

/** How many bytes the valid rune at this place has; 0 when there is none. */
function runeSize(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  const size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0
  if (size === 0 || at + size > bytes.length) return 0
  try {
    strict.decode(bytes.subarray(at, at + size))
    return size
  } catch {
    return 0
  }
}

/** Joins halves of a rune that were cut apart and put together again. */
export function settle(text: string): string {
  return ESCAPED.test(text) ? fromBytes(toBytes(text)) : text
}

/** For output: bytes that are no UTF-8 become U+FFFD, one each. */
export function toOutput(text: string): string {
  if (!ESCAPED.test(text)) return text
  let out = ''
  for (const character of fromBytes(toBytes(text))) out += isEscapedByte(character) ? '\ufffd' : character
  return out
}

export function isEscapedByte(character: string): boolean {
  return character.length === 1 && character >= '\udc80' && character <= '\udcff'
}

export function byteLength(text: string): number {
  return isAscii(text) ? text.length : toBytes(text).length
}

export function runeCount(text: string): number {
  if (isAscii(text)) return text.length
  let count = 0
  for (const _ of text) count++
  return count
}

/** Orders as Go does, byte by byte: -1, 0 or 1. UTF-16 order differs beyond U+FFFF. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0
  if (isAscii(a) && isAscii(b)) return a < b ? -1 : 1
  return Buffer.compare(toBytes(a), toBytes(b))
}
