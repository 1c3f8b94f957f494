import { fromBytes, isEscapedByte, toBytes } from './utf8.ts'

const SIMPLE: Record<string, number> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 }
const LETTERS = new Map(Object.entries(SIMPLE).map(([letter, code]) => [code, letter]))
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

/** As Go's strconv.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space. */
export function isPrintable(character: string): boolean {
  return PRINTABLE.test(character)
}

/**
 * The text of a Go string literal, interpreted (`"…"`) or raw (backquotes); undefined when it is none.
 * @example unquote('"a\\tb"') // 'a\tb'
 */
export function unquote(literal: string): string | undefined {
  const mark = literal[0]
  const inner = literal.slice(1, -1)
  if (mark === '`') return inner.includes('`') ? undefined : inner.replaceAll('\r', '')
  if (!inner.includes('\\')) return inner
  const bytes: Uint8Array[] = []
  for (let at = 0; at < inner.length;) {
    const one = unquoteOne(inner, at, '"')
    if (one === undefined) return undefined
    bytes.push(one.bytes)
    at = one.next
  }
  return fromBytes(Buffer.concat(bytes))
}

/** The code point of a Go character literal (`'x'`); undefined when it is none. */
export function unquoteCharacter(literal: string): number | undefined {
  const inner = literal.slice(1, -1)
  const one = unquoteOne(inner, 0, "'")
  return one !== undefined && inner !== '' && one.next === inner.length ? one.code : undefined
}

function unquoteOne(text: string, at: number, quote: string) {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
  if (character === quote || character === '\n') return undefined
  if (character !== '\\') return found(character.codePointAt(0) ?? 0, at + character.length)
  const letter = text[at + 1] ?? ''
  if (letter === quote) return found(letter.charCodeAt(0), at + 2)
  const simple = Object.hasOwn(SIMPLE, letter) ? SIMPLE[letter] : undefined
  if (simple !== undefined) return found(simple, at + 2)
  const octal = /^[0-7]{3}/.exec(text.slice(at + 1))
  if (octal) {
    const value = parseInt(octal[0], 8)
    return value > 255 ? undefined : { code: value, bytes: Uint8Array.of(value), next: at + 4 }
  }
  const digits = letter === 'x' ? 2 : letter === 'u' ? 4 : letter === 'U' ? 8 : 0
  const hex = text.slice(at + 2, at + 2 + digits)
  if (digits === 0 || hex.length < digits || !/^[0-9a-fA-F]+$/.test(hex)) return undefined
  const value = parseInt(hex, 16)
  const next = at + 2 + digits
  if (digits === 2) return { code: value, bytes: Uint8Array.of(value), next }
  if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return undefined
  return found(value, next)
}

function found(code: number, next: number) {
  return { code, bytes: toBytes(String.fromCodePoint(code)), next }
}

/**
 * A Go literal of a string (`"`) or of one character (`'`), as %q writes it; `ascii` escapes all beyond ASCII.
 * @example quote('a"b') // '"a\\"b"'
 */
export function quote(text: string, mark: '"' | "'" = '"', ascii = false): string {
  let out = mark as string
  for (const character of text) out += escapeOne(character, mark, ascii)
  return out + mark
}

function escapeOne(character: string, mark: string, ascii: boolean): string {
  const code = character.codePointAt(0) ?? 0
  if (isEscapedByte(character)) return `\\x${(code - 0xdc00).toString(16)}`
  if (character === mark || character === '\\') return `\\${character}`
  if (code < 0x80 ? code >= 0x20 && code < 0x7f : !ascii && isPrintable(character)) return character
  const letter = LETTERS.get(code)
  if (letter !== undefined) return `\\${letter}`
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`
}
