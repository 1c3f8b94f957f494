import { VERSION_TAGS } from '../audit/freeze/hook.ts'
import { installHook, removeHook, type HookState, type Thawed } from '../audit/freeze/install.ts'
import type { Finding } from '../audit/model.ts'
import { openRepository } from '../audit/repository/facts.ts'
import { TagonceError } from '../core/errors.ts'
import type { GitHub, Repository } from '../external/github.ts'
import { auditCommand } from './audit.ts'

/** Name of the ruleset on GitHub. */
const RULESET = 'tagonce freeze'

export interface FreezeOptions {
  root: string
  env: Record<string, string | undefined>
  signal: AbortSignal
  /** Absent without a token: only this clone is frozen then. */
  github?: GitHub
}

export interface Frozen {
  hook: HookState
  /** Errors that have to be mended before a version tag leaves. */
  errors: Finding[]
  /** `made`, `there already`, or why there is none. */
  ruleset: string
}

/**
 * No version tag leaves this clone while the audit has errors; with a token, nobody can make one on GitHub until `thaw`.
 * @example (await freezeCommand({ root: '/repo', env: process.env, signal })).hook.path
 */
export async function freezeCommand(options: FreezeOptions): Promise<Frozen> {
  const { root, env, signal, github } = options
  const repository = await openRepository(root, env, signal)
  const { findings } = await auditCommand({ root, env, signal })
  const errors = findings.filter((one) => one.severity === 'error' && one.silenced === undefined)
  const hook = await installHook(repository)
  return { hook, errors, ruleset: await forbid(github, placeOf(repository.facts.repository), errors.length) }
}

async function forbid(github: GitHub | undefined, at: Repository, errors: number): Promise<string> {
  if (github === undefined) return 'none: there is no token (GITHUB_TOKEN), so only this clone is frozen'
  // Unlike the hook, a ruleset does not look again: it would hold back releases that nothing is wrong with.
  if (errors === 0) return 'none: the audit has no errors'
  try {
    const rulesets = await github.rulesets.list(at)
    if (rulesets.some((one) => one.name === RULESET)) return 'there already'
    await github.rulesets.forbidTags(at, RULESET, VERSION_TAGS)
    return 'made'
  } catch (error) {
    if (!(error instanceof TagonceError) || error.code === 'interrupted') throw error
    return `none: ${error.message} (rulesets need administration:write); this clone is frozen`
  }
}

/**
 * Lifts the freeze, here and on GitHub, whatever the audit says.
 * @example (await thawCommand({ root: '/repo', env: process.env, signal })).hook // 'removed'
 */
export async function thawCommand(options: FreezeOptions): Promise<{ path: string; hook: Thawed; rulesets: number }> {
  const { root, env, signal, github } = options
  const repository = await openRepository(root, env, signal)
  const { path, hook } = await removeHook(repository)
  if (github === undefined) return { path, hook, rulesets: 0 }
  const at = placeOf(repository.facts.repository)
  const ours = (await github.rulesets.list(at)).filter((one) => one.name === RULESET)
  for (const { id } of ours) await github.rulesets.remove(at, id)
  return { path, hook, rulesets: ours.length }
}

function placeOf(repository: string): Repository {
  const [owner = '', repo = ''] = repository.split('/')
  return { owner, repo }
}
