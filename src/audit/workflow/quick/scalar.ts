/** Thrown where a text is not of the plain kind; the other parser reads it. */
export class Unusual extends Error {
  constructor() {
    super('not of the plain kind')
  }
}

/**
 * A plain scalar by YAML's core schema. Numbers only as people write them; other notations are for the other parser.
 * @example scalar('1.20') // 1.2
 */
export function scalar(plain: string): string | number | boolean | null {
  const first = plain.charCodeAt(0)
  // A letter: a word, and only these words mean something else.
  if ((first >= 97 && first <= 122) || (first >= 65 && first <= 90)) {
    if (/^(true|True|TRUE)$/.test(plain)) return true
    if (/^(false|False|FALSE)$/.test(plain)) return false
    return /^(null|Null|NULL)$/.test(plain) ? null : plain
  }
  if (plain === '~' || plain === '') return null
  if (/^[&*!|>%@`"'{}[\],#]/.test(plain)) throw new Unusual()
  if (/^(0|[1-9]\d{0,14})$/.test(plain) || /^(0|[1-9]\d{0,8})\.\d{1,6}$/.test(plain)) return Number(plain)
  if (/^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$|^0[xo]|^[-+]?\.(inf|nan)$/i.test(plain)) throw new Unusual()
  return plain
}
