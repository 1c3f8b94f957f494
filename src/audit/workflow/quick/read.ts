import type { Node } from '../node.ts'
import { flow, quoted, quotedColumn } from './flow.ts'
import { scalar, Unusual } from './scalar.ts'

// A reader for the plain part of YAML that nearly every workflow is written in: block mappings and sequences, flow
// collections and quotes on one line, literal blocks. Whatever else stands in a text makes it give up, and the whole
// text goes to GitHub's own parser instead. It is here for speed alone; a test holds each answer against that parser's.

/** A text as nodes, or undefined where it is not of the plain kind. */
export function readQuick(text: string): Node | undefined {
  if (/[\r\t\u{FEFF}]|^(---|\.\.\.|%)/mu.test(text)) return undefined
  const lines = text.split('\n')
  try {
    const reader = new Reader(lines)
    return reader.whole()
  } catch (error) {
    if (error instanceof Unusual) return undefined
    throw error
  }
}

/** A key and its colon: words, or a quoted word. */
const KEY = /(?:([A-Za-z_][\w./-]*)|"([A-Za-z_][\w./-]*)"|'([A-Za-z_][\w./-]*)') *:(?= |$)/y

class Reader {
  readonly #lines: string[]
  /** The column of each line's first character; -1 where there is none. */
  readonly #indents: Int32Array
  /** The line that is read next. */
  #at = 0

  constructor(lines: string[]) {
    this.#lines = lines
    this.#indents = new Int32Array(lines.length)
    for (let at = 0; at < lines.length; at += 1) this.#indents[at] = nextWord(lines[at] ?? '', 0)
  }

  whole(): Node {
    this.#skip()
    if (this.#indent() !== 0) throw new Unusual()
    const node = this.#block(0, 0)
    this.#skip()
    if (this.#at < this.#lines.length) throw new Unusual()
    return node
  }

  /** Passes over empty lines and comments. */
  #skip(): void {
    for (; this.#at < this.#lines.length; this.#at += 1) {
      const indent = this.#indents[this.#at] ?? -1
      if (indent !== -1 && this.#lines[this.#at]?.charCodeAt(indent) !== 35) return
    }
  }

  /** Of the line that is read next; -1 behind the last one. */
  #indent(): number {
    return this.#indents[this.#at] ?? -1
  }

  /** A collection whose entries begin in this column; the first one begins on the line that is read next. */
  #block(column: number, parent: number): Node {
    const line = this.#lines[this.#at]
    if (line === undefined || column < parent) throw new Unusual()
    return isItem(line, column) ? this.#sequence(column) : this.#mapping(column)
  }

  #mapping(column: number): Node {
    const pairs: { key: Node; value: Node }[] = []
    const seen = new Set<string>()
    const line = this.#at + 1
    for (let first = true; ; first = false) {
      if (!first) this.#skip()
      const here = this.#lines[this.#at]
      if (here === undefined || (!first && this.#indent() < column)) break
      if (!first && this.#indent() !== column) throw new Unusual()
      KEY.lastIndex = column
      const found = KEY.exec(here)
      if (found === null) throw new Unusual()
      const name = found[1] ?? found[2] ?? found[3] ?? ''
      // Keys that YAML takes for something else, and keys that stand there twice, are for the other parser.
      if (seen.has(name.toLowerCase()) || (found[1] !== undefined && typeof scalar(name) !== 'string'))
        throw new Unusual()
      seen.add(name.toLowerCase())
      const key: Node = { kind: 'scalar', line: this.#at + 1, column: column + 1, value: name }
      pairs.push({ key, value: this.#value(column + found[0].length, column, true) })
    }
    return { kind: 'mapping', line, column: column + 1, pairs }
  }

  #sequence(column: number): Node {
    const items: Node[] = []
    const line = this.#at + 1
    for (;;) {
      this.#skip()
      const here = this.#lines[this.#at]
      if (here === undefined || this.#indent() < column) break
      if (this.#indent() !== column) throw new Unusual()
      if (!isItem(here, column)) break
      const inner = nextWord(here, column + 1)
      KEY.lastIndex = inner
      if (inner !== -1 && KEY.test(here)) items.push(this.#mapping(inner))
      else items.push(this.#value(column + 1, column, false))
    }
    return { kind: 'sequence', line, column: column + 1, items }
  }

  /** What stands after a colon or a dash: on the rest of the line, or on the lines below it. */
  #value(from: number, parent: number, ofKey: boolean): Node {
    const text = this.#lines[this.#at] ?? ''
    const start = nextWord(text, from)
    const line = this.#at + 1
    if (start === -1 || text.charCodeAt(start) === 35) return this.#below(from, parent, ofKey)
    const node = (value: string | number | boolean | null): Node => ({ kind: 'scalar', line, column: start + 1, value })
    const first = text.charAt(start)
    if (first === '|') return { ...node(this.#literal(text.slice(start), parent)) }
    this.#at += 1
    if (first === '"' || first === "'") {
      const { value, end } = quoted(text, start)
      onlyComment(text, end)
      this.#nothingDeeper(parent)
      return { kind: 'scalar', line, column: quotedColumn(value, start), value }
    }
    if (first === '{' || first === '[') {
      const { node: found, end } = flow(text, start, line)
      onlyComment(text, end)
      this.#nothingDeeper(parent)
      return found
    }
    const comment = text.indexOf(' #', start)
    const plain = (comment === -1 ? text.slice(start) : text.slice(start, comment)).trimEnd()
    if (plain.includes(': ') || plain.endsWith(':') || /^[-?:] |^[-?:]$/.test(plain)) throw new Unusual()
    this.#nothingDeeper(parent)
    return node(scalar(plain))
  }

  /** The value on the lines below; null where they belong to something else. */
  #below(from: number, parent: number, ofKey: boolean): Node {
    const line = this.#at + 1
    this.#at += 1
    this.#skip()
    const indent = this.#indent()
    const belongs = indent > parent || (ofKey && indent === parent && isItem(this.#lines[this.#at] ?? '', parent))
    if (!belongs) return { kind: 'scalar', line, column: from + 1, value: null }
    return this.#block(indent, parent)
  }

  /** A plain scalar may go on over deeper lines: that is for the other parser. */
  #nothingDeeper(parent: number): void {
    this.#skip()
    if (this.#indent() > parent) throw new Unusual()
  }

  /** `|`, `|-` and `|+`: the lines below, without their indentation. */
  #literal(header: string, parent: number): string {
    const chomp = /^\|([-+]?) *(?: #.*)?$/.exec(header)?.[1]
    if (chomp === undefined) throw new Unusual()
    this.#at += 1
    const start = this.#at
    let indent = -1
    let end = start
    for (; end < this.#lines.length; end += 1) {
      const own = this.#indents[end] ?? -1
      if (own === -1) {
        if (indent === -1 && this.#lines[end] !== '') throw new Unusual()
        continue
      }
      if (indent === -1) {
        if (own <= parent) break
        indent = own
      }
      if (own < indent) {
        if (own > parent) throw new Unusual()
        break
      }
    }
    this.#at = end
    if (indent === -1) throw new Unusual()
    const kept = this.#lines.slice(start, end).map((line) => line.slice(indent))
    while (kept.length > 0 && kept.at(-1) === '') kept.pop()
    const empty = end - start - kept.length
    // The last line of a text has no line end of its own; what that means is for the other parser.
    if (end === this.#lines.length && empty === 0) throw new Unusual()
    const body = kept.join('\n')
    if (chomp === '-') return body
    if (chomp === '') return `${body}\n`
    return body + '\n'.repeat(end === this.#lines.length ? empty : empty + 1)
  }
}

function isItem(text: string, column: number): boolean {
  return text.charCodeAt(column) === 45 && (text.length === column + 1 || text.charCodeAt(column + 1) === 32)
}

function nextWord(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) if (text.charCodeAt(at) !== 32) return at
  return -1
}

function onlyComment(text: string, from: number): void {
  if (!/^ *$|^ +#/.test(text.slice(from))) throw new Unusual()
}
