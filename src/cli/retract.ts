import { retract, type Retracted, type RetractRow } from '../commands/retract.ts'
import type { ExitCode } from '../core/errors.ts'
import { table } from '../report/text.ts'
import type { Context } from './context.ts'
import { fromHub, type FromHubCliOptions } from './from-hub.ts'

export interface RetractCliOptions extends FromHubCliOptions {
  yes?: true | undefined
  final?: true | undefined
}

/** `tagonce retract [spokes…] --tag v1.2.3 [--yes [--final]]`. */
export async function retractCommand(context: Context, only: string[], options: RetractCliOptions): Promise<ExitCode> {
  const { reporter } = context
  const yes = options.yes === true
  const final = options.final === true
  const done = await fromHub(context, only, options, (asked, io) => retract({ ...asked, yes, final }, io))
  if (reporter.json) reporter.print(JSON.stringify({ type: 'retract', ...done }))
  else reporter.print(linesOf(done, reporter.columns, yes).join('\n'))
  return done.exitCode
}

function linesOf({ rows, left }: Retracted, width: number, yes: boolean): string[] {
  const steps = rows.map((row) => [row.spoke, row.entry, outcome(row), row.step.final ? 'final' : '', row.step.what])
  const rest = left.map(({ spoke, entry, why, failure }) => `${spoke} ${entry}: ${why}${mend(failure)}`)
  const failed = rows.flatMap(({ step, failure }) =>
    failure === undefined ? [] : [`${step.what}: ${failure.message}${mend(failure)}`],
  )
  const next =
    yes || rows.length === 0 ? [] : ['', 'nothing was sent: --yes carries this out, --final also what is final']
  const head = ['channel', 'name', 'outcome', '', 'step']
  return ['', ...(steps.length === 0 ? [] : table([head, ...steps], width)), ...rest, ...failed, ...next]
}

function outcome({ seen, failure }: RetractRow): string {
  if (failure !== undefined) return 'failed'
  return seen === undefined ? 'not carried out' : seen.state
}

function mend(failure: { hint?: string } | undefined): string {
  return failure?.hint === undefined ? '' : `\n  mend: ${failure.hint}`
}
