import { TagonceError } from '../../core/errors.ts'
import { gitIn, repositoryOf, type Git } from '../../external/git.ts'
import type { RepositoryFacts } from '../resolve/contexts.ts'

export interface OpenRepository {
  git: Git
  /** Root of the repository, absolute. */
  top: string
  facts: RepositoryFacts
  /** A shallow clone lacks history: what that hides is said. */
  shallow: boolean
}

/** Opens the repository that a folder is in. */
export async function openRepository(
  folder: string,
  env: Record<string, string | undefined>,
  signal: AbortSignal,
): Promise<OpenRepository> {
  const top = await gitIn(folder, env, signal).ask(['rev-parse', '--show-toplevel'])
  if (top === undefined) {
    throw new TagonceError('source', `${folder} is not in a git repository`, { hint: 'name the repository with --dir' })
  }
  const git = gitIn(top, env, signal)
  const [origin, head, local, whole] = await Promise.all([
    git.ask(['config', '--get', 'remote.origin.url']),
    git.ask(['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD']),
    git.lines(['branch', '--format=%(refname:short)']),
    git.ask(['rev-parse', '--is-shallow-repository']),
  ])
  const remote = repositoryOf(origin ?? '')
  const repository =
    env['GITHUB_REPOSITORY'] ??
    (remote === undefined ? `local/${top.split('/').at(-1) ?? 'repository'}` : `${remote.owner}/${remote.name}`)
  const defaultBranch =
    head?.replace(/^origin\//, '') ??
    ['main', 'master', 'trunk', 'develop'].find((name) => local.includes(name)) ??
    local[0] ??
    'main'
  const shallow = whole === 'true'
  return { git, top, facts: { repository, defaultBranch }, shallow }
}

/** A commit by any name; a clear error when there is none. */
export async function commitOf(git: Git, name: string): Promise<string> {
  const commit = await git.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`])
  if (commit !== undefined) return commit
  if ((await git.ask(['rev-parse', '--verify', '--quiet', 'HEAD'])) === undefined) {
    throw new TagonceError('source', 'the repository has no commit yet', { hint: 'commit first' })
  }
  const hint =
    (await git.ask(['rev-parse', '--is-shallow-repository'])) === 'true'
      ? 'this clone is shallow: fetch the whole history'
      : 'look at `git log`'
  throw new TagonceError('usage', `${name} is no commit of this repository`, { hint })
}
