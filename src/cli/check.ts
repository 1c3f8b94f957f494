import { check } from '../commands/check.ts'
import type { ExitCode } from '../core/errors.ts'
import { formatDiagnostic } from '../report/diagnostic.ts'
import type { Context } from './context.ts'
import type { Outside } from '../config/outside.ts'

/** The HTTP client takes longer to load than a config to be read; few configs need it. */
function lateOutside(context: Context): Outside {
  let made: Promise<Outside> | undefined
  const make = async (): Promise<Outside> => {
    const [{ outsideOf }, { httpOf }] = await Promise.all([import('../release/outside.ts'), import('./http.ts')])
    return outsideOf(httpOf(context), context.env)
  }
  return {
    env: context.env,
    read: async (url, headers) => {
      made ??= make()
      return (await made).read(url, headers)
    },
  }
}

/** `tagonce check`: exit 0 valid, 2 valid but deprecated, 1 invalid. */
export async function checkCommand(
  context: Context,
  files: string[],
  options: { config?: string | undefined; fix?: true | undefined },
): Promise<ExitCode> {
  const named = options.config === undefined ? files : [options.config, ...files]
  const { results, exitCode } = await check({
    root: context.root,
    fix: options.fix === true,
    outside: lateOutside(context),
    env: context.env,
    signal: context.signal,
    ...(named.length === 0 ? {} : { files: named }),
  })
  const { reporter } = context
  if (reporter.json) reporter.print(JSON.stringify({ type: 'check', results, exitCode }, null, 2))
  else {
    for (const { file, state, diagnostics, fixed = [] } of results) {
      for (const line of fixed) reporter.print(`${file}: ${line}`)
      for (const one of diagnostics) reporter.complain([...formatDiagnostic(one, context.root, reporter.paint), ''])
      const word = {
        valid: reporter.paint.green('valid'),
        deprecated: reporter.paint.yellow('valid, but uses deprecated keys'),
        invalid: reporter.paint.red('invalid'),
      }[state]
      reporter.print(`${file}: ${word}`)
    }
  }
  return exitCode
}
