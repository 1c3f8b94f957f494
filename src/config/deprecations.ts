import type { Diagnostic } from '../core/errors.ts'
import { placePosition } from './decode.ts'
import type { Place } from './decode.ts'
import { pathKey, showPath } from './path.ts'
import type { Path } from './path.ts'

type Entry = Record<string, unknown>

/** What a deprecated key of an entry is replaced by, and how its value gets there. */
interface Deprecation {
  /** `archives[].format` */
  key: string
  /** Key beside it that takes the value; absent where nothing does. */
  to?: string
  /** GoReleaser adds the value to the list that is there, or lets it win. */
  how: 'append' | 'replace' | 'keep' | 'drop'
  /** What to write instead. */
  mend(value: unknown): string
}

const list = (value: unknown): string => `[${(Array.isArray(value) ? value : [value]).join(', ')}]`

/** GoReleaser's deprecations (`www/content/resources/deprecations.md`), with the meaning they have there. */
const DEPRECATIONS: Deprecation[] = [
  { key: 'archives[].format', to: 'formats', how: 'append', mend: (value) => `write \`formats: ${list(value)}\`` },
  {
    key: 'archives[].format_overrides[].format',
    to: 'formats',
    how: 'append',
    mend: (value) => `write \`formats: ${list(value)}\``,
  },
  { key: 'archives[].builds', to: 'ids', how: 'append', mend: (value) => `write \`ids: ${list(value)}\`` },
  { key: 'nfpms[].builds', to: 'ids', how: 'append', mend: (value) => `write \`ids: ${list(value)}\`` },
  { key: 'snapcrafts[].builds', to: 'ids', how: 'append', mend: (value) => `write \`ids: ${list(value)}\`` },
  { key: 'builds[].gobinary', to: 'tool', how: 'replace', mend: (value) => `write \`tool: ${String(value)}\`` },
  {
    key: 'snapshot.name_template',
    to: 'version_template',
    how: 'replace',
    mend: () => 'rename it to `version_template`',
  },
  {
    key: 'nightly.name_template',
    to: 'version_template',
    how: 'replace',
    mend: () => 'rename it to `version_template`',
  },
  {
    key: 'homebrew_casks[].binary',
    to: 'binaries',
    how: 'append',
    mend: (value) => `write \`binaries: ${list(value)}\``,
  },
  {
    key: 'homebrew_casks[].manpage',
    to: 'manpages',
    how: 'append',
    mend: (value) => `write \`manpages: ${list(value)}\``,
  },
  {
    key: 'homebrew_casks[].conflicts[].formula',
    how: 'drop',
    mend: () => 'delete it: Homebrew ignores it, and so does GoReleaser',
  },
  {
    key: 'kos[].repository',
    to: 'repositories',
    how: 'append',
    mend: (value) => `write \`repositories: ${list(value)}\``,
  },
  { key: 'dockers[].retry', how: 'keep', mend: () => 'move it to `retry` at the top of the config' },
  { key: 'dockers_v2[].retry', how: 'keep', mend: () => 'move it to `retry` at the top of the config' },
  { key: 'docker_manifests[].retry', how: 'keep', mend: () => 'move it to `retry` at the top of the config' },
  { key: 'brews', how: 'keep', mend: () => 'use `homebrew_casks`; `tagonce check --fix` writes it for you' },
  { key: 'furies', to: 'gemfury', how: 'append', mend: () => 'rename it to `gemfury`' },
]

/** Moves every deprecated key to the one that replaces it, in place, and says so. */
export function applyDeprecations(config: Entry, places: Map<string, Place>): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  for (const one of DEPRECATIONS) {
    for (const { entry, path, name } of entriesOf(config, one.key)) {
      const value = entry[name]
      const from = [...path, name]
      if (isEmpty(value)) continue
      diagnostics.push(deprecated(from, places, one.mend(value)))
      if (one.how === 'keep') continue
      delete entry[name]
      if (one.to !== undefined) move(entry, path, name, one.to, one.how === 'append', value, places)
    }
  }
  return diagnostics
}

/** A warning that makes `check` end with 2. */
export function deprecated(path: Path, places: Map<string, Place>, mend: string): Diagnostic {
  const where = placePosition(places.get(pathKey(path)), 'key')
  return {
    severity: 'warning',
    code: 'deprecated',
    message: `\`${showPath(path)}\` is deprecated`,
    ...(where === undefined ? {} : { where }),
    mend,
  }
}

function move(
  entry: Entry,
  path: Path,
  from: string,
  to: string,
  append: boolean,
  value: unknown,
  places: Map<string, Place>,
): void {
  const place = places.get(pathKey([...path, from]))
  if (!append) {
    entry[to] = value
    if (place !== undefined) places.set(pathKey([...path, to]), place)
    return
  }
  const there = Array.isArray(entry[to]) ? (entry[to] as unknown[]) : []
  const added = Array.isArray(value) ? value : [value]
  added.forEach((_, index) => {
    const old = places.get(pathKey([...path, from, index])) ?? place
    if (old !== undefined) places.set(pathKey([...path, to, there.length + index]), old)
  })
  if (place !== undefined && !places.has(pathKey([...path, to]))) places.set(pathKey([...path, to]), place)
  entry[to] = [...there, ...added]
}

interface Found {
  entry: Entry
  path: Path
  name: string
}

/** Every object that holds the last key of a pattern like `archives[].format_overrides[].format`. */
export function entriesOf(config: Entry, pattern: string): Found[] {
  const parts = pattern.split('.')
  const last = parts.pop() ?? ''
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
  return level.map(({ entry, path }) => ({ entry, path, name: last }))
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What Go calls a zero value: GoReleaser can't tell it from a key that is not there. */
function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (isEntry(value)) return Object.values(value).every(isEmpty)
  return value === undefined || value === '' || value === 0 || value === false
}
