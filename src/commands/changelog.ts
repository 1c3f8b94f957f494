import { writeChangelog } from '../changelog/write.ts'
import { credentialsOf } from '../core/credentials.ts'
import { type Diagnostic, throwIfErrors } from '../core/errors.ts'
import { gitIn } from '../external/git.ts'
import { createGitHub } from '../external/github.ts'
import type { Http } from '../external/http.ts'
import { openPlan } from '../plan/open.ts'
import { outsideOf } from '../release/outside.ts'

export interface ChangelogOptions {
  root: string
  config?: string
  /** `git`, `github` or `github-native`, whatever the config says. */
  use?: 'git' | 'github' | 'github-native'
  env: Record<string, string | undefined>
  http: Http
  signal: AbortSignal
  warn: (diagnostic: Diagnostic) => void
}

/**
 * The changelog as the next release would have it: from the last tag to HEAD, or, where HEAD is tagged, that of the tag.
 * @example await changelogCommand({ root, env: process.env, http, signal, warn })
 */
export async function changelogCommand(options: ChangelogOptions): Promise<string> {
  const { root, env, http, signal, warn } = options
  const { plan, loaded, late } = await openPlan({
    root,
    env,
    outside: outsideOf(http, env),
    signal,
    snapshot: true,
    skip: new Set(['publish', 'archive', 'before', 'sign', 'sbom']),
    ...(options.config === undefined ? {} : { config: options.config }),
  })
  throwIfErrors('config', 'the changelog cannot be made', loaded.diagnostics)
  const { source, hub } = plan
  const isTagged = source.tagCommit === source.commit && source.commit !== ''
  const credentials = credentialsOf(env)
  const { owner, repo, api, upload, tokenEnv } = hub
  return writeChangelog({
    config: { ...loaded.config.changelog, ...(options.use === undefined ? {} : { use: options.use }) },
    previous: isTagged ? source.previousTag : source.tagFrom === 'none' ? '' : source.tag,
    current: isTagged ? source.tag : 'HEAD',
    git: gitIn(root, env, signal),
    late,
    repository: { owner, repo },
    github: () =>
      createGitHub({ http, api, upload, ...(credentials.has(tokenEnv) ? { token: credentials.get(tokenEnv) } : {}) }),
    warn,
  })
}
