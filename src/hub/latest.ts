import { compare, parse } from 'semver'
import type { SemVer } from 'semver'
import type { ReleaseText } from './hub.ts'

/** A release as far as "Latest" goes. */
export interface Published {
  tag: string
  draft: boolean
  prerelease: boolean
}

/**
 * Whether a release becomes "Latest". `auto`: only the highest stable version among all that are published, so that the
 * pointer never moves backwards. Tags of a monorepo (`app/v1.0.0`) are compared with those of the same prefix.
 * @example decideLatest({ tag: 'v2.0.0', prerelease: false, makeLatest: 'auto' }, [{ tag: 'v2.0.1', … }]) // 'false'
 */
export function decideLatest(
  text: Pick<ReleaseText, 'tag' | 'prerelease' | 'makeLatest'>,
  published: Published[],
): 'true' | 'false' {
  // GitHub refuses a pre-release as "Latest".
  if (text.prerelease) return 'false'
  if (text.makeLatest !== 'auto') return text.makeLatest
  const mine = versionOf(text.tag)
  if (mine === null || mine.version.prerelease.length > 0) return 'false'
  const higher = published.some((one) => {
    if (one.draft || one.prerelease) return false
    const other = versionOf(one.tag)
    if (other === null || other.prefix !== mine.prefix || other.version.prerelease.length > 0) return false
    return compare(other.version, mine.version) > 0
  })
  return higher ? 'false' : 'true'
}

function versionOf(tag: string): { prefix: string; version: SemVer } | null {
  const at = tag.lastIndexOf('/') + 1
  const version = parse(tag.slice(at).replace(/^v/, ''))
  return version && { prefix: tag.slice(0, at), version }
}
