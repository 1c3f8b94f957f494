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
import { calledInputs, environment, jobContexts, type RepositoryFacts, runContexts } from './contexts.ts'
import { type Answer, evaluateIf, type Contexts, type Status } from './expressions.ts'
import { match, suppressed } from './match.ts'
import { combinations } from './matrix.ts'

export interface Resolver extends RepositoryFacts {
  /** What a step does to the world. */
  effects(workflow: Workflow, job: Job, step: Step, contexts: Contexts): Effect[]
  /** A reusable workflow of this repository, by its path. */
  called(path: string): Workflow | undefined
  /** Workflows that GitHub has disabled: path → state. */
  disabled?: Record<string, string>
}

/** Levels of workflows that call each other, the first one counted (docs.github.com, "Reuse workflows", nesting). */
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
  const refused = callProblem(workflow, resolver, [workflow.path])
  if (refused !== undefined) return { ...plain('invalid', refused), wouldMatch: answer.matches }
  const place = answer.trigger?.where ?? where
  if (!answer.matches) return { ...plain('skipped', answer.because), where: place }
  const held = suppressed(happened)
  if (held !== undefined) return { ...plain('suppressed', held), where: place }
  const disabled = resolver.disabled?.[workflow.path]
  if (disabled !== undefined) return { ...plain('suppressed', `GitHub says: ${disabled}`), where: place }
  const contexts = runContexts(workflow, happened, resolver)
  const jobs = resolveJobs(workflow, contexts, resolver, [workflow.path])
  const whole = overall(jobs, answer.because)
  const state = answer.unknown === true && whole.state === 'runs' ? 'unknown' : whole.state
  return { path: workflow.path, name: workflow.name, state, reason: whole.reason, jobs, where: place }
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
  const visiting = new Set<string>()
  const visit = (job: Job): ExplainedJob => {
    const known = done.get(job.id)
    if (known !== undefined) return known
    visiting.add(job.id)
    for (const id of job.needs) {
      const needed = workflow.jobs.find((one) => one.id === id)
      if (needed !== undefined && !visiting.has(id)) visit(needed)
    }
    visiting.delete(job.id)
    const contexts = jobContexts(base, workflow, job, results)
    const explained = resolveJob(workflow, job, contexts, statusOf(workflow, job, results), resolver, path)
    done.set(job.id, explained)
    results[job.id] = explained.state === 'runs' ? 'success' : explained.state === 'unknown' ? 'unknown' : 'skipped'
    return explained
  }
  return workflow.jobs.map(visit)
}

/**
 * "A failure or skip applies to all jobs in the dependency chain from the point of failure or skip onwards"
 * (docs.github.com, "Using jobs in a workflow"): all ancestors count, not only those that `needs` names.
 */
function statusOf(workflow: Workflow, job: Job, results: Record<string, string>): Status & { blocking: string[] } {
  const above = new Set<string>()
  const climb = (ids: string[]): void => {
    for (const id of ids) {
      if (above.has(id)) continue
      above.add(id)
      climb(workflow.jobs.find((one) => one.id === id)?.needs ?? [])
    }
  }
  climb(job.needs)
  const of = (result: string): string[] => [...above].filter((id) => (results[id] ?? 'skipped') === result)
  const [skipped, unknown] = [of('skipped'), of('unknown')]
  if (skipped.length > 0) return { success: false, failure: false, blocking: skipped }
  if (unknown.length > 0) return { success: 'unknown', failure: false, blocking: unknown }
  return { success: true, failure: false, blocking: [] }
}

function resolveJob(
  workflow: Workflow,
  job: Job,
  contexts: Contexts,
  status: Status & { blocking: string[] },
  resolver: Resolver,
  path: string[],
): ExplainedJob {
  const plain = (state: RunState, reason: string): ExplainedJob => ({
    id: job.id,
    state,
    reason,
    steps: [],
    where: job.if?.where ?? job.where,
  })
  let state: RunState = status.success === 'unknown' ? 'unknown' : 'runs'
  let reason = state === 'unknown' ? `whether ${status.blocking.join(', ')} runs is only known then` : 'no condition'
  if (job.if === undefined) {
    if (status.success === false)
      return plain('skipped', `it needs ${status.blocking.join(', ')}, which ${are(status.blocking)} skipped`)
  } else {
    const answer = evaluateIf(job.if.text, contexts, status)
    if (answer.is === 'invalid') return plain('invalid', answer.because)
    if (answer.is === 'false') {
      const blocked =
        status.success === false
          ? `; it needs ${status.blocking.join(', ')}, which ${are(status.blocking)} skipped`
          : ''
      return plain('skipped', `${answer.because}${blocked}`)
    }
    state = answer.is === 'unknown' ? 'unknown' : 'runs'
    reason = answer.because
  }
  const hasMatrix = job.matrix !== undefined || job.matrixExpression !== undefined
  const all = hasMatrix ? combinations(job, contexts) : undefined
  if (all?.length === 0) return plain('skipped', 'its matrix has no combination')
  const varied = all === undefined ? [contexts] : all.map((matrix) => ({ ...contexts, matrix }))
  const matrix = all === undefined ? {} : { combinations: all }
  const first = varied[0] ?? contexts
  if (job.uses !== undefined) {
    const call = resolveCall(job, all?.length === 1 ? first : contexts, resolver, path)
    const follows = state === 'runs' && call.calls !== undefined ? call.calls.state : state
    return { ...plain(follows, reason), ...matrix, ...call }
  }
  const steps = job.steps.map((step) => {
    const once = (): ExplainedStep => resolveStep(workflow, job, step, state, first, resolver)
    if (all === undefined) return once()
    // What does not speak of the matrix is the same in all its combinations.
    if (!speaksOfMatrix(workflow, job, step)) return inAll(once(), all.length)
    return merged(
      varied.map((inside) => resolveStep(workflow, job, step, state, inside, resolver)),
      all,
    )
  })
  return { ...plain(state, reason), ...matrix, steps }
}

function inAll(step: ExplainedStep, count: number): ExplainedStep {
  const acts = step.state === 'runs' || step.state === 'unknown'
  return { ...step, combinations: acts ? Array.from({ length: count }, (_, at) => at) : [] }
}

function speaksOfMatrix(workflow: Workflow, job: Job, step: Step): boolean {
  const values = [step.with, step.env, job.env, workflow.env].flatMap((one) => Object.values(one))
  return [step.if?.text, step.run, step.workingDirectory, ...values].some(
    (one) => one !== undefined && /matrix|strategy/.test(one),
  )
}

const are = (list: string[]): string => (list.length === 1 ? 'is' : 'are')

/** One step over all combinations of a matrix: it runs where one of them runs it. */
function merged(each: ExplainedStep[], all: Record<string, unknown>[]): ExplainedStep {
  const acting = each.flatMap((one, at) => (one.state === 'runs' || one.state === 'unknown' ? [at] : []))
  const best = each.find((one) => one.state === 'runs') ?? each.find((one) => one.state === 'unknown') ?? each[0]
  if (best === undefined) throw new Error('a matrix without a combination')
  const effects = new Map<string, Effect>()
  for (const one of acting.length === 0 ? each : acting.flatMap((at) => each[at] ?? []))
    for (const effect of one.effects) effects.set(JSON.stringify(effect), effect)
  const some = acting.length > 0 && acting.length < all.length
  const which = acting
    .map((at) =>
      Object.values(all[at] ?? {})
        .filter(isPlain)
        .join(' '),
    )
    .join('; ')
  return {
    ...best,
    reason: some ? `${best.reason}; in ${acting.length} of ${all.length} combinations (${which})` : best.reason,
    effects: [...effects.values()],
    combinations: acting,
  }
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object'
}

/** A called workflow sees the event of its caller, and the inputs that `with:` gives. */
function resolveCall(
  job: Job,
  contexts: Contexts,
  resolver: Resolver,
  path: string[],
): { calls?: ExplainedWorkflow; reason?: string } {
  const local = calledPath(job.uses ?? '', resolver.repository)
  if (local === undefined) return { reason: `calls ${job.uses}, which is not in this repository` }
  const workflow = resolver.called(local)
  if (workflow === undefined) return { reason: `calls ${local}, which does not exist` }
  const where = { file: local, line: 1, column: 1 }
  const jobs = resolveJobs(
    workflow,
    { ...contexts, inputs: calledInputs(workflow, job, contexts), matrix: {} },
    resolver,
    [...path, local],
  )
  return { calls: { path: local, name: workflow.name, ...overall(jobs, `called by ${job.id}`), jobs, where } }
}

/** Why GitHub refuses a workflow for what it calls, whether or not the calling job would run. */
function callProblem(workflow: Workflow, resolver: Resolver, path: string[]): string | undefined {
  for (const job of workflow.jobs) {
    const local = job.uses === undefined ? undefined : calledPath(job.uses, resolver.repository)
    if (local === undefined) continue
    const line = `line ${job.where.line}: ${job.id} calls ${local}, which`
    const called = resolver.called(local)
    if (called === undefined) return `${line} does not exist`
    if (path.includes(local)) return `${line} calls itself in the end`
    if (path.length >= DEEPEST) return `${line} is nested deeper than ${DEEPEST} levels`
    const problem = called.problems[0]
    if (problem !== undefined) return `${line} is invalid: line ${problem.where.line}: ${problem.message}`
    if (!called.triggers.some((trigger) => trigger.event === 'workflow_call')) return `${line} has no workflow_call`
    const deeper = callProblem(called, resolver, [...path, local])
    if (deeper !== undefined) return `${line} is refused: ${deeper}`
  }
  return undefined
}

/** `./.github/workflows/x.yml`, or the same repository named with a ref. */
export function calledPath(uses: string, repository: string): string | undefined {
  const here = /^\.\/(\.github\/workflows\/[^@]+)$/.exec(uses)?.[1]
  if (here !== undefined) return here
  const [, owner, path] = /^([^/]+\/[^/]+)\/(\.github\/workflows\/[^@]+)@/.exec(uses) ?? []
  return owner?.toLowerCase() === repository.toLowerCase() ? path : undefined
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
  const answer: Answer = evaluateIf(step.if.text, inside, { success: true, failure: false })
  if (answer.is === 'invalid') return plain('invalid', answer.because)
  if (answer.is === 'false') return plain('skipped', answer.because)
  return plain(answer.is === 'unknown' || jobState === 'unknown' ? 'unknown' : 'runs', answer.because)
}
