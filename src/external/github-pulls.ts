import type { Octokit } from '@octokit/core'
import { saidBy, statusOf } from './github-error.ts'
import type { Repository } from './github-settings.ts'

export interface PullRequest {
  number: number
  state: 'open' | 'merged' | 'closed'
  /** Its page. */
  url: string
}

export interface Pulls {
  /** Those whose changes come from this branch, newest first. `owner` is that of the branch's repository. */
  from(at: Repository, owner: string, branch: string): Promise<PullRequest[]>
  /** `exists`: one for this branch is open already; `nothing`: the branch holds no commit that is not there. */
  open(
    at: Repository,
    pull: { title: string; body: string; head: string; base: string; draft: boolean },
  ): Promise<PullRequest | 'exists' | 'nothing'>
  /** Closes it without merging. */
  close(at: Repository, number: number): Promise<void>
  /** Makes a fork, or finds the one that is there. GitHub fills it a moment later. */
  fork(at: Repository, name: string, organization?: string): Promise<void>
  /** Brings a branch of a fork to where the same branch stands upstream. `conflict`: it holds other commits. */
  syncFork(at: Repository, branch: string): Promise<'synced' | 'conflict' | 'no-fork'>
  /** Who the token belongs to; null for a token that is no person's. */
  login(): Promise<string | null>
}

/** Pull requests and forks: https://docs.github.com/en/rest/pulls/pulls */
export function pullsOf(octokit: Octokit): Pulls {
  return {
    async from(at, owner, branch) {
      const query = { ...at, head: `${owner}:${branch}`, state: 'all', sort: 'created', direction: 'desc' } as const
      const { data } = await octokit.request('GET /repos/{owner}/{repo}/pulls', { ...query, per_page: 100 })
      return data
        .filter((one) => one.head.ref === branch)
        .map(({ number, state, merged_at: merged, html_url: url }) => ({
          number,
          state: merged !== null ? 'merged' : state === 'open' ? 'open' : 'closed',
          url,
        }))
    },
    async open(at, pull) {
      try {
        const { data } = await octokit.request('POST /repos/{owner}/{repo}/pulls', { ...at, ...pull })
        return { number: data.number, state: 'open', url: data.html_url }
      } catch (error) {
        if (statusOf(error) === 422 && /already exists/i.test(saidBy(error))) return 'exists'
        if (statusOf(error) === 422 && /no commits between/i.test(saidBy(error))) return 'nothing'
        throw error
      }
    },
    async close(at, number) {
      const way = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}'
      await octokit.request(way, { ...at, pull_number: number, state: 'closed' })
    },
    async fork(at, name, organization) {
      const where = organization === undefined ? {} : { organization }
      await octokit.request('POST /repos/{owner}/{repo}/forks', { ...at, name, ...where })
    },
    async syncFork(at, branch) {
      try {
        await octokit.request('POST /repos/{owner}/{repo}/merge-upstream', { ...at, branch })
        return 'synced'
      } catch (error) {
        if (statusOf(error) === 409) return 'conflict'
        if (statusOf(error) === 422) return 'no-fork'
        throw error
      }
    },
    async login() {
      try {
        return (await octokit.request('GET /user')).data.login
      } catch (error) {
        // The token of an Actions run is no person's.
        if (statusOf(error) === 403 || statusOf(error) === 404) return null
        throw error
      }
    },
  }
}
