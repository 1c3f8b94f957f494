import type { Effect, ExplainedWorkflow, Explanation, Job, Step, Workflow } from '../model.ts'
import type { AuditInput } from './rule.ts'

/** A step that a release runs or may run, with the job and the workflow that its text stands in. */
export interface Reached {
  workflow: Workflow
  job: Job
  step: Step
  effects: Effect[]
}

type Reaching = Pick<AuditInput, 'workflows' | 'onTag' | 'onRelease' | 'onDispatch'>

/** All explained workflows of an answer, those that follow included. */
export function allOf(explanation: Explanation): ExplainedWorkflow[] {
  return [
    ...explanation.workflows,
    ...explanation.next.flatMap((one) => (one.explanation === undefined ? [] : allOf(one.explanation))),
  ]
}

/** Every step that a pushed version tag, a published release or a dispatch runs, each once. */
export function reached(input: Reaching): Reached[] {
  const found = new Map<Step, Reached>()
  for (const answer of [input.onTag, input.onRelease, input.onDispatch])
    for (const one of stepsOf(answer, input.workflows)) {
      const known = found.get(one.step)
      if (known === undefined) found.set(one.step, one)
      else if (known.effects.length < one.effects.length) known.effects = one.effects
    }
  return [...found.values()]
}

/** The steps that one answer runs. */
export function stepsOf(answer: Explanation, workflows: Workflow[]): Reached[] {
  const found: Reached[] = []
  const walk = (explained: ExplainedWorkflow): void => {
    const workflow = workflows.find((one) => one.path === explained.path)
    if (workflow === undefined || !acts(explained.state)) return
    for (const job of explained.jobs) {
      const written = workflow.jobs.find((one) => one.id === job.id)
      if (written === undefined || !acts(job.state)) continue
      if (job.calls !== undefined) walk(job.calls)
      job.steps.forEach((step, at) => {
        const own = written.steps[at]
        if (own !== undefined && acts(step.state))
          found.push({ workflow, job: written, step: own, effects: step.effects })
      })
    }
  }
  for (const workflow of allOf(answer)) walk(workflow)
  return found
}

function acts(state: string): boolean {
  return state === 'runs' || state === 'unknown'
}

/** What makes a workflow one that releases. */
export function releases(effect: Effect): boolean {
  return effect.kind === 'create-release' || effect.kind === 'upload-assets' || effect.kind === 'publish'
}

/** Workflows with a step that releases, each with those steps. */
export function releaseWorkflows(input: Reaching): Map<Workflow, Reached[]> {
  const found = new Map<Workflow, Reached[]>()
  for (const one of reached(input))
    if (one.effects.some(releases)) found.set(one.workflow, [...(found.get(one.workflow) ?? []), one])
  return found
}

/** Steps that run GoReleaser's (or our) release, however they are written. */
export function releaseToolSteps(input: Reaching, tool?: 'goreleaser' | 'tagonce'): Reached[] {
  const pattern = tool === undefined ? /^(goreleaser|tagonce) release/ : new RegExp(`^${tool} release`)
  return reached(input).filter((one) => one.effects.some((effect) => pattern.test(effect.through)))
}

/** All texts of a job: what its steps run and use. */
export function jobText(job: Job): string {
  return job.steps
    .flatMap((step) => [step.uses ?? '', step.run ?? '', ...Object.values(step.with), ...Object.values(step.env)])
    .join('\n')
}
