import { TagonceError } from '../core/errors.ts'
import { type Git, gitIn, withoutCredentials } from '../external/git.ts'
import type { Source } from './source.ts'
import { currentTag, previousTag, type TagRules } from './tags.ts'
import { parseVersion } from './version.ts'

export interface InspectOptions extends TagRules {
  /** A release without a version: no tag, no commit, not even a repository is needed. The plan gives it its version. */
  snapshot?: boolean
  env: Record<string, string | undefined>
  /** The tag by name, before all other rules. */
  currentTag?: string
  signal?: AbortSignal
}

/**
 * What git says about a folder. Only reads. What is wrong with it is another question: see `validate`.
 * Throws `source` where there is nothing to release: no repository, no commit, no tag (a snapshot needs none of them).
 * @example const source = await inspect('/repo', { env: process.env })
 */
export async function inspect(root: string, options: InspectOptions): Promise<Source> {
  const git = gitIn(root, options.env, options.signal)
  const snapshot = options.snapshot ?? false
  const commit = await commitFacts(git, root)
  if ('missing' in commit) {
    if (!snapshot) throw commit.missing
    return { ...NOTHING, commitTimestamp: epoch(options.env) ?? 0, commitDate: iso(0) }
  }
  const [found, rest] = await Promise.all([
    currentTag(git, options, options.env, options.currentTag),
    sideFacts(git, options.tagPrefix),
  ])
  const base: Source = {
    ...NOTHING,
    ...commit,
    ...rest,
    commitDate: iso(commit.commitTimestamp),
    commitTimestamp: epoch(options.env) ?? commit.commitTimestamp,
    snapshot,
    ...(options.tagPrefix ? { tagPrefix: options.tagPrefix } : {}),
  }
  if (found === undefined) {
    if (!snapshot) throw noTag(rest.shallow, options.tagPrefix)
    return base
  }
  const [texts, previous] = await Promise.all([
    tagTexts(git, found.tag),
    previousTag(git, found.tag, options, options.env),
  ])
  const bare = found.tag.slice(found.tag.startsWith(options.tagPrefix ?? '') ? (options.tagPrefix ?? '').length : 0)
  const semver = parseVersion(bare)
  const version = bare.replace(/^v/, '')
  return {
    ...base,
    ...texts,
    tag: found.tag,
    tagFrom: found.from,
    tagsHere: found.here,
    version,
    rawVersion: version,
    previousTag: previous,
    semver: semver ?? NOTHING.semver,
    semverValid: semver !== undefined,
  }
}

/** What a snapshot has where git says nothing; the words are GoReleaser's. */
const NOTHING: Source = {
  tag: 'v0.0.0',
  version: '0.0.0',
  rawVersion: '0.0.0',
  previousTag: '',
  branch: 'none',
  commit: 'none',
  shortCommit: 'none',
  commitDate: '',
  commitTimestamp: 0,
  firstCommit: '',
  summary: 'none',
  tagSubject: '',
  tagContents: '',
  tagBody: '',
  url: '',
  dirty: false,
  changes: [],
  snapshot: true,
  semver: { major: 0, minor: 0, patch: 0, prerelease: '', metadata: '' },
  tagFrom: 'none',
}

type CommitFacts = Pick<Source, 'commit' | 'shortCommit' | 'commitTimestamp'>

async function commitFacts(git: Git, root: string): Promise<CommitFacts | { missing: TagonceError }> {
  const tree = await git.run(['rev-parse', '--is-inside-work-tree'])
  if (tree.stdout.trim() !== 'true') {
    if (/dubious ownership/.test(tree.stderr)) {
      throw new TagonceError('source', `git does not trust ${root}: it belongs to another user`, {
        hint: `git config --global --add safe.directory ${root}`,
      })
    }
    const missing = new TagonceError('source', `${root} is not a git repository`, {
      hint: 'run it in the root of your project, or try it with --snapshot',
    })
    return { missing }
  }
  const line = await git.ask(['show', '--no-patch', '--format=%H %h %ct', 'HEAD'])
  if (line === undefined) {
    const missing = new TagonceError('source', 'the repository has no commit yet', {
      hint: 'commit something first, or try it with --snapshot',
    })
    return { missing }
  }
  const [commit = '', shortCommit = '', seconds = '0'] = line.split(' ')
  return { commit, shortCommit, commitTimestamp: Number(seconds) }
}

async function sideFacts(
  git: Git,
  prefix = '',
): Promise<Pick<Source, 'branch' | 'firstCommit' | 'summary' | 'url' | 'dirty' | 'changes'> & { shallow: boolean }> {
  const [branch, roots, summary, url, changes, shallow] = await Promise.all([
    git.ask(['rev-parse', '--abbrev-ref', 'HEAD', '--quiet']),
    git.lines(['rev-list', '--max-parents=0', 'HEAD']),
    git.ask(['describe', '--always', '--dirty', '--tags', ...(prefix === '' ? [] : [`--match=${prefix}*`])]),
    remoteUrl(git),
    git.lines(['status', '--porcelain']),
    git.ask(['rev-parse', '--is-shallow-repository']),
  ])
  return {
    branch: branch ?? '',
    firstCommit: roots[0] ?? '',
    summary: summary ?? '',
    url,
    dirty: changes.length > 0,
    changes,
    shallow: shallow === 'true',
  }
}

/** The address of the remote as git itself would reach it (`insteadOf` applied), without credentials. */
async function remoteUrl(git: Git): Promise<string> {
  const url = (await git.ask(['ls-remote', '--get-url'])) ?? ''
  if (url === '.') {
    // The branch follows one of this same repository: take the remote of that one.
    const upstream = await git.ask(['rev-parse', '--abbrev-ref', '--symbolic-full-name', '@{upstream}'])
    const remote = await git.ask(['config', '--get', `branch.${upstream}.remote`])
    const real = remote === undefined ? undefined : await git.ask(['ls-remote', '--get-url', remote])
    return withoutCredentials(real ?? '')
  }
  // Without a remote git answers with the name it would have.
  const known = await git.lines(['remote'])
  return known.length === 0 ? '' : withoutCredentials(url)
}

async function tagTexts(
  git: Git,
  tag: string,
): Promise<Pick<Source, 'tagSubject' | 'tagContents' | 'tagBody' | 'tagCommit'>> {
  const format = ['%(refname)', '%(contents:subject)', '%(contents)', '%(contents:body)'].join('%00')
  const [answer, tagCommit] = await Promise.all([
    git.ask(['for-each-ref', `--format=${format}%00`, `refs/tags/${tag}`]),
    git.ask(['rev-parse', '--verify', '--quiet', `refs/tags/${tag}^{commit}`]),
  ])
  const fields = (answer ?? '').split('\0')
  const right = fields[0] === `refs/tags/${tag}` ? fields : []
  return {
    tagSubject: (right[1] ?? '').trim(),
    tagContents: (right[2] ?? '').trim(),
    tagBody: (right[3] ?? '').trim(),
    tagCommit: tagCommit ?? '',
  }
}

function noTag(shallow: boolean, prefix?: string): TagonceError {
  const what = prefix ? `no tag that begins with ${prefix}` : 'no tag'
  return new TagonceError('source', `the repository has ${what}`, {
    hint: shallow
      ? 'the clone is shallow: fetch with the whole history and all tags (actions/checkout with fetch-depth: 0)'
      : `git tag -a ${prefix ?? ''}v0.1.0 -m v0.1.0, or try it with --snapshot`,
  })
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}

/** https://reproducible-builds.org/specs/source-date-epoch/ */
function epoch(env: Record<string, string | undefined>): number | undefined {
  const text = env['SOURCE_DATE_EPOCH'] ?? ''
  if (text === '') return undefined
  if (!/^\d{1,12}$/.test(text)) {
    throw new TagonceError('source', `SOURCE_DATE_EPOCH is ${JSON.stringify(text)}, not a number of seconds`, {
      hint: 'export SOURCE_DATE_EPOCH=$(git log -1 --format=%ct), or unset it',
    })
  }
  return Number(text)
}
