import { readFile, realpath } from 'node:fs/promises'
import { relative } from 'node:path'
import { TagonceError } from '../core/errors.ts'
import type { Diagnostic } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import { decode, placePosition } from './decode.ts'
import type { Place } from './decode.ts'
import type { Entry } from './moves.ts'
import { readOutside, unread } from './outside.ts'
import type { FromUrl, Outside, Problem } from './outside.ts'
import { pathKey } from './path.ts'
import type { Path } from './path.ts'
import { project } from './schema/project.ts'
import { parseTree } from './syntax.ts'

/** A config with the places of its values. */
interface Part {
  config: Entry
  places: Map<string, Place>
}

/** What the reading of includes needs besides the config itself. */
export interface IncludeIO {
  root: string
  diagnostics: Diagnostic[]
  outside: Outside | undefined
}

/**
 * Pro's `includes`: the files are read in order, each with its own includes. What is nearer to the config wins; lists
 * are put together, what is included first. Paths are those of the project, and stay in it, also those that a config
 * from elsewhere names. `open` are the files that this one is included by.
 */
export async function withIncludes(own: Part, io: IncludeIO, open: string[]): Promise<Part> {
  const includes = Array.isArray(own.config['includes']) ? (own.config['includes'] as Include[]) : []
  let base: Part = { config: {}, places: new Map() }
  for (const [index, include] of includes.entries()) {
    const path: Path = ['includes', index]
    const found = open.length > DEEPEST ? TOO_DEEP : await findInclude(include, io, open)
    if ('problem' in found) {
      io.diagnostics.push(unread(found, placePosition(own.places.get(pathKey(path)))))
      continue
    }
    if (found.said !== undefined) io.diagnostics.push(at(own.places, path, found.said, found.mend))
    const tree = parseTree(found.file, found.bytes)
    const decoded = decode(tree, project)
    io.diagnostics.push(...tree.diagnostics)
    if (tree.diagnostics.some(({ severity }) => severity === 'error')) continue
    io.diagnostics.push(...decoded.diagnostics)
    const config = isEntry(decoded.value) ? decoded.value : {}
    base = merge(base, await withIncludes({ config, places: decoded.places }, io, [...open, found.name]))
  }
  return includes.length === 0 ? own : merge(base, own)
}

/** How many configs may include one another; a server could make up new addresses without end. */
const DEEPEST = 20
const TOO_DEEP = { problem: `more than ${DEEPEST} configs include one another`, mend: 'include fewer' }

interface Include {
  from_file?: { path?: string }
  from_url?: FromUrl
}

interface FoundInclude {
  /** As diagnostics show it. */
  file: string
  /** What tells whether a file includes itself. */
  name: string
  bytes: Uint8Array
  /** Told about what came from outside. */
  said?: string
  mend?: string
}

async function findInclude(include: Include, io: IncludeIO, open: string[]): Promise<FoundInclude | Problem> {
  if (include.from_url !== undefined) {
    const text = await readOutside(include.from_url, io.outside)
    if ('problem' in text) return text
    const { url, bytes, said, mend } = text
    if (open.includes(url)) return { problem: `\`${url}\` includes itself`, mend: 'take one of the includes out' }
    return { file: url, name: url, bytes, said: `the include was ${said}`, ...(mend === undefined ? {} : { mend }) }
  }
  const given = include.from_file?.path ?? ''
  if (given === '') return { problem: 'the include names no file', mend: 'write `from_file: { path: … }`' }
  const outside = { problem: `\`${given}\` lies outside of the project`, mend: 'copy it into the project' }
  try {
    const whole = inside(io.root, given)
    if (open.includes(whole)) return { problem: `\`${given}\` includes itself`, mend: 'take one of the includes out' }
    // A link may lead out as well.
    inside(await realpath(io.root), await realpath(whole))
    return { file: relative(io.root, whole).replaceAll('\\', '/'), name: whole, bytes: await readFile(whole) }
  } catch (error) {
    if (error instanceof TagonceError) return outside
    return { problem: `\`${given}\` can’t be read`, mend: 'give its path from the root of the project' }
  }
}

function at(places: Map<string, Place>, path: Path, message: string, mend: string | undefined): Diagnostic {
  const where = placePosition(places.get(pathKey(path)))
  return {
    severity: 'info',
    code: 'read-from-outside',
    message,
    ...(where === undefined ? {} : { where }),
    ...(mend === undefined ? {} : { mend }),
  }
}

/** What `over` says wins; lists follow one another. */
function merge(base: Part, over: Part): Part {
  const places = new Map(base.places)
  const shifts: [path: Path, by: number][] = []
  const config = mergeEntries(base.config, over.config, [], shifts)
  for (const place of over.places.values()) {
    const path = shifts.reduce<Path>((moved, [list, by]) => shift(moved, list, by), place.path)
    places.set(pathKey(path), { ...place, path })
  }
  return { config, places }
}

function mergeEntries(base: Entry, over: Entry, path: Path, shifts: [Path, number][]): Entry {
  const result: Entry = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const there = Object.hasOwn(base, key) ? base[key] : undefined
    const whole = [...path, key]
    if (Array.isArray(value) && Array.isArray(there)) {
      shifts.push([whole, there.length])
      result[key] = [...(there as unknown[]), ...(value as unknown[])]
    } else if (isEntry(value) && isEntry(there)) result[key] = mergeEntries(there, value, whole, shifts)
    else Object.defineProperty(result, key, { value, enumerable: true, writable: true, configurable: true })
  }
  return result
}

/** `builds[0]` of the config is `builds[2]` where two are included before it. */
function shift(path: Path, list: Path, by: number): Path {
  const index = path[list.length]
  if (typeof index !== 'number' || !list.every((part, place) => path[place] === part)) return path
  return [...list, index + by, ...path.slice(list.length + 1)]
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
