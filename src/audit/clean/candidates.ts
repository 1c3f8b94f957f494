import picomatch from 'picomatch'
import { readArguments, shellCommands } from '../effects/shell.ts'
import { actingSteps } from '../explain/collisions.ts'
import { isRelease } from '../history/history.ts'
import type { WorkflowRecord } from '../history/runs.ts'
import type { Effect, ExplainedWorkflow, Explanation, Workflow } from '../model.ts'
import { match } from '../resolve/match.ts'
import type { AuditInput } from '../rules/rule.ts'

/** A workflow that a release starts, with what speaks for and against keeping it. */
export interface Candidate {
  path: string
  workflow: Workflow
  /** What starts it: `push of v2.0.1`, `release published`. */
  startedBy: string
  effects: Effect[]
  writesRelease: boolean
  /** Channels it feeds from the hub, and those that get other bytes from it. */
  hubFed: string[]
  ownBytes: string[]
  /** Other events that it also works for: `pull_request`. */
  alsoFor: string[]
  /** npm or PyPI trust it by its file name: it publishes there with an identity token instead of a secret. */
  trusted: boolean
  /** Whether it puts a file of this name into the release. */
  makes(name: string): boolean
  /** From runs, where they were given. */
  record?: WorkflowRecord
}

/** Events that only start releases; all others mean that the file does other work, too. */
const RELEASE_EVENTS = new Set([
  'push',
  'create',
  'release',
  'workflow_dispatch',
  'workflow_call',
  'repository_dispatch',
  'workflow_run',
  'registry_package',
])

/** Every workflow that the push of a version tag, or the release that follows, makes release something. */
export function candidatesOf(input: AuditInput, records: WorkflowRecord[]): Candidate[] {
  const found = new Map<string, { startedBy: string; effects: Effect[] }>()
  const take = (answer: Explanation, startedBy: string): void => {
    for (const { workflow, effect } of actingSteps(everyWorkflow(answer))) {
      if (!isRelease(effect.kind)) continue
      const known = found.get(workflow) ?? { startedBy, effects: [] }
      if (known.startedBy === startedBy) known.effects.push(effect)
      found.set(workflow, known)
    }
  }
  take(input.onTag, `push of ${input.tag}`)
  take(input.onRelease, 'release published')
  return input.workflows.flatMap((workflow) => {
    const one = found.get(workflow.path)
    if (one === undefined) return []
    const published = one.effects.filter((effect) => effect.kind === 'publish')
    const channels = [...new Set(published.map((effect) => effect.channel ?? ''))].sort()
    const fed = (channel: string): boolean =>
      published.every((effect) => effect.channel !== channel || effect.source === 'hub')
    const record = records.find(({ workflow: path }) => path === workflow.path)
    return [
      {
        path: workflow.path,
        workflow,
        ...one,
        writesRelease: one.effects.some((effect) => effect.kind !== 'publish'),
        hubFed: channels.filter(fed),
        ownBytes: channels.filter((channel) => !fed(channel)),
        alsoFor: otherWork(workflow, input),
        trusted: isTrusted(workflow, published),
        makes: maker(workflow, one.effects, input),
        ...(record === undefined ? {} : { record }),
      },
    ]
  })
}

function everyWorkflow(answer: Explanation): ExplainedWorkflow[] {
  return [
    ...answer.workflows,
    ...answer.next.flatMap((one) => (one.explanation === undefined ? [] : everyWorkflow(one.explanation))),
  ]
}

function otherWork(workflow: Workflow, { facts, onTag }: AuditInput): string[] {
  const branch = { ...onTag.occurrence, event: 'push', ref: `refs/heads/${facts.defaultBranch}`, commitMessage: '' }
  const onBranch = match(workflow, branch).matches ? [`push to ${facts.defaultBranch}`] : []
  const others = workflow.triggers.map((one) => one.event).filter((event) => !RELEASE_EVENTS.has(event))
  return [...onBranch, ...new Set(others)]
}

/** Trusted publishing: docs.npmjs.com/trusted-publishers and docs.pypi.org/trusted-publishers bind the file's name. */
function isTrusted(workflow: Workflow, published: Effect[]): boolean {
  const mayIdentify = [workflow.permissions, ...workflow.jobs.map((job) => job.permissions)].some(
    (one) => one?.['id-token'] === 'write' || one?.['*'] === 'write',
  )
  const registries = published.filter((effect) => effect.channel === 'npm' || effect.channel === 'pypi')
  return mayIdentify && registries.some((effect) => effect.secrets.every((name) => name === 'GITHUB_TOKEN'))
}

const EXPRESSION = /\$\{\{[^}]*\}\}|\$\{[^}]*\}|\$\([^)]*\)|\$\w+/g

/** Whether a workflow uploads a file of a name: by the plan where a release tool does it, else by the patterns it names. */
function maker(workflow: Workflow, effects: Effect[], { config }: AuditInput): (name: string) => boolean {
  const planned = effects.some((one) => /^(goreleaser|tagonce)\b/.test(one.through))
    ? [...(config?.plan.archives ?? []), ...(config?.plan.uploads ?? [])].map((one) => one.name)
    : []
  const patterns = workflow.jobs
    .flatMap((job) => job.steps)
    .flatMap((step) => [...uploadInputs(step.with), ...uploadArguments(step.run ?? '')])
    .map((text) => (text.replaceAll(EXPRESSION, '*').split('/').at(-1) ?? '').trim())
    .filter((text) => /[\w]/.test(text))
  const matchers = patterns.map((pattern) => picomatch(pattern, { dot: true }))
  return (name) => planned.includes(name) || matchers.some((matches) => matches(name))
}

function uploadInputs(input: Record<string, string>): string[] {
  return ['files', 'artifacts', 'file', 'asset_path', 'asset_paths', 'asset_name', 'assets']
    .flatMap((key) => (input[key] ?? '').split(/[\n,]/))
    .filter((line) => line.trim() !== '')
}

function uploadArguments(script: string): string[] {
  return shellCommands(script).flatMap(({ words: [program, area, verb, ...rest] }) =>
    program === 'gh' && area === 'release' && (verb === 'create' || verb === 'upload')
      ? readArguments(rest, [
          '--title',
          '-t',
          '--notes',
          '-n',
          '--notes-file',
          '-F',
          '--target',
          '--repo',
          '-R',
        ]).plain.slice(1)
      : [],
  )
}
