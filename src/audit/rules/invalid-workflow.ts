import { rule } from './finding.ts'

/** A workflow file that GitHub cannot read: a failed run on every push, and nothing of it runs. */
export const invalidWorkflow = rule(
  { id: 'invalid-workflow', severity: 'error', summary: 'GitHub cannot read the workflow; none of its jobs run.' },
  ({ workflows, onTag, snapshot }, say) =>
    workflows.flatMap((workflow) => {
      const explained = onTag.workflows.find((one) => one.path === workflow.path)
      if (snapshot.read(workflow.path)?.trim() === '' || explained?.state !== 'invalid') return []
      const [first] = workflow.problems
      const meant = explained.wouldMatch === true ? 'it would match the tag: yes' : 'it would match the tag: no'
      return [
        say(
          `${workflow.path} is invalid: ${first?.message ?? explained.reason}`,
          first?.where ?? explained.where,
          'mend it, or take it out: each push makes a failed run of it',
          {
            evidence: [
              { text: meant },
              ...workflow.problems.slice(1, 6).map(({ message, where }) => ({ text: message, where })),
            ],
          },
        ),
      ]
    }),
)
