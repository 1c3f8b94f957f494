import { asStrings } from './collections.ts'
import type { Parameter } from './function.ts'
import type { LiteralNode } from './nodes.ts'
import { GoComplex, GoFloat } from './numbers.ts'
import { duration, GoTime } from './time.ts'
import type { Value } from './value.ts'
import { integerOf, isStringMap, typeName } from './value.ts'

/** A constant where a parameter of this type takes it: 1.0 is an int where one is wanted. undefined where it does not. */
export function fitLiteral(node: LiteralNode, type: Parameter): Value | undefined {
  if (type === 'any' || (type === 'string' && node.type === 'string')) return node.value
  const whole = node.type === 'number' ? wholeOf(node.value) : undefined
  if (whole === undefined) return undefined
  if (type === 'int') return whole
  return type === 'duration' ? duration(whole) : undefined
}

function wholeOf(value: Value): bigint | undefined {
  const number = value instanceof GoFloat ? value.value : value instanceof GoComplex ? wholeReal(value) : undefined
  if (number === undefined) return integerOf(value)
  return Number.isInteger(number) && Math.abs(number) < 2 ** 63 ? BigInt(number) : undefined
}

function wholeReal(value: GoComplex): number {
  return value.imaginary === 0 ? value.real : Number.NaN
}

/** The value where a parameter of this type takes it; undefined where it does not. */
export function fit(value: Value, type: Parameter): Value | undefined {
  switch (type) {
    case 'any':
      return value
    case 'string':
      return typeof value === 'string' ? value : undefined
    case 'int':
      return typeof value === 'bigint' ? value : undefined
    case 'strings':
      return asStrings(value)
    case 'string map':
      return value === null ? {} : isStringMap(value) ? value : undefined
    case 'time':
      return value instanceof GoTime ? value : undefined
    case 'duration':
      return typeName(value) === 'time.Duration' ? value : undefined
    default:
      return undefined
  }
}
