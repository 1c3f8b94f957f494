const SHORT: Record<string, string> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
}

/**
 * A text in double quotes, escaped as Go's `%q` does: printable Unicode stays, control characters become `\xNN`,
 * anything else that can't be shown `\uNNNN`.
 * @example goQuote('a "b"') // '"a \\"b\\""'
 */
export function goQuote(text: string): string {
  let out = '"'
  for (const one of text) out += SHORT[one] ?? escaped(one)
  return `${out}"`
}

function escaped(one: string): string {
  const code = one.codePointAt(0) ?? 0
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`
  // Go prints letters, marks, numbers, punctuation, symbols and the ASCII space; nothing else.
  if (one === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(one)) return one
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}
