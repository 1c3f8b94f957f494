import type { Octokit } from '@octokit/core'
import { nullOn404 } from './github-error.ts'
import type { Repository } from './github-settings.ts'

export interface Rulesets {
  list(at: Repository): Promise<{ id: number; name: string }[]>
  /** Forbids everybody to make tags whose names match; needs administration:write. Its id. */
  forbidTags(at: Repository, name: string, patterns: string[]): Promise<number>
  /** Null: it is gone already. */
  remove(at: Repository, id: number): Promise<true | null>
}

/** Rulesets of a repository. */
export function rulesetsOf(octokit: Octokit): Rulesets {
  return {
    async list(at) {
      const way = 'GET /repos/{owner}/{repo}/rulesets'
      const { data } = await octokit.request(way, { ...at, per_page: 100, includes_parents: false })
      return data.map(({ id, name }) => ({ id, name }))
    },
    async forbidTags(at, name, patterns) {
      const { data } = await octokit.request('POST /repos/{owner}/{repo}/rulesets', {
        ...at,
        name,
        target: 'tag',
        enforcement: 'active',
        conditions: { ref_name: { include: patterns.map((one) => `refs/tags/${one}`), exclude: [] } },
        rules: [{ type: 'creation' }],
      })
      return data.id
    },
    async remove(at, id) {
      const way = 'DELETE /repos/{owner}/{repo}/rulesets/{ruleset_id}'
      return (await nullOn404(octokit.request(way, { ...at, ruleset_id: id }))) === null ? null : true
    },
  }
}
