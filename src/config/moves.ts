import type { Place } from './decode.ts'
import { pathKey } from './path.ts'
import type { Path } from './path.ts'

export type Entry = Record<string, unknown>

/** An old key of an entry, and how its value gets to the one that replaces it. */
export interface Move {
  /** `archives[].format` */
  key: string
  /** The key beside it that takes the value; absent where nothing does. */
  to?: string
  /** GoReleaser adds the value to the list that is there, or lets it win; `keep` works as it is, `drop` does nothing. */
  how: 'append' | 'replace' | 'keep' | 'drop'
  /** The new value, where it is not the old one. */
  turn?(value: unknown, entry: Entry): unknown
  /** What to write instead. */
  mend(value: unknown): string
}

/** A move that a config needs. */
export interface Found {
  move: Move
  entry: Entry
  /** Of the entry. */
  path: Path
  name: string
  value: unknown
}

/** Every place of a config where a move applies. A value that is empty counts as not there: GoReleaser can't tell. */
export function findMoves(config: Entry, moves: readonly Move[]): Found[] {
  return moves.flatMap((move) => {
    const parts = move.key.split('.')
    const name = parts.pop() ?? ''
    return entriesOf(config, parts)
      .map(({ entry, path }) => ({ move, entry, path, name, value: entry[name] }))
      .filter(({ value }) => !isEmpty(value))
  })
}

/** Carries out a move in place; the places of what is moved go with it. */
export function applyMove({ move, entry, path, name, value }: Found, places: Map<string, Place>): void {
  if (move.how === 'keep') return
  delete entry[name]
  if (move.to === undefined) return
  const turned = move.turn === undefined ? value : move.turn(value, entry)
  const from = [...path, name]
  const target = [...path, move.to]
  if (move.how === 'replace') {
    entry[move.to] = turned
    movePlaces(places, from, target)
    return
  }
  const there: unknown[] = Array.isArray(entry[move.to]) ? (entry[move.to] as unknown[]) : []
  const added: unknown[] = Array.isArray(turned) ? turned : [turned]
  added.forEach((_, index) => {
    movePlaces(places, Array.isArray(value) ? [...from, index] : from, [...target, there.length + index])
  })
  const place = places.get(pathKey(from))
  if (place !== undefined && !places.has(pathKey(target))) places.set(pathKey(target), place)
  entry[move.to] = [...there, ...added]
}

function movePlaces(places: Map<string, Place>, from: Path, to: Path): void {
  const inside = Array.from(places.values()).filter(({ path }) => from.every((part, index) => path[index] === part))
  for (const place of inside) {
    const path = [...to, ...place.path.slice(from.length)]
    places.set(pathKey(path), { ...place, path })
  }
}

/** Every object that a pattern like `archives[].format_overrides[]` stands for. */
function entriesOf(config: Entry, parts: string[]): { entry: Entry; path: Path }[] {
  let level: { entry: Entry; path: Path }[] = [{ entry: config, path: [] }]
  for (const part of parts) {
    const key = part.replace('[]', '')
    level = level.flatMap(({ entry, path }) => {
      const value = entry[key]
      if (!part.endsWith('[]')) return isEntry(value) ? [{ entry: value, path: [...path, key] }] : []
      if (!Array.isArray(value)) return []
      return value.flatMap((item: unknown, index) =>
        isEntry(item) ? [{ entry: item, path: [...path, key, index] }] : [],
      )
    })
  }
  return level
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What Go calls a zero value. */
function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (isEntry(value)) return Object.values(value).every(isEmpty)
  return value === undefined || value === null || value === '' || value === 0 || value === false
}

/** `[a, b]`, also for one. */
export function flow(value: unknown): string {
  return `[${(Array.isArray(value) ? value : [value]).join(', ')}]`
}
