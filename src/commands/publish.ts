import { join } from 'node:path'
import { converge } from '../converge/converge.ts'
import type { Report } from '../converge/report.ts'
import type { Credentials } from '../core/credentials.ts'
import { TagonceError } from '../core/errors.ts'
import type { Events } from '../core/events.ts'
import { gitIn, repositoryOf } from '../external/git.ts'
import type { Http } from '../external/http.ts'
import { createGitHubHub } from '../hub/github.ts'
import type { HubSettings } from '../plan/plan.ts'
import { spokes } from '../spokes/registry.ts'

export interface PublishOptions {
  /** Where the repository may be; it need not be one when `hub` is given. */
  root: string
  tag: string
  /** `owner/repo` of the hub. */
  hub?: string
  /** Names of spokes; all when empty. */
  only: string[]
  env: Record<string, string | undefined>
}

export interface PublishIO {
  http: Http
  credentials: Credentials
  events: Events
  signal: AbortSignal
  folder: string
}

/**
 * Runs spokes from the hub's manifest alone: no config, no dist, no repository. Now or months later, on any machine.
 * @example await publishFromHub({ root: '.', tag: 'v1.2.3', hub: 'o/r', only: ['npm'], env: process.env }, io)
 */
export async function publishFromHub(options: PublishOptions, io: PublishIO): Promise<Report> {
  const settings = await hubOf(options, io.signal)
  const reader = await io.events.task('hub', async (task) => {
    const read = await createGitHubHub(settings, { ...io, folder: join(io.folder, 'hub') }).read(options.tag)
    task.note(`${settings.owner}/${settings.repo} ${options.tag}, ${read.manifest.artifacts.length} files`)
    return read
  })
  return io.events.task('spokes', (task) =>
    converge(
      reader,
      spokes,
      { ...io, task, clock: () => new Date(), folder: join(io.folder, 'spokes') },
      { verify: true, ...(options.only.length === 0 ? {} : { only: options.only }) },
    ),
  )
}

/** Where the hub is: as named, else by the git remote, on GitHub. */
async function hubOf({ root, hub, env }: PublishOptions, signal: AbortSignal): Promise<HubSettings> {
  const named =
    hub === undefined
      ? repositoryOf((await gitIn(root, env, signal).ask(['config', '--get', 'remote.origin.url'])) ?? '')
      : repositoryOf(`https://github.com/${hub}`)
  if (named === undefined)
    throw new TagonceError('usage', 'which repository holds the release?', { hint: 'name it with --hub owner/repo' })
  const server = env['GITHUB_SERVER_URL'] ?? 'https://github.com'
  const own = server !== 'https://github.com'
  return {
    kind: 'github',
    owner: named.owner,
    repo: named.name,
    download: server,
    api: own ? `${server}/api/v3` : 'https://api.github.com',
    upload: own ? `${server}/api/uploads` : 'https://uploads.github.com',
    title: '',
    draft: false,
    prerelease: false,
    makeLatest: 'auto',
    mode: 'keep-existing',
    targetCommitish: '',
    header: '',
    footer: '',
    ids: [],
    disabled: null,
    skipUpload: false,
    tokenEnv: 'GITHUB_TOKEN',
  }
}
