import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { TagonceError } from '../../core/errors.ts'
import { run } from '../../external/process.ts'
import { stateFolder } from '../dispatch.ts'
import { diskStore } from '../store.ts'
import { seedRuns, type RunState } from './actions.ts'
import { commitText, isoSeconds } from './git-text.ts'
import { git, GIT_ENV, initBare, writeObject } from './git.ts'
import { UPDATE_HOOK } from './rulesets.ts'
import { githubServer } from './server.ts'
import { GithubState, type RepositoryState, type TokenState } from './state.ts'
import { changeTree } from './trees.ts'

export interface RepositorySeed {
  /** `owner/name`; the owner's account is made when there is none. */
  name: string
  /** A local git repository whose branches and tags are copied. */
  from?: string
  /** Path → content of a first commit; without it and `from` the repository is empty. */
  files?: Record<string, string>
  /** `main` when absent. */
  defaultBranch?: string
  private?: boolean
  archived?: boolean
  immutable?: boolean
  collaborators?: RepositoryState['collaborators']
}

interface TokenSeed {
  token: string
  login: string
  /** A classic token with the scope `repo` when absent. */
  kind?: TokenState['kind']
  scopes?: string[]
  permissions?: TokenState['permissions']
  repositories?: string[]
}

/** What stands in the local GitHub before a release. Writes into the world's folder, while it runs or before. */
export interface GithubSeed {
  token(seed: TokenSeed): void
  repository(seed: RepositorySeed): Promise<void>
  /** What is made from now on is lacking in this many list reads. */
  lateReads(reads: number): void
  /** Requests that each caller has in an hour. */
  rateLimit(limit: number): void
  /** A renamed repository: the old name redirects. */
  rename(from: string, to: string): void
  /** The bare git repository of `owner/name`. */
  gitFolder(name: string): string
  /** Runs of workflows of `owner/name` that have been, the oldest first. */
  runs(name: string, runs: RunState[]): void
}

/**
 * @param folder of the world, as given to `startWorld`
 * @example
 * const seed = seedGithub(folder)
 * seed.token({ token: 'ghp_rehearsal', login: 'acme' })
 * await seed.repository({ name: 'acme/hello', from: '/repo/hello' })
 */
export function seedGithub(folder: string): GithubSeed {
  const state = new GithubState(diskStore(stateFolder(folder, githubServer())))
  const repositoryOf = (whole: string): RepositoryState => {
    const [owner = '', name = ''] = whole.split('/')
    const repo = state.repository(owner, name)
    if (repo === undefined) throw new TagonceError('internal', `the local GitHub has no ${whole}`)
    return repo
  }
  return {
    token(seed) {
      state.account(seed.login)
      const { kind = 'classic', scopes = ['repo'], permissions = {}, repositories } = seed
      state.saveToken({
        token: seed.token,
        login: seed.login,
        kind,
        scopes: kind === 'classic' ? scopes : [],
        permissions,
        ...(repositories === undefined ? {} : { repositories: repositories.map((one) => one.toLowerCase()) }),
      })
    },
    repository: (seed) => seedRepository(state, seed),
    lateReads: (reads) => state.store.write('late-reads', reads),
    rateLimit: (limit) => state.store.write('rate-limit', limit),
    rename(from, to) {
      const repo = repositoryOf(from)
      const [owner = '', name = ''] = to.split('/')
      const now = { ...repo, owner, name }
      renameSync(state.gitFolder(repo), state.gitFolder(now))
      state.saveRepository(now)
      state.saveRepository({ ...repo, movedTo: to })
    },
    gitFolder: (name) => state.gitFolder(repositoryOf(name)),
    runs: (name, runs) => seedRuns(state, repositoryOf(name), runs),
  }
}

async function seedRepository(state: GithubState, seed: RepositorySeed): Promise<void> {
  const [owner = '', name = ''] = seed.name.split('/')
  state.account(owner)
  const known = state.repository(owner, name)
  const now = isoSeconds(new Date())
  const repo: RepositoryState = {
    id: known?.id ?? state.nextId(),
    owner,
    name,
    description: '',
    private: seed.private ?? false,
    archived: seed.archived ?? false,
    defaultBranch: seed.defaultBranch ?? 'main',
    collaborators: seed.collaborators ?? {},
    immutable: seed.immutable ?? false,
    burntTags: known?.burntTags ?? [],
    latest: known?.latest ?? null,
    createdAt: known?.createdAt ?? now,
    pushedAt: now,
  }
  const folder = state.gitFolder(repo)
  if (!existsSync(join(folder, 'config'))) await initBare(folder, repo.defaultBranch, UPDATE_HOOK)
  if (seed.from !== undefined) {
    const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']
    const fetched = await run(['git', '--git-dir', folder, 'fetch', '-q', '--no-auto-gc', seed.from, ...refs], {
      env: { ...GIT_ENV, GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' },
    })
    if (fetched.code !== 0) {
      throw new TagonceError('source', `${seed.from} could not be copied into the local GitHub`, {
        output: fetched.stderr,
      })
    }
  }
  if (seed.files !== undefined) await firstCommit(folder, repo, seed.files)
  state.saveRepository(repo)
}

async function firstCommit(folder: string, repo: RepositoryState, files: Record<string, string>): Promise<void> {
  const changes = []
  for (const [path, content] of Object.entries(files)) {
    changes.push({ path, mode: '100644', sha: await writeObject(folder, 'blob', content) })
  }
  const tree = await changeTree(folder, undefined, changes)
  const person = { name: repo.owner, email: `${repo.owner}@example.com`, date: '2026-01-01T00:00:00Z' }
  const text = commitText({ tree, parents: [], author: person, committer: person, message: 'first\n', signature: null })
  await git(folder, ['update-ref', `refs/heads/${repo.defaultBranch}`, await writeObject(folder, 'commit', text)])
}
