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
      repository: facts.repository,
      repository_owner: owner,
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

function payload(happened: Occurrence, name: string, facts: RepositoryFacts): Record<string, unknown> {
  const repository = new Open('github.event.repository', {
    default_branch: facts.defaultBranch,
    full_name: facts.repository,
    name: facts.repository.split('/')[1] ?? '',
    fork: false,
  })
  const common = { repository, inputs: happened.inputs ?? null, action: happened.action ?? null, schedule: null }
  if (happened.event === 'push') {
    const head = new Open('github.event.head_commit', { message: happened.commitMessage ?? '' })
    return {
      ...common,
      ref: happened.ref,
      created: true,
      deleted: false,
      forced: false,
      head_commit: head,
      release: null,
      workflow_run: null,
    }
  }
  if (happened.event === 'release') {
    return { ...common, release: new Open('github.event.release', { tag_name: name, draft: false }) }
  }
  if (happened.event === 'create' || happened.event === 'delete') {
    return { ...common, ref: name, ref_type: happened.ref.startsWith('refs/tags/') ? 'tag' : 'branch' }
  }
  if (happened.workflowRun !== undefined) {
    const { name: workflowName, conclusion } = happened.workflowRun
    return { ...common, workflow_run: new Open('github.event.workflow_run', { name: workflowName, conclusion }) }
  }
  return common
}

function inputs(workflow: Workflow, happened: Occurrence): Record<string, unknown> {
  const declared = workflow.triggers.find((trigger) => trigger.event === happened.event)?.inputs ?? {}
  return Object.fromEntries(
    Object.entries(declared).map(([name, input]) => {
      const given = happened.inputs?.[name] ?? input.default ?? (input.type === 'boolean' ? 'false' : '')
      return [name, input.type === 'boolean' ? given === 'true' : given]
    }),
  )
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
    ...(job.matrix === undefined ? { matrix: {} } : {}),
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
