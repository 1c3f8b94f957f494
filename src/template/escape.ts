import { isPrintable } from './quote.ts'
import { isEscapedByte, toBytes } from './utf8.ts'

const HTML: Record<string, string> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
}

export function escapeHtml(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[\0"'&<>]/g, (character) => HTML[character] ?? character)
}

export function escapeJs(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[\\'"<>&=\x00-\x1f]|[^\x00-\x7f]/gu, (character) => {
    if ('\\\'"'.includes(character)) return `\\${character}`
    const code = character.codePointAt(0) ?? 0
    if (isEscapedByte(character) || (code > 0x7f && isPrintable(character))) return character
    return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
  })
}

/** Go's url.QueryEscape: a space is a plus. */
export function escapeQuery(text: string): string {
  return percent(text, /[A-Za-z0-9\-_.~]/).replaceAll('%20', '+')
}

/** Go's url.PathEscape: for one segment of a path. */
export function escapePath(text: string): string {
  return percent(text, /[A-Za-z0-9\-_.~$&+=:@]/)
}

function percent(text: string, safe: RegExp): string {
  let out = ''
  for (const byte of toBytes(text)) {
    const character = String.fromCharCode(byte)
    out += safe.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return out
}
