import type { Report } from '../converge/report.ts'
import { stateOf } from '../release/report.ts'
import { table, type Paint } from '../report/text.ts'
import type { ExitCode } from '../core/errors.ts'
import type { State } from '../core/states.ts'
import type { Context } from './context.ts'

/** Prints a report, as a table or as one JSON object. */
export function reportOn({ reporter }: Context, type: string, report: Report): ExitCode {
  if (reporter.json) reporter.print(JSON.stringify({ type, report }))
  else reporter.print(['', ...channelLines(report, reporter.paint, reporter.columns)].join('\n'))
  return report.exitCode
}

/** The table of channels at the end: each with its state, what was done, and the evidence. */
export function channelLines(
  report: Report,
  paint: Paint,
  width: number,
  proofs: Record<string, string> = {},
): string[] {
  const rows = report.channels.map((channel) => {
    const state = stateOf(channel)
    const done = [...new Set(channel.units.flatMap((unit) => unit.actions))].filter((one) => one !== 'nothing to do')
    const key = `${channel.spoke} ${channel.entry}`
    return [
      channel.spoke,
      channel.entry,
      colour(state, paint),
      done.join(', ') || (channel.units.some((unit) => unit.actions.length > 0) ? 'nothing to do' : ''),
      proofs[key] ?? why(channel) ?? '',
    ]
  })
  const hub = [
    'hub',
    report.hub.address.replace(/^https:\/\/[^/]+\//, '').replace(/\/releases\/.*$/, ''),
    colour(report.hub.state, paint),
    '',
    report.hub.evidence[0]?.what ?? report.hub.reason ?? '',
  ]
  const head = ['channel', 'name', 'state', 'done', 'evidence'].map((one) => paint.bold(one))
  const problems = report.channels.flatMap((channel) => [
    ...(channel.failure === undefined
      ? []
      : [`${channel.spoke} ${channel.entry}: ${channel.failure.message}${hint(channel.failure)}`]),
    ...channel.units.flatMap((unit) => {
      const { state, reason } = unit.observation
      if (state === 'live' || state === 'superseded') return []
      const text =
        unit.failure === undefined
          ? (reason ?? unit.observation.evidence[0]?.what ?? 'nothing is told')
          : `${unit.failure.message}${hint(unit.failure)}`
      return [`${unit.id}: ${state}: ${text}`]
    }),
  ])
  return [...table([head, hub, ...rows], width), ...(problems.length === 0 ? [] : ['', ...problems])]
}

function hint(failure: { hint?: string }): string {
  return failure.hint === undefined ? '' : `\n  mend: ${failure.hint}`
}

function why(channel: Report['channels'][number]): string | undefined {
  if (channel.skip !== undefined) return channel.skip
  const unit = channel.units.find((one) => one.observation.state !== 'live') ?? channel.units[0]
  return unit?.observation.reason ?? unit?.observation.evidence[0]?.what
}

function colour(state: State | 'skipped', paint: Paint): string {
  if (state === 'live' || state === 'superseded') return paint.green(state)
  if (state === 'mismatch' || state === 'blocked' || state === 'unknown' || state === 'absent') return paint.red(state)
  return paint.yellow(state)
}
