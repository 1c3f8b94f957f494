import { CallError } from './error.ts'
import { GoComplex, GoFloat } from './numbers.ts'
import { GoTime } from './time.ts'
import { compareStrings } from './utf8.ts'
import type { Kind, Value } from './value.ts'
import { integerOf, kindOf, typeName } from './value.ts'

const BASIC: ReadonlySet<Kind> = new Set(['bool', 'complex', 'int', 'float', 'string', 'uint'])

/** Whether one of the others equals the first: Go's eq. Only values of like kind may be compared; nil with all. */
export function equal(first: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new CallError('there is nothing to compare with')
  return others.some((other) => equalTwo(first, other))
}

function equalTwo(a: Value, b: Value): boolean {
  const kinds = [kindOf(a), kindOf(b)].map((kind) => (BASIC.has(kind) ? kind : ''))
  const whole = [integerOf(a), integerOf(b)]
  if (whole[0] !== undefined && whole[1] !== undefined) return whole[0] === whole[1]
  if (a === null || b === null) return a === b
  if (kinds[0] !== kinds[1] || kindOf(a) !== kindOf(b)) throw unlike(a, b)
  if (a instanceof GoFloat && b instanceof GoFloat) return a.value === b.value
  if (a instanceof GoComplex && b instanceof GoComplex) return a.real === b.real && a.imaginary === b.imaginary
  if (a instanceof GoTime && b instanceof GoTime) return a.nanoseconds === b.nanoseconds && a.zone === b.zone
  if (kinds[0] === '') throw new CallError(`${typeName(b)} cannot be compared`)
  return a === b
}

function unlike(a: Value, b: Value): CallError {
  return new CallError(`${typeName(a)} and ${typeName(b)} cannot be compared`)
}

/** Go's lt: numbers of like kind by size, strings byte by byte. */
export function less(a: Value, b: Value): boolean {
  const whole = [integerOf(a), integerOf(b)]
  if (whole[0] !== undefined && whole[1] !== undefined) return whole[0] < whole[1]
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b) < 0
  if (a instanceof GoFloat && b instanceof GoFloat) return a.value < b.value
  if (kindOf(a) !== kindOf(b)) throw unlike(a, b)
  throw new CallError(`${typeName(a)} has no order`)
}
