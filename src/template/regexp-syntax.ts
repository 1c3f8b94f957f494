import { CallError } from './error.ts'
import type { CharacterSet } from './regexp-set.ts'
import { addPerlClass, addPosixClass, addUnicodeClass, emptySet } from './regexp-set.ts'

export type Assertion = 'text start' | 'text end' | 'line start' | 'line end' | 'word edge' | 'no word edge'
export type Expression =
  | { kind: 'set'; set: CharacterSet }
  | { kind: 'assert'; what: Assertion }
  | { kind: 'group'; number: number; inner: Expression }
  | { kind: 'sequence'; parts: Expression[] }
  | { kind: 'either'; choices: Expression[] }
  | { kind: 'repeat'; inner: Expression; min: number; max: number; greedy: boolean }

export interface Syntax {
  expression: Expression
  /** Capturing groups, the whole match not counted. */
  groups: number
  /** Numbers of the named groups. */
  names: Map<string, number>
}

interface Mode {
  fold: boolean
  /** ^ and $ match at lines. */
  lines: boolean
  dotNewline: boolean
  lazy: boolean
}

/** Go's own limits. */
const MAX_REPEAT = 1000
const MAX_DEPTH = 1000
/** Characters of a pattern; Go knows no such limit, but nobody writes one by hand. */
const MAX_LENGTH = 20_000
const ESCAPES: Record<string, number> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }

/**
 * Reads a regular expression in Go's syntax (RE2), or with `posix` in that of egrep: no \d, no (?…), no lazy repeats.
 * Throws CallError.
 */
export function readRegexp(pattern: string, posix: boolean): Syntax {
  return new Reader(pattern, posix).run()
}

class Reader {
  readonly #text: string[]
  readonly #perl: boolean
  readonly #names = new Map<string, number>()
  #at = 0
  #groups = 0
  #depth = 0
  #mode: Mode

  constructor(pattern: string, posix: boolean) {
    if (pattern.length > MAX_LENGTH)
      throw new CallError(`the regular expression has more than ${MAX_LENGTH} characters`)
    this.#text = Array.from(pattern)
    this.#perl = !posix
    this.#mode = { fold: false, lines: posix, dotNewline: false, lazy: false }
  }

  run(): Syntax {
    const expression = this.#either()
    if (this.#at < this.#text.length) this.#fail('has a ) without a (')
    return { expression, groups: this.#groups, names: this.#names }
  }

  #fail(what: string): never {
    throw new CallError(`the regular expression ${JSON.stringify(this.#text.join(''))} ${what}`)
  }

  #starts(text: string, from = this.#at): boolean {
    return Array.from(text).every((character, index) => this.#text[from + index] === character)
  }

  #either(): Expression {
    const choices = [this.#sequence()]
    while (this.#text[this.#at] === '|') {
      this.#at++
      choices.push(this.#sequence())
    }
    return choices.length === 1 ? (choices[0] as Expression) : { kind: 'either', choices }
  }

  #sequence(): Expression {
    const parts: Expression[] = []
    let repeated = false
    while (this.#at < this.#text.length && !this.#starts('|') && !this.#starts(')')) {
      const bounds = this.#bounds()
      if (bounds === undefined) {
        const part = this.#atom()
        if (Array.isArray(part)) parts.push(...part)
        else if (part !== undefined) parts.push(part)
        repeated = false
        continue
      }
      let greedy = !this.#mode.lazy
      if (this.#perl && this.#starts('?')) {
        this.#at++
        greedy = !greedy
      }
      if (this.#perl && repeated) this.#fail('repeats a repetition')
      const inner = parts.pop() ?? this.#fail('repeats nothing')
      const part: Expression = { kind: 'repeat', inner, ...bounds, greedy }
      if ((bounds.min >= 2 || bounds.max >= 2) && bounds.counted && !fitsRepeats(part, MAX_REPEAT)) {
        this.#fail(`repeats more than ${MAX_REPEAT} times`)
      }
      parts.push(part)
      repeated = true
    }
    return parts.length === 1 ? (parts[0] as Expression) : { kind: 'sequence', parts }
  }

  #bounds(): { min: number; max: number; counted: boolean } | undefined {
    const sign = this.#text[this.#at]
    const simple = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] }[sign ?? '']
    if (simple !== undefined) {
      this.#at++
      return { min: simple[0] ?? 0, max: simple[1] ?? 0, counted: false }
    }
    if (sign !== '{') return undefined
    const found = /^\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}/.exec(this.#text.slice(this.#at, this.#at + 40).join(''))
    if (!found) return undefined
    this.#at += found[0].length
    const min = Number(found[1])
    const max = found[2] === undefined ? min : found[3] === undefined ? Infinity : Number(found[3])
    if (min > MAX_REPEAT || (max !== Infinity && (max > MAX_REPEAT || min > max))) this.#fail('has a bad repeat count')
    return { min, max, counted: true }
  }

  #atom(): Expression | Expression[] | undefined {
    const character = this.#text[this.#at] ?? ''
    switch (character) {
      case '(':
        return this.#group()
      case '[':
        return { kind: 'set', set: this.#class() }
      case '^':
        this.#at++
        return { kind: 'assert', what: this.#mode.lines ? 'line start' : 'text start' }
      case '$':
        this.#at++
        return { kind: 'assert', what: this.#mode.lines ? 'line end' : 'text end' }
      case '.': {
        this.#at++
        const set = emptySet(false)
        if (!this.#mode.dotNewline) set.ranges.push([10, 10])
        return { kind: 'set', set: { ...set, negated: true } }
      }
      case '\\':
        return this.#escaped()
      default:
        this.#at++
        return this.#literal(character.codePointAt(0) ?? 0)
    }
  }

  #literal(code: number): Expression {
    return { kind: 'set', set: { ...emptySet(this.#mode.fold), ranges: [[code, code]] } }
  }

  #group(): Expression | undefined {
    const outside = this.#mode
    let number = 0
    this.#at++
    if (this.#perl && this.#starts('?')) {
      const name = /^\?P?<([^>]*)>/.exec(this.#text.slice(this.#at, this.#at + 200).join(''))
      if (name) {
        if (!/^[A-Za-z0-9_]+$/.test(name[1] ?? '')) this.#fail('has a bad name of a group')
        this.#at += Array.from(name[0]).length
        number = ++this.#groups
        this.#names.set(name[1] ?? '', number)
      } else if (this.#flags()) return undefined
    } else number = ++this.#groups
    if (++this.#depth > MAX_DEPTH) this.#fail('is nested too deep')
    const inner = this.#either()
    this.#depth--
    if (!this.#starts(')')) this.#fail('has a ( without a )')
    this.#at++
    this.#mode = outside
    return { kind: 'group', number, inner }
  }

  /** (?i) or (?i:…). True when it was flags alone, with no group. */
  #flags(): boolean {
    const found = /^\?([imsU]*)(?:-([imsU]+))?([:)])/.exec(this.#text.slice(this.#at, this.#at + 40).join(''))
    if (!found) this.#fail('has a (? that Go does not know')
    this.#at += found[0].length
    const mode = { ...this.#mode }
    for (const [flags, on] of [
      [found[1] ?? '', true],
      [found[2] ?? '', false],
    ] as const) {
      if (flags.includes('i')) mode.fold = on
      if (flags.includes('m')) mode.lines = on
      if (flags.includes('s')) mode.dotNewline = on
      if (flags.includes('U')) mode.lazy = on
    }
    this.#mode = mode
    return found[3] === ')'
  }

  #escaped(): Expression | Expression[] {
    const letter = this.#text[this.#at + 1] ?? ''
    const assertions: Record<string, Assertion> = { A: 'text start', z: 'text end', b: 'word edge', B: 'no word edge' }
    const what = this.#perl && Object.hasOwn(assertions, letter) ? assertions[letter] : undefined
    if (what !== undefined) {
      this.#at += 2
      return { kind: 'assert', what }
    }
    if (this.#perl && letter === 'Q') return this.#quoted()
    const set = emptySet(this.#mode.fold)
    if (this.#perlClass(set)) return { kind: 'set', set }
    return this.#literal(this.#escape())
  }

  #quoted(): Expression[] {
    this.#at += 2
    const parts: Expression[] = []
    while (this.#at < this.#text.length && !this.#starts('\\E')) {
      parts.push(this.#literal(this.#text[this.#at]?.codePointAt(0) ?? 0))
      this.#at++
    }
    this.#at += 2
    return parts
  }

  /** \d and \p{…}, outside and inside [ ]. */
  #perlClass(set: CharacterSet): boolean {
    const letter = this.#text[this.#at + 1] ?? ''
    if (!this.#perl || !this.#starts('\\')) return false
    if (letter === 'p' || letter === 'P') {
      const found = /^\\[pP](?:\{([^}]*)\}|([^{]))/u.exec(this.#text.slice(this.#at, this.#at + 60).join(''))
      if (!found) this.#fail('has an unfinished \\p')
      this.#at += Array.from(found[0]).length
      addUnicodeClass(set, found[1] ?? found[2] ?? '', letter === 'P')
      return true
    }
    if (!addPerlClass(set, letter)) return false
    this.#at += 2
    return true
  }

  #escape(): number {
    const rest = this.#text.slice(this.#at + 1, this.#at + 20).join('')
    const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest)
    const hex = /^x(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{2}))/.exec(rest)
    if (octal) {
      this.#at += 1 + octal[0].length
      return parseInt(octal[0], 8)
    }
    if (hex) {
      const code = parseInt(hex[1] ?? hex[2] ?? '', 16)
      if (code > 0x10ffff) this.#fail('escapes a character beyond Unicode')
      this.#at += 1 + hex[0].length
      return code
    }
    const letter = rest[0] ?? this.#fail('ends with a \\')
    const code = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined
    if (code === undefined && (/[A-Za-z0-9]/.test(letter) || letter > '\x7f'))
      this.#fail(`has \\${letter}, which Go does not know here`)
    this.#at += 2
    return code ?? letter.charCodeAt(0)
  }

  #class(): CharacterSet {
    const set = emptySet(this.#mode.fold)
    this.#at++
    if (this.#starts('^')) {
      this.#at++
      set.negated = true
      // Only Perl's mode lets a negated class match a newline.
      if (!this.#perl) set.ranges.push([10, 10])
    }
    for (let first = true; first || !this.#starts(']'); first = false) {
      if (this.#at >= this.#text.length) this.#fail('has a [ without a ]')
      if (this.#starts('-') && !this.#perl && !first && !this.#starts(']', this.#at + 1))
        this.#fail('has a - inside [ ]')
      this.#member(set)
    }
    this.#at++
    return set
  }

  #member(set: CharacterSet): void {
    const named = /^\[:(.*?):\]/.exec(this.#text.slice(this.#at, this.#at + 100).join(''))
    if (named) {
      addPosixClass(set, named[1] ?? '')
      this.#at += Array.from(named[0]).length
      return
    }
    if (this.#perlClass(set)) return
    const low = this.#one()
    let high = low
    if (this.#starts('-') && this.#at + 1 < this.#text.length && !this.#starts(']', this.#at + 1)) {
      this.#at++
      high = this.#one()
      if (high < low) this.#fail('has a range that runs backwards')
    }
    set.ranges.push([low, high])
  }

  #one(): number {
    if (this.#starts('\\')) return this.#escape()
    const character = this.#text[this.#at] ?? this.#fail('has a [ without a ]')
    this.#at++
    return character.codePointAt(0) ?? 0
  }
}

function fitsRepeats(expression: Expression, limit: number): boolean {
  switch (expression.kind) {
    case 'group':
      return fitsRepeats(expression.inner, limit)
    case 'sequence':
      return expression.parts.every((part) => fitsRepeats(part, limit))
    case 'either':
      return expression.choices.every((choice) => fitsRepeats(choice, limit))
    case 'repeat': {
      if (expression.max === 0) return true
      const counted = expression.min >= 2 || (expression.max !== Infinity && expression.max >= 2)
      const times = expression.max === Infinity ? expression.min : expression.max
      if (counted && times > limit) return false
      return fitsRepeats(expression.inner, counted && times > 0 ? Math.floor(limit / times) : limit)
    }
    case 'set':
    case 'assert':
    default:
      return true
  }
}
