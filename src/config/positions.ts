import { isScalar } from 'yaml'
import type { Scalar } from 'yaml'
import type { Position } from '../core/errors.ts'
import { placePosition } from './decode.ts'
import type { Place } from './decode.ts'
import type { Loaded } from './load.ts'
import type { Path } from './path.ts'

/**
 * Where a character of a value stands in the file, through quotes, escapes, folding and indentation. For errors inside
 * a template. The nearest position is given where the value itself stands in no file (a default).
 *
 * @param offset counts UTF-16 units of the value, from 0
 * @example positionInValue(loaded, ['project_name'], 3) // the fourth letter of the name
 */
export function positionInValue(loaded: Loaded, path: Path, offset: number): Position | undefined {
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

/** The offset in the source of a scalar that an offset in its value comes from. */
function offsetInSource(source: string, node: Scalar, offset: number): number {
  const value = String(node.value)
  const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'
  const header = source.indexOf('\n') + 1
  const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE'
  const indent = block ? (/^(?:[ ]*\n)*([ ]*)/.exec(source.slice(header))?.[1]?.length ?? 0) : 0
  let at = block ? header : quoted ? 1 : 0
  if (block) at += leading(source, at, indent)
  for (let index = 0; index < offset && index < value.length && at < source.length; index++) {
    at = next(source, at, value.charAt(index), node.type, indent)
    // Land on the character that comes next, not on the white space that folding threw away.
    const following = value.charAt(index + 1)
    if (following !== '' && !/\s/.test(following)) at = settle(source, at, following, node.type)
  }
  return Math.min(at, source.length)
}

/** Passes over one character of the value. */
function next(source: string, at: number, character: string, type: Scalar['type'], indent: number): number {
  if (type === 'QUOTE_DOUBLE' && source.charAt(at) === '\\') return at + escapeLength(source, at)
  if (type === 'QUOTE_SINGLE' && character === "'") return at + 2
  if (character === '\n' || source.charAt(at) === '\n') {
    const newline = source.indexOf('\n', at)
    const past = newline === -1 ? source.length : newline + 1
    if (type === 'BLOCK_LITERAL') return past + leading(source, past, indent)
    return past + (/^\s*/.exec(source.slice(past))?.[0].length ?? 0)
  }
  return at + 1
}

/** Passes over what stands in the source only: folded white space, an escaped line break. */
function settle(source: string, at: number, wanted: string, type: Scalar['type']): number {
  let here = at
  while (here < source.length && source.charAt(here) !== wanted) {
    if (type === 'QUOTE_DOUBLE' && source.charAt(here) === '\\') {
      if (source.charAt(here + 1) !== '\n') return here
      here += 2
    } else if (/\s/.test(source.charAt(here))) here++
    else return here
  }
  return here
}

function leading(source: string, at: number, indent: number): number {
  let count = 0
  while (count < indent && source.charAt(at + count) === ' ') count++
  return count
}

/** `\n` is 2 characters of the source, `\x41` 4, `\u0041` 6, `\U00000041` 10. */
function escapeLength(source: string, at: number): number {
  const kind = source.charAt(at + 1)
  return kind === 'x' ? 4 : kind === 'u' ? 6 : kind === 'U' ? 10 : 2
}
