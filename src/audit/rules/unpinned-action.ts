import { rule } from './finding.ts'
import { releaseWorkflows } from './reach.ts'

/** What runs beside the tokens of a release may change under the same name. */
export const unpinnedAction = rule(
  {
    id: 'unpinned-action',
    severity: 'warning',
    summary: 'A release workflow uses actions by a tag or a branch, which can be moved.',
  },
  (input, say) =>
    [...releaseWorkflows(input).keys()].flatMap((workflow) => {
      const uses = workflow.jobs.flatMap((job) => [
        ...(job.uses === undefined ? [] : [{ uses: job.uses, where: job.where }]),
        ...job.steps.flatMap((step) => (step.uses === undefined ? [] : [{ uses: step.uses, where: step.where }])),
      ])
      const loose = uses.filter((one) => !/^(\.\/|docker:\/\/.*@sha256:)|@[0-9a-f]{40}$/.test(one.uses))
      const [first] = loose
      if (first === undefined) return []
      const what = loose.length === 1 ? 'one action' : `${loose.length} actions`
      return [
        say(
          `${workflow.path} uses ${what} that ${loose.length === 1 ? 'is' : 'are'} not pinned`,
          first.where,
          'pin each by its commit, with the version as a comment; `tagonce workflow` writes them so',
          {
            evidence: loose.map((one) => ({ text: one.uses, where: one.where })),
          },
        ),
      ]
    }),
)
