import { LOCK_FILE, fanOutRegressions, readLock } from '../audit/clean/lock.ts'
import { auditRepository } from '../audit/audit.ts'
import { metricRows } from '../audit/metrics/metrics.ts'
import { cleanCommand as clean, lockCommand, type Cleaned } from '../commands/clean.ts'
import { ExitCode } from '../core/errors.ts'
import { formatDiagnostic } from '../report/diagnostic.ts'
import { table, type Paint } from '../report/text.ts'
import type { Context } from './context.ts'
import { githubOf, hasGitHubToken } from './github.ts'

export interface CleanCliOptions {
  apply?: true | undefined
  keep?: string | undefined
  also?: string[] | undefined
  allowLoss?: string[] | undefined
  runs?: string[] | undefined
  github?: true | undefined
  lock?: true | undefined
}

/** `tagonce clean`: prints the plan as a diff, or carries it out; exit 1 when it is refused. */
export async function cleanCommand(context: Context, options: CleanCliOptions): Promise<ExitCode> {
  const { root, env, signal, reporter, events } = context
  if (options.lock === true) {
    const { file, changed } = await lockCommand({ root, env, signal })
    if (reporter.json) reporter.print(JSON.stringify({ file, changed }))
    else reporter.print(changed ? `${file} is written; commit it` : `${file} is as it was`)
    return ExitCode.ok
  }
  const withToken = hasGitHubToken(context)
  const cleaned = await events.task(options.apply === true ? 'clean' : 'clean: plan', (task) =>
    clean({
      root,
      env,
      signal,
      also: options.also ?? [],
      allowLoss: options.allowLoss ?? [],
      apply: options.apply === true,
      runs: options.runs ?? [],
      ...(options.keep === undefined ? {} : { keep: options.keep }),
      ...(options.github === true ? { runsFrom: githubOf(context, { anonymous: true }) } : {}),
      ...(withToken && options.apply === true ? { github: githubOf(context, { anonymous: false }) } : {}),
      onStep: (step) => task.log(step),
    }),
  )
  if (reporter.json) reporter.print(JSON.stringify(cleaned, null, 2))
  else reporter.print(lines(cleaned, context, withToken).join('\n'))
  return cleaned.plan.problems.some((one) => one.severity === 'error') ? ExitCode.failed : ExitCode.ok
}

function lines(cleaned: Cleaned, context: Context, withToken: boolean): string[] {
  const { plan, diff, applied, undone, disabled } = cleaned
  const { paint, columns } = context.reporter
  const out: string[] = []
  if (undone) out.push(paint.yellow('an earlier clean had been interrupted; it was undone first'), '')
  if (plan.survivor !== undefined)
    out.push(`${paint.green('stays')}    ${plan.survivor.path}: ${plan.survivor.because}`)
  for (const one of plan.archived)
    out.push(`${paint.red('goes')}     ${one.from} → ${one.to}`, paint.dim(`         ${one.why}`))
  for (const one of plan.reported) {
    out.push(`${paint.yellow('look at')}  ${one.path}${one.line === undefined ? '' : `:${one.line}`}: ${one.what}`)
  }
  out.push(
    '',
    ...table(
      plan.channels.map((one) => [one.channel, one.fate, one.reason]),
      columns,
    ),
  )
  out.push(
    '',
    ...table(
      metricRows(plan.metrics).filter((row) => !row.slice(1).every((cell) => cell === '–')),
      columns,
    ),
    '',
  )
  if (!applied)
    out.push(
      ...diff
        .trimEnd()
        .split('\n')
        .map((line) => coloured(line, paint)),
      '',
    )
  for (const one of plan.problems) out.push(...formatDiagnostic(one, context.root, paint), '')
  for (const [path, answer] of Object.entries(disabled ?? {})) out.push(`on GitHub: ${path}: ${answer}`)
  if (plan.problems.some((one) => one.severity === 'error')) out.push(`${paint.red('✖')} the plan is refused`)
  else if (!applied) out.push('nothing was changed; carry it out with `tagonce clean --apply`')
  else {
    out.push('done; look at `git status`, then commit')
    if (!withToken && plan.archived.length > 0) {
      out.push(
        'old commits still hold the archived workflows: with GITHUB_TOKEN set, `tagonce clean --apply` disables them on GitHub',
      )
    }
  }
  return out
}

function coloured(line: string, paint: Paint): string {
  if (line.startsWith('+')) return paint.green(line)
  if (line.startsWith('-')) return paint.red(line)
  return line.startsWith('@@') ? paint.cyan(line) : line.startsWith('diff ') ? paint.bold(line) : line
}

/** `tagonce audit --locked`: exit 1 when something else fires than the lock holds. */
export async function lockedCommand(context: Context): Promise<ExitCode> {
  const { root, env, signal, reporter } = context
  const { input } = await auditRepository({ root, env, signal })
  const findings = fanOutRegressions(readLock(input.snapshot.read(LOCK_FILE)), input)
  if (reporter.json) reporter.print(JSON.stringify({ findings }, null, 2))
  else if (findings.length === 0) reporter.print(`${LOCK_FILE} holds: ${input.tag} fires what it allows`)
  for (const { rule, severity, message, where, mend } of reporter.json ? [] : findings) {
    reporter.complain([...formatDiagnostic({ code: rule, severity, message, where, mend }, root, reporter.paint), ''])
  }
  return findings.length === 0 ? ExitCode.ok : ExitCode.failed
}
