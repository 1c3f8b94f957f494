import { CallError } from './error.ts'
import { PLAIN } from './flags.ts'
import type { Flags } from './flags.ts'
import { layCharacter, layFloat, layHex, layInteger, layQuoted, layString, layUnicode, pad } from './layout.ts'
import { MAX_TEXT } from './limits.ts'
import { GoComplex, GoFloat, GoInteger, GoValue, int64, uint64 } from './numbers.ts'
import { GoTime } from './time.ts'
import { compareStrings, settle } from './utf8.ts'
import type { GoMap, List, Value } from './value.ts'
import { entryOf, isList, keysOf, typeName, valueOf } from './value.ts'

/** How deep lists and maps may be nested to be printed; a cycle ends here. */
const MAX_DEPTH = 100

/** A value as %v prints it: what `{{ .X }}` shows, but for nil. */
export function show(value: Value): string {
  return typeof value === 'string' ? value : format(value, 'v', PLAIN)
}

/** Go's fmt.Sprint: a space between two neighbours of which none is a string. */
export function sprint(args: readonly Value[]): string {
  let out = ''
  args.forEach((arg, index) => {
    if (index > 0 && typeof arg !== 'string' && typeof args[index - 1] !== 'string') out += ' '
    out += show(arg)
    checkLength(out)
  })
  return settle(out)
}

/** Go's fmt.Sprintln. */
export function sprintln(args: readonly Value[]): string {
  const out = `${args.map(show).join(' ')}\n`
  checkLength(out)
  return settle(out)
}

export function checkLength(text: string): void {
  if (text.length > MAX_TEXT) throw new CallError(`the text grows beyond ${MAX_TEXT} characters`)
}

/** One argument by one verb, flags in force. */
export function format(value: Value, verb: string, flags: Flags): string {
  if (value === null) return verb === 'T' || verb === 'v' ? pad('<nil>', flags) : `%!${verb}(<nil>)`
  if (verb === 'T') return layString(typeName(value), flags)
  return new Formatter(flags).one(value, verb, 0)
}

class Formatter {
  readonly #flags: Flags
  #complaining = false
  #length = 0

  constructor(flags: Flags) {
    this.#flags = flags
  }

  one(value: Value, verb: string, depth: number): string {
    const out = this.#one(value, verb, depth)
    this.#length += out.length
    if (this.#length > MAX_TEXT * 2) throw new CallError('the value is too large to print')
    return out
  }

  #one(value: Value, verb: string, depth: number): string {
    if (depth > MAX_DEPTH) throw new CallError(`the value is nested more than ${MAX_DEPTH} deep`)
    const flags = this.#flags
    if (value === null) return flags.goSyntax ? 'interface {}(nil)' : '<nil>'
    if (typeof value === 'string') return this.#string(value, verb)
    if (typeof value === 'boolean')
      return verb === 't' || verb === 'v' ? pad(String(value), flags) : this.#bad(value, verb)
    if (typeof value === 'bigint') return this.#integer(value, value, false, verb)
    if (value instanceof GoValue) return this.#typed(value, verb)
    return isList(value) ? this.#list(value, verb, depth) : this.#map(value, verb, depth)
  }

  /** What Go prints for a verb that does not fit. */
  #bad(value: Value, verb: string): string {
    const before = this.#complaining
    this.#complaining = true
    const out = `%!${verb}(${typeName(value)}=${this.one(value, 'v', 0)})`
    this.#complaining = before
    return out
  }

  #string(value: string, verb: string): string {
    if (verb === 's' || (verb === 'v' && !this.#flags.goSyntax)) return layString(value, this.#flags)
    if (verb === 'q' || verb === 'v') return layQuoted(value, this.#flags)
    if (verb === 'x' || verb === 'X') return layHex(value, verb, this.#flags)
    return this.#bad(value, verb)
  }

  #integer(value: bigint, whole: Value, unsigned: boolean, verb: string): string {
    const flags = this.#flags
    switch (verb) {
      case 'v':
        if (flags.goSyntax && unsigned) return layInteger(value, 16, 'x', { ...flags, sharp: true })
        return layInteger(value, 10, 'd', flags)
      case 'd':
        return layInteger(value, 10, verb, flags)
      case 'b':
        return layInteger(value, 2, verb, flags)
      case 'o':
      case 'O':
        return layInteger(value, 8, verb, flags)
      case 'x':
      case 'X':
        return layInteger(value, 16, verb, flags)
      case 'c':
      case 'q':
        return layCharacter(value, verb, flags)
      case 'U':
        return layUnicode(value, flags)
      default:
        return this.#bad(whole, verb)
    }
  }

  #float(value: number, verb: string, flags = this.#flags): string | undefined {
    if (verb === 'v') return layFloat(value, 'g', -1, flags)
    if ('bgGxX'.includes(verb)) return layFloat(value, verb, -1, flags)
    if ('feE'.includes(verb)) return layFloat(value, verb, 6, flags)
    return verb === 'F' ? layFloat(value, 'f', 6, flags) : undefined
  }

  #typed(value: GoValue, verb: string): string {
    const flags = this.#flags
    if (flags.goSyntax && value instanceof GoTime) return layString(value.goText(), flags)
    const text = this.#complaining || flags.goSyntax || !'vsxXq'.includes(verb) ? undefined : value.text()
    if (text !== undefined) return this.#string(text, verb)
    if (value instanceof GoInteger) return this.#integer(value.value, value, value.kind === 'uint', verb)
    if (value instanceof GoFloat) return this.#float(value.value, verb) ?? this.#bad(value, verb)
    if (value instanceof GoComplex) {
      const real = this.#float(value.real, verb)
      const imaginary = this.#float(value.imaginary, verb, { ...flags, plus: true })
      return real === undefined ? this.#bad(value, verb) : `(${real}${imaginary}i)`
    }
    return value instanceof GoTime ? this.#time(value, verb) : this.#bad(value, verb)
  }

  /** A time by a verb that is not for text: what Go's struct holds, of UTC the location is nil. */
  #time(value: GoTime, verb: string): string {
    const { wall, ext } = value.inside()
    let location = pad('<nil>', this.#flags)
    if ('bodxX'.includes(verb)) location = this.one(uint64(0), verb, 1)
    else if (verb !== 'v') location = `%!${verb}(*time.Location=${location})`
    return `{${this.one(uint64(wall), verb, 1)} ${this.one(int64(ext), verb, 1)} ${location}}`
  }

  #list(list: List, verb: string, depth: number): string {
    const parts = list.map((one) => this.one(valueOf(one), verb, depth + 1))
    return this.#flags.goSyntax ? `${typeName(list)}{${parts.join(', ')}}` : `[${parts.join(' ')}]`
  }

  #map(map: GoMap, verb: string, depth: number): string {
    const parts = keysOf(map)
      .sort(compareStrings)
      .map((key) => `${this.one(key, verb, depth + 1)}:${this.one(entryOf(map, key)?.value ?? null, verb, depth + 1)}`)
    return this.#flags.goSyntax ? `${typeName(map)}{${parts.join(', ')}}` : `map[${parts.join(' ')}]`
  }
}
