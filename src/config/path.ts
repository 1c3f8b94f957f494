/** Where something stands in the config: `['builds', 0, 'goos']`. */
export type Path = readonly (string | number)[]

/** The name of a path in a map. */
export function pathKey(path: Path): string {
  return JSON.stringify(path)
}

/**
 * A path as a person writes it.
 * @example showPath(['builds', 0, 'goos']) // 'builds[0].goos'
 */
export function showPath(path: Path): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('')
}

/** The value at a path; undefined where there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  let value: unknown = root
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string | number, unknown>)[part]
  }
  return value
}

/** Puts a value at a path that is there. */
export function setAt(root: unknown, path: Path, value: unknown): void {
  const holder = valueAt(root, path.slice(0, -1))
  const last = path.at(-1)
  if (typeof holder !== 'object' || holder === null || last === undefined) return
  ;(holder as Record<string | number, unknown>)[last] = value
}
