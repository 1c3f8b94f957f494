import { isScalar } from 'yaml'
import type { Scalar } from 'yaml'
import type { Position } from '../core/errors.ts'
import { placePosition } from './decode.ts'
import type { Place } from './decode.ts'
import type { Path } from './path.ts'

/** What a read config knows of places. */
interface Places {
  positionOf(path: Path): Position | undefined
  placeOf(path: Path): Place | undefined
}

/**
 * Where a character of a value stands in the file, through quotes, escapes, folding and indentation. For errors inside
 * a template. The nearest position is given where the value itself stands in no file (a default).
 *
 * @param offset counts UTF-16 units of the value, from 0
 * @example positionInValue(loaded, ['project_name'], 3) // the fourth letter of the name
 */
export function positionInValue(loaded: Places, path: Path, offset: number): Position | undefined {
  const place = loaded.placeOf(path)
  return place === undefined ? loaded.positionOf(path) : positionInPlace(place, offset)
}

/** The same for a place. */
export function positionInPlace(place: Place, offset: number): Position | undefined {
  const node = place.tree.follow(place.value)
  if (node === undefined || !isScalar(node)) return placePosition(place)
  const [start, end] = node.range
  const source = place.tree.text.slice(start, end)
  return place.tree.at(start + offsetInSource(source, node, offset + (place.offset ?? 0)))
}

/**
 * The offset in the source of a scalar that an offset in its value comes from. Quoting and folding change white space
 * only, so the characters that can be seen stand in the same order in both.
 */
function offsetInSource(source: string, node: Scalar, offset: number): number {
  const value = String(node.value)
  const seen = visibleIn(source, node.type)
  const before = [...value.slice(0, offset).matchAll(/\S/g)].length
  const exact = seen[before]
  if (exact !== undefined && /\S/.test(value.charAt(offset))) return exact
  const last = seen[before - 1]
  return last === undefined ? (seen[0] ?? 0) : last + 1
}

/** Offsets of the visible characters of a scalar, its quotes and header left out. */
function visibleIn(source: string, type: Scalar['type']): number[] {
  const block = type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED'
  const quoted = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE'
  const offsets: number[] = []
  let at = block ? source.indexOf('\n') + 1 : quoted ? 1 : 0
  const end = quoted ? source.length - 1 : source.length
  while (at < end) {
    const character = source.charAt(at)
    if (type === 'QUOTE_DOUBLE' && character === '\\') {
      const { length, units } = readEscape(source, at)
      for (let unit = 0; unit < units; unit++) offsets.push(at)
      at += length
      continue
    }
    if (/\S/.test(character)) offsets.push(at)
    at += type === 'QUOTE_SINGLE' && character === "'" ? 2 : 1
  }
  return offsets
}

const DIGITS: Record<string, number> = { x: 2, u: 4, U: 8 }

/** How long an escape is, and how many visible UTF-16 units it stands for: `\n` none, `\x41` one. */
function readEscape(source: string, at: number): { length: number; units: number } {
  const kind = source.charAt(at + 1)
  const digits = DIGITS[kind]
  if (digits !== undefined) {
    const text = String.fromCodePoint(Number.parseInt(source.slice(at + 2, at + 2 + digits), 16))
    return { length: 2 + digits, units: /\s/.test(text) ? 0 : text.length }
  }
  return { length: 2, units: /[ntrvf\s_LP]/.test(kind) ? 0 : 1 }
}
