/** What a plain scalar is to GoReleaser's YAML reader (go.yaml.in/yaml v3, which reads a mix of YAML 1.1 and 1.2). */
export type Resolved =
  | { tag: 'null'; value: null }
  | { tag: 'bool'; value: boolean }
  | { tag: 'int'; value: number }
  | { tag: 'float'; value: number }
  | { tag: 'timestamp'; value: string }
  | { tag: 'merge'; value: string }
  | { tag: 'str'; value: string }

const FIXED = new Map<string, Resolved>([
  ...['true', 'True', 'TRUE'].map((text): [string, Resolved] => [text, { tag: 'bool', value: true }]),
  ...['false', 'False', 'FALSE'].map((text): [string, Resolved] => [text, { tag: 'bool', value: false }]),
  ...['', '~', 'null', 'Null', 'NULL'].map((text): [string, Resolved] => [text, { tag: 'null', value: null }]),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((text): [string, Resolved] => [
    text,
    { tag: 'float', value: Infinity },
  ]),
  ...['-.inf', '-.Inf', '-.INF'].map((text): [string, Resolved] => [text, { tag: 'float', value: -Infinity }]),
  ...['.nan', '.NaN', '.NAN'].map((text): [string, Resolved] => [text, { tag: 'float', value: Number.NaN }]),
  ['<<', { tag: 'merge', value: '<<' }],
])

const TIMESTAMP = /^\d{4}-\d\d?-\d\d?([Tt ]+\d\d?:\d\d?:\d\d?(\.\d+)?([ ]*(Z|[+-]\d\d?(:?\d\d)?))?)?$/
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/

/**
 * Resolves a plain scalar as that reader does: `0644` is octal (420), `yes` a text, `1_000` a number.
 * @example resolvePlain('0644') // { tag: 'int', value: 420 }
 */
export function resolvePlain(text: string): Resolved {
  const fixed = FIXED.get(text)
  if (fixed !== undefined) return fixed
  if (!/^[-+.0-9]/.test(text)) return { tag: 'str', value: text }
  if (TIMESTAMP.test(text)) return { tag: 'timestamp', value: text }
  const plain = text.replaceAll('_', '')
  const integer = parseInteger(plain)
  if (integer !== undefined) return { tag: 'int', value: integer }
  if (FLOAT.test(plain)) return { tag: 'float', value: Number(plain) }
  return { tag: 'str', value: text }
}

const BASES: [RegExp, number][] = [
  [/^0[xX]([0-9a-fA-F]+)$/, 16],
  [/^0[bB]([01]+)$/, 2],
  [/^0[oO]?([0-7]+)$/, 8],
  [/^(0|[1-9][0-9]*)$/, 10],
]

/** Go's strconv.ParseInt with base 0. */
function parseInteger(text: string): number | undefined {
  const negative = text.startsWith('-')
  const digits = /^[-+]/.test(text) ? text.slice(1) : text
  for (const [pattern, base] of BASES) {
    const match = pattern.exec(digits)
    if (match?.[1] !== undefined) {
      const value = Number.parseInt(match[1], base)
      return negative ? -value : value
    }
  }
  return undefined
}

const YES = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'])
const NO = new Set(['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF'])

/** YAML 1.1's words for true and false, which count where a key takes nothing but a flag. */
export function oldFlag(text: string): boolean | undefined {
  if (YES.has(text)) return true
  return NO.has(text) ? false : undefined
}

/**
 * Whether a text is a duration as Go writes it: `1h30m`, `90s`, `1.5h`, `0`.
 * @example isDuration('10m') // true
 */
export function isDuration(text: string): boolean {
  return /^[-+]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/.test(text)
}
