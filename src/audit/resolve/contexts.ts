import type { Job, Occurrence, Workflow } from '../model.ts'
import { interpolate, Open, type Contexts } from './expressions.ts'

/** What a run knows of the repository. */
export interface RepositoryFacts {
  /** `owner/name`. */
  repository: string
  defaultBranch: string
}

/** The contexts of a run before any job: github, inputs, vars, secrets. */
export function runContexts(workflow: Workflow, happened: Occurrence, facts: RepositoryFacts): Contexts {
  const type = happened.ref.startsWith('refs/tags/') ? 'tag' : 'branch'
  const name = happened.ref.replace(/^refs\/(heads|tags)\//, '')
  const [owner = ''] = facts.repository.split('/')
  const event = payload(happened, name, facts)
  return {
    github: new Open('github', {
      event_name: happened.event,
      ref: happened.ref,
      ref_name: name,
      ref_type: type,
      sha: happened.commit,
      ...(isKnown(facts) ? { repository: facts.repository, repository_owner: owner } : {}),
      workflow: workflow.name,
      head_ref: '',
      base_ref: '',
      server_url: 'https://github.com',
      api_url: 'https://api.github.com',
      event: new Open('github.event', event),
    }),
    inputs: inputs(workflow, happened),
  }
}

/** Without a remote nobody knows what the repository is called on GitHub. */
function isKnown(facts: RepositoryFacts): boolean {
  return !facts.repository.startsWith('local/')
}

/** Parts of a payload that only some events have; null in all others. */
const PARTS = [
  'release',
  'workflow_run',
  'pull_request',
  'issue',
  'comment',
  'client_payload',
  'deployment',
  'check_run',
  'check_suite',
  'head_commit',
  'schedule',
  'inputs',
  'ref',
  'ref_type',
  'action',
]

function payload(happened: Occurrence, name: string, facts: RepositoryFacts): Record<string, unknown> {
  const [owner = '', short = ''] = facts.repository.split('/')
  const repository = new Open('github.event.repository', {
    default_branch: facts.defaultBranch,
    fork: false,
    ...(isKnown(facts) ? { full_name: facts.repository, name: short, owner: { login: owner } } : {}),
  })
  const common: Record<string, unknown> = {
    ...Object.fromEntries(PARTS.map((part) => [part, null])),
    repository,
    inputs: happened.inputs ?? null,
    action: happened.action ?? null,
  }
  const refType = happened.ref.startsWith('refs/tags/') ? 'tag' : 'branch'
  switch (happened.event) {
    case 'push': {
      const head_commit = new Open('github.event.head_commit', { message: happened.commitMessage ?? '' })
      return { ...common, ref: happened.ref, created: true, deleted: false, forced: false, head_commit }
    }
    case 'release':
      return { ...common, release: new Open('github.event.release', { tag_name: name, draft: false }) }
    case 'create':
    case 'delete':
      return { ...common, ref: name, ref_type: refType }
    case 'workflow_run':
      return { ...common, workflow_run: new Open('github.event.workflow_run', runPayload(happened)) }
    case 'repository_dispatch':
      return {
        ...common,
        action: happened.dispatchType ?? null,
        client_payload: new Open('github.event.client_payload', {}),
      }
    case 'workflow_dispatch':
      return { ...common, ref: happened.ref }
    case 'pull_request':
    case 'schedule':
    default: {
      // What other events bring is not known: asking for it is unknown, not empty.
      const known = new Set(['repository', 'action'])
      return Object.fromEntries(Object.entries(common).filter(([key]) => known.has(key)))
    }
  }
}

function runPayload(happened: Occurrence): Record<string, unknown> {
  const run = happened.workflowRun
  if (run === undefined) return {}
  return {
    name: run.name,
    conclusion: run.conclusion,
    ...(run.headBranch === undefined ? {} : { head_branch: run.headBranch }),
    ...(run.event === undefined ? {} : { event: run.event }),
  }
}

function inputs(workflow: Workflow, happened: Occurrence): Record<string, unknown> {
  const declared = workflow.triggers.find((trigger) => trigger.event === happened.event)?.inputs ?? {}
  return Object.fromEntries(
    Object.entries(declared).map(([name, input]) => [name, typed(input, happened.inputs?.[name] ?? input.default)]),
  )
}

type Input = NonNullable<Workflow['triggers'][number]['inputs']>[string]

function typed(input: Input, given: string | undefined): unknown {
  if (input.type === 'boolean') return given === 'true'
  if (input.type === 'number') return given === undefined ? 0 : Number(given)
  return given ?? ''
}

/** What a called workflow gets: `with:` filled in by its caller; a value that only the run knows is unknown. */
export function calledInputs(called: Workflow, job: Job, caller: Contexts): Open {
  const declared = called.triggers.find((trigger) => trigger.event === 'workflow_call')?.inputs ?? {}
  const known: Record<string, unknown> = {}
  for (const [name, input] of Object.entries(declared)) {
    const given = job.with[name]
    const filled = given === undefined ? input.default : interpolate(given, caller)
    if (filled?.includes('${{') !== true) known[name] = typed(input, filled)
  }
  return new Open('inputs', known)
}

/** Adds a job's `env`, `needs` and `matrix`; values that hold an unknown expression stay unknown. */
export function jobContexts(base: Contexts, workflow: Workflow, job: Job, results: Record<string, string>): Contexts {
  const needs = Object.fromEntries(
    job.needs.map((id) => {
      const result = results[id]
      return [id, new Open(`needs.${id}`, result === undefined || result === 'unknown' ? {} : { result })]
    }),
  )
  return {
    ...base,
    needs,
    env: environment(base, workflow.env, job.env),
    ...(job.matrix === undefined && job.matrixExpression === undefined ? { matrix: {} } : {}),
  }
}

/** The `env` context: a name that no level sets may still be set by an earlier step through GITHUB_ENV. */
export function environment(base: Contexts, ...levels: Record<string, string>[]): Open {
  const known: Record<string, unknown> = {}
  for (const level of levels) {
    for (const [name, value] of Object.entries(level)) {
      const filled = interpolate(value, base)
      if (filled.includes('${{')) delete known[name]
      else known[name] = filled
    }
  }
  return new Open('env', known)
}
