import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { Pair, ParsedNode, YAMLMap, YAMLSeq } from 'yaml'

/** A change of a text: what stands from `start` to `end` becomes `text`. */
export interface Edit {
  start: number
  end: number
  text: string
}

export type ParsedPair = Pair<ParsedNode, ParsedNode | null>

/** The text with every edit made. Edits may not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((out, { start, end, text: put }) => out.slice(0, start) + put + out.slice(end), text)
}

/** Takes a pair out of its mapping, with its line and the comment that ends it; comments above it stay. */
export function removePair(text: string, map: YAMLMap, pair: ParsedPair): Edit {
  const items = map.items as ParsedPair[]
  const index = items.indexOf(pair)
  const start = pair.key.range[0]
  const end = endOf(text, pair)
  const next = items[index + 1]
  const before = items[index - 1]
  if (items.length === 1) return map.flow === true ? { start, end, text: '' } : { start, end, text: '{}' }
  if (map.flow === true) {
    return next === undefined && before !== undefined
      ? { start: endOf(text, before), end, text: '' }
      : { start, end: next?.key.range[0] ?? end, text: '' }
  }
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  // The first key of an item stands behind the dash: the next one takes its place.
  if (text.slice(lineStart, start).trim() !== '') return { start, end: next?.key.range[0] ?? end, text: '' }
  return { start: lineStart, end: lineEnd(text, end), text: '' }
}

/** Where a pair ends; the range of a block reaches into the white space behind it. */
export function endOf(text: string, pair: ParsedPair): number {
  const end = pair.value === null ? pair.key.range[1] : pair.value.range[1]
  return text.slice(0, end).trimEnd().length
}

/** Where the next line begins. */
function lineEnd(text: string, end: number): number {
  if (text.charAt(end - 1) === '\n') return end
  const newline = text.indexOf('\n', end)
  return newline === -1 ? text.length : newline + 1
}

/** The texts of the items that a value adds to a list; undefined where they can't be moved as they stand. */
export function itemTexts(text: string, value: ParsedNode): string[] | undefined {
  if (isSeq(value)) {
    const items = value.items.map((item) => itemTexts(text, item))
    return items.every((item) => item !== undefined) ? items.flat() : undefined
  }
  if (isMap(value) || (isScalar(value) && String(value.type).startsWith('BLOCK'))) return undefined
  const source = text.slice(value.range[0], value.range[1])
  if (source.includes('\n')) return undefined
  // What is plain outside of brackets may not be plain inside.
  const plain = isScalar(value) && value.type === 'PLAIN'
  return [plain && /[,[\]{}]|: |^[?&*!]/.test(source) ? JSON.stringify(source) : source]
}

/** Adds items to a list that is there. */
export function appendItems(text: string, list: YAMLSeq.Parsed, items: string[]): Edit | undefined {
  const last = list.items.at(-1)
  if (last === undefined) return { start: list.range[0], end: list.range[1], text: `[${items.join(', ')}]` }
  const at = last.range[1]
  if (list.flow === true) return { start: at, end: at, text: items.map((item) => `, ${item}`).join('') }
  if (isScalar(last) ? String(last.type).startsWith('BLOCK') : !isAlias(last)) return undefined
  const dash = text.lastIndexOf('-', last.range[0])
  const indent = ' '.repeat(dash - (text.lastIndexOf('\n', dash) + 1))
  const lineStop = lineEnd(text, at)
  const lines = items.map((item) => `${indent}- ${item}\n`).join('')
  const open = text.charAt(lineStop - 1) !== '\n'
  return { start: lineStop, end: lineStop, text: open ? `\n${lines.trimEnd()}` : lines }
}

/** Makes a mapping the only item of a list, its lines indented under the dash. */
export function wrapInList(text: string, value: ParsedNode): Edit[] {
  const [start, end] = value.range
  if (!isMap(value) || (value as YAMLMap).flow === true) {
    return [
      { start, end: start, text: '[' },
      { start: end, end, text: ']' },
    ]
  }
  const edits: Edit[] = [{ start, end: start, text: '  - ' }]
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const indent = start - lineStart
  // The dash goes where the keys were indented to, or two further in where they were not.
  if (indent > 0) edits[0] = { start, end: start, text: '- ' }
  for (let at = text.indexOf('\n', start); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) {
    const next = at + 1
    if (next < end && !/^[ \t]*(\r?\n|$)/.test(text.slice(next))) edits.push({ start: next, end: next, text: '  ' })
  }
  return edits
}
