import type { Occurrence, Trigger, Workflow } from '../model.ts'
import { filter } from '../workflow/patterns.ts'

/** Whether a workflow's triggers take an event, and why or why not. */
export interface Match {
  matches: boolean
  because: string
  /** It depends on what is not known: the paths that the push changes. */
  unknown?: true
  trigger?: Trigger
}

/**
 * Activity types that an event has when `types:` is not given; the others take every type.
 * docs.github.com, "Events that trigger workflows".
 */
const DEFAULT_TYPES: Record<string, string[]> = {
  pull_request: ['opened', 'synchronize', 'reopened'],
  pull_request_target: ['opened', 'synchronize', 'reopened'],
}

/** Events that have no activity types: `types:` says nothing there. */
const UNTYPED = new Set([
  'push',
  'create',
  'delete',
  'schedule',
  'workflow_dispatch',
  'workflow_call',
  'fork',
  'page_build',
  'public',
  'status',
])

/** Holds an event against all triggers of a workflow. */
export function match(workflow: Workflow, happened: Occurrence): Match {
  if (happened.only !== undefined && happened.only !== workflow.path)
    return { matches: false, because: `${happened.only} is dispatched, not this one` }
  const candidates = workflow.triggers.filter((trigger) => trigger.event === happened.event)
  if (candidates.length === 0) {
    const events = workflow.triggers.map((trigger) => trigger.event).join(', ') || 'nothing'
    return { matches: false, because: `it waits for ${events}, not for ${happened.event}` }
  }
  const answers = candidates.map((trigger) => matchTrigger(trigger, happened))
  return answers.find((answer) => answer.matches) ?? answers[0] ?? { matches: false, because: 'no trigger' }
}

function matchTrigger(trigger: Trigger, happened: Occurrence): Match {
  const no = (because: string): Match => ({ matches: false, because, trigger })
  const yes = (because: string): Match => ({ matches: true, because, trigger })
  if (happened.event === 'push') return matchPush(trigger, happened, yes, no)
  if (happened.event === 'workflow_run') return matchWorkflowRun(trigger, happened, yes, no)
  if (happened.event === 'repository_dispatch') {
    const types = trigger.types ?? []
    const type = happened.dispatchType ?? ''
    if (types.length === 0 || types.includes(type)) return yes(`repository_dispatch ${type}`.trim())
    return no(`it waits for repository_dispatch of ${types.join(', ')}, not ${type || 'an unnamed one'}`)
  }
  if (!UNTYPED.has(happened.event)) {
    const types = trigger.types ?? DEFAULT_TYPES[happened.event]
    if (types !== undefined && happened.action !== undefined && !types.includes(happened.action)) {
      return no(`it waits for ${happened.event} of ${types.join(', ')}, not ${happened.action}`)
    }
  }
  if (happened.event.startsWith('pull_request')) {
    const base = happened.ref.replace(/^refs\/heads\//, '')
    const branches = filter(trigger.branches, trigger.branchesIgnore, base)
    if (!branches.matches) return no(branches.because)
    return matchPaths(trigger, happened.changedPaths, branches.because)
  }
  return yes(happened.action === undefined ? happened.event : `${happened.event} ${happened.action}`)
}

type Say = (because: string) => Match

function matchPush(trigger: Trigger, happened: Occurrence, yes: Say, no: Say): Match {
  const tag = /^refs\/tags\/(.*)$/s.exec(happened.ref)?.[1]
  const forTags = trigger.tags !== undefined || trigger.tagsIgnore !== undefined
  const forBranches = trigger.branches !== undefined || trigger.branchesIgnore !== undefined
  if (tag !== undefined) {
    if (!forTags && forBranches) return no('it names branches only, so no tag starts it')
    const answer = filter(trigger.tags, trigger.tagsIgnore, tag)
    // Path filters are never evaluated for tags.
    return answer.matches ? yes(forTags ? answer.because : 'push without a filter takes every tag') : no(answer.because)
  }
  const branch = happened.ref.replace(/^refs\/heads\//, '')
  if (forTags && !forBranches) return no('it names tags only, so no branch starts it')
  const answer = filter(trigger.branches, trigger.branchesIgnore, branch)
  if (!answer.matches) return no(answer.because)
  return matchPaths(
    trigger,
    happened.changedPaths,
    forBranches ? answer.because : 'push without a filter takes every branch',
  )
}

/** One changed path that passes is enough. */
function matchPaths(trigger: Trigger, changed: string[] | undefined, because: string): Match {
  if (trigger.paths === undefined && trigger.pathsIgnore === undefined) return { matches: true, because, trigger }
  if (changed === undefined) {
    const filters = [...(trigger.paths ?? []), ...(trigger.pathsIgnore ?? [])].join(', ')
    return { matches: true, unknown: true, because: `it depends on the paths that change: ${filters}`, trigger }
  }
  const passing = changed.find((path) => filter(trigger.paths, trigger.pathsIgnore, path).matches)
  return passing === undefined
    ? { matches: false, because: 'no changed path passes the path filter', trigger }
    : { matches: true, because: `${because}; ${passing} changed`, trigger }
}

function matchWorkflowRun(trigger: Trigger, happened: Occurrence, yes: Say, no: Say): Match {
  const run = happened.workflowRun
  if (run === undefined) return no('no workflow ended')
  if (run.depth > 3) return no('a chain of workflow_run ends after three levels')
  if (!(trigger.workflows ?? []).includes(run.name))
    return no(`it waits for the workflows ${(trigger.workflows ?? []).join(', ')}, not ${run.name}`)
  if (trigger.types !== undefined && !trigger.types.includes(happened.action ?? 'completed')) {
    return no(`it waits for workflow_run of ${trigger.types.join(', ')}`)
  }
  const branches = filter(trigger.branches, trigger.branchesIgnore, run.headBranch ?? '')
  return branches.matches ? yes(`${run.name} ended`) : no(branches.because)
}

const SKIP_MARKERS = ['[skip ci]', '[ci skip]', '[no ci]', '[skip actions]', '[actions skip]']

/**
 * What GitHub itself holds back, whatever the workflows say; undefined when nothing does.
 */
export function suppressed(happened: Occurrence): string | undefined {
  const dispatch = happened.event === 'workflow_dispatch' || happened.event === 'repository_dispatch'
  if (happened.actor === 'GITHUB_TOKEN' && !dispatch && happened.event !== 'workflow_run') {
    return 'events that GITHUB_TOKEN causes start no workflow'
  }
  const isTag = happened.ref.startsWith('refs/tags/')
  if (['push', 'create', 'delete'].includes(happened.event) && isTag && (happened.tagsInPush ?? 1) > 3) {
    return `more than three tags in one push (${happened.tagsInPush}) give no event`
  }
  if (happened.event === 'push' || happened.event === 'pull_request') {
    const message = happened.commitMessage ?? ''
    const marker = SKIP_MARKERS.find((one) => message.toLowerCase().includes(one))
    if (marker !== undefined) return `the commit's message holds ${marker}`
    // A trailer at the end of the message, after two empty lines.
    if (/\n\nskip-checks: *true\s*$/i.test(message)) return "the commit's message ends with skip-checks: true"
  }
  return undefined
}
