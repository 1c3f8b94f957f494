import type { Node } from '../node.ts'
import { scalar, Unusual } from './scalar.ts'

/** A quoted scalar that ends on its line; `end` is behind the closing quote. */
export function quoted(text: string, start: number): { value: string; end: number } {
  const quote = text.charAt(start)
  let value = ''
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === quote) {
      if (quote === "'" && text.charAt(at + 1) === "'") {
        value += "'"
        at += 1
      } else return { value, end: at + 1 }
    } else if (character === '\\' && quote === '"') {
      const escaped = { n: '\n', '"': '"', '\\': '\\' }[text.charAt(at + 1)]
      if (escaped === undefined) throw new Unusual()
      value += escaped
      at += 1
    } else value += character
  }
  throw new Unusual()
}

/** GitHub's parser has an expression begin behind its quote. */
export function quotedColumn(value: string, start: number): number {
  return /^\$\{\{(?:(?!\}\}).)*\}\}$/.test(value) ? start + 2 : start + 1
}

const FLOW_KEY = /([A-Za-z_][\w./-]*) *:(?=[ ,}])/y
const FLOW_PLAIN = /[^,{}[\]"'#&*!|>%@`:?\s-](?:[^,{}[\]"'#:]|:(?=[^\s,{}[\]]))*/y

/** A flow collection that ends on its line. */
export function flow(text: string, start: number, line: number): { node: Node; end: number } {
  const reader = { text, at: start, line }
  const node = collection(reader)
  return { node, end: reader.at }
}

interface Place {
  text: string
  at: number
  line: number
}

function collection(place: Place): Node {
  const opening = place.text.charAt(place.at)
  const closing = opening === '{' ? '}' : ']'
  const found: Node =
    opening === '{'
      ? { kind: 'mapping', line: place.line, column: place.at + 1, pairs: [] }
      : { kind: 'sequence', line: place.line, column: place.at + 1, items: [] }
  const seen = new Set<string>()
  place.at += 1
  spaces(place)
  while (place.text.charAt(place.at) !== closing) {
    if (found.pairs === undefined) found.items?.push(value(place))
    else found.pairs.push(pair(place, seen))
    spaces(place)
    const next = place.text.charAt(place.at)
    if (next !== ',' && next !== closing) throw new Unusual()
    if (next !== ',') continue
    place.at += 1
    spaces(place)
    if (place.text.charAt(place.at) === closing) throw new Unusual()
  }
  place.at += 1
  return found
}

function pair(place: Place, seen: Set<string>): { key: Node; value: Node } {
  const column = place.at + 1
  FLOW_KEY.lastIndex = place.at
  const name = FLOW_KEY.exec(place.text)
  const key = name?.[1] ?? ''
  if (name === null || seen.has(key.toLowerCase()) || typeof scalar(key) !== 'string') throw new Unusual()
  seen.add(key.toLowerCase())
  place.at = FLOW_KEY.lastIndex
  const after = place.at
  spaces(place)
  const next = place.text.charAt(place.at)
  const empty: Node = { kind: 'scalar', line: place.line, column: after + 1, value: null }
  return {
    key: { kind: 'scalar', line: place.line, column, value: key },
    value: next === ',' || next === '}' ? empty : value(place),
  }
}

function value(place: Place): Node {
  const { text, line, at } = place
  const first = text.charAt(at)
  if (first === '{' || first === '[') return collection(place)
  const node = (found: string | number | boolean | null): Node => ({
    kind: 'scalar',
    line,
    column: at + 1,
    value: found,
  })
  if (first === '"' || first === "'") {
    const { value: found, end } = quoted(text, at)
    place.at = end
    return { kind: 'scalar', line, column: quotedColumn(found, at), value: found }
  }
  FLOW_PLAIN.lastIndex = at
  const plain = FLOW_PLAIN.exec(text)
  if (plain === null) throw new Unusual()
  place.at = FLOW_PLAIN.lastIndex
  return node(scalar(plain[0].trimEnd()))
}

function spaces(place: Place): void {
  while (place.text.charAt(place.at) === ' ') place.at += 1
  if (place.at >= place.text.length) throw new Unusual()
}
