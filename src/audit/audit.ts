import { tempFolder } from '../core/temp.ts'
import { gitIn } from '../external/git.ts'
import { channelFeeds } from './channels/channels.ts'
import type { ChannelFeed } from './channels/feed.ts'
import { explain, type ExplainInput } from './explain/explain.ts'
import type { Explanation, Finding, Occurrence } from './model.ts'
import { commitOf, openRepository, type OpenRepository } from './repository/facts.ts'
import { gitFacts, nextTag } from './repository/git-facts.ts'
import { goPackages } from './repository/go-packages.ts'
import { plannedFor } from './repository/planned.ts'
import { isAnyText, snapshotAt, worktree } from './repository/snapshot.ts'
import { workflowsOf } from './repository/workflows.ts'
import type { AuditInput } from './rules/rule.ts'
import { RULES } from './rules/rules.ts'
import { applySilences } from './rules/silence.ts'

export interface AuditOptions {
  /** A folder of the repository. */
  root: string
  env: Record<string, string | undefined>
  signal: AbortSignal
  /** The tag that would be pushed; the next patch version unless set. */
  tag?: string
  /** Audit this commit instead of the working tree. */
  commit?: string
  /** Workflows that GitHub has disabled: path → state. */
  disabled?: Record<string, string>
}

/** The whole answer of the audit. */
export interface Audit {
  findings: Finding[]
  /** What the push of the next version tag runs. */
  onTag: Explanation
  channels: ChannelFeed[]
  input: AuditInput
}

/**
 * Reads a repository and holds every rule against it. Only reads. Throws `source` where there is no repository.
 * @example (await auditRepository({ root: '/repo', env: process.env, signal })).findings
 */
export async function auditRepository(options: AuditOptions): Promise<Audit> {
  const repository = await openRepository(options.root, options.env, options.signal)
  const input = await auditInput(repository, options)
  const known = RULES.map((rule) => rule.id)
  const findings = applySilences(
    RULES.flatMap((rule) => rule.check(input)),
    input.snapshot,
    known,
  )
  return { findings, onTag: input.onTag, channels: input.channels, input }
}

async function auditInput(repository: OpenRepository, options: AuditOptions): Promise<AuditInput> {
  const { git, top } = repository
  const { env, signal } = options
  const commit = await commitOf(git, options.commit ?? 'HEAD')
  const snapshot =
    options.commit === undefined
      ? await worktree(top, git)
      : await snapshotAt(top, git, commit, isAnyText, new Map(), env)
  const [workflows, facts] = await Promise.all([workflowsOf(snapshot), gitFacts(git, commit, repository.shallow)])
  const tag = options.tag ?? nextTag(facts.tags)
  const about: ExplainInput = {
    workflows,
    snapshot,
    facts: repository.facts,
    ...(options.disabled === undefined ? {} : { disabled: options.disabled }),
  }
  const happened: Occurrence = {
    event: 'push',
    ref: `refs/tags/${tag}`,
    commit,
    commitMessage: facts.headMessage,
    actor: 'user',
  }
  const remote = (await git.ask(['config', '--get', 'remote.origin.url'])) ?? ''
  await using folder = options.commit === undefined ? undefined : await checkout(top, commit, options)
  const config = await plannedFor(folder?.path ?? top, tag, env, signal, remote)
  const root = folder?.path ?? top
  const packages = config === undefined ? undefined : await goPackages(root, config.plan, env, signal)
  const input = {
    top,
    tag,
    snapshot,
    workflows,
    facts: repository.facts,
    onTag: explain(happened, about),
    onRelease: explain({ ...happened, event: 'release', action: 'published' }, about),
    onDispatch: explain({ ...happened, event: 'workflow_dispatch' }, about),
    git: facts,
    ...(config === undefined ? {} : { config }),
    ...(packages === undefined ? {} : { goPackages: packages }),
  }
  return { ...input, channels: channelFeeds(input) }
}

/** The files of a commit in a folder of their own, for what reads from disk: the config loader and Go. */
async function checkout(top: string, commit: string, options: AuditOptions): ReturnType<typeof tempFolder> {
  const folder = await tempFolder('audit')
  const outer = gitIn(top, options.env, options.signal)
  await outer.run(['clone', '-q', '--shared', '--no-checkout', top, folder.path])
  await gitIn(folder.path, options.env, options.signal).run(['checkout', '-q', '--detach', commit])
  return folder
}
