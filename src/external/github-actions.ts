import type { Octokit } from '@octokit/core'
import type { components } from '@octokit/openapi-types'
import { nullOn404 } from './github-error.ts'
import type { Repository } from './github-settings.ts'

/** A workflow as GitHub knows it: also one that is disabled, or that only old commits hold. */
interface KnownWorkflow {
  id: number
  path: string
  name: string
  /** `active`, `disabled_manually`, `disabled_inactivity`, `disabled_fork`, `deleted`. */
  state: string
}

export interface Actions {
  /** Every workflow of the repository, with its state. */
  workflows(at: Repository): Promise<KnownWorkflow[]>
  /** No event starts it any more, whatever commit holds it. Null: GitHub does not know it. */
  disable(at: Repository, id: number): Promise<true | null>
  /** Runs that a tag (or branch) has started; GitHub lists 1,000 of one search at most. */
  runsOf(at: Repository, ref: string): Promise<components['schemas']['workflow-run'][]>
}

/** Workflows and their runs. */
export function actionsOf(octokit: Octokit): Actions {
  return {
    async workflows(at) {
      const found: KnownWorkflow[] = []
      for (let page = 1; ; page += 1) {
        const way = 'GET /repos/{owner}/{repo}/actions/workflows'
        const { data } = await octokit.request(way, { ...at, per_page: 100, page })
        found.push(...data.workflows.map(({ id, path, name, state }) => ({ id, path, name, state })))
        if (data.workflows.length < 100) return found
      }
    },
    async disable(at, id) {
      const way = 'PUT /repos/{owner}/{repo}/actions/workflows/{workflow_id}/disable'
      return (await nullOn404(octokit.request(way, { ...at, workflow_id: id }))) === null ? null : true
    },
    async runsOf(at, ref) {
      const found: components['schemas']['workflow-run'][] = []
      for (let page = 1; page <= 10; page += 1) {
        const way = 'GET /repos/{owner}/{repo}/actions/runs'
        const { data } = await octokit.request(way, { ...at, branch: ref, per_page: 100, page })
        found.push(...data.workflow_runs)
        if (data.workflow_runs.length < 100) break
      }
      return found
    },
  }
}
