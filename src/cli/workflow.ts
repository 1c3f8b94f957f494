import { workflowCommand as workflow } from '../commands/workflow.ts'
import { ExitCode } from '../core/errors.ts'
import type { Context } from './context.ts'

export interface WorkflowCliOptions {
  check?: true | undefined
  file?: string | undefined
}

/** `tagonce workflow`: exit 1 when `--check` finds drift. */
export async function workflowCommand(context: Context, options: WorkflowCliOptions): Promise<ExitCode> {
  const { root, env, signal, reporter } = context
  const check = options.check === true
  const { file } = options
  const answer = await workflow({ root, env, signal, check, ...(file === undefined ? {} : { file }) })
  const { changed, diff, notes, path } = answer
  if (reporter.json) reporter.print(JSON.stringify(answer, null, 2))
  else {
    const out = [...(diff === '' ? [] : [diff.trimEnd(), '']), ...notes]
    if (changed.length === 0) out.push(`${path} is as the config says`)
    else if (check)
      out.push(reporter.paint.red(`drifted: ${changed.join(', ')}`), 'write them anew with `tagonce workflow`')
    else out.push(`written: ${changed.join(', ')}`)
    reporter.print(out.join('\n'))
  }
  return check && changed.length > 0 ? ExitCode.failed : ExitCode.ok
}
