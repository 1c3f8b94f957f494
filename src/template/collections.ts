import { CallError } from './error.ts'
import { GoInteger } from './numbers.ts'
import { byteLength, fromBytes, toBytes } from './utf8.ts'
import type { Value } from './value.ts'
import { entryOf, integerOf, isList, isMap, isStringList, isStringMap, keysOf, typeName, valueOf } from './value.ts'

/** Go's len: bytes of a string, elements of a list, entries of a map. */
export function length(value: Value): bigint {
  if (typeof value === 'string') return BigInt(byteLength(value))
  if (isList(value)) return BigInt(value.length)
  if (isMap(value)) return BigInt(keysOf(value).length)
  throw new CallError(`${typeName(value)} has no length`)
}

/** Go's index: x[1][2][3]. A missing key of a map gives the zero value: '' where all values are strings, else nil. */
export function index(item: Value, keys: readonly Value[]): Value {
  if (item === null) throw new CallError('nil cannot be indexed')
  return keys.reduce(indexOne, item)
}

function indexOne(item: Value, key: Value): Value {
  if (isMap(item)) {
    if (typeof key !== 'string') throw new CallError(`the key is a ${typeName(key)}, but keys are strings`)
    return entryOf(item, key)?.value ?? (isStringMap(item) ? '' : null)
  }
  if (isList(item)) {
    const at = position(key, item.length)
    if (at >= item.length) throw new CallError(`there is no element ${at} in a list of ${item.length}`)
    return valueOf(item[at])
  }
  if (typeof item === 'string') {
    const bytes = toBytes(item)
    const byte = bytes[position(key, bytes.length)]
    if (byte === undefined) throw new CallError(`there is no byte ${bytes.length} in a string of ${bytes.length}`)
    return new GoInteger('uint8', BigInt(byte))
  }
  throw new CallError(`${typeName(item)} cannot be indexed`)
}

/** Go's slice: x[1:2]; of a string by bytes. */
export function slice(item: Value, indexes: readonly Value[]): Value {
  if (indexes.length > 3) throw new CallError(`slice takes three positions at most, not ${indexes.length}`)
  if (typeof item === 'string' && indexes.length === 3)
    throw new CallError('a string is sliced by two positions at most')
  if (typeof item !== 'string' && !isList(item)) throw new CallError(`${typeName(item)} cannot be sliced`)
  const size = Number(length(item))
  const [from = 0, to = size, limit = size] = indexes.map((one) => position(one, size))
  if (from > to || to > limit) throw new CallError(`the positions ${from}, ${to} are not in order`)
  if (typeof item !== 'string') return item.slice(from, to)
  return size === item.length ? item.slice(from, to) : fromBytes(toBytes(item).subarray(from, to))
}

function position(key: Value, size: number): number {
  const at = integerOf(key)
  if (at === undefined) throw new CallError(`the position is a ${typeName(key)}, not an integer`)
  if (at < 0n || at > size) throw new CallError(`position ${at} is out of range: the length is ${size}`)
  return Number(at)
}

/** A value as []string; undefined when it is none. */
export function asStrings(value: Value): readonly string[] | undefined {
  return value === null ? [] : isStringList(value) ? value : undefined
}
