import { z } from 'zod'
import type { CommitAuthor, Repository } from '../../config/config.ts'
import { problem, type Renderer } from './renderer.ts'

/** A repository on GitHub that manifests are committed to, and who commits. */
export const repositorySettings = {
  repository: z.object({
    owner: z.string(),
    /** Empty = the entry has no repository, and is a skip. */
    name: z.string(),
    /** Empty = the default branch. */
    branch: z.string(),
    /** Name of the variable that holds the token. */
    tokenEnv: z.string().min(1),
    /** GitHub's API, without a trailing slash. */
    api: z.string(),
    upload: z.string(),
  }),
  /** The repository that a pull request is opened in; `null` = commits go to the repository itself. */
  pullRequest: z
    .object({
      owner: z.string(),
      name: z.string(),
      /** Empty = the default branch. */
      branch: z.string(),
      draft: z.boolean(),
    })
    .nullable(),
  /** `null`: GitHub signs the commit in the name of the app that owns the token. */
  author: z.object({ name: z.string(), email: z.string() }).nullable(),
  /** The commit's message, and the title of the pull request. */
  message: z.string(),
}

const whole = z.object(repositorySettings)
export type RepositorySettings = z.infer<typeof whole>

/** The keys that all entries with a `repository` share. */
interface RepositoryEntry {
  repository?: Repository | undefined
  commit_author?: CommitAuthor | undefined
  commit_msg_template?: string | undefined
}

/**
 * Repository, author and message of an entry. Problems are reported; what is returned is then of no use.
 * `message` is the default of `commit_msg_template`; `fields` are what it may name beside the usual.
 */
export function resolveRepository(
  renderer: Renderer,
  entry: RepositoryEntry,
  message: string,
  fields: Record<string, unknown> = {},
): RepositorySettings {
  const { config } = renderer
  const repository = entry.repository ?? {}
  refuseUnbuilt(renderer, entry)
  const owner = renderer.text(repository.owner, ['repository', 'owner'])
  const name = renderer.text(repository.name, ['repository', 'name'])
  if (owner === '' && name !== '') {
    problem(renderer, ['repository'], 'missing-key', 'the repository has no owner', 'add owner: to repository:')
  }
  const token = repository.token
  const tokenEnv = token ? config.secretEnv(token, [...renderer.path, 'repository', 'token']) : undefined
  const { api, upload, tokenEnv: hubToken } = config.plan.hub
  const branch = renderer.text(repository.branch, ['repository', 'branch'])
  return {
    repository: { owner, name, branch, tokenEnv: tokenEnv ?? hubToken, api, upload },
    pullRequest: resolvePullRequest(renderer, repository, { owner, name }),
    author: resolveAuthor(renderer, entry.commit_author ?? {}),
    message: renderer.text(entry.commit_msg_template || message, ['commit_msg_template'], fields),
  }
}

function resolvePullRequest(
  renderer: Renderer,
  repository: Repository,
  own: { owner: string; name: string },
): RepositorySettings['pullRequest'] {
  const request = repository.pull_request
  if (request?.enabled !== true) return null
  const at = ['repository', 'pull_request', 'base']
  const text = (key: 'owner' | 'name' | 'branch'): string => renderer.text(request.base?.[key], [...at, key])
  return {
    owner: text('owner') || own.owner,
    name: text('name') || own.name,
    branch: text('branch'),
    draft: request.draft ?? false,
  }
}

/** Who commits, by GoReleaser's defaults; `null` leaves it to GitHub. */
export function resolveAuthor(renderer: Renderer, author: CommitAuthor): RepositorySettings['author'] {
  if (author.use_github_app_token) return null
  return {
    name: renderer.text(author.name, ['commit_author', 'name']) || 'goreleaserbot',
    email: renderer.text(author.email, ['commit_author', 'email']) || 'bot@goreleaser.com',
  }
}

function refuseUnbuilt(renderer: Renderer, entry: RepositoryEntry): void {
  if (entry.repository?.git?.url) {
    const mend = 'leave it out: the file is then committed through the API of GitHub'
    problem(renderer, ['repository', 'git'], 'not-built', 'repositories on other git servers are not built yet', mend)
  }
  if (entry.commit_author?.signing?.enabled) {
    const mend = 'use_github_app_token: true lets GitHub sign'
    problem(renderer, ['commit_author', 'signing'], 'not-built', 'signing of commits with a key is not built yet', mend)
  }
}
