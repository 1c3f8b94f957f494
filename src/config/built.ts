import type { Position } from '../core/errors.ts'
import { placePosition } from './decode.ts'
import type { Place } from './decode.ts'
import { showPath } from './path.ts'

/** Keys that are carried out today: those at the top, and those of Pro below them. Each new feature adds its own. */
const BUILT = new Set([
  'version',
  'pro',
  'project_name',
  'env',
  'before',
  'builds',
  'archives',
  'checksum',
  'snapshot',
  'release',
  'brews',
  'homebrew_casks',
  'npms',
  'dist',
  'gomod',
  'report_sizes',
  'upx',
  'universal_binaries',
  'metadata',
  'git',
  'github_urls',
  'changelog',
  'builds[].prebuilt',
  'includes',
])

/** A key that is known, but not carried out yet: `release` stops at it, `--skip` passes over it. */
export interface Unsupported {
  key: string
  position: Position
}

/** Told by the plan, with a mend of their own. */
const TOLD_ELSEWHERE = new Set([
  'archives[].hooks',
  'archives[].templated_files',
  'checksum.templated_extra_files',
  'release.templated_extra_files',
  'release.tag',
  'git.ignore_tag_prefixes',
])

/** The keys of a config that are known, but not carried out yet: at the top, and Pro's own below a key that is. */
export function unsupportedKeys(places: Iterable<Place>): Unsupported[] {
  return [...places].flatMap((place) => {
    const key = place.path
      .map((part) => (typeof part === 'number' ? '[]' : `.${part}`))
      .join('')
      .slice(1)
    const top = String(place.path[0])
    const mine = place.path.length === 1 ? !BUILT.has(top) : place.kind.pro === true && BUILT.has(top)
    const position = placePosition(place, 'key')
    if (!mine || position === undefined || BUILT.has(key) || TOLD_ELSEWHERE.has(key)) return []
    return [{ key: showPath(place.path), position }]
  })
}
