import { join } from 'node:path'
import type { Credentials } from '../core/credentials.ts'
import { TagonceError } from '../core/errors.ts'
import { tempFolder } from '../core/temp.ts'
import type { Asset } from '../external/github-assets.ts'
import type { Release } from '../external/github-releases.ts'
import { createGitHub } from '../external/github.ts'
import type { GitHub, Repository } from '../external/github.ts'
import type { Http } from '../external/http.ts'
import { realClock } from '../external/retry.ts'
import type { Clock } from '../external/retry.ts'
import type { HubSettings } from '../plan/plan.ts'
import { compareFiles } from './compare.ts'
import type { Comparison } from './compare.ts'
import type { HubFile } from './hub.ts'
import { readUntil } from './wait.ts'

/** What a hub may use of the outside. */
export interface HubIO {
  http: Http
  credentials: Credentials
  signal: AbortSignal
  /** A private folder of this run. */
  folder: string
  clock?: Clock
}

/** A hub on GitHub with everything settled that its parts need. */
export interface HubContext {
  github: GitHub
  at: Repository
  settings: HubSettings
  clock: Clock
  signal: AbortSignal
}

/** A release of a tag, found or made, with all its assets. */
export interface Found {
  release: Release
  assets: Asset[]
  /** Made in this run: GitHub may not show it everywhere yet. */
  fresh: boolean
}

export function contextOf(settings: HubSettings, io: HubIO): HubContext {
  const { api, upload, owner, repo, tokenEnv } = settings
  const token = io.credentials.has(tokenEnv) ? { token: io.credentials.get(tokenEnv) } : {}
  const github = createGitHub({ http: io.http, api, upload, ...token })
  return { github, at: { owner, repo }, settings, clock: io.clock ?? realClock, signal: io.signal }
}

/** Compares files with assets; where GitHub tells no digest, the asset is downloaded for it. */
export function compareWith({ github, at }: HubContext, files: HubFile[], assets: Asset[]): Promise<Comparison> {
  return compareFiles(files, assets, async (asset) => {
    await using folder = await tempFolder('hub-digest')
    const { sha256 } = await github.assets.download(at, asset.id, join(folder.path, 'asset'))
    return `sha256:${sha256}`
  })
}

/**
 * Refuses early and clearly: a repository that cannot be seen, a tag that is not there or stands elsewhere. Gives the
 * context with the repository's present name: whether GitHub leads an upload to a renamed one is not documented.
 */
export async function checkRepository(context: HubContext, tag: string, commit: string): Promise<HubContext> {
  const { github, at, settings } = context
  const name = `${at.owner}/${at.repo}`
  const read = (): Promise<string | null> => github.gitData.readTagCommit(at, tag)
  const asked = read()
  asked.catch(() => {})
  const facts = await github.repos.read(at)
  if (facts === null) {
    throw new TagonceError('credentials', `${name} is not there, or ${settings.tokenEnv} may not see it`, {
      hint: `check release.github in the config, and that ${settings.tokenEnv} has contents:write on ${name}`,
    })
  }
  if (facts.archived) throw new TagonceError('hub', `${name} is archived; nothing can be released there`)
  const begun = [asked]
  // A tag that was pushed a moment ago may be seen late.
  const found = await readUntil(
    context,
    () => begun.pop() ?? read(),
    (sha) => sha !== null,
    [500, 1000, 2000],
  )
  if (found === null) {
    throw new TagonceError('hub', `the tag ${tag} is not on ${name}`, { hint: `push it first: git push origin ${tag}` })
  }
  if (found !== commit) {
    throw new TagonceError('hub', `on ${name} the tag ${tag} stands at ${found}, but ${commit} was built`, {
      hint: 'build the commit that the tag stands at, or release under a new tag',
    })
  }
  const [owner = at.owner, repo = at.repo] = facts.fullName.split('/')
  return { ...context, at: { owner, repo } }
}
