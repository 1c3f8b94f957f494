import type { ArtifactName } from '../../core/artifact.ts'
import type { CommitAuthor, Repository } from '../../config/config.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { problem, type Renderer } from '../shared/renderer.ts'
import type { TapSettings } from './settings.ts'

/** The keys that `brews` and `homebrew_casks` share. */
export interface TapEntry {
  name?: string | undefined
  directory?: string | undefined
  repository?: Repository | undefined
  commit_author?: CommitAuthor | undefined
  commit_msg_template?: string | undefined
  skip_upload?: string | boolean | undefined
}

/** Repository, author and message of an entry. Problems are reported; what is returned is then of no use. */
export function resolveTap(
  renderer: Renderer,
  entry: TapEntry,
  defaults: { directory: string; message: string },
): Omit<TapSettings, 'packages'> {
  const { config } = renderer
  const repository = entry.repository ?? {}
  refuseUnbuilt(renderer, entry)
  const owner = renderer.text(repository.owner, ['repository', 'owner'])
  if (owner === '' && repository.name) {
    problem(renderer, ['repository'], 'missing-key', 'the tap has no owner', 'add owner: to repository:')
  }
  const token = repository.token
  const tokenEnv = token ? config.secretEnv(token, [...renderer.path, 'repository', 'token']) : undefined
  const author = entry.commit_author ?? {}
  return {
    name: entry.name ? renderer.text(entry.name, ['name']) : config.plan.project,
    directory: entry.directory ?? defaults.directory,
    repository: {
      owner,
      name: renderer.text(repository.name, ['repository', 'name']),
      branch: renderer.text(repository.branch, ['repository', 'branch']),
      tokenEnv: tokenEnv ?? config.plan.hub.tokenEnv,
      api: config.plan.hub.api,
      upload: config.plan.hub.upload,
    },
    author: author.use_github_app_token
      ? null
      : {
          name: renderer.text(author.name, ['commit_author', 'name']) || 'goreleaserbot',
          email: renderer.text(author.email, ['commit_author', 'email']) || 'bot@goreleaser.com',
        },
    message: renderer.text(entry.commit_msg_template || defaults.message, ['commit_msg_template']),
  }
}

/** What the plan makes that Homebrew could take. */
export function candidates(config: SpokeConfig): ArtifactName[] {
  return [...config.plan.archives, ...config.plan.uploads]
}

function refuseUnbuilt(renderer: Renderer, entry: TapEntry): void {
  const repository = entry.repository
  const mend = 'leave it out: the file is then committed to the tap itself'
  if (repository?.pull_request?.enabled) {
    problem(renderer, ['repository', 'pull_request'], 'not-built', 'pull requests to a tap are not built yet', mend)
  }
  if (repository?.git?.url) {
    problem(renderer, ['repository', 'git'], 'not-built', 'taps on other git servers are not built yet', mend)
  }
  if (entry.commit_author?.signing?.enabled) {
    problem(
      renderer,
      ['commit_author', 'signing'],
      'not-built',
      'signing of tap commits with a key is not built yet',
      'use_github_app_token: true lets GitHub sign',
    )
  }
}
