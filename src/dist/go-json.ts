/**
 * JSON as Go's `encoding/json` writes it: compact, with `<`, `>`, `&` and the two line separators of Unicode escaped. Keys stay in the order
 * that they have; `undefined` is left out.
 * @example goJson({ a: '<b>' }) // '{"a":"\\u003cb\\u003e"}'
 */
export function goJson(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => (typeof one === 'string' ? wellFormed(one) : one)).replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}

/** Half of a surrogate pair becomes the replacement character, as in Go. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}
