import type {
  Effect,
  ExplainedJob,
  ExplainedStep,
  ExplainedWorkflow,
  Job,
  Occurrence,
  RunState,
  Step,
  Workflow,
} from '../model.ts'
import { environment, jobContexts, type RepositoryFacts, runContexts } from './contexts.ts'
import { evaluateIf, type Contexts, type Status } from './expressions.ts'
import { match, suppressed } from './match.ts'

export interface Resolver extends RepositoryFacts {
  /** What a step does to the world. */
  effects(workflow: Workflow, job: Job, step: Step, contexts: Contexts): Effect[]
  /** A reusable workflow of this repository, by its path. */
  called(path: string): Workflow | undefined
  /** Workflows that GitHub has disabled: path → state. */
  disabled?: Record<string, string>
}

/** Reusable workflows may call each other this deep. */
const DEEPEST = 10

/** What one workflow does when something happens: state and reason for it, each job and each step. */
export function resolveWorkflow(workflow: Workflow, happened: Occurrence, resolver: Resolver): ExplainedWorkflow {
  const where = { file: workflow.path, line: 1, column: 1 }
  const plain = (state: RunState, reason: string): ExplainedWorkflow => ({
    path: workflow.path,
    name: workflow.name,
    state,
    reason,
    jobs: [],
    where,
  })
  const answer = match(workflow, happened)
  if (workflow.problems.length > 0) {
    const first = workflow.problems[0]
    const reason = first === undefined ? 'it cannot be read' : `line ${first.where.line}: ${first.message}`
    return { ...plain('invalid', reason), wouldMatch: answer.matches }
  }
  const place = answer.trigger?.where ?? where
  if (!answer.matches) return { ...plain('skipped', answer.because), where: place }
  const held = suppressed(happened)
  if (held !== undefined) return { ...plain('suppressed', held), where: place }
  const disabled = resolver.disabled?.[workflow.path]
  if (disabled !== undefined) return { ...plain('suppressed', `GitHub says: ${disabled}`), where: place }
  const contexts = runContexts(workflow, happened, resolver)
  const jobs = resolveJobs(workflow, contexts, resolver, [workflow.path])
  return { path: workflow.path, name: workflow.name, ...overall(jobs, answer.because), jobs, where: place }
}

function overall(jobs: ExplainedJob[], because: string): { state: RunState; reason: string } {
  if (jobs.some((job) => job.state === 'runs')) return { state: 'runs', reason: because }
  if (jobs.some((job) => job.state === 'unknown'))
    return { state: 'unknown', reason: `${because}; whether a job runs is only known then` }
  return { state: 'skipped', reason: `${because}, but every job is skipped` }
}

function resolveJobs(workflow: Workflow, base: Contexts, resolver: Resolver, path: string[]): ExplainedJob[] {
  const done = new Map<string, ExplainedJob>()
  const results: Record<string, string> = {}
  const visit = (job: Job): ExplainedJob => {
    const known = done.get(job.id)
    if (known !== undefined) return known
    for (const id of job.needs) {
      const needed = workflow.jobs.find((one) => one.id === id)
      if (needed !== undefined) visit(needed)
    }
    const explained = resolveJob(workflow, job, jobContexts(base, workflow, job, results), results, resolver, path)
    done.set(job.id, explained)
    results[job.id] = explained.state === 'runs' ? 'success' : explained.state === 'unknown' ? 'unknown' : 'skipped'
    return explained
  }
  return workflow.jobs.map(visit)
}

function resolveJob(
  workflow: Workflow,
  job: Job,
  contexts: Contexts,
  results: Record<string, string>,
  resolver: Resolver,
  path: string[],
): ExplainedJob {
  const needed = new Set(job.needs.map((id) => results[id] ?? 'skipped'))
  const status: Status = {
    success: needed.has('skipped') ? false : needed.has('unknown') ? 'unknown' : true,
    failure: false,
  }
  const plain = (state: RunState, reason: string): ExplainedJob => ({
    id: job.id,
    state,
    reason,
    steps: [],
    where: job.if?.where ?? job.where,
  })
  let state: RunState = status.success === 'unknown' ? 'unknown' : 'runs'
  let reason = status.success === 'unknown' ? `whether ${job.needs.join(', ')} runs is only known then` : 'no condition'
  if (job.if === undefined) {
    if (status.success === false)
      return plain(
        'skipped',
        `it needs ${job.needs.filter((id) => results[id] === 'skipped').join(', ')}, which is skipped`,
      )
  } else {
    const answer = evaluateIf(job.if.text, contexts, status)
    if (answer.is === 'invalid') return plain('invalid', answer.because)
    if (answer.is === 'false') return plain('skipped', answer.because)
    state = answer.is === 'unknown' ? 'unknown' : 'runs'
    reason = answer.because
  }
  if (job.uses !== undefined) return { ...plain(state, reason), ...resolveCall(job, contexts, resolver, path) }
  return {
    ...plain(state, reason),
    steps: job.steps.map((step) => resolveStep(workflow, job, step, state, contexts, resolver)),
  }
}

/** A called workflow sees the event of its caller, and the inputs that `with:` gives. */
function resolveCall(
  job: Job,
  contexts: Contexts,
  resolver: Resolver,
  path: string[],
): { calls?: ExplainedWorkflow; reason?: string } {
  const local = /^\.\/(\.github\/workflows\/[^@]+)$/.exec(job.uses ?? '')?.[1]
  if (local === undefined) return { reason: `calls ${job.uses}, which is not in this repository` }
  const workflow = resolver.called(local)
  if (workflow === undefined) return { reason: `calls ${local}, which does not exist` }
  if (path.includes(local)) return { reason: `calls ${local}, which calls itself: GitHub refuses it` }
  if (path.length > DEEPEST) return { reason: `calls are nested deeper than ${DEEPEST}` }
  const declared = workflow.triggers.find((trigger) => trigger.event === 'workflow_call')?.inputs ?? {}
  const inputs = Object.fromEntries(
    Object.entries(declared).map(([name, input]) => [name, job.with[name] ?? input.default ?? '']),
  )
  const jobs = resolveJobs(workflow, { ...contexts, inputs }, resolver, [...path, local])
  const where = { file: local, line: 1, column: 1 }
  return { calls: { path: local, name: workflow.name, ...overall(jobs, `called by ${job.id}`), jobs, where } }
}

function resolveStep(
  workflow: Workflow,
  job: Job,
  step: Step,
  jobState: RunState,
  contexts: Contexts,
  resolver: Resolver,
): ExplainedStep {
  const inside: Contexts = { ...contexts, env: environment(contexts, workflow.env, job.env, step.env) }
  const effects = resolver.effects(workflow, job, step, inside)
  const plain = (state: RunState, reason: string): ExplainedStep => ({
    name: step.name,
    state,
    reason,
    effects,
    where: step.where,
  })
  if (step.if === undefined) return plain(jobState, 'no condition')
  const answer = evaluateIf(step.if.text, inside, { success: true, failure: false })
  if (answer.is === 'invalid') return plain('invalid', answer.because)
  if (answer.is === 'false') return plain('skipped', answer.because)
  return plain(answer.is === 'unknown' || jobState === 'unknown' ? 'unknown' : 'runs', answer.because)
}
