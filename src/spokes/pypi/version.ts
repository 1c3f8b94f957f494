/** A version of PEP 440 as far as a tag can say it: no epoch, no local part. */
interface Pep440 {
  release: number[]
  pre?: ['a' | 'b' | 'rc', number]
  post?: number
  dev?: number
}

/** How tags spell what PEP 440 calls a, b and rc: its own spellings, "Pre-release spelling". */
const PRE: Record<string, 'a' | 'b' | 'rc'> = {
  a: 'a',
  alpha: 'a',
  b: 'b',
  beta: 'b',
  c: 'rc',
  rc: 'rc',
  pre: 'rc',
  preview: 'rc',
}

/**
 * A semantic version as PEP 440 writes it; undefined for what PyPI has no word for. A number alone (`1.2.3-1`) is refused, since it
 * would become a post-release there, which is newer and not older than 1.2.3.
 * @example pep440('1.2.3-rc.1') // '1.2.3rc1'
 */
export function pep440(version: string): string | undefined {
  const [, release, word, number] = /^(\d+(?:\.\d+)*)(?:-?([A-Za-z]+)[.-]?(\d*))?$/.exec(version) ?? []
  if (release === undefined) return undefined
  const core = release.split('.').map(Number).join('.')
  if (word === undefined) return core
  const count = Number(number === '' ? 0 : number)
  const name = word.toLowerCase()
  const pre = PRE[name]
  if (pre !== undefined) return `${core}${pre}${count}`
  if (name === 'dev' || name === 'post') return `${core}.${name}${count}`
  return undefined
}

/** Reads a normalised version; undefined for one that only other publishers make (epochs, local parts). */
function parse(version: string): Pep440 | undefined {
  const match = /^(\d+(?:\.\d+)*)(?:(a|b|rc)(\d+))?(?:\.post(\d+))?(?:\.dev(\d+))?$/.exec(version)
  if (match === null) return undefined
  const [, release = '', pre, count, post, dev] = match
  return {
    release: release.split('.').map(Number),
    ...(pre === undefined ? {} : { pre: [pre as 'a' | 'b' | 'rc', Number(count)] }),
    ...(post === undefined ? {} : { post: Number(post) }),
    ...(dev === undefined ? {} : { dev: Number(dev) }),
  }
}

/** Whether pip passes it over unless told `--pre`. */
export function isPrerelease(version: string): boolean {
  const parsed = parse(version)
  return parsed?.pre !== undefined || parsed?.dev !== undefined
}

/** Whether two spellings are one version: `1.0` and `1.0.0` are. */
export function sameVersion(a: string, b: string): boolean {
  return a === b || (parse(a) !== undefined && parse(b) !== undefined && compareVersions(a, b) === 0)
}

/**
 * The order of PEP 440 ("Summary of permitted suffixes and relative ordering"); what cannot be read counts as lower.
 * @example compareVersions('1.0rc1', '1.0') // -1
 */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [key(parse(a)), key(parse(b))]
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0)
    if (difference !== 0) return Math.sign(difference)
  }
  return 0
}

/** Numbers that sort as versions do; four places for the release, as trailing zeros count for nothing. */
function key(version: Pep440 | undefined): number[] {
  if (version === undefined) return [-1]
  const { release, pre, post, dev } = version
  const places = Array.from({ length: Math.max(8, release.length) }, (_, index) => release[index] ?? 0)
  const rank = { a: 1, b: 2, rc: 3 }
  const stage = pre !== undefined ? rank[pre[0]] : dev !== undefined && post === undefined ? 0 : 4
  return [...places, stage, pre?.[1] ?? 0, post === undefined ? -1 : post, dev ?? Number.MAX_SAFE_INTEGER]
}
