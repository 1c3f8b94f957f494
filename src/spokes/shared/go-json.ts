/**
 * JSON as Go's `json.MarshalIndent` writes it, with four spaces: `<`, `>`, `&` and the two line separators of Unicode
 * are escaped, as are control characters in Go's way. `undefined` is left out.
 * @example goIndentedJson({ a: '<b>' }) // '{\n    "a": "\\u003cb\\u003e"\n}'
 */
export function goIndentedJson(value: unknown): string {
  const one = (_key: string, part: unknown): unknown => (typeof part === 'string' ? part.toWellFormed() : part)
  return JSON.stringify(value, one, 4).replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}
