import semver from 'semver'
import type { Git } from '../external/git.ts'
import type { Source } from './source.ts'
import { isTestTag } from './version.ts'

/** The `git` section of a config, its templates rendered. */
export interface TagRules {
  /**
   * `-version:refname` unless set. Pro's `semver` sorts as Semantic Versioning says; `smartsemver` also passes over pre-releases when
   * the release before a plain version is looked for.
   */
  tagSort?: string
  /** Tags that begin so don't count. */
  ignoreTagPrefixes?: string[]
  /** `versionsort.suffix` of git: tags with it sort before the plain one. */
  prereleaseSuffix?: string
  /** Tags that don't count, exactly as named; a glob keeps them out of the search through history. */
  ignoreTags?: string[]
  /** Only tags that begin so count, and the rest is the version. */
  tagPrefix?: string
}

type Env = Record<string, string | undefined>

/** The tag of this release and how it was found, or `undefined` where there is none. */
export async function currentTag(
  git: Git,
  rules: TagRules,
  env: Env,
  named?: string,
): Promise<{ tag: string; from: NonNullable<Source['tagFrom']>; here: string[] } | undefined> {
  const here = (await tagsAt(git, 'HEAD', rules)).filter((tag) => counts(tag, rules))
  const asked = named ?? env['GORELEASER_CURRENT_TAG'] ?? ''
  if (asked !== '') return { tag: asked, from: 'env', here }
  const ref = env['GITHUB_REF_TYPE'] === 'tag' ? (env['GITHUB_REF_NAME'] ?? '') : ''
  if (here.includes(ref)) return { tag: ref, from: 'ref', here }
  if (here[0] !== undefined) return { tag: here[0], from: 'commit', here }
  const last = await describe(git, 'HEAD', rules, [])
  return last === undefined ? undefined : { tag: last, from: 'history', here }
}

/** The tag of the release before this one; empty where there is none. Trial releases are passed over. */
export async function previousTag(git: Git, current: string, rules: TagRules, env: Env): Promise<string> {
  const asked = env['GORELEASER_PREVIOUS_TAG'] ?? ''
  if (asked !== '') return asked
  if (isSemverSort(rules)) return previousVersion(git, current, rules)
  const near = await describe(git, `refs/tags/${current}^`, rules, ['*-test', '*-test.[0-9]*'])
  if (near === undefined) return ''
  const commit = await git.ask(['rev-list', '-n1', `refs/tags/${near}`])
  if (commit === undefined) return near
  const there = await tagsAt(git, commit, rules)
  return there.find((tag) => counts(tag, rules) && !isTestTag(tag)) ?? near
}

function counts(tag: string, rules: TagRules): boolean {
  if ((rules.ignoreTagPrefixes ?? []).some((prefix) => tag.startsWith(prefix))) return false
  return !(rules.ignoreTags ?? []).includes(tag) && tag.startsWith(rules.tagPrefix ?? '')
}

function isSemverSort({ tagSort }: TagRules): boolean {
  return tagSort === 'semver' || tagSort === 'smartsemver'
}

/** The highest version below this one, among the tags of its history. */
async function previousVersion(git: Git, current: string, rules: TagRules): Promise<string> {
  const own = semverOf(current, rules)
  const merged = await git.lines(['tag', '--merged', `refs/tags/${current}`])
  const skipPre = rules.tagSort === 'smartsemver' && own !== undefined && own.prerelease.length === 0
  const tags = merged.filter((tag) => counts(tag, rules) && !isTestTag(tag))
  const before = sortTags(tags, rules).find((tag) => {
    const version = semverOf(tag, rules)
    if (version === undefined || own === undefined || semver.compare(version, own) >= 0) return false
    return !skipPre || version.prerelease.length === 0
  })
  return before ?? ''
}

/** Highest first; what is no version comes last. */
function sortTags(tags: string[], rules: TagRules): string[] {
  return tags.toSorted((a, b) => {
    const [one, other] = [semverOf(a, rules), semverOf(b, rules)]
    if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined)
    return semver.rcompare(one, other)
  })
}

function semverOf(tag: string, rules: TagRules): semver.SemVer | undefined {
  const bare = tag.slice((rules.tagPrefix ?? '').length)
  return semver.parse(bare) ?? semver.coerce(bare, { includePrerelease: true }) ?? undefined
}

async function tagsAt(git: Git, commit: string, rules: TagRules): Promise<string[]> {
  const suffix = rules.prereleaseSuffix ?? ''
  const config = suffix === '' ? [] : ['-c', `versionsort.suffix=${suffix}`]
  const sort = isSemverSort(rules) ? '-version:refname' : (rules.tagSort ?? '-version:refname')
  const tags = await git.lines([...config, 'tag', '--points-at', commit, '--sort', sort])
  return isSemverSort(rules) ? sortTags(tags, rules) : tags
}

async function describe(git: Git, commit: string, rules: TagRules, passOver: string[]): Promise<string | undefined> {
  const match = rules.tagPrefix ? [`--match=${rules.tagPrefix}*`] : []
  const prefixes = (rules.ignoreTagPrefixes ?? []).map((prefix) => `${prefix}*`)
  const exclude = [...(rules.ignoreTags ?? []), ...prefixes, ...passOver].map((pattern) => `--exclude=${pattern}`)
  return git.ask(['describe', '--tags', '--abbrev=0', ...match, ...exclude, commit])
}
