import { actingSteps } from '../explain/collisions.ts'
import { explain } from '../explain/explain.ts'
import type { ExplainedWorkflow, Explanation, Workflow } from '../model.ts'
import type { OpenRepository } from '../repository/facts.ts'
import { nextTag } from '../repository/git-facts.ts'
import { isReleaseFile, type Blobs, type Snapshot } from '../repository/snapshot.ts'
import { workflowsOf, type Parsed } from '../repository/workflows.ts'
import type { RepositoryFacts } from '../resolve/contexts.ts'
import { changesOf, type WorkflowChange } from './changes.ts'
import { commitsTouchingWorkflows, messagesOf, tagsOf } from './log.ts'
import { snapshotsOf, type PastSnapshot } from './trees.ts'

/** What the push of a tag fired, by the files of the tag's own commit. */
export interface TagHistory {
  tag: string
  commit: string
  /** ISO 8601, UTC: the tag's own date, or its commit's. */
  date: string
  /** Workflows that run. */
  workflows: string[]
  /** Those of them that write a release or publish to a channel, those that follow from them included. */
  releaseWorkflows: string[]
  /** Files that GitHub refuses, whether they meant to run or not. */
  invalid: string[]
  /** What is published to, sorted. */
  channels: string[]
  /** Channel → the workflows that publish to it. */
  publishers: Record<string, string[]>
  /** Channels that every publisher feeds from the hub. */
  hubFed: string[]
  /** Things that two or more workflows write. */
  collisions: string[]
}

export interface History {
  repository: string
  /** The tag that commits are asked about: the next version. */
  sample: string
  /** Oldest first. */
  tags: TagHistory[]
  /** Every commit that touched a workflow, oldest first. */
  changes: WorkflowChange[]
  counts: {
    tags: number
    /** Number of release workflows → number of tags. */
    byReleaseWorkflows: Record<string, number>
    withInvalid: number
    byChannel: Record<string, number>
  }
  /** What could not be looked at, in words. */
  missing: string[]
}

/**
 * For every tag of a repository: what its push fired at its own commit; for every commit that touched a workflow: what
 * it changed in that. Each content is read and parsed once.
 * @example (await historyOf(await openRepository('/repo', process.env, signal), process.env)).counts.byReleaseWorkflows
 */
export async function historyOf(repository: OpenRepository, env: Record<string, string | undefined>): Promise<History> {
  const { git, top, facts } = repository
  const [tags, touching] = await Promise.all([tagsOf(git), commitsTouchingWorkflows(git)])
  const commits = new Set([
    ...tags.map((one) => one.commit),
    ...touching.flatMap((one) => [one.commit, ...one.parents]),
  ])
  const blobs: Blobs = new Map()
  const parsed: Parsed = new Map()
  const [snapshots, messages] = await Promise.all([
    snapshotsOf(top, env, [...commits], isReleaseFile, blobs),
    messagesOf(top, env, [...new Set(tags.map((one) => one.commit))]),
  ])
  const sample = nextTag(tags.map(({ tag }) => ({ name: tag })))
  const answers = new Map<string, Promise<Explanation | undefined>>()
  const ask = (commit: string, tag: string, message: string): Promise<Explanation | undefined> => {
    const snapshot = snapshots.get(commit)
    if (snapshot === undefined) return Promise.resolve(undefined)
    const key = JSON.stringify([snapshot.print, tag, message])
    const known = answers.get(key)
    if (known !== undefined) return known
    const answer = explainPush(snapshot, commit, tag, message)
    answers.set(key, answer)
    return answer
  }
  const explainPush = async (
    snapshot: PastSnapshot,
    commit: string,
    tag: string,
    message: string,
  ): Promise<Explanation> => {
    const workflows = await workflowsIn(snapshot, parsed)
    const ref = `refs/tags/${tag}`
    const happened = { event: 'push', ref, commit, commitMessage: message, actor: 'user' } as const
    return explain(happened, { workflows, snapshot, facts })
  }

  const histories: TagHistory[] = []
  const unseen: string[] = []
  for (const one of tags) {
    const answer = await ask(one.commit, one.tag, messages.get(one.commit) ?? '')
    if (answer === undefined) unseen.push(one.tag)
    else histories.push({ ...one, ...summary(answer) })
  }
  const alone = new Map<string, Fired | undefined>()
  const firing = async (commit: string | undefined): Promise<Fired> => {
    const snapshot = commit === undefined ? undefined : snapshots.get(commit)
    if (commit === undefined || snapshot === undefined) return { releases: [], invalid: [] }
    const apart = await eachAlone(snapshot, sample, facts, parsed, alone)
    if (apart !== undefined) return apart
    const answer = await ask(commit, sample, '')
    return answer === undefined ? { releases: [], invalid: [] } : fired(answer)
  }
  const changes: WorkflowChange[] = []
  for (const one of touching) {
    const parent = one.parents[0]
    if (parent !== undefined && !snapshots.has(parent)) continue
    changes.push(changesOf(one, await firing(parent), await firing(one.commit)))
  }
  return {
    repository: facts.repository,
    sample,
    tags: histories,
    changes,
    counts: countsOf(histories),
    missing: [
      ...(repository.shallow
        ? ['this clone is shallow: older tags and commits are not in it; fetch with --unshallow']
        : []),
      ...(unseen.length > 0 ? [`the commits of these tags are not in this clone: ${unseen.join(', ')}`] : []),
    ],
  }
}

/** The workflows of a commit; the paths of its whole tree are not listed for it. */
function workflowsIn(snapshot: PastSnapshot, parsed: Parsed): Promise<Workflow[]> {
  const listed: Snapshot = {
    commit: snapshot.commit,
    paths: snapshot.workflowPaths,
    read: (path) => snapshot.read(path),
    id: (path) => snapshot.id(path),
    executable: (path) => snapshot.executable(path),
  }
  return workflowsOf(listed, parsed)
}

/** Events by which one workflow starts another. */
const CHAINS = new Set([
  'workflow_run',
  'workflow_call',
  'workflow_dispatch',
  'repository_dispatch',
  'release',
  'create',
])

/**
 * What each workflow of a commit fires by itself: commits share those that they did not change. Undefined where one may
 * start another, so that they must be looked at together.
 */
async function eachAlone(
  snapshot: PastSnapshot,
  tag: string,
  facts: RepositoryFacts,
  parsed: Parsed,
  known: Map<string, Fired | undefined>,
): Promise<Fired | undefined> {
  const workflows = await workflowsIn(snapshot, parsed)
  if (workflows.some((one) => one.triggers.some((trigger) => CHAINS.has(trigger.event)))) return undefined
  const whole: Fired = { releases: [], invalid: [] }
  for (const workflow of workflows) {
    const key = JSON.stringify([workflow.path, snapshot.id(workflow.path), snapshot.otherPrint])
    if (!known.has(key)) {
      const happened = { event: 'push', ref: `refs/tags/${tag}`, commit: '', commitMessage: '', actor: 'user' } as const
      const answer = explain(happened, { workflows: [workflow], snapshot, facts })
      const pushes = actingSteps(answer.workflows).some(({ effect }) => effect.kind === 'push-tag')
      known.set(key, pushes ? undefined : fired(answer))
    }
    const one = known.get(key)
    if (one === undefined) return undefined
    whole.releases.push(...one.releases)
    whole.invalid.push(...one.invalid)
  }
  return whole
}

interface Fired {
  releases: string[]
  invalid: string[]
}

function fired(answer: Explanation): Fired {
  const { releaseWorkflows, invalid } = summary(answer)
  return { releases: releaseWorkflows, invalid }
}

/** What an explanation says in short. */
export function summary(answer: Explanation): Omit<TagHistory, 'tag' | 'commit' | 'date'> {
  const all = everyWorkflow(answer)
  const acting = actingSteps(all)
  const releases = acting.filter(({ effect }) => isRelease(effect.kind))
  const publishes = releases.filter(({ effect }) => effect.kind === 'publish')
  const channels = sorted(publishes.map(({ effect }) => effect.channel ?? ''))
  const of = (channel: string): typeof acting => publishes.filter(({ effect }) => effect.channel === channel)
  return {
    workflows: sorted(all.map((one) => one.path)),
    releaseWorkflows: sorted(releases.map((one) => one.workflow)),
    invalid: sorted(answer.workflows.filter((one) => one.state === 'invalid').map((one) => one.path)),
    channels,
    publishers: Object.fromEntries(channels.map((one) => [one, sorted(of(one).map(({ workflow }) => workflow))])),
    hubFed: channels.filter((one) => of(one).every(({ effect }) => effect.source === 'hub')),
    collisions: answer.collisions.map((one) => one.what),
  }
}

/** Whether an effect is part of a release: what makes a workflow one that a tag should start once. */
export function isRelease(kind: string): boolean {
  return kind === 'create-release' || kind === 'upload-assets' || kind === 'publish'
}

/** Every workflow that runs, those that follow included, each once. */
function everyWorkflow(answer: Explanation): ExplainedWorkflow[] {
  const own = answer.workflows.filter((one) => one.state === 'runs' || one.state === 'unknown')
  return [
    ...own,
    ...answer.next.flatMap((one) => (one.explanation === undefined ? [] : everyWorkflow(one.explanation))),
  ]
}

function sorted(names: string[]): string[] {
  return [...new Set(names)].sort()
}

function countsOf(tags: TagHistory[]): History['counts'] {
  const byReleaseWorkflows: Record<string, number> = {}
  const byChannel: Record<string, number> = {}
  for (const { releaseWorkflows, channels } of tags) {
    byReleaseWorkflows[releaseWorkflows.length] = (byReleaseWorkflows[releaseWorkflows.length] ?? 0) + 1
    for (const channel of channels) byChannel[channel] = (byChannel[channel] ?? 0) + 1
  }
  const withInvalid = tags.filter((one) => one.invalid.length > 0).length
  return { tags: tags.length, byReleaseWorkflows, withInvalid, byChannel }
}
