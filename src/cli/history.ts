import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { historyPage } from '../audit/history/page.ts'
import { metricRows } from '../audit/metrics/metrics.ts'
import { historyCommand as history, type HistoryAnswer } from '../commands/history.ts'
import { ExitCode } from '../core/errors.ts'
import { table, type Paint } from '../report/text.ts'
import type { Context } from './context.ts'
import { githubOf } from './github.ts'

export interface HistoryCliOptions {
  /** Files with answers of GitHub's runs API. */
  runs?: string[] | undefined
  /** Ask GitHub for the runs. */
  github?: true | undefined
  /** Where the page with the chart goes. */
  html?: string | undefined
}

/** `tagonce audit --history`: what every tag fired; exit 0, for the past cannot be mended. */
export async function historyCommand(context: Context, options: HistoryCliOptions): Promise<ExitCode> {
  const { root, env, signal, reporter } = context
  const answer = await history({
    root,
    env,
    signal,
    runs: options.runs ?? [],
    ...(options.github === true ? { github: githubOf(context, { anonymous: true }) } : {}),
  })
  if (options.html !== undefined) await writeFile(resolve(root, options.html), historyPage(answer, answer.metrics))
  if (reporter.json) reporter.print(JSON.stringify(answer, null, 2))
  else reporter.print(lines(answer, reporter.paint, reporter.columns).join('\n'))
  return ExitCode.ok
}

function lines(answer: HistoryAnswer, paint: Paint, columns: number): string[] {
  const { tags, changes, counts, runs, metrics, missing } = answer
  const rows = tags.map((one) => {
    const count = one.releaseWorkflows.length
    const ran = runs?.compared.find(({ tag }) => tag === one.tag)
    return [
      one.tag,
      one.date.slice(0, 10),
      count === 1 ? paint.green('1') : count === 0 ? '0' : paint.red(String(count)),
      one.channels.join(' ') || '–',
      ...(runs === undefined ? [] : [ran === undefined ? 'no run on record' : results(ran)]),
      [...one.releaseWorkflows.map(short), ...one.invalid.map((path) => `${short(path)} (refused)`)].join(', '),
    ]
  })
  const head = ['tag', 'date', 'fires', 'channels', ...(runs === undefined ? [] : ['ran']), 'workflows']
  const out = [...table([head, ...rows], columns), '']
  for (const [count, number] of Object.entries(counts.byReleaseWorkflows)) {
    out.push(
      `${number} ${number === 1 ? 'tag' : 'tags'} with ${count} release ${count === '1' ? 'workflow' : 'workflows'}`,
    )
  }
  out.push(`${counts.withInvalid} ${counts.withInvalid === 1 ? 'tag' : 'tags'} with files that GitHub refuses`, '')
  const told = changes.filter((one) => one.remark !== undefined || one.before.length !== one.after.length)
  if (told.length > 0) {
    out.push(paint.bold('commits that changed what a tag fires'))
    const list = told.map((one) => [
      one.commit.slice(0, 7),
      `${one.before.length} → ${one.after.length}`,
      one.subject.slice(0, 60),
      paint.yellow(one.remark ?? ''),
    ])
    out.push(...table(list, columns), '')
  }
  if (runs !== undefined) {
    for (const one of runs.compared) {
      if (one.missing.length > 0)
        out.push(paint.yellow(`${one.tag}: foretold, but no run: ${one.missing.map(short).join(', ')}`))
      if (one.unexpected.length > 0)
        out.push(paint.yellow(`${one.tag}: ran, but not foretold: ${one.unexpected.map(short).join(', ')}`))
    }
    const rates = runs.records.map((one) => [
      short(one.workflow),
      `${one.succeeded} of ${one.runs} runs succeeded`,
      `last on ${one.lastSuccess?.tag ?? 'no tag'}`,
    ])
    const last = runs.delivered.map((one) => [one.channel, `last delivered by ${short(one.workflow)}`, `on ${one.tag}`])
    out.push(...table([...rates, ...last], columns), '')
  }
  out.push(...table(metricRows(metrics), columns), ...missing.map((one) => paint.yellow(one)))
  return out
}

function results(ran: { ran: { conclusion: string | null }[] }): string {
  const good = ran.ran.filter((one) => one.conclusion === 'success').length
  return `${good} of ${ran.ran.length} ok`
}

function short(path: string): string {
  return path.replace('.github/workflows/', '')
}
