import { explain, runsOnDefault } from '../audit/explain/explain.ts'
import type { Explanation, Occurrence } from '../audit/model.ts'
import { commitOf, openRepository } from '../audit/repository/facts.ts'
import { type Blobs, isAnyText, type Snapshot, snapshotAt } from '../audit/repository/snapshot.ts'
import { workflowsOf } from '../audit/repository/workflows.ts'
import { TagonceError } from '../core/errors.ts'
import type { Git } from '../external/git.ts'

export interface ExplainOptions {
  root: string
  /** The tag that would be pushed. */
  tag?: string
  /** The commit whose files count; HEAD, or the tag's own commit when the tag exists. */
  commit?: string
  /** `push` by default; `release`, `workflow_dispatch`, `schedule`, … */
  event?: string
  /** A branch instead of a tag. */
  branch?: string
  env: Record<string, string | undefined>
  signal: AbortSignal
}

/**
 * What runs when this happens, and what that does.
 * @example await explainCommand({ root: '/repo', tag: 'v2.0.1', env: process.env, signal })
 */
export async function explainCommand(options: ExplainOptions): Promise<Explanation> {
  const { tag, branch } = options
  if (tag === undefined && branch === undefined && !runsOnDefault(options.event ?? 'push'))
    throw new TagonceError('usage', 'name a tag, or a branch with --branch')
  const { git, top, facts } = await openRepository(options.root, options.env, options.signal)
  const event = options.event ?? 'push'
  const fromDefault = runsOnDefault(event)
  const [known, tip] = await Promise.all([
    tag === undefined ? undefined : git.ask(['rev-parse', '--verify', '--quiet', `refs/tags/${tag}^{commit}`]),
    defaultTip(git, facts.defaultBranch),
  ])
  const named = options.commit ?? (fromDefault ? tip : undefined) ?? known ?? branch ?? 'HEAD'
  const commit = await commitOf(git, named)
  const blobs: Blobs = new Map()
  const read = (at: string): Promise<Snapshot> => snapshotAt(top, git, at, isAnyText, blobs, options.env)
  const [snapshot, message] = await Promise.all([read(commit), git.ask(['log', '-1', '--format=%B', commit])])
  const workflows = await workflowsOf(snapshot)
  const occurrence: Occurrence = {
    event,
    ref: fromDefault
      ? `refs/heads/${facts.defaultBranch}`
      : tag === undefined
        ? `refs/heads/${branch ?? ''}`
        : `refs/tags/${tag}`,
    commit,
    commitMessage: message ?? '',
    actor: 'user',
    ...(event === 'release' ? { action: 'published' } : {}),
  }
  const input = { workflows, snapshot, facts }
  if (tip === undefined || tip === commit) return explain(occurrence, input)
  const there = await read(tip)
  return explain(occurrence, {
    ...input,
    onDefault: { commit: tip, snapshot: there, workflows: await workflowsOf(there) },
  })
}

/** The newest commit of the default branch: what the remote has, else what is here. */
async function defaultTip(git: Git, branch: string): Promise<string | undefined> {
  for (const ref of [`refs/remotes/origin/${branch}`, `refs/heads/${branch}`]) {
    const commit = await git.ask(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`])
    if (commit !== undefined) return commit
  }
  return undefined
}
