import type { ExplainedWorkflow, Explanation, Occurrence, Workflow } from '../model.ts'
import { actingSteps } from './collisions.ts'

/** Dispatches and runs follow each other at most this deep before we stop looking. */
export const DEEPEST = 4

/**
 * What follows from what runs: the release's own event, dispatches, workflow_run, a pushed tag.
 * What GITHUB_TOKEN causes starts nothing, dispatches excepted; the step's secrets tell which token it uses.
 */
export function following(
  happened: Occurrence,
  explained: ExplainedWorkflow[],
  workflows: Workflow[],
): Explanation['next'] {
  const found: Explanation['next'] = []
  const seen = new Set<string>()
  const add = (because: string, occurrence: Occurrence): void => {
    const key = JSON.stringify([
      occurrence.event,
      occurrence.action,
      occurrence.ref,
      occurrence.workflowRun?.name,
      occurrence.dispatchType,
      occurrence.inputs,
      occurrence.actor,
    ])
    if (seen.has(key)) return
    seen.add(key)
    found.push({ because, occurrence })
  }
  const isNewTag = happened.event === 'push' && happened.ref.startsWith('refs/tags/') && (happened.tagsInPush ?? 1) <= 3
  if (isNewTag) add('a new tag is also a create event', { ...happened, event: 'create' })
  for (const { workflow, effect, step } of actingSteps(explained)) {
    const because = `${workflow}: ${step} (${effect.through})`
    const actor = effect.secrets.some((name) => name !== 'GITHUB_TOKEN') ? 'app' : 'GITHUB_TOKEN'
    if (effect.kind === 'create-release') add(because, { ...happened, event: 'release', action: 'published', actor })
    if (effect.kind === 'dispatch') {
      const target = workflows.find(
        (one) => effect.name !== undefined && (one.path.endsWith(`/${effect.name}`) || one.name === effect.name),
      )
      if (target !== undefined) add(because, { ...happened, event: 'workflow_dispatch', actor })
      else if (effect.name !== undefined)
        add(because, { ...happened, event: 'repository_dispatch', dispatchType: effect.name, actor })
    }
    if (effect.kind === 'push-tag')
      add(because, { ...happened, event: 'push', ref: 'refs/tags/v0.0.0-pushed-by-a-workflow', actor })
  }
  const depth = (happened.workflowRun?.depth ?? 0) + 1
  for (const workflow of explained) {
    if (workflow.state !== 'runs') continue
    const waits = workflows.some((one) => one.triggers.some((trigger) => trigger.event === 'workflow_run'))
    if (!waits) continue
    add(`${workflow.path} ends`, {
      ...happened,
      event: 'workflow_run',
      action: 'completed',
      workflowRun: { name: workflow.name, conclusion: 'success', depth },
    })
  }
  return found
}
