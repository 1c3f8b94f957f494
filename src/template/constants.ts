import { GoComplex, GoFloat } from './numbers.ts'
import type { GoValue } from './numbers.ts'

const MAX_INT = 2n ** 63n - 1n
const MIN_INT = -(2n ** 63n)

/** A number as written: the value it has alone, and an error for one that Go refuses. */
export type Constant = { value: bigint | GoValue } | { error: string }

/**
 * Reads a number constant as Go does: 12, 0x1f, 0b1, 0o7, 017, 1_000, 1e3, 0x1p-2, 1i, 1+2i.
 * What has neither point nor exponent is an int, all else a float64.
 */
export function readNumber(text: string): Constant {
  if (text.endsWith('i')) return readComplex(text)
  const whole = readInteger(text)
  if (whole !== undefined) {
    if (whole > MAX_INT || whole < MIN_INT) return { error: `${text} is too large for an int` }
    return { value: whole }
  }
  const float = readFloat(text)
  if (float === undefined || !/[.eEpP]/.test(text)) return { error: `${text} is not a number` }
  return { value: new GoFloat(float) }
}

/** An integer with Go's base prefixes and underscores (which may stand between digits only). */
function readInteger(text: string): bigint | undefined {
  const negative = text.startsWith('-')
  const digits = text.replace(/^[+-]/, '')
  if (!underscoresFit(digits)) return undefined
  const plain = digits.replaceAll('_', '')
  let form = plain
  if (/^0[0-7]+$/.test(plain)) form = `0o${plain.slice(1)}`
  else if (!/^(?:0|[1-9][0-9]*|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.test(plain)) return undefined
  const value = BigInt(form)
  return negative ? -value : value
}

/** Underscores stand between digits only; a base prefix counts as a digit. */
function underscoresFit(text: string): boolean {
  if (!text.includes('_')) return true
  const body = text.replace(/^[+-]/, '').replace(/^0[xXoObB]/, '0')
  return !(/^[+-]?0[xX]/.test(text) ? /(?:^|[^0-9a-fA-F])_|_(?:[^0-9a-fA-F]|$)/ : /(?:^|[^0-9])_|_(?:[^0-9]|$)/).test(
    body,
  )
}

function readFloat(written: string): number | undefined {
  if (!underscoresFit(written)) return undefined
  const text = written.replaceAll('_', '')
  const hex = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?[0-9]+)$/.exec(text)
  if (hex) {
    const fraction = hex[3] ?? ''
    const digits = (hex[2] ?? '') + fraction
    if (digits === '') return undefined
    const value = Number(BigInt(`0x${digits}`)) * 2 ** (Number(hex[4]) - 4 * fraction.length)
    return finite(hex[1] === '-' ? -value : value)
  }
  if (!/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text)) return undefined
  return finite(Number(text))
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}

function readComplex(text: string): Constant {
  const parts = /^([+-]?[^+-]*(?:[eEpP][+-]?[0-9_]+)?)([+-].*)?i$/.exec(text)
  const first = parts?.[1] === undefined ? undefined : readFloat(parts[1])
  if (first === undefined) return { error: `${text} is not a number` }
  if (parts?.[2] === undefined) return { value: new GoComplex(0, first) }
  const second = readFloat(parts[2])
  return second === undefined ? { error: `${text} is not a number` } : { value: new GoComplex(first, second) }
}
