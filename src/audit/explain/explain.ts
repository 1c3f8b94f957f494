import type { Explanation, Occurrence, Workflow } from '../model.ts'
import { effectsOfStep } from '../effects/effects.ts'
import type { Snapshot } from '../repository/snapshot.ts'
import type { RepositoryFacts } from '../resolve/contexts.ts'
import { suppressed } from '../resolve/match.ts'
import { resolveWorkflow, type Resolver } from '../resolve/resolve.ts'
import { collisionsOf } from './collisions.ts'
import { DEEPEST, following } from './next.ts'

export interface ExplainInput {
  workflows: Workflow[]
  snapshot: Snapshot
  facts: RepositoryFacts
  /** Workflows that GitHub has disabled: path → state. */
  disabled?: Record<string, string>
  /** The default branch, where it is at another commit: what runs there takes its files from it. */
  onDefault?: { workflows: Workflow[]; snapshot: Snapshot; commit: string }
}

/** Events whose workflow is read from the default branch (docs.github.com, "Events that trigger workflows"). */
const FROM_DEFAULT = new Set([
  'schedule',
  'workflow_run',
  'repository_dispatch',
  'delete',
  'fork',
  'issues',
  'issue_comment',
])

/** Whether an event runs the files of the default branch, whatever ref it is about. */
export function runsOnDefault(event: string): boolean {
  return FROM_DEFAULT.has(event)
}

/**
 * The exact list of what an event runs, and what that does: every workflow of the commit, whether it runs or not.
 * Pure: the snapshot is read already.
 */
export function explain(happened: Occurrence, input: ExplainInput, depth = 0): Explanation {
  const resolver: Resolver = {
    ...input.facts,
    effects: (workflow, job, step, contexts) =>
      effectsOfStep(workflow, job, step, contexts, (path) => input.snapshot.read(path)),
    called: (path) => input.workflows.find((one) => one.path === path),
    ...(input.disabled === undefined ? {} : { disabled: input.disabled }),
  }
  const workflows = input.workflows.map((workflow) => resolveWorkflow(workflow, happened, resolver))
  const tag = happened.ref.replace(/^refs\/(tags|heads)\//, '')
  const next =
    depth >= DEEPEST
      ? []
      : following(happened, workflows, [...input.workflows, ...(input.onDefault?.workflows ?? [])], input.facts)
          .map((one) => follow(one, input, depth))
          .filter((one) => one.suppressed !== undefined || one.explanation !== undefined)
  const all = [...workflows, ...next.flatMap((one) => (one.explanation === undefined ? [] : one.explanation.workflows))]
  return { occurrence: happened, workflows, collisions: collisionsOf(all, tag), next }
}

/** An event that follows; kept only where a workflow waits for it. */
function follow(next: Explanation['next'][number], given: ExplainInput, depth: number): Explanation['next'][number] {
  const there = runsOnDefault(next.occurrence.event) || next.occurrence.event === 'workflow_dispatch'
  const input = there && given.onDefault !== undefined ? { ...given, ...given.onDefault } : given
  const commit = there ? (given.onDefault?.commit ?? next.occurrence.commit) : next.occurrence.commit
  const one = { ...next, occurrence: { ...next.occurrence, commit } }
  const waiting = input.workflows.filter((workflow) =>
    workflow.triggers.some((trigger) => trigger.event === one.occurrence.event),
  )
  if (waiting.length === 0) return { because: one.because, occurrence: one.occurrence }
  const held = suppressed(one.occurrence)
  if (held !== undefined)
    return { ...one, suppressed: `${held}; ${waiting.map((workflow) => workflow.path).join(', ')} would wait for it` }
  const explanation = explain(one.occurrence, { ...input, workflows: waitingWith(input.workflows, waiting) }, depth + 1)
  const runs = explanation.workflows.filter((workflow) => workflow.state === 'runs' || workflow.state === 'unknown')
  return runs.length === 0
    ? { because: one.because, occurrence: one.occurrence }
    : { ...one, explanation: { ...explanation, workflows: runs } }
}

/** The waiting workflows, and those they may call. */
function waitingWith(all: Workflow[], waiting: Workflow[]): Workflow[] {
  return all.filter(
    (workflow) => waiting.includes(workflow) || workflow.triggers.some((trigger) => trigger.event === 'workflow_call'),
  )
}
