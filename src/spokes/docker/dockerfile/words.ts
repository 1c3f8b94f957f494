/** What is wrong with a word, and at which of its characters. */
export class WordFault extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** A piece of an instruction as it is written, quotes and all. */
export interface Word {
  raw: string
  /** Where it begins in the instruction's text. */
  offset: number
}

/** Splits at blanks outside of quotes; quotes stay. */
export function splitWords(text: string, from: number, escape: string): Word[] {
  const words: Word[] = []
  let start = -1
  let quote = ''
  for (let at = from; at < text.length; at++) {
    const char = text[at] ?? ''
    if (quote === '' && /\s/.test(char)) {
      if (start !== -1) words.push({ raw: text.slice(start, at), offset: start })
      start = -1
      continue
    }
    if (start === -1) start = at
    if (char === escape && quote !== "'") at++
    else if (quote === char) quote = ''
    else if (quote === '' && (char === '"' || char === "'")) quote = char
  }
  if (start !== -1) words.push({ raw: text.slice(start), offset: start })
  return words
}

type Lookup = (name: string) => string | undefined

/**
 * A word as the builder understands it: quotes taken off, escapes undone, variables replaced
 * (https://docs.docker.com/reference/dockerfile/#environment-replacement).
 * @example expand('"a $X" ${Y:-z}', (name) => ({ X: '1' })[name], '\\') // 'a 1 z'
 */
export function expand(raw: string, lookup: Lookup, escape: string): string {
  return new Expander(raw, lookup, escape).whole()
}

class Expander {
  readonly #raw: string
  readonly #lookup: Lookup
  readonly #escape: string
  #at = 0

  constructor(raw: string, lookup: Lookup, escape: string) {
    this.#raw = raw
    this.#lookup = lookup
    this.#escape = escape
  }

  whole(): string {
    return this.#until('')
  }

  /** Up to a character outside of quotes, which is passed over. */
  #until(end: string): string {
    let out = ''
    while (this.#at < this.#raw.length) {
      const char = this.#raw[this.#at] ?? ''
      if (char === end) {
        this.#at++
        return out
      }
      if (char === "'") out += this.#single()
      else if (char === '"') out += this.#double()
      else if (char === '$') out += this.#variable()
      else if (char === this.#escape) {
        this.#at++
        // An escape at the very end stands for nothing.
        out += this.#raw[this.#at] ?? ''
        this.#at++
      } else {
        out += char
        this.#at++
      }
    }
    if (end !== '') throw new WordFault(`this has no ${end}`, this.#raw.length)
    return out
  }

  #single(): string {
    const close = this.#raw.indexOf("'", this.#at + 1)
    if (close === -1) throw new WordFault("the ' has no end", this.#at)
    const out = this.#raw.slice(this.#at + 1, close)
    this.#at = close + 1
    return out
  }

  #double(): string {
    const start = this.#at++
    let out = ''
    while (this.#at < this.#raw.length) {
      const char = this.#raw[this.#at] ?? ''
      if (char === '"') {
        this.#at++
        return out
      }
      if (char === '$') out += this.#variable()
      else if (char === this.#escape) {
        const next = this.#raw[this.#at + 1] ?? ''
        // Before any other character the escape is one of its own.
        out += next === '"' || next === '$' || next === this.#escape ? next : char + next
        this.#at += 2
      } else {
        out += char
        this.#at++
      }
    }
    throw new WordFault('the " has no end', start)
  }

  #variable(): string {
    const start = this.#at++
    if (this.#raw[this.#at] !== '{') {
      const name = /^(?:[A-Za-z_]\w*|\d|[@*#?\-!$])/.exec(this.#raw.slice(this.#at))?.[0]
      if (name === undefined) return '$'
      this.#at += name.length
      return this.#lookup(name) ?? ''
    }
    this.#at++
    const name = /^(?:[A-Za-z_]\w*|\d+|[@*#?\-!$])/.exec(this.#raw.slice(this.#at))?.[0]
    if (name === undefined) throw new WordFault('there is no name after ${', start)
    this.#at += name.length
    const value = this.#lookup(name)
    const modifier = /^(?::?[-+?]|##?|%%?|\/\/?)/.exec(this.#raw.slice(this.#at))?.[0]
    if (modifier === undefined) {
      if (this.#raw[this.#at] !== '}') throw new WordFault(`\${${name} has no }`, start)
      this.#at++
      return value ?? ''
    }
    this.#at += modifier.length
    const word = this.#until('}')
    return this.#modified(name, value, modifier, word, start)
  }

  #modified(name: string, value: string | undefined, modifier: string, word: string, start: number): string {
    const set = modifier.startsWith(':') ? (value ?? '') !== '' : value !== undefined
    switch (modifier.at(-1) ?? '') {
      case '-':
        return set ? (value ?? '') : word
      case '+':
        return set ? word : ''
      case '?':
        if (!set) throw new WordFault(`${name}: ${word === '' ? 'not set' : word}`, start)
        return value ?? ''
      case '/': {
        const [pattern = '', replacement = ''] = word.split(/\/(.*)/s)
        return (value ?? '').replace(new RegExp(glob(pattern, true), modifier === '//' ? 'gs' : 's'), () => replacement)
      }
      default:
        return stripped(value ?? '', modifier, word)
    }
  }
}

/** `${X#pattern}` takes the shortest match off the beginning, `##` the longest, `%` and `%%` off the end. */
function stripped(value: string, modifier: string, pattern: string): string {
  const whole = new RegExp(`^(?:${glob(pattern, true)})$`, 's')
  const lengths = Array.from({ length: value.length + 1 }, (_, length) => length)
  const tried = modifier.length === 2 ? lengths.reverse() : lengths
  const front = modifier.startsWith('#')
  const length = tried.find((one) => whole.test(front ? value.slice(0, one) : value.slice(value.length - one)))
  if (length === undefined) return value
  return front ? value.slice(length) : value.slice(0, value.length - length)
}

/** A shell's pattern as a regular expression. */
function glob(pattern: string, acrossSlashes: boolean): string {
  const any = acrossSlashes ? '.' : '[^/]'
  return pattern.replaceAll(/\\(.)|[*?]|[.+^${}()|[\]\\/]/gs, (part, escaped: string | undefined) => {
    if (escaped !== undefined) return `\\${escaped}`.replace(/\\(\w)/, '$1')
    return part === '*' ? `${any}*` : part === '?' ? any : `\\${part}`
  })
}
