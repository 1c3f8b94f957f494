import { gt, parse, validRange } from 'semver'

/**
 * The tag under which a main package is published before `latest` moves: the registry sets some tag with every version,
 * and this one is read by nobody. docs/spokes/npm.md tells users of it.
 */
export const HOLDING_TAG = 'tagonce-incoming'

/**
 * The pointer of a version: `latest`, or the first word of a pre-release.
 * @example distTagOf('2.0.0-beta.1') // 'beta'
 */
export function distTagOf(version: string): string {
  const first = parse(version)?.prerelease[0]
  if (first === undefined) return 'latest'
  return typeof first === 'string' && tagProblem(first) === undefined && first !== 'latest' ? first : 'next'
}

/**
 * Why a name cannot be a dist-tag; the registry refuses what npm would read as a range: `v1`, `1.2`, `x`.
 * @example tagProblem('v1') // '"v1" is a range of versions to npm'
 */
export function tagProblem(tag: string): string | undefined {
  if (tag === HOLDING_TAG) return `"${tag}" is the tag under which versions wait`
  if (validRange(tag, { loose: true }) !== null) return `"${tag}" is a range of versions to npm`
  if (tag.trim() === '' || encodeURIComponent(tag) !== tag) return `"${tag}" cannot stand in a URL`
  return undefined
}

/** Whether a pointer that stands at `current` may move to `version`: never backwards. */
export function movesForward(version: string, current: string | undefined): boolean {
  return current === undefined || parse(current) === null || gt(version, current)
}
