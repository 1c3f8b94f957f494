import { join } from 'node:path'
import { converge, type ConvergeOptions } from '../converge/converge.ts'
import type { Report } from '../converge/report.ts'
import type { Credentials } from '../core/credentials.ts'
import { TagonceError } from '../core/errors.ts'
import type { Events } from '../core/events.ts'
import { gitIn, repositoryOf } from '../external/git.ts'
import type { Http } from '../external/http.ts'
import { createGitHubHub } from '../hub/github.ts'
import type { HubReader } from '../hub/hub.ts'
import { hubNamed } from '../hub/named.ts'
import type { HubSettings } from '../plan/plan.ts'
import { spokeNamed } from '../release/spokes.ts'
import { spokes } from '../spokes/registry.ts'

/** What commands that need nothing but the hub are told. */
export interface FromHubOptions {
  /** Where the repository may be; it need not be one when `hub` is given. */
  root: string
  tag: string
  /** `owner/repo` of the hub. */
  hub?: string
  /** Names of spokes; all when empty. */
  only: string[]
  env: Record<string, string | undefined>
}

export interface FromHubIO {
  http: Http
  credentials: Credentials
  events: Events
  signal: AbortSignal
  /** A private folder of this run. */
  folder: string
}

/**
 * The hub of a tag, read back and checked. Throws `hub` where there is no public release with a manifest.
 * @example (await openHub({ root: '.', tag: 'v1.2.3', hub: 'o/r', only: [], env: process.env }, io)).manifest.version // '1.2.3'
 */
export async function openHub(options: FromHubOptions, io: FromHubIO): Promise<HubReader> {
  // Told before anything is asked for.
  for (const name of options.only) spokeNamed(name)
  const settings = await hubOf(options, io.signal)
  return io.events.task('hub', async (task) => {
    const read = await createGitHubHub(settings, { ...io, folder: join(io.folder, 'hub') }).read(options.tag)
    task.note(`${settings.owner}/${settings.repo} ${options.tag}, ${read.manifest.artifacts.length} files`)
    return read
  })
}

/** Every channel of a hub, looked at, or brought to what the manifest says. */
export function runFromHub(
  hub: HubReader,
  only: string[],
  io: FromHubIO,
  how: Pick<ConvergeOptions, 'readOnly' | 'verify' | 'allowBackwards'>,
): Promise<Report> {
  return io.events.task('spokes', (task) =>
    converge(
      hub,
      spokes,
      { ...io, task, clock: () => new Date(), folder: join(io.folder, 'spokes') },
      { ...how, ...(only.length === 0 ? {} : { only }) },
    ),
  )
}

/** Where the hub is: as named, else by the git remote, on GitHub. */
export async function hubOf(
  { root, hub, env }: Pick<FromHubOptions, 'root' | 'hub' | 'env'>,
  signal: AbortSignal,
): Promise<HubSettings> {
  const named =
    hub === undefined
      ? repositoryOf((await gitIn(root, env, signal).ask(['config', '--get', 'remote.origin.url'])) ?? '')
      : repositoryOf(`https://github.com/${hub}`)
  if (named === undefined)
    throw new TagonceError('usage', 'which repository holds the release?', { hint: 'name it with --hub owner/repo' })
  return hubNamed(named, env['GITHUB_SERVER_URL'] ?? 'https://github.com')
}
