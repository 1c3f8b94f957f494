import type { Flags } from './flags.ts'
import { formatFloat } from './digits.ts'
import { isPrintable, quote } from './quote.ts'
import { isEscapedByte, runeCount, toBytes } from './utf8.ts'

/** Pads to the width, with spaces or (to the left only) zeros. */
export function pad(text: string, flags: Flags, zero = flags.zero): string {
  const missing = flags.width === undefined ? 0 : flags.width - runeCount(text)
  if (missing <= 0) return text
  if (flags.minus) return text + ' '.repeat(missing)
  return (zero ? '0' : ' ').repeat(missing) + text
}

/** %d %b %o %O %x %X of an integer. */
export function layInteger(value: bigint, base: number, verb: string, flags: Flags): string {
  const negative = value < 0n
  const { precision, width } = flags
  if (precision === 0 && value === 0n) return pad('', flags, false)
  let digits = (negative ? -value : value).toString(base)
  if (verb === 'X') digits = digits.toUpperCase()
  const signed = negative || flags.plus || flags.space
  if (precision !== undefined) digits = digits.padStart(precision, '0')
  else if (flags.zero && !flags.minus && width !== undefined) digits = digits.padStart(width - (signed ? 1 : 0), '0')
  if (flags.sharp) {
    if (base === 2) digits = `0b${digits}`
    else if (base === 16) digits = `0${verb === 'X' ? 'X' : 'x'}${digits}`
    else if (base === 8 && !digits.startsWith('0')) digits = `0${digits}`
  }
  if (verb === 'O') digits = `0o${digits}`
  const sign = negative ? '-' : flags.plus ? '+' : flags.space ? ' ' : ''
  return pad(sign + digits, flags, false)
}

/** %c and %q of an integer: the character it stands for. */
export function layCharacter(value: bigint, verb: string, flags: Flags): string {
  const valid = value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value < 0xe000n)
  const character = valid ? String.fromCodePoint(Number(value)) : '\ufffd'
  return pad(verb === 'c' ? character : quote(character, "'", flags.plus), flags)
}

/** %U of an integer: U+0041. */
export function layUnicode(value: bigint, flags: Flags): string {
  const unsigned = BigInt.asUintN(64, value)
  let text = `U+${unsigned
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(flags.precision ?? 4, 4), '0')}`
  if (flags.sharp && unsigned <= 0x10ffffn) {
    const character = String.fromCodePoint(Number(unsigned))
    if (isPrintable(character)) text += ` '${character}'`
  }
  return pad(text, flags, false)
}

/** %s, cut to the precision in runes. */
export function layString(text: string, flags: Flags): string {
  return pad(cut(text, flags), flags)
}

function cut(text: string, flags: Flags): string {
  if (flags.precision === undefined || text.length <= flags.precision) return text
  let out = ''
  let left = flags.precision
  for (const character of text) {
    if (left-- <= 0) break
    out += character
  }
  return out
}

/** %q of a string. */
export function layQuoted(text: string, flags: Flags): string {
  const short = cut(text, flags)
  // eslint-disable-next-line no-control-regex
  const raw = flags.sharp && !/[\x00-\x08\x0a-\x1f\x7f`\ufeff]/.test(short) && !Array.from(short).some(isEscapedByte)
  return pad(raw ? `\`${short}\`` : quote(short, '"', flags.plus), flags)
}

/** %x %X of a string: its bytes. */
export function layHex(text: string, verb: string, flags: Flags): string {
  const all = toBytes(text)
  const bytes = flags.precision === undefined ? all : all.subarray(0, flags.precision)
  if (bytes.length === 0) return pad('', flags)
  const prefix = flags.sharp ? `0${verb}` : ''
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
  const upper = verb === 'X' ? pairs.map((pair) => pair.toUpperCase()) : pairs
  return pad(flags.space ? upper.map((pair) => prefix + pair).join(' ') : prefix + upper.join(''), flags)
}

/** %e %f %g %x %b of a float. */
export function layFloat(value: number, verb: string, fallback: number, flags: Flags): string {
  const precision = flags.precision ?? fallback
  let text = formatFloat(value, verb, precision)
  if (text[0] !== '-' && text[0] !== '+') text = `+${text}`
  if (flags.space && text[0] === '+' && !flags.plus) text = ` ${text.slice(1)}`
  if (text[1] === 'I' || text[1] === 'N') {
    const bare = text[1] === 'N' && !flags.space && !flags.plus
    return pad(bare || (text[0] === '+' && !flags.plus) ? text.slice(1) : text, flags, false)
  }
  if (flags.sharp && verb !== 'b') text = withPoint(text, verb, precision)
  if (!flags.plus && text[0] === '+') return pad(text.slice(1), flags)
  const { width } = flags
  if (flags.zero && !flags.minus && width !== undefined && width > text.length) {
    return text[0] + text.slice(1).padStart(width - 1, '0')
  }
  return pad(text, flags)
}

/** The # flag: always a point, and the zeros that %g would drop. */
function withPoint(text: string, verb: string, precision: number): string {
  const general = verb === 'g' || verb === 'G' || verb === 'x' || verb === 'v'
  let missing = general ? (precision === -1 ? 6 : precision) : 0
  const hex = verb === 'x' || verb === 'X'
  const end = text.search(hex ? /[pP]/ : /[pPeE]/)
  let number = end === -1 ? text : text.slice(0, end)
  const tail = end === -1 ? '' : text.slice(end)
  const significant = number.slice(1).replace('.', '').replace(/^0+/, '')
  missing -= significant.length
  if (!number.includes('.')) {
    if (number.length === 2 && number[1] === '0') missing--
    number += '.'
  }
  return number + '0'.repeat(Math.max(missing, 0)) + tail
}
