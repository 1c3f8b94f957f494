import { rehearse } from '../commands/rehearse.ts'
import { type ExitCode, TagonceError } from '../core/errors.ts'
import { channelLines } from './channels.ts'
import type { Context } from './context.ts'

export interface RehearseCliOptions {
  as?: string | undefined
  config?: string | undefined
  offline?: true | undefined
  folder?: string | undefined
  parallelism?: number | undefined
  skip?: string[] | undefined
}

/** `tagonce rehearse`: a table of channels, each with its state and its evidence, and the path of the report. */
export async function rehearseCommand(context: Context, options: RehearseCliOptions): Promise<ExitCode> {
  const program = process.argv[1]
  if (program === undefined) throw new TagonceError('internal', 'the path of the program is not known')
  const { as, config, folder, parallelism, skip } = options
  const done = await rehearse({
    root: context.root,
    events: context.events,
    env: context.env,
    signal: context.signal,
    offline: options.offline === true,
    program: [process.execPath, program, '__world'],
    ...(as === undefined ? {} : { as }),
    ...(config === undefined ? {} : { config }),
    ...(folder === undefined ? {} : { folder }),
    ...(parallelism === undefined ? {} : { parallelism }),
    ...(skip === undefined ? {} : { skip }),
  })
  const { reporter } = context
  if (reporter.json) {
    const { report, clients, sentAgain, page, exitCode } = done
    reporter.print(JSON.stringify({ type: 'rehearsal', report, clients, sentAgain, page, exitCode }))
    return exitCode
  }
  const proofs = Object.fromEntries(done.clients.map((one) => [`${one.spoke} ${one.entry}`, one.text]))
  const lines = ['', ...channelLines(done.report, reporter.paint, reporter.columns, proofs)]
  for (const line of done.sentAgain) lines.push(reporter.paint.red(`sent when published again: ${line}`))
  for (const line of done.clone.uncommitted) lines.push(reporter.paint.yellow(`not committed, so not in it: ${line}`))
  reporter.print([...lines, '', `report: ${done.page}`].join('\n'))
  return done.exitCode
}
