import { buildCommand as build } from '../commands/build.ts'
import { ExitCode } from '../core/errors.ts'
import type { Context } from './context.ts'

export interface BuildCliOptions {
  config?: string | undefined
  snapshot?: true | undefined
  clean?: true | undefined
  singleTarget?: true | undefined
  id?: string[] | undefined
  output?: string | undefined
  parallelism?: number | undefined
}

/** `tagonce build`: the binaries and nothing else. */
export async function buildCommand(context: Context, options: BuildCliOptions): Promise<ExitCode> {
  const { config, id, output, parallelism } = options
  const { plan, output: copied } = await context.events.task('build', async (task) => {
    const done = await build({
      root: context.root,
      env: context.env,
      signal: context.signal,
      task,
      snapshot: options.snapshot === true,
      clean: options.clean === true,
      singleTarget: options.singleTarget === true,
      ...(config === undefined ? {} : { config }),
      ...(id === undefined ? {} : { ids: id }),
      ...(output === undefined ? {} : { output }),
      ...(parallelism === undefined ? {} : { parallelism }),
    })
    task.note(`${done.plan.binaries.length} ${done.plan.binaries.length === 1 ? 'target' : 'targets'}`)
    return done
  })
  const paths = copied === undefined ? plan.binaries.map((one) => one.path) : [copied]
  context.reporter.print(context.reporter.json ? JSON.stringify({ type: 'build', paths }) : paths.join('\n'))
  return ExitCode.ok
}
