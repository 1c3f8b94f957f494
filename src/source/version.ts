import type { Source } from './source.ts'

const VERSION =
  /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/

/**
 * A tag as a version; minor and patch may be absent, as GoReleaser takes it. `undefined` where it is none.
 * @example parseVersion('v1.2.3-rc.1') // { major: 1, minor: 2, patch: 3, prerelease: 'rc.1', metadata: '' }
 */
export function parseVersion(tag: string): Source['semver'] | undefined {
  const match = VERSION.exec(tag)
  if (match === null) return undefined
  const [, major = '0', minor = '0', patch = '0', prerelease = '', metadata = ''] = match
  return { major: Number(major), minor: Number(minor), patch: Number(patch), prerelease, metadata }
}

/**
 * Whether a tag is one of a trial release, which no real release counts as its predecessor.
 * @example isTestTag('v2.0.1-test.3') // true
 */
export function isTestTag(tag: string): boolean {
  return /-test(\.\d+)?$/.test(tag)
}
