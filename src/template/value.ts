import { CallError } from './error.ts'
import { GoComplex, GoFloat, GoInteger, GoValue } from './numbers.ts'

/**
 * What a template works with. A bigint is Go's `int`; other numbers carry their type. null is Go's nil.
 * Lists and maps are the caller's own arrays and plain objects; their elements pass `valueOf` when they are read.
 */
export type Value = null | string | boolean | bigint | GoValue | List | GoMap
export type List = readonly unknown[]
export type GoMap = Readonly<Record<string, unknown>>

/**
 * Lets data in: an integer number becomes Go's int, another number a float64. Anything but text, numbers, booleans,
 * null, arrays, plain objects and our own Go types is refused, so no host object is ever in a template's reach.
 */
export function valueOf(input: unknown): Value {
  switch (typeof input) {
    case 'string':
    case 'boolean':
      return input
    case 'bigint':
      return BigInt.asIntN(64, input)
    case 'number':
      return Number.isInteger(input) ? BigInt.asIntN(64, BigInt(input)) : new GoFloat(input)
    case 'undefined':
      return null
    case 'object':
      if (input === null || Array.isArray(input) || input instanceof GoValue) return input
      if (isPlain(input)) return input as GoMap
      throw new CallError('the data holds an object that templates cannot use')
    case 'function':
    case 'symbol':
    default:
      throw new CallError(`the data holds a ${typeof input}, which templates cannot use`)
  }
}

function isPlain(input: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(input)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

export function isMap(value: Value): value is GoMap {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof GoValue)
}

export function isList(value: Value): value is List {
  return Array.isArray(value)
}

/** The property itself when it is the map's own, enumerable and plain data: no prototype, no getter. */
function ownProperty(map: GoMap, key: string): PropertyDescriptor | undefined {
  const found = Object.getOwnPropertyDescriptor(map, key)
  return found?.enumerable === true && found.value !== undefined ? found : undefined
}

/** Reads a key of a map; undefined when there is none. Throws CallError for a value that templates cannot use. */
export function entryOf(map: GoMap, key: string): { value: Value } | undefined {
  const found = ownProperty(map, key)
  return found && { value: valueOf(found.value) }
}

export function keysOf(map: GoMap): string[] {
  return Object.keys(map).filter((key) => ownProperty(map, key) !== undefined)
}

/** Whether all values are strings: what stands for Go's map[string]string (an empty one does too). */
export function isStringMap(value: Value): value is Readonly<Record<string, string>> {
  return isMap(value) && Object.keys(value).every((key) => typeof ownProperty(value, key)?.value === 'string')
}

/** Whether all elements are strings: what stands for Go's []string (an empty one does too). */
export function isStringList(value: Value): value is readonly string[] {
  return isList(value) && value.every((one) => typeof one === 'string')
}

export type Kind = 'nil' | 'string' | 'bool' | 'int' | 'uint' | 'float' | 'complex' | 'list' | 'map' | 'struct'

export function kindOf(value: Value): Kind {
  if (value === null) return 'nil'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'bigint') return 'int'
  if (value instanceof GoValue) return value.kind
  return isList(value) ? 'list' : 'map'
}

/** The type in Go's words, as %T prints it. */
export function typeName(value: Value): string {
  if (value === null) return '<nil>'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'bigint') return 'int'
  if (value instanceof GoValue) return value.type
  if (isList(value)) return isStringList(value) ? '[]string' : '[]interface {}'
  return isStringMap(value) ? 'map[string]string' : 'map[string]interface {}'
}

/** An integer of any type as a bigint; undefined for all else. */
export function integerOf(value: Value): bigint | undefined {
  if (typeof value === 'bigint') return value
  return value instanceof GoInteger ? value.value : undefined
}

/** Go's truth: not empty, not zero, not nil. */
export function isTrue(value: Value): boolean {
  if (value === null) return false
  if (typeof value === 'boolean') return value
  if (typeof value === 'string') return value !== ''
  if (typeof value === 'bigint') return value !== 0n
  if (value instanceof GoInteger) return value.value !== 0n
  if (value instanceof GoFloat) return value.value !== 0
  if (value instanceof GoComplex) return value.real !== 0 || value.imaginary !== 0
  if (value instanceof GoValue) return true
  return isList(value) ? value.length > 0 : keysOf(value).length > 0
}
