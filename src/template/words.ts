import { CallError } from './error.ts'
import { MAX_TEXT } from './limits.ts'
import { isAscii, isEscapedByte } from './utf8.ts'

const WHITE = /^\p{White_Space}$/u

/** Go's strings.TrimSpace: Unicode's white space, which is not quite JavaScript's. */
export function trimSpace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && WHITE.test(text[start] ?? '')) start++
  while (end > start && WHITE.test(text[end - 1] ?? '')) end--
  return text.slice(start, end)
}

/** Go's strings.ToLower: letter by letter, none becoming two. */
export function toLower(text: string): string {
  return isAscii(text)
    ? text.toLowerCase()
    : eachLetter(text, (letter) => (letter === 'İ' ? 'i' : letter.toLowerCase()))
}

/** Go's strings.ToUpper: letter by letter, none becoming two (ß stays). */
export function toUpper(text: string): string {
  return isAscii(text) ? text.toUpperCase() : eachLetter(text, (letter) => letter.toUpperCase())
}

function eachLetter(text: string, change: (letter: string) => string): string {
  let out = ''
  for (const letter of text) {
    const changed = isEscapedByte(letter) ? '\ufffd' : change(letter)
    out += Array.from(changed).length === 1 ? changed : letter
  }
  return out
}

/** Go's strings.Split: an empty separator splits into characters. */
export function split(text: string, by: string): string[] {
  return by === '' ? Array.from(text) : text.split(by)
}

/** Go's strings.ReplaceAll: an empty `from` stands before, between and after all characters. */
export function replaceAll(text: string, from: string, to: string): string {
  const parts = split(text, from)
  if (from === '') parts.unshift('')
  if (from === '') parts.push('')
  if (text.length + parts.length * to.length > MAX_TEXT)
    throw new CallError(`the text grows beyond ${MAX_TEXT} characters`)
  return from === '' && text === '' ? to : parts.join(to)
}

/**
 * A list as English has it; blank items are left out.
 * @example englishJoin(['a', 'b', 'c']) // 'a, b, and c'
 */
export function englishJoin(items: readonly string[]): string {
  const words = items.filter((item) => trimSpace(item) !== '')
  const last = words.at(-1) ?? ''
  if (words.length < 3) return words.join(' and ')
  return `${words.slice(0, -1).join(', ')}, and ${last}`
}

/** Escapes what Telegram's MarkdownV2 gives a meaning. */
export function escapeMarkdownV2(text: string): string {
  return text.replaceAll(/[_*[\]()~`>#+\-=|{}.!]/g, (character) => `\\${character}`)
}
