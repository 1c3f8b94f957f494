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
