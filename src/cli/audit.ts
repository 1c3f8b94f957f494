import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Audit } from '../audit/audit.ts'
import type { ChannelFeed } from '../audit/channels/feed.ts'
import type { Finding } from '../audit/model.ts'
import { toSarif } from '../audit/rules/sarif.ts'
import { auditCommand as audit, auditFails } from '../commands/audit.ts'
import { ExitCode } from '../core/errors.ts'
import { formatDiagnostic } from '../report/diagnostic.ts'
import { type Paint, table } from '../report/text.ts'
import { VERSION } from '../version.ts'
import type { Context } from './context.ts'

export interface AuditCliOptions {
  tag?: string | undefined
  commit?: string | undefined
  /** A file, or true for standard output. */
  sarif?: string | true | undefined
}

/** `tagonce audit`: every rule, and where each channel gets its bytes. Exit 1 when there is an error. */
export async function auditCommand(context: Context, options: AuditCliOptions): Promise<ExitCode> {
  const { root, env, signal, reporter } = context
  const { tag, commit } = options
  const answer = await audit({
    root,
    env,
    signal,
    ...(tag === undefined ? {} : { tag }),
    ...(commit === undefined ? {} : { commit }),
  })
  const exit = auditFails(answer) ? ExitCode.failed : ExitCode.ok
  if (options.sarif !== undefined) {
    const text = `${JSON.stringify(toSarif(answer.findings, VERSION), null, 2)}\n`
    if (options.sarif === true) reporter.print(text)
    else await writeFile(resolve(root, options.sarif), text)
    if (options.sarif === true) return exit
  }
  const { findings, channels, input } = answer
  if (reporter.json) {
    reporter.print(JSON.stringify({ type: 'audit', tag: input.tag, findings, channels }, null, 2))
    return exit
  }
  if (env['GITHUB_ACTIONS'] === 'true') annotate(context, findings)
  reporter.print(auditLines(answer, answer.input.top, reporter.paint, reporter.columns).join('\n'))
  return exit

  /** The events' reporter turns diagnostics into GitHub's annotations. */
  function annotate({ events }: Pick<Context, 'events'>, all: Finding[]): void {
    for (const { severity, rule, message, where, mend, silenced } of all) {
      if (silenced !== undefined) continue
      events.emit({ type: 'diagnostic', at: Date.now(), diagnostic: { severity, code: rule, message, where, mend } })
    }
  }
}

const ORDER: Finding['severity'][] = ['error', 'warning', 'info']

/** The findings, worst first, then the channels. */
export function auditLines(answer: Audit, root: string, paint: Paint, width: number): string[] {
  const { findings, channels, input } = answer
  const open = findings.filter((one) => one.silenced === undefined)
  const lines = ORDER.flatMap((severity) =>
    open.filter((one) => one.severity === severity).flatMap((one) => [...findingLines(one, root, paint), '']),
  )
  if (channels.length > 0)
    lines.push(paint.bold('where each channel gets its bytes'), ...channelLines(channels, paint, width), '')
  const count = (severity: Finding['severity']): number => open.filter((one) => one.severity === severity).length
  const silenced = findings.length - open.length
  const [errors, warnings, infos] = [count('error'), count('warning'), count('info')]
  lines.push(
    `${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${infos} to know${silenced === 0 ? '' : `, ${silenced} silenced`}; looked at the push of ${input.tag}`,
  )
  return lines
}

function findingLines(one: Finding, root: string, paint: Paint): string[] {
  const { severity, rule, message, where, mend } = one
  const [first = '', ...rest] = formatDiagnostic({ severity, code: rule, message, where, mend }, root, paint)
  const evidence = one.evidence.map(({ text, where: at }) =>
    paint.dim(`    ${at === undefined ? '' : `${at.file}:${at.line}:${at.column}  `}${text}`),
  )
  return [first, ...evidence, ...rest]
}

function channelLines(channels: ChannelFeed[], paint: Paint, width: number): string[] {
  const colour = (state: ChannelFeed['state']): string => (state === 'hub-fed' ? paint.green(state) : paint.red(state))
  return channels.flatMap((one) => [
    ...table([['', colour(one.state), one.channel, one.name ?? '', one.reason]], width),
    ...one.files.map(
      (file) =>
        `      ${file.planned === file.wanted ? paint.green('=') : paint.red('≠')} ${file.key === '' ? '' : `${file.key}: `}${file.wanted} ${paint.dim(file.planned === file.wanted ? '' : `planned: ${file.planned ?? 'nothing'}`)}`,
    ),
  ])
}
