import type { Job, Workflow } from '../model.ts'
import { evaluateIf, Open } from '../resolve/expressions.ts'
import { rule } from './finding.ts'

/** A job whose condition holds for no event that its workflow waits for. */
export const unreachableJob = rule(
  {
    id: 'unreachable-job',
    severity: 'warning',
    summary: 'The `if` of a job can hold under no trigger of its workflow.',
  },
  ({ workflows }, say) =>
    workflows
      .filter((workflow) => workflow.problems.length === 0)
      .flatMap((workflow) =>
        workflow.jobs.flatMap((job) => {
          if (job.if === undefined) return []
          const answers = variants(workflow, job.if.text).map(({ name, github }) => {
            const contexts = { github: new Open('github', github) }
            return { name, ...evaluateIf(job.if?.text ?? '', contexts, { success: 'unknown', failure: 'unknown' }) }
          })
          if (answers.length === 0 || answers.some((one) => one.is !== 'false')) return []
          return [
            say(
              `${job.id} never runs: its \`if\` holds for no event of the workflow`,
              where(job),
              'take the job out, or mend its condition',
              {
                evidence: answers.map((one) => ({ text: `${one.name}: ${one.because}` })),
              },
            ),
          ]
        }),
      ),
)

function where(job: Job): Job['where'] {
  return job.if?.where ?? job.where
}

interface Variant {
  name: string
  github: Record<string, unknown>
}

/** What is known of each way to start the workflow: no more than its kind, unless the condition asks for no more. */
function variants(workflow: Workflow, condition: string): Variant[] {
  // The ref's beginning tells as much as the kind does, where nothing else of it is asked.
  const onlyPrefix = !/github\.ref\b(?!_)/.test(
    condition.replaceAll(/startsWith\(\s*github\.ref\s*,\s*'refs\/(tags|heads)\/'\s*\)/g, ''),
  )
  const of = (event: string, type: 'tag' | 'branch'): Variant => ({
    name: `${event} of a ${type}`,
    github: {
      event_name: event,
      ref_type: type,
      ...(onlyPrefix ? { ref: type === 'tag' ? 'refs/tags/x' : 'refs/heads/x' } : {}),
    },
  })
  return workflow.triggers.flatMap((trigger): Variant[] => {
    const tags = trigger.tags !== undefined || trigger.tagsIgnore !== undefined
    const branches = trigger.branches !== undefined || trigger.branchesIgnore !== undefined
    if (trigger.event === 'workflow_call') return [{ name: 'a call', github: {} }]
    if (trigger.event === 'push')
      return [...(tags || !branches ? [of('push', 'tag')] : []), ...(branches || !tags ? [of('push', 'branch')] : [])]
    if (trigger.event === 'release') return [of('release', 'tag')]
    if (trigger.event === 'schedule' || trigger.event === 'workflow_run') return [of(trigger.event, 'branch')]
    return [{ name: trigger.event, github: { event_name: trigger.event } }]
  })
}
