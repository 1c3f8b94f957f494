import { z } from 'zod'
import type { CommitAuthor, Repository } from '../../config/config.ts'
import { KEY_PATH } from '../../external/ssh-key.ts'
import { problem, type Path, type Renderer } from './renderer.ts'

/** A repository on any git server. */
export const gitSettings = z.object({
  /** ssh, https, or a folder. */
  url: z.string().min(1),
  /** The command that git runs for ssh; empty = ours. */
  sshCommand: z.string(),
  /** Name of the variable that holds the private key, or its path; empty = none. */
  keyEnv: z.string(),
  /** Path of the private key where the config names it; empty = none. */
  keyPath: z.string(),
})

/** By which key a commit is signed; empty = git's default. */
export const signingSettings = z.object({ key: z.string(), program: z.string(), format: z.string() })

/** A repository that manifests are committed to, and who commits. */
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
  /** Set: commits go there by plain git, and not through the API of GitHub. */
  git: gitSettings.nullable().default(null),
  /** The repository that a pull request is opened in; `null` = commits go to the repository itself. */
  pullRequest: z
    .object({
      owner: z.string(),
      name: z.string(),
      /** Empty = the default branch. */
      branch: z.string(),
      draft: z.boolean(),
      /** Empty = the template of the repository, else the list of files. */
      body: z.string().default(''),
      /** Ticks the boxes of the repository's template. */
      checkBoxes: z.boolean().default(false),
    })
    .nullable(),
  /** `null`: GitHub signs the commit in the name of the app that owns the token. */
  author: z.object({ name: z.string(), email: z.string() }).nullable(),
  /** Of commits by plain git. */
  signing: signingSettings.nullable().default(null),
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
  const owner = renderer.text(repository.owner, ['repository', 'owner'])
  const name = renderer.text(repository.name, ['repository', 'name'])
  if (owner === '' && name !== '' && !repository.git?.url) {
    problem(renderer, ['repository'], 'missing-key', 'the repository has no owner', 'add owner: to repository:')
  }
  const token = repository.token
  const tokenEnv = token ? config.secretEnv(token, [...renderer.path, 'repository', 'token']) : undefined
  const { api, upload, tokenEnv: hubToken } = config.plan.hub
  const branch = renderer.text(repository.branch, ['repository', 'branch'])
  const author = entry.commit_author ?? {}
  const git = resolveGit(renderer, repository) ?? signedGit(renderer, author, { owner, name })
  if (repository.git?.url && repository.pull_request?.enabled === true) {
    const mend = 'leave git: out to open pull requests through the API of GitHub'
    // GoReleaser says nothing of it and pushes.
    const why = 'a repository that is reached by plain git gets commits, and no pull request'
    problem(renderer, ['repository', 'pull_request'], 'pull-request-by-git', why, mend, 'warning')
  }
  return {
    repository: { owner, name, branch, tokenEnv: tokenEnv ?? hubToken, api, upload },
    git,
    pullRequest: git === null ? resolvePullRequest(renderer, repository, { owner, name }) : null,
    author: resolveAuthor(renderer, author),
    signing: git === null ? null : resolveSigning(renderer, author),
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
    body: renderer.text(request.body, ['repository', 'pull_request', 'body']),
    checkBoxes: renderer.config.isTrue(request.check_boxes, [
      ...renderer.path,
      'repository',
      'pull_request',
      'check_boxes',
    ]),
  }
}

function resolveGit(renderer: Renderer, { git }: Repository): RepositorySettings['git'] {
  const at = ['repository', 'git']
  const url = renderer.text(git?.url, [...at, 'url'])
  if (url === '') return null
  return { url, ...resolveKey(renderer, git?.private_key, git?.ssh_command, at) }
}

/** A key signs what plain git commits: GitHub is then reached by it, with the token. */
function signedGit(
  renderer: Renderer,
  author: CommitAuthor,
  { owner, name }: { owner: string; name: string },
): RepositorySettings['git'] {
  if (author.signing?.enabled !== true || owner === '' || name === '') return null
  const { download } = renderer.config.plan.hub
  return { url: `${download}/${owner}/${name}.git`, sshCommand: '', keyEnv: '', keyPath: '' }
}

/** The private key and the command for ssh. A key stands in a variable; only a path may stand in the config. */
export function resolveKey(
  renderer: Renderer,
  key: string | undefined,
  command: string | undefined,
  at: Path,
): { sshCommand: string; keyEnv: string; keyPath: string } {
  const isTemplate = key?.includes('{{') === true
  const path = [...at, 'private_key']
  if (key?.includes('PRIVATE KEY-----') === true) {
    const mend = 'put it into a variable, and name that: "{{ .Env.AUR_KEY }}"'
    problem(renderer, path, 'secret-in-config', 'a private key does not stand in a config', mend)
  }
  return {
    sshCommand: renderer.text(command, [...at, at.length === 0 ? 'git_ssh_command' : 'ssh_command'], {
      KeyPath: KEY_PATH,
    }),
    keyEnv: (isTemplate && renderer.config.secretEnv(key, [...renderer.path, ...path])) || '',
    keyPath: isTemplate ? '' : (key ?? '').trim(),
  }
}

/** How commits by plain git are signed; null = not at all. */
export function resolveSigning(renderer: Renderer, { signing }: CommitAuthor): RepositorySettings['signing'] {
  if (signing?.enabled !== true) return null
  const at = (key: string): Path => ['commit_author', 'signing', key]
  const format = renderer.text(signing.format, at('format')) || 'openpgp'
  if (!['openpgp', 'ssh', 'x509'].includes(format)) {
    const message = `git signs with openpgp, ssh or x509, not with ${format}`
    problem(renderer, at('format'), 'signing-format', message, 'set one of the three')
  }
  return { key: renderer.text(signing.key, at('key')), program: renderer.text(signing.program, at('program')), format }
}

/** Who commits, by GoReleaser's defaults; `null` leaves it to GitHub. */
export function resolveAuthor(renderer: Renderer, author: CommitAuthor): RepositorySettings['author'] {
  if (author.use_github_app_token) return null
  return {
    name: renderer.text(author.name, ['commit_author', 'name']) || 'goreleaserbot',
    email: renderer.text(author.email, ['commit_author', 'email']) || 'bot@goreleaser.com',
  }
}
