import { compare, parse } from 'semver'
import type { VersionIn } from '../shared/git-judge.ts'

/** The full version that a `.SRCINFO` or a PKGBUILD of ours names: `1:1.2.3-1`, without an epoch of 0. */
export const fullVersionIn: VersionIn = Object.assign(
  (text: string): string | undefined => {
    const [pkgver, pkgrel] = [field(text, 'pkgver'), field(text, 'pkgrel')]
    if (pkgver === undefined || pkgrel === undefined) return undefined
    const epoch = field(text, 'epoch') ?? '0'
    return `${epoch === '0' ? '' : `${epoch}:`}${pkgver}-${pkgrel}`
  },
  { order: orderOf },
)

/**
 * Which version is newer. pacman takes 1.2.3_rc1 for newer than 1.2.3, the project does not: where both are semantic versions of one
 * epoch, the release comes after its candidates.
 */
function orderOf(a: string, b: string): number {
  const [first, second] = [partsOf(a), partsOf(b)]
  const [x, y] = [parse(first.version.replace('_', '-'), LOOSE), parse(second.version.replace('_', '-'), LOOSE)]
  if (first.epoch !== second.epoch || x === null || y === null) return vercmp(a, b)
  return compare(x, y) || segments(first.rel ?? '', second.rel ?? '')
}

const LOOSE = { loose: true }

function field(text: string, name: string): string | undefined {
  const found = new RegExp(`^\\s*${name}\\s*=\\s*(['"]?)([^'"\\n]*?)\\1\\s*$`, 'm').exec(text)?.[2]
  return found === undefined || found === '' || found.includes('$') ? undefined : found
}

/**
 * Compares two full versions as pacman does (vercmp(8)): epoch first, then the version, then the release where both have one.
 * @returns positive when `a` is newer
 * @example vercmp('1.10-1', '1.9-1') > 0 // and '1.0' > '1.0rc1', and '1:1.0' > '2.0'
 */
export function vercmp(a: string, b: string): number {
  const [first, second] = [partsOf(a), partsOf(b)]
  const whole = segments(first.epoch, second.epoch) || segments(first.version, second.version)
  if (whole !== 0 || first.rel === undefined || second.rel === undefined) return whole
  return segments(first.rel, second.rel)
}

function partsOf(text: string): { epoch: string; version: string; rel: string | undefined } {
  const [, epoch = '0', version = '', rel] = /^(?:(\d*):)?(.*?)(?:-([^-]*))?$/.exec(text) ?? []
  return { epoch: epoch || '0', version, rel }
}

/** By runs of digits and runs of letters; what stands between them only counts by its length. */
function segments(a: string, b: string): number {
  if (a === b) return 0
  let [left, right] = [a, b]
  while (left !== '' && right !== '') {
    const [gapLeft, gapRight] = [gap(left), gap(right)]
    left = left.slice(gapLeft)
    right = right.slice(gapRight)
    if (left === '' || right === '') break
    if (gapLeft !== gapRight) return gapLeft < gapRight ? -1 : 1
    const isNumber = /^\d/.test(left)
    const run = isNumber ? /^\d+/ : /^[a-zA-Z]+/
    const one = run.exec(left)?.[0] ?? ''
    const other = run.exec(right)?.[0] ?? ''
    // A number is newer than letters.
    if (other === '') return isNumber ? 1 : -1
    left = left.slice(one.length)
    right = right.slice(other.length)
    const order = isNumber ? compareNumbers(one, other) : one < other ? -1 : one > other ? 1 : 0
    if (order !== 0) return order
  }
  if (left === '' && right === '') return 0
  // What is left is newer, unless it is letters: 1.0 is newer than 1.0rc1.
  if (left === '') return /^[a-zA-Z]/.test(right) ? 1 : -1
  return /^[a-zA-Z]/.test(left) ? -1 : 1
}

function gap(text: string): number {
  return /^[^a-zA-Z0-9]*/.exec(text)?.[0].length ?? 0
}

function compareNumbers(a: string, b: string): number {
  const [x, y] = [BigInt(a), BigInt(b)]
  return x < y ? -1 : x > y ? 1 : 0
}
