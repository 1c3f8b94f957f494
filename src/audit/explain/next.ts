import type { ExplainedWorkflow, Explanation, Occurrence, Workflow } from '../model.ts'
import type { RepositoryFacts } from '../resolve/contexts.ts'
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
  facts: RepositoryFacts,
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
      occurrence.only,
      occurrence.actor,
    ])
    if (seen.has(key)) return
    seen.add(key)
    found.push({ because, occurrence })
  }
  const isTag = happened.ref.startsWith('refs/tags/')
  if (happened.event === 'push' && isTag && (happened.tagsInPush ?? 1) <= 3)
    add('a new tag is also a create event', { ...happened, event: 'create' })
  // These events run on the default branch, with the files that stand there.
  const onDefault = { ...happened, ref: `refs/heads/${facts.defaultBranch}` }
  for (const { workflow, effect, step } of actingSteps(explained)) {
    const because = `${workflow}: ${step} (${effect.through})`
    const actor = effect.token === undefined || effect.token === 'GITHUB_TOKEN' ? 'GITHUB_TOKEN' : 'app'
    if (effect.kind === 'create-release' && effect.draft !== true)
      for (const action of releaseActions(happened.ref, effect.through))
        add(because, { ...happened, event: 'release', action, actor })
    const elsewhere =
      effect.target?.includes('/') === true && !effect.target.includes('$') && effect.target !== facts.repository
    if (effect.kind === 'dispatch' && !elsewhere && effect.name !== undefined) {
      const name = effect.name
      const target = workflows.find((one) => one.path.endsWith(`/${name}`) || one.name === name)
      const inputs = effect.inputs === undefined ? {} : { inputs: effect.inputs }
      if (target !== undefined)
        add(because, { ...onDefault, event: 'workflow_dispatch', only: target.path, actor, ...inputs })
      else add(because, { ...onDefault, event: 'repository_dispatch', dispatchType: name, actor })
    }
    if (effect.kind === 'push-tag')
      add(because, { ...happened, event: 'push', ref: 'refs/tags/v0.0.0-pushed-by-a-workflow', actor })
  }
  const depth = (happened.workflowRun?.depth ?? 0) + 1
  const wait = workflows.flatMap((one) => one.triggers.filter((trigger) => trigger.event === 'workflow_run'))
  for (const workflow of explained) {
    if (workflow.state !== 'runs' || !wait.some((trigger) => trigger.workflows?.includes(workflow.name))) continue
    for (const action of ['requested', 'completed'])
      add(`${workflow.path} ${action === 'completed' ? 'ends' : 'begins'}`, {
        ...onDefault,
        event: 'workflow_run',
        action,
        workflowRun: {
          name: workflow.name,
          conclusion: action === 'completed' ? 'success' : '',
          depth,
          headBranch: happened.ref.replace(/^refs\/(heads|tags)\//, ''),
          event: happened.event,
        },
      })
  }
  return found
}

/**
 * The events of one release: a published one is also `released` or `prereleased`, and `created` unless it was a draft
 * first, as GoReleaser makes it (docs.github.com, "Events that trigger workflows", release).
 */
function releaseActions(ref: string, through: string): string[] {
  const prerelease = /^refs\/tags\/v?\d+\.\d+\.\d+-/.test(ref)
  const drafted = /^(goreleaser|tagonce)/.test(through)
  return [
    ...(drafted ? [] : ['created']),
    'published',
    ...(drafted && prerelease ? [] : [prerelease ? 'prereleased' : 'released']),
  ]
}
