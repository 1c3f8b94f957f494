import { TemplateError } from './error.ts'

export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'space'
  | 'bool'
  | 'character'
  | 'complex'
  | 'number'
  | 'string'
  | 'identifier'
  | 'field'
  | 'variable'
  | 'dot'
  | 'nil'
  | 'keyword'
  | 'pipe'
  | 'assign'
  | 'declare'
  | '('
  | ')'
  | 'other'
  | 'end'

export interface Token {
  kind: TokenKind
  text: string
  offset: number
}

const KEYWORDS = new Set('block break continue define else end if range template with'.split(' '))
const SPACES = ' \t\r\n'
const WORD = /[\p{L}\p{Nd}_]*/uy
const STRING = /"(?:[^"\\\n]|\\[^\n])*"/y
const CHARACTER = /'(?:[^'\\\n]|\\[^\n])*'/y
const RAW = /`[^`]*`/y
const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y

/**
 * Cuts a template into tokens. Comments are gone and white space beside trim markers is cut off.
 * Spaces inside actions are tokens: they separate arguments.
 */
export function lex(text: string): Token[] {
  return new Lexer(text).run()
}

class Lexer {
  readonly #text: string
  readonly #tokens: Token[] = []
  #at = 0
  #parens: number[] = []

  constructor(text: string) {
    this.#text = text
  }

  run(): Token[] {
    while (this.#at < this.#text.length) {
      const open = this.#text.indexOf('{{', this.#at)
      this.#plain(open === -1 ? this.#text.length : open, open !== -1 && this.#trimsLeft(open + 2))
      if (open === -1) break
      this.#at = open
      this.#action()
    }
    this.#tokens.push({ kind: 'end', text: '', offset: this.#text.length })
    return this.#tokens
  }

  #plain(end: number, trim: boolean): void {
    let stop = end
    if (trim) while (stop > this.#at && this.#isSpace(stop - 1)) stop--
    if (stop > this.#at) this.#tokens.push({ kind: 'text', text: this.#text.slice(this.#at, stop), offset: this.#at })
    this.#at = end
  }

  #isSpace(at: number): boolean {
    const character = this.#text[at]
    return character !== undefined && SPACES.includes(character)
  }

  #trimsLeft(at: number): boolean {
    return this.#text[at] === '-' && this.#isSpace(at + 1)
  }

  /** Length of the closing mark here: 2, with trim marker 4, else 0. */
  #closing(): number {
    if (this.#isSpace(this.#at) && this.#text.startsWith('-}}', this.#at + 1)) return 4
    return this.#text.startsWith('}}', this.#at) ? 2 : 0
  }

  #closed(length: number): void {
    this.#at += length
    if (length === 4) while (this.#isSpace(this.#at)) this.#at++
  }

  #action(): void {
    const start = this.#at
    const inside = start + (this.#trimsLeft(start + 2) ? 4 : 2)
    if (this.#text.startsWith('/*', inside)) {
      this.#comment(start, inside)
      return
    }
    this.#tokens.push({ kind: 'open', text: '{{', offset: start })
    this.#at = inside
    this.#parens = []
    for (;;) {
      const closing = this.#closing()
      if (closing > 0) {
        const unclosed = this.#parens.at(-1)
        if (unclosed !== undefined) this.#fail('this ( is never closed', unclosed)
        this.#tokens.push({ kind: 'close', text: '}}', offset: this.#at })
        this.#closed(closing)
        return
      }
      if (this.#at >= this.#text.length) this.#fail('this {{ is never closed by }}', start)
      this.#inside()
    }
  }

  #comment(start: number, inside: number): void {
    const end = this.#text.indexOf('*/', inside + 2)
    if (end === -1) this.#fail('this comment is never closed by */', start)
    this.#at = end + 2
    const closing = this.#closing()
    if (closing === 0) this.#fail('a comment ends with */}}, nothing may stand between', this.#at)
    this.#closed(closing)
  }

  #push(kind: TokenKind, length: number): void {
    this.#tokens.push({ kind, text: this.#text.slice(this.#at, this.#at + length), offset: this.#at })
    this.#at += length
  }

  #length(pattern: RegExp, at = this.#at): number {
    pattern.lastIndex = at
    return pattern.exec(this.#text)?.[0].length ?? 0
  }

  #inside(): void {
    const first = this.#text[this.#at] ?? ''
    const second = this.#text[this.#at + 1] ?? ''
    if (SPACES.includes(first)) return this.#spaces()
    if (first === '=') return this.#push('assign', 1)
    if (first === ':') return second === '=' ? this.#push('declare', 2) : this.#fail('after : comes =, as in $x := 1')
    if (first === '|') return this.#push('pipe', 1)
    if (first === '"') return this.#quoted('string', STRING, 'this string is never closed by "')
    if (first === '`') return this.#quoted('string', RAW, 'this string is never closed by `')
    if (first === "'") return this.#quoted('character', CHARACTER, "this character is never closed by '")
    if (first === '$') return this.#named('variable', '$')
    if (first === '.' && !/[0-9]/.test(second)) return this.#named('field', '.')
    if (/[.+\-0-9]/.test(first)) return this.#number()
    if (first === '(') {
      this.#parens.push(this.#at)
      return this.#push('(', 1)
    }
    if (first === ')') {
      if (this.#parens.pop() === undefined) this.#fail('this ) closes nothing')
      return this.#push(')', 1)
    }
    const length = this.#length(WORD)
    if (length > 0) return this.#word(length)
    if (first >= '!' && first <= '~') return this.#push('other', 1)
    return this.#fail(`${JSON.stringify(this.#character(this.#at))} cannot stand inside {{ }}`)
  }

  #spaces(): void {
    let end = this.#at
    while (this.#isSpace(end)) end++
    // The last space belongs to a trim marker, when one follows.
    if (this.#text.startsWith('-}}', end)) end--
    this.#push('space', end - this.#at)
  }

  #quoted(kind: TokenKind, pattern: RegExp, message: string): void {
    const length = this.#length(pattern)
    if (length === 0) this.#fail(message)
    this.#push(kind, length)
  }

  #named(kind: 'field' | 'variable', sign: string): void {
    const length = 1 + this.#length(WORD, this.#at + 1)
    this.#mustEnd(this.#at + length)
    this.#push(length === 1 && sign === '.' ? 'dot' : kind, length)
  }

  #word(length: number): void {
    const word = this.#text.slice(this.#at, this.#at + length)
    this.#mustEnd(this.#at + length)
    if (KEYWORDS.has(word)) return this.#push('keyword', length)
    if (word === 'nil') return this.#push('nil', length)
    return this.#push(word === 'true' || word === 'false' ? 'bool' : 'identifier', length)
  }

  #mustEnd(at: number): void {
    const next = this.#text[at]
    if (next === undefined || ' \t\r\n.,|:()'.includes(next) || this.#text.startsWith('}}', at)) return
    this.#fail(`${JSON.stringify(this.#character(at))} cannot stand here; a space before it may be missing`, at)
  }

  #number(): void {
    let length = this.#length(NUMBER)
    let kind: TokenKind = 'number'
    const next = this.#text[this.#at + length] ?? ''
    if (next === '+' || next === '-') {
      length += this.#length(NUMBER, this.#at + length)
      kind = 'complex'
      if (this.#text[this.#at + length - 1] !== 'i') this.#fail('this is not a number')
    }
    if (length === 0 || this.#length(WORD, this.#at + length) > 0) this.#fail('this is not a number')
    this.#push(kind, length)
  }

  #character(at: number): string {
    return String.fromCodePoint(this.#text.codePointAt(at) ?? 0)
  }

  #fail(message: string, at = this.#at): never {
    throw new TemplateError(message, this.#text, at)
  }
}
