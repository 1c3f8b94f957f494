import { Octokit } from '@octokit/core'
import { assetsOf } from './github-assets.ts'
import type { Assets } from './github-assets.ts'
import { actionsOf } from './github-actions.ts'
import type { Actions } from './github-actions.ts'
import { explain } from './github-error.ts'
import { gitDataOf } from './github-git.ts'
import type { GitData } from './github-git.ts'
import { historyOf } from './github-history.ts'
import type { History } from './github-history.ts'
import { keepPace } from './github-pace.ts'
import { milestonesOf } from './github-milestones.ts'
import type { Milestones } from './github-milestones.ts'
import { pullsOf } from './github-pulls.ts'
import type { Pulls } from './github-pulls.ts'
import { releasesOf } from './github-releases.ts'
import type { Releases } from './github-releases.ts'
import { reposOf } from './github-repo.ts'
import type { Repos } from './github-repo.ts'
import { rulesetsOf } from './github-rulesets.ts'
import type { Rulesets } from './github-rulesets.ts'
import { isLoopback } from './http-route.ts'
import type { GitHubSettings } from './github-settings.ts'
import type { Http, RequestOptions } from './http.ts'

export type { GitHubSettings, Repository } from './github-settings.ts'

/** GitHub's REST API, one group of thin functions per area. What fails is a TagonceError that says what it means. */
export interface GitHub {
  releases: Releases
  assets: Assets
  gitData: GitData
  repos: Repos
  history: History
  actions: Actions
  rulesets: Rulesets
  pulls: Pulls
  milestones: Milestones
}

const clients = new WeakMap<Http, Map<string, GitHub>>()

/**
 * The GitHub client. One per run, address and token: all who ask share its limits, and what is asked twice at the same moment.
 * @example
 * const github = createGitHub({ http, api: 'https://api.github.com', upload: 'https://uploads.github.com', token })
 * const head = await github.gitData.readRef({ owner: 'me', repo: 'homebrew-tap' }, 'heads/main')
 */
export function createGitHub(settings: GitHubSettings): GitHub {
  const { http, api, upload, token = '' } = settings
  const known = clients.get(http) ?? new Map<string, GitHub>()
  clients.set(http, known)
  const key = [api, upload, token].join('\n')
  const github = known.get(key) ?? makeGitHub(settings)
  known.set(key, github)
  return github
}

function makeGitHub({ http, api, upload, token }: GitHubSettings): GitHub {
  const octokit = new Octokit({
    baseUrl: api,
    ...(token === undefined ? {} : { auth: token }),
    request: { fetch: fetchOf(http) },
  })
  keepPace(octokit, isLoopback(http.route(api)))
  octokit.hook.error('request', (error) => {
    throw explain(error)
  })
  return {
    releases: releasesOf(octokit),
    assets: assetsOf(octokit, { http, api, upload, ...(token === undefined ? {} : { token }) }),
    gitData: gitDataOf(octokit),
    repos: reposOf(octokit),
    pulls: pullsOf(octokit),
    milestones: milestonesOf(octokit),
    history: historyOf(octokit),
    actions: actionsOf(octokit),
    rulesets: rulesetsOf(octokit),
  }
}

/** Octokit's way into the one HTTP client. A body may be a function that opens a stream. */
function fetchOf(http: Http) {
  return (url: string, init: Init): Promise<Response> => {
    // The client's own user agent goes out, not octokit's.
    const { 'user-agent': _, ...headers } = init.headers
    const length = Number(headers['content-length'])
    return http.request(url, {
      method: init.method,
      headers,
      ...(init.body === undefined ? {} : { body: init.body }),
      ...(Number.isNaN(length) ? {} : { length }),
      ...(init.signal === undefined ? {} : { signal: init.signal }),
      refused,
      ...(typeof init.body === 'function' ? { deadline: 3_600_000 } : {}),
    })
  }
}

interface Init {
  method: string
  headers: Record<string, string>
  body?: NonNullable<RequestOptions['body']>
  signal?: AbortSignal
}

/**
 * A secondary limit may come without `Retry-After`: then a minute, doubling (docs.github.com, REST best practices). A token
 * that was made this moment may be refused once.
 */
async function refused(response: Response, attempt: number): Promise<number | undefined> {
  if (response.status === 401) return attempt === 1 ? 1000 : undefined
  const text = await response.text()
  const secondary = /secondary rate limit|temporarily blocked from content creation/i.test(text)
  return secondary ? 60_000 * 2 ** (attempt - 1) : undefined
}
