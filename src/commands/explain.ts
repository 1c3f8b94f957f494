import { explain } from '../audit/explain/explain.ts'
import type { Explanation, Occurrence } from '../audit/model.ts'
import { commitOf, openRepository } from '../audit/repository/facts.ts'
import { isAnyText, snapshotAt } from '../audit/repository/snapshot.ts'
import { workflowsOf } from '../audit/repository/workflows.ts'
import { TagonceError } from '../core/errors.ts'

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
  if (tag === undefined && branch === undefined)
    throw new TagonceError('usage', 'name a tag, or a branch with --branch')
  const { git, top, facts } = await openRepository(options.root, options.env, options.signal)
  const known =
    tag === undefined ? undefined : await git.ask(['rev-parse', '--verify', '--quiet', `refs/tags/${tag}^{commit}`])
  const commit = await commitOf(git, options.commit ?? known ?? branch ?? 'HEAD')
  const snapshot = await snapshotAt(top, git, commit, isAnyText, new Map(), options.env)
  const event = options.event ?? 'push'
  const ref = tag === undefined ? `refs/heads/${branch ?? ''}` : `refs/tags/${tag}`
  // These run from the default branch, whatever the tag.
  const onDefault = event === 'schedule' || event === 'repository_dispatch'
  const occurrence: Occurrence = {
    event,
    ref: onDefault ? `refs/heads/${facts.defaultBranch}` : ref,
    commit,
    commitMessage: (await git.ask(['log', '-1', '--format=%B', commit])) ?? '',
    actor: 'user',
    ...(event === 'release' ? { action: 'published' } : {}),
  }
  return explain(occurrence, { workflows: await workflowsOf(snapshot), snapshot, facts })
}
