import { join } from 'node:path'
import semver from 'semver'
import { TagonceError } from '../core/errors.ts'
import { type Git, gitIn } from '../external/git.ts'

/** A copy of the repository, tagged as the release would be. The original is only read. */
export interface Clone {
  /** Root of the clone. */
  folder: string
  /** The project inside it: the same folder below the root that was asked for. */
  root: string
  tag: string
  commit: string
  /** `git status --porcelain` lines of the project's folder: changes that are not in the rehearsal. */
  uncommitted: string[]
}

/** What is to be cloned, before anything is written. */
export interface Rehearsable extends Pick<Clone, 'tag' | 'commit' | 'uncommitted'> {
  /** Root of the repository. */
  top: string
  /** The project's folder below it. */
  prefix: string
}

interface GitOptions {
  env: Record<string, string | undefined>
  signal: AbortSignal
}

/**
 * What a rehearsal would clone, and how it would tag it: `as`, or the next patch version. Reads only; throws `source` where there is
 * nothing to rehearse, and `usage` for a tag that can not be.
 * @example await whatToRehearse('/repo/cmd', { env, signal }) // tag v1.2.4 where v1.2.3 is the newest
 */
export async function whatToRehearse(
  root: string,
  options: GitOptions & { as?: string; tagPrefix?: string },
): Promise<Rehearsable> {
  const git = gitIn(root, options.env, options.signal)
  const top = await git.ask(['rev-parse', '--show-toplevel'])
  if (top === undefined) {
    throw new TagonceError('source', `${root} is not in a git repository`, {
      hint: 'run `git init` and commit, or name the folder with --dir',
    })
  }
  const prefix = (await git.ask(['rev-parse', '--show-prefix'])) ?? ''
  const commit = await git.ask(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])
  if (commit === undefined)
    throw new TagonceError('source', 'the repository has no commit yet', {
      hint: 'commit first; a rehearsal releases HEAD',
    })
  const tag = await chooseTag(git, commit, options.as, options.tagPrefix ?? '')
  const uncommitted = await git.lines(['status', '--porcelain', '--', '.'])
  return { top, prefix, tag, commit, uncommitted }
}

/**
 * Clones HEAD into a folder and tags the clone.
 * @example await cloneForRehearsal(await whatToRehearse('/repo/cmd', io), '/tmp/x/clone', io)
 */
export async function cloneForRehearsal(what: Rehearsable, folder: string, options: GitOptions): Promise<Clone> {
  const { top, prefix, tag, commit, uncommitted } = what
  const git = gitIn(top, options.env, options.signal)
  await must(
    git,
    ['clone', '--quiet', '--no-local', '--no-checkout', top, folder],
    'the repository could not be cloned',
  )
  const copy = gitIn(folder, options.env, options.signal)
  const branch = await git.ask(['symbolic-ref', '--quiet', '--short', 'HEAD'])
  const checkout =
    branch === undefined ? ['checkout', '--quiet', '--detach', commit] : ['checkout', '--quiet', '-B', branch, commit]
  await must(copy, checkout, 'the clone could not be checked out')
  const remote = await git.ask(['config', '--get', 'remote.origin.url'])
  await must(
    copy,
    remote === undefined ? ['remote', 'remove', 'origin'] : ['remote', 'set-url', 'origin', remote],
    'the remote of the clone could not be set',
  )
  await must(copy, ['tag', '--force', tag, commit], `the clone could not be tagged ${tag}`)
  return { folder, root: join(folder, prefix), tag, commit, uncommitted }
}

async function chooseTag(git: Git, commit: string, as: string | undefined, tagPrefix: string): Promise<string> {
  if (as === undefined) return nextPatch(await git.lines(['tag', '--list', '--merged', commit]), tagPrefix)
  if (as.startsWith('-') || (await git.run(['check-ref-format', `refs/tags/${as}`])).code !== 0) {
    throw new TagonceError('usage', `${as} cannot be a tag`, { hint: 'name a version, such as --as v1.2.3-test' })
  }
  if (!as.startsWith(tagPrefix)) {
    throw new TagonceError('usage', `${as} is no tag of this project: those begin with ${tagPrefix}`, {
      hint: `write --as ${tagPrefix}${as}, or mend monorepo.tag_prefix`,
    })
  }
  const taken = await git.ask(['rev-parse', '--verify', '--quiet', `refs/tags/${as}^{commit}`])
  if (taken !== undefined && taken !== commit) {
    throw new TagonceError('usage', `the tag ${as} is taken by commit ${taken.slice(0, 7)}`, {
      hint: 'name another tag with --as',
    })
  }
  return as
}

/**
 * The next patch version after the newest stable tag; `v0.0.1` where there is none. Only tags with the prefix count.
 * @example nextPatch(['v1.2.3', 'v1.3.0-rc.1']) // 'v1.2.4'
 */
export function nextPatch(tags: string[], prefix = ''): string {
  const own = tags.filter((tag) => tag.startsWith(prefix)).map((tag) => tag.slice(prefix.length))
  const stable = own.filter((tag) => semver.valid(tag) !== null && semver.prerelease(tag) === null)
  const newest = stable.sort(semver.rcompare)[0]
  if (newest === undefined) return `${prefix}v0.0.1`
  return `${prefix}${newest.startsWith('v') ? 'v' : ''}${semver.inc(newest, 'patch') ?? ''}`
}

async function must(git: Git, args: string[], message: string): Promise<void> {
  const { code, stderr } = await git.run(args)
  if (code !== 0) throw new TagonceError('source', message, { output: stderr })
}
