import { planCommand as plan } from '../commands/plan.ts'
import { ExitCode } from '../core/errors.ts'
import type { Plan } from '../plan/plan.ts'
import { formatDiagnostic } from '../report/diagnostic.ts'
import { table, type Paint } from '../report/text.ts'
import { outsideOf } from '../release/outside.ts'
import type { Context } from './context.ts'
import { httpOf } from './http.ts'

export interface PlanCliOptions {
  config?: string | undefined
  snapshot?: true | undefined
}

/** `tagonce plan`: everything a release would make and publish. Exit 1 when it could not be carried out. */
export async function planCommand(context: Context, options: PlanCliOptions): Promise<ExitCode> {
  const { plan: planned } = await plan({
    root: context.root,
    env: context.env,
    outside: outsideOf(httpOf(context), context.env),
    signal: context.signal,
    snapshot: options.snapshot === true,
    ...(options.config === undefined ? {} : { config: options.config }),
  })
  const failed = planned.diagnostics.some((one) => one.severity === 'error')
  if (context.reporter.json) context.reporter.print(JSON.stringify({ type: 'plan', plan: planned }, null, 2))
  else {
    context.reporter.print(planLines(planned, context.reporter.paint, context.reporter.columns).join('\n'))
    for (const one of planned.diagnostics)
      context.reporter.complain(formatDiagnostic(one, context.root, context.reporter.paint))
  }
  return failed ? ExitCode.failed : ExitCode.ok
}

/** The plan as tables: what is built, what is packed, where it is published. */
export function planLines(plan: Plan, paint: Paint, width: number): string[] {
  const { source, hub } = plan
  const lines = [
    `${paint.bold(plan.project)} ${plan.version}  tag ${source.tag}  commit ${source.shortCommit}${source.dirty ? paint.yellow('  (dirty)') : ''}`,
  ]
  const part = (title: string, rows: string[][]): void => {
    if (rows.length > 0)
      lines.push(
        '',
        paint.bold(title),
        ...table(
          rows.map((row) => ['', ...row]),
          width,
        ),
      )
  }
  part(
    'build',
    plan.binaries.map((one) => [one.platform.target, `${one.name}${one.ext}`, one.path]),
  )
  part('pack', [
    ...plan.archives.map((one) => [one.format, one.platform?.target ?? '', one.name]),
    ...plan.uploads.map((one) => [one.kind, one.platform?.target ?? '', one.name]),
    ...(plan.checksums === null ? [] : [['checksums', '', plan.checksums.name]]),
  ])
  part('hub', [[hub.disabled ?? `${hub.download}/${hub.owner}/${hub.repo}/releases/tag/${source.tag}`]])
  for (const spoke of plan.spokes) {
    part(
      `spoke ${spoke.spoke}: ${spoke.entry}`,
      spoke.skip === undefined
        ? spoke.units.map((unit) => [unit.pointer === undefined ? 'unit' : 'pointer', unit.id, unit.address])
        : [[paint.yellow(`skipped: ${spoke.skip}`)]],
    )
  }
  return lines
}
