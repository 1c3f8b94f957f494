/** What can be written. An object keeps the order of its keys; `undefined` is left out. */
export type YamlValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | YamlValue[]
  | { [key: string]: YamlValue | undefined }

/**
 * YAML as Go's `yaml.v3` writes it with two spaces: no line is folded, texts of several lines become literal blocks,
 * and a text that would be read as something else is quoted.
 * @example goYaml({ version: '1.2', tags: ['a'] }) // 'version: "1.2"\ntags:\n  - a\n'
 */
export function goYaml(value: YamlValue): string {
  return `${block(value, 0).replace(/^\n/, '')}\n`
}

/**
 * The object with its keys as Go sorts those of a map: numbers inside them count as numbers.
 * @example sortedMap({ a10: 1, a9: 2 }) // { a9: 2, a10: 1 }
 */
export function sortedMap<T>(map: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => compareKeys(a, b)))
}

/** A value after `key:` or `-`: on the same line with a blank before it, or on lines of its own. */
function block(value: YamlValue, indent: number): string {
  const pad = ' '.repeat(indent)
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []'
    return value.map((one) => `\n${pad}- ${nested(one, indent + 2)}`).join('')
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter((pair): pair is [string, YamlValue] => pair[1] !== undefined)
    if (entries.length === 0) return ' {}'
    return entries.map(([key, one]) => `\n${pad}${scalarKey(key)}:${below(one, indent + 2)}`).join('')
  }
  return ` ${scalar(value, indent)}`
}

function below(value: YamlValue, indent: number): string {
  return block(value, indent)
}

/** What stands behind `- `: a mapping begins on the same line. */
function nested(value: YamlValue, indent: number): string {
  return block(value, indent).trimStart()
}

function scalarKey(key: string): string {
  return key.includes('\n') ? doubleQuoted(key) : scalar(key, 0) || "''"
}

function scalar(value: string | number | bigint | boolean | null, indent: number): string {
  if (typeof value === 'number') return goNumber(value)
  if (typeof value !== 'string') return String(value)
  const facts = analyze(value)
  if (value.includes('\n')) return facts.block ? literal(value, indent) : doubleQuoted(value)
  if (readsAsOther(value)) return doubleQuoted(value)
  if (facts.plain) return value
  return facts.single ? `'${value.replaceAll("'", "''")}'` : doubleQuoted(value)
}

/** As strconv's `g` format: whole numbers below 1e21 without an exponent. */
function goNumber(value: number): string {
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2')
}

const BREAK = /[\r\n\u0085\u2028\u2029]/
/** Not printable for YAML 1.1, or beyond the basic plane, which the writer escapes. */
const SPECIAL = /[^\n\t\u0020-\u007E\u00A0-\uD7FF\uE000-\uFEFE\uFF00-\uFFFD]/

/** Which styles a text may have in a block, by libyaml's analysis. */
function analyze(text: string): { plain: boolean; single: boolean; block: boolean } {
  if (text === '') return { plain: true, single: true, block: false }
  const indicator =
    /^(?:---|\.\.\.)/.test(text) ||
    /^[#,[\]{}&*!|>'"%@`]/.test(text) ||
    /^[?:-](?:[\s\u0085\u2028\u2029]|$)/.test(text) ||
    /:(?:[\s\u0085\u2028\u2029]|$)/.test(text.slice(1)) ||
    /[\s\u0085\u2028\u2029]#/.test(text)
  const special = SPECIAL.test(text)
  const spaceBreak = / [\r\n\u0085\u2028\u2029]/.test(text)
  const breakSpace = /[\r\n\u0085\u2028\u2029] /.test(text)
  const edges = /^[ \r\n\u0085\u2028\u2029]|[ \r\n\u0085\u2028\u2029]$/.test(text)
  const odd = spaceBreak || special || text.includes('\t')
  return {
    plain: !indicator && !edges && !breakSpace && !odd && !BREAK.test(text),
    single: !breakSpace && !odd,
    block: !text.endsWith(' ') && !spaceBreak && !special,
  }
}

/** Whether a reader of YAML would take a plain text for something else: a number, a date, a bool, nothing. */
function readsAsOther(text: string): boolean {
  if (/^(?:|~|null|Null|NULL|true|True|TRUE|false|False|FALSE|<<)$/.test(text)) return true
  if (/^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/.test(text)) return true
  if (/^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/.test(text)) return true
  if (/^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text)) return true
  if (isTimestamp(text)) return true
  if (!/^[-+.0-9]/.test(text)) return false
  const plain = text.startsWith('.') ? text : text.replaceAll('_', '')
  if (/^[-+]?0(?:[xX][0-9a-fA-F]{1,16}|[oO]?[0-7]{1,22}|[bB][01]{1,64})$/.test(plain)) return true
  const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(plain)
  return float && Number.isFinite(Number(plain))
}

function isTimestamp(text: string): boolean {
  const zone = '(?:Z|[+-]\\d\\d:\\d\\d)'
  const time = '\\d{1,2}:\\d{1,2}:\\d{1,2}(?:\\.\\d+)?'
  const match = new RegExp(`^(\\d{4})-(\\d{1,2})-(\\d{1,2})(?:[Tt]${time}${zone}| ${time})?$`).exec(text)
  if (match === null) return false
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number]
  const date = new Date(Date.UTC(2000, month - 1, day))
  date.setUTCFullYear(year, month - 1, day)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

function literal(text: string, indent: number): string {
  const hint = /^[ \r\n\u0085\u2028\u2029]/.test(text) ? '2' : ''
  const chomp = !/[\r\n\u0085\u2028\u2029]$/.test(text)
    ? '-'
    : text.length === 1 || /[\r\n\u0085\u2028\u2029]{2}$/.test(text)
      ? '+'
      : ''
  const pad = ' '.repeat(indent)
  const lines = text.replace(/\n$/, '').split('\n')
  return `|${hint}${chomp}${lines.map((line) => (line === '' ? '\n' : `\n${pad}${line}`)).join('')}`
}

const ESCAPES: Record<string, string> = {
  '\0': '0',
  '\u0007': 'a',
  '\b': 'b',
  '\n': 'n',
  '\u000b': 'v',
  '\f': 'f',
  '\r': 'r',
  '\u001b': 'e',
  '"': '"',
  '\\': '\\',
  '\u0085': 'N',
  '\u00a0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
}

function doubleQuoted(text: string): string {
  let out = ''
  for (const one of text) {
    const escape = ESCAPES[one]
    if (escape !== undefined && (one !== '\u00a0' || SPECIAL.test(one))) out += `\\${escape}`
    else if (one === '\t') out += '\\t'
    else out += SPECIAL.test(one) ? hex(one.codePointAt(0) ?? 0) : one
  }
  return `"${out}"`
}

function hex(code: number): string {
  const [letter, width] =
    code <= 0xff ? (['x', 2] as const) : code <= 0xffff ? (['u', 4] as const) : (['U', 8] as const)
  return `\\${letter}${code.toString(16).toUpperCase().padStart(width, '0')}`
}

/** Go's order of the keys of a map: letters after all else, runs of digits by their value. */
function compareKeys(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)]
  const isDigit = (one: string | undefined): boolean => one !== undefined && /\d/.test(one)
  const isLetter = (one: string): boolean => /\p{L}/u.test(one)
  let digits = false
  for (let at = 0; at < left.length && at < right.length; at++) {
    const [x = '', y = ''] = [left[at], right[at]]
    if (x === y) {
      digits = isDigit(x)
      continue
    }
    if (isLetter(x) && isLetter(y)) return x < y ? -1 : 1
    if (isLetter(x) || isLetter(y)) return (digits ? isLetter(x) : isLetter(y)) ? -1 : 1
    const run = (chars: string[]): number => {
      let end = at
      while (isDigit(chars[end])) end++
      return Number(chars.slice(at, end).join('') || '0')
    }
    const [m, n] = [run(left), run(right)]
    if (m !== n) return m - n
    return x < y ? -1 : 1
  }
  return left.length - right.length
}
