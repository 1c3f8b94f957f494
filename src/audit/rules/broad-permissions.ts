import { firstLine, rule } from './finding.ts'
import { releaseWorkflows } from './reach.ts'

/** A release workflow that may do everything. */
export const broadPermissions = rule(
  {
    id: 'broad-permissions',
    severity: 'warning',
    summary: 'A release workflow has `write-all`, or does not say what GITHUB_TOKEN may do.',
  },
  (input, say) =>
    [...releaseWorkflows(input)].flatMap(([workflow, steps]) => {
      const all = [workflow.permissions, ...workflow.jobs.map((job) => job.permissions)].some(
        (one) => one?.['*'] === 'write',
      )
      const silent = workflow.permissions === undefined && steps.some((one) => one.job.permissions === undefined)
      const mend = 'write `permissions: {contents: read}` at the top, and what a job needs at the job'
      if (all) return [say(`${workflow.path} gives every step \`write-all\``, firstLine(workflow.path), mend)]
      return silent
        ? [
            say(
              `${workflow.path} does not say what GITHUB_TOKEN may do: a setting of the repository decides`,
              firstLine(workflow.path),
              mend,
            ),
          ]
        : []
    }),
)
