import type { Position } from '../core/errors.ts'
import { placePosition } from './decode.ts'
import type { Place } from './decode.ts'
import { showPath } from './path.ts'
import { REMOVED } from './removed.ts'

/** Keys that are carried out today: those at the top, and those of Pro below them. Each new feature adds its own. */
const BUILT = new Set([
  ...['brews', 'homebrew_casks', 'scoops', 'winget', 'krews', 'nix'].flatMap((key) => [
    `${key}[].repository.pull_request.body`,
    `${key}[].repository.pull_request.check_boxes`,
  ]),
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
  'dockers',
  'docker_manifests',
  'dockers_v2',
  'docker_signs',
  'docker_digest',
  'pypis',
  'scoops',
  'winget',
  'krews',
  'nix',
  'chocolateys',
  'snapcrafts',
  'aurs',
  'aur_sources',
  'nfpms',
  'srpm',
  'makeselfs',
  'makeselfs[].templated_files',
  'flatpak',
  'retry',
  'notarize',
  'kos',
  'milestones',
  'publishers',
  'uploads',
  'artifactories',
  'blobs',
  'mcp',
  'announce',
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
  'source',
  'source.templated_files',
  'signs',
  'signs[].if',
  'binary_signs',
  'binary_signs[].if',
  'sboms',
  'env_files',
  'archives[].hooks',
  'archives[].templated_files',
  'checksum.templated_extra_files',
  'release.templated_extra_files',
  'git.ignore_tag_prefixes',
  'changelog.title',
  'changelog.divider',
  'changelog.paths',
  'changelog.groups[].groups',
  'metadata.description',
  'metadata.homepage',
  'metadata.license',
  'metadata.maintainers',
  'metadata.commit_author',
  'metadata.full_description',
  'includes',
  'variables',
  'monorepo',
  'nightly',
  'after',
  'template_files',
  'before_publish',
])

/** A key that is known, but not carried out yet: `release` stops at it, `--skip` passes over it. */
export interface Unsupported {
  key: string
  position: Position
}

/** Told by the plan, with a mend of their own. */
const TOLD_ELSEWHERE = new Set(['release.tag'])

/** Keys of version 1, which move to those that are carried out, or are errors. */
const MOVED = new Set(REMOVED.map(({ key }) => key))

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
    if (!mine || position === undefined || BUILT.has(key) || TOLD_ELSEWHERE.has(key) || MOVED.has(key)) return []
    return [{ key: showPath(place.path), position }]
  })
}
