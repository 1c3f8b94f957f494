import { changelogCommand as changelog } from '../commands/changelog.ts'
import { ExitCode, TagonceError } from '../core/errors.ts'
import { createHttp } from '../external/http.ts'
import { VERSION } from '../version.ts'
import type { Context } from './context.ts'

export interface ChangelogCliOptions {
  config?: string | undefined
  use?: string | undefined
}

const SOURCES = ['git', 'github', 'github-native'] as const

/** `tagonce changelog`: what the next release would tell. */
export async function changelogCommand(context: Context, options: ChangelogCliOptions): Promise<ExitCode> {
  const { root, env, events, signal, reporter } = context
  const use = SOURCES.find((one) => one === options.use)
  if (options.use !== undefined && use === undefined) {
    throw new TagonceError('usage', `--use ${options.use} is not known`, { hint: `it can be ${SOURCES.join(', ')}` })
  }
  const text = await changelog({
    root,
    env,
    signal,
    http: createHttp({ routes: {}, signal, events, userAgent: `tagonce/${VERSION}` }),
    warn: (diagnostic) => events.diagnostic(diagnostic),
    ...(use === undefined ? {} : { use }),
    ...(options.config === undefined ? {} : { config: options.config }),
  })
  reporter.print(reporter.json ? JSON.stringify({ type: 'changelog', text }) : text)
  return ExitCode.ok
}
