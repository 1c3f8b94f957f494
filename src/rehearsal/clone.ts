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

/**
 * Clones HEAD into a folder and tags the clone: `as`, or the next patch version.
 * @example await cloneForRehearsal('/repo/cmd', '/tmp/x/clone', { env }) // tag v1.2.4 where v1.2.3 is the newest
 */
export async function cloneForRehearsal(
  root: string,
  folder: string,
  options: { as?: string; env: Record<string, string | undefined>; signal: AbortSignal },
): Promise<Clone> {
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
  const tag = await chooseTag(git, commit, options.as)
  const uncommitted = await git.lines(['status', '--porcelain', '--', '.'])
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

async function chooseTag(git: Git, commit: string, as: string | undefined): Promise<string> {
  if (as === undefined) return nextPatch(await git.lines(['tag', '--list', '--merged', commit]))
  if (as.startsWith('-') || (await git.run(['check-ref-format', `refs/tags/${as}`])).code !== 0) {
    throw new TagonceError('usage', `${as} cannot be a tag`, { hint: 'name a version, such as --as v1.2.3-test' })
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
 * The next patch version after the newest stable tag; `v0.0.1` where there is none.
 * @example nextPatch(['v1.2.3', 'v1.3.0-rc.1']) // 'v1.2.4'
 */
export function nextPatch(tags: string[]): string {
  const stable = tags.filter((tag) => semver.valid(tag) !== null && semver.prerelease(tag) === null)
  const newest = stable.sort(semver.rcompare)[0]
  if (newest === undefined) return 'v0.0.1'
  return `${newest.startsWith('v') ? 'v' : ''}${semver.inc(newest, 'patch') ?? ''}`
}

async function must(git: Git, args: string[], message: string): Promise<void> {
  const { code, stderr } = await git.run(args)
  if (code !== 0) throw new TagonceError('source', message, { output: stderr })
}
