import type { Flags } from './flags.ts'
import { PLAIN } from './flags.ts'
import { checkLength, format, show } from './print.ts'
import { settle } from './utf8.ts'
import type { Value } from './value.ts'
import { integerOf, typeName } from './value.ts'

/** Widths, precisions and argument numbers beyond this are no numbers to Go. */
const MAX_NUMBER = 1_000_000
const FLAG_NAMES: Record<string, 'sharp' | 'zero' | 'plus' | 'minus' | 'space'> = {
  '#': 'sharp',
  '0': 'zero',
  '+': 'plus',
  '-': 'minus',
  ' ': 'space',
}

/**
 * Go's fmt.Sprintf. What does not fit is said in the output, as Go does it: `%!d(string=x)`, `%!s(MISSING)`.
 * @example sprintf('%-5s|%03d', ['ab', 7n]) // 'ab   |007'
 */
export function sprintf(text: string, args: readonly Value[]): string {
  return settle(new Printf(text, args).run())
}

class Printf {
  readonly #text: string
  readonly #args: readonly Value[]
  #at = 0
  #argument = 0
  #reordered = false
  #goodNumber = true
  #afterIndex = false
  #close: number
  #out = ''

  constructor(text: string, args: readonly Value[]) {
    this.#text = text
    this.#args = args
    this.#close = text.indexOf(']')
  }

  run(): string {
    while (this.#at < this.#text.length) {
      const percent = this.#text.indexOf('%', this.#at)
      this.#out += this.#text.slice(this.#at, percent === -1 ? undefined : percent)
      if (percent === -1) break
      this.#at = percent + 1
      this.#goodNumber = true
      this.#verb()
      checkLength(this.#out)
    }
    if (!this.#reordered && this.#argument < this.#args.length) this.#extra()
    return this.#out
  }

  #verb(): void {
    const flags = this.#flags()
    this.#afterIndex = false
    this.#index()
    if (this.#text[this.#at] === '*') this.#starWidth(flags)
    else {
      flags.width = this.#number()
      if (this.#afterIndex && flags.width !== undefined) this.#goodNumber = false
    }
    if (this.#text[this.#at] === '.' && this.#at + 1 < this.#text.length) this.#precision(flags)
    if (!this.#afterIndex) this.#index()
    const code = this.#text.codePointAt(this.#at)
    if (code === undefined) {
      this.#out += '%!(NOVERB)'
      return
    }
    const verb = String.fromCodePoint(code)
    this.#at += verb.length
    this.#out += this.#one(verb, flags)
  }

  #one(verb: string, flags: Flags): string {
    if (verb === '%') return '%'
    if (!this.#goodNumber) return `%!${verb}(BADINDEX)`
    if (this.#argument >= this.#args.length) return `%!${verb}(MISSING)`
    if (verb === 'v') Object.assign(flags, { goSyntax: flags.sharp, sharp: false, plus: false })
    return format(this.#args[this.#argument++] ?? null, verb, flags)
  }

  #flags(): Flags {
    const flags = { ...PLAIN }
    for (;;) {
      const sign = this.#text[this.#at] ?? ''
      const name = Object.hasOwn(FLAG_NAMES, sign) ? FLAG_NAMES[sign] : undefined
      if (name === undefined) return flags
      flags[name] = true
      this.#at++
    }
  }

  /** An explicit argument number: %[2]d. */
  #index(): void {
    this.#afterIndex = false
    if (this.#text[this.#at] !== '[') return
    this.#reordered = true
    this.#afterIndex = true
    const close = this.#text.length - this.#at < 3 ? -1 : this.#nextClose()
    if (close === -1) {
      this.#goodNumber = false
      this.#afterIndex = false
      this.#at++
      return
    }
    const digits = this.#text.slice(this.#at + 1, close)
    this.#at = close + 1
    const number = /^[0-9]+$/.test(digits) && Number(digits) <= MAX_NUMBER * 10 ? Number(digits) : 0
    if (number < 1 || number > this.#args.length) {
      this.#goodNumber = false
      this.#afterIndex = /^[0-9]+$/.test(digits)
      return
    }
    this.#argument = number - 1
  }

  /** Where the next ] stands; remembered, so that a format of many [ takes no quadratic time. */
  #nextClose(): number {
    if (this.#close !== -1 && this.#close < this.#at) this.#close = this.#text.indexOf(']', this.#at)
    return this.#close
  }

  #number(): number | undefined {
    const digits = /^[0-9]*/.exec(this.#text.slice(this.#at, this.#at + 20))?.[0] ?? ''
    if (digits === '') return undefined
    // Go gives up on a number that grows too large, and with it on the rest of the format.
    if (Number(digits.slice(0, -1)) > MAX_NUMBER) {
      this.#at = this.#text.length
      return undefined
    }
    this.#at += digits.length
    return Number(digits)
  }

  #star(): number | undefined {
    this.#at++
    if (this.#argument >= this.#args.length) return undefined
    const value = integerOf(this.#args[this.#argument++] ?? null)
    return value === undefined || value > MAX_NUMBER || value < -MAX_NUMBER ? undefined : Number(value)
  }

  #starWidth(flags: Flags): void {
    const width = this.#star()
    if (width === undefined) this.#out += '%!(BADWIDTH)'
    else {
      flags.width = Math.abs(width)
      if (width < 0) Object.assign(flags, { minus: true, zero: false })
    }
    this.#afterIndex = false
  }

  #precision(flags: Flags): void {
    this.#at++
    if (this.#afterIndex) this.#goodNumber = false
    this.#index()
    if (this.#text[this.#at] !== '*') {
      flags.precision = this.#number() ?? 0
      return
    }
    const precision = this.#star()
    if (precision === undefined || precision < 0) this.#out += '%!(BADPREC)'
    else flags.precision = precision
    this.#afterIndex = false
  }

  #extra(): void {
    const rest = this.#args.slice(this.#argument)
    const parts = rest.map((arg) => (arg === null ? '<nil>' : `${typeName(arg)}=${show(arg)}`))
    this.#out += `%!(EXTRA ${parts.join(', ')})`
  }
}
