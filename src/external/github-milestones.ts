import type { Octokit } from '@octokit/core'
import type { Repository } from './github-settings.ts'

export interface Milestones {
  /** By its title, open or closed; null where there is none. */
  find(at: Repository, title: string): Promise<{ number: number; state: string } | null>
  close(at: Repository, number: number): Promise<void>
}

/** Milestones: https://docs.github.com/en/rest/issues/milestones */
export function milestonesOf(octokit: Octokit): Milestones {
  return {
    async find({ owner, repo }, title) {
      for (let page = 1; ; page += 1) {
        const query = { owner, repo, state: 'all', per_page: 100, page } as const
        const { data } = await octokit.request('GET /repos/{owner}/{repo}/milestones', query)
        const found = data.find((one) => one.title === title)
        if (found !== undefined) return { number: found.number, state: found.state }
        if (data.length < 100) return null
      }
    },
    async close({ owner, repo }, number) {
      const way = 'PATCH /repos/{owner}/{repo}/milestones/{milestone_number}'
      await octokit.request(way, { owner, repo, milestone_number: number, state: 'closed' })
    },
  }
}
