import { CallError } from './error.ts'

// The loose form that Masterminds/semver v3.5.0 reads: minor and patch may be missing, zeros may lead.
const LOOSE =
  /^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/
const LIMIT = 2n ** 64n

/**
 * The next version, without prerelease and metadata; a leading v stays. A prerelease's next patch is its own release.
 * @example increment('v1.2.3-rc.1', 'patch') // 'v1.2.3'
 */
export function increment(version: string, part: 'major' | 'minor' | 'patch'): string {
  const found = version.length > 256 ? null : LOOSE.exec(version)
  const prerelease = found?.[4] ?? ''
  if (!found || prerelease.split('.').some((one) => /^0[0-9]+$/.test(one))) {
    throw new CallError(`${JSON.stringify(version)} is no semantic version`)
  }
  let [major, minor, patch] = [BigInt(found[1] ?? 0), BigInt(found[2] ?? 0), BigInt(found[3] ?? 0)]
  if (major >= LIMIT || minor >= LIMIT || patch >= LIMIT) throw new CallError(`${version} holds a number too large`)
  if (part === 'major') [major, minor, patch] = [major + 1n, 0n, 0n]
  else if (part === 'minor') [minor, patch] = [minor + 1n, 0n]
  else if (prerelease === '') patch += 1n
  if (major >= LIMIT || minor >= LIMIT || patch >= LIMIT) throw new CallError(`${version} cannot be incremented`)
  return `${version.startsWith('v') ? 'v' : ''}${major}.${minor}.${patch}`
}
