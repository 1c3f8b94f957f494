import { firstLine, rule } from './finding.ts'
import { releaseWorkflows } from './reach.ts'

/** Two runs of one release at a time, or a release that a later one stops half way. */
export const noConcurrency = rule(
  {
    id: 'no-concurrency',
    severity: 'warning',
    summary: 'A release workflow has no concurrency group, or one that cancels a release that is under way.',
  },
  (input, say) =>
    [...releaseWorkflows(input)].flatMap(([workflow, steps]) => {
      const groups = [workflow.concurrency, ...steps.map((one) => one.job.concurrency)].flatMap((one) =>
        one === undefined ? [] : [one],
      )
      const mend = 'write `concurrency: {group: "release-${{ github.ref }}", cancel-in-progress: false}`'
      const cancels = groups.find((one) => one.cancelInProgress === 'true')
      if (cancels !== undefined)
        return [
          say(
            `${workflow.path} cancels a release that is under way, and leaves it half published`,
            cancels.where,
            mend,
          ),
        ]
      if (groups.length > 0 || !workflow.triggers.some((one) => one.event !== 'workflow_call')) return []
      return [
        say(
          `${workflow.path} has no concurrency group: two runs may write one release`,
          firstLine(workflow.path),
          mend,
        ),
      ]
    }),
)
