import { buildCommand as build } from '../commands/build.ts'
import { ExitCode } from '../core/errors.ts'
import { createHttp } from '../external/http.ts'
import { VERSION } from '../version.ts'
import type { Context } from './context.ts'
import { withDeadline } from './deadline.ts'
import { buildSkips } from './skips.ts'
import { isSnapshot } from './snapshot.ts'

export interface BuildCliOptions {
  config?: string | undefined
  snapshot?: true | undefined
  autoSnapshot?: true | undefined
  clean?: true | undefined
  singleTarget?: true | undefined
  id?: string[] | undefined
  output?: string | undefined
  skip?: string[] | undefined
  parallelism?: number | undefined
  /** Milliseconds. */
  timeout?: number | undefined
}

/** `tagonce build`: the binaries and nothing else. */
export function buildCommand(context: Context, options: BuildCliOptions): Promise<ExitCode> {
  return withDeadline(context, 'build', options.timeout, (limited) => buildWithin(limited, options))
}

async function buildWithin(context: Context, options: BuildCliOptions): Promise<ExitCode> {
  const { config, id, output, parallelism = 0 } = options
  const { root, env, signal, events, reporter } = context
  const snapshot = await isSnapshot(context, options)
  const skip = buildSkips(options.skip ?? [])
  const { plan, output: copied } = await events.task('build', async (task) => {
    const done = await build({
      root,
      env,
      signal,
      task,
      http: createHttp({ routes: {}, signal, events, userAgent: `tagonce/${VERSION}` }),
      snapshot,
      skip,
      clean: options.clean === true,
      singleTarget: options.singleTarget === true,
      ...(config === undefined ? {} : { config }),
      ...(id === undefined ? {} : { ids: id }),
      ...(output === undefined ? {} : { output }),
      ...(parallelism === 0 ? {} : { parallelism }),
    })
    for (const one of done.notes) events.diagnostic(one)
    task.note(`${done.plan.binaries.length} ${done.plan.binaries.length === 1 ? 'target' : 'targets'}`)
    return done
  })
  const paths = copied === undefined ? plan.binaries.map((one) => one.path) : [copied]
  reporter.print(reporter.json ? JSON.stringify({ type: 'build', paths }) : paths.join('\n'))
  return ExitCode.ok
}
