import { check } from '../commands/check.ts'
import type { ExitCode } from '../core/errors.ts'
import { formatDiagnostic } from '../report/diagnostic.ts'
import { outsideOf } from '../release/outside.ts'
import type { Context } from './context.ts'
import { httpOf } from './http.ts'

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
    outside: outsideOf(httpOf(context), context.env),
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
