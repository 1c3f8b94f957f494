import { redact } from '../../core/secrets.ts'
import { metricRows, type Metrics } from '../metrics/metrics.ts'
import type { History } from './history.ts'
import type { RunReport } from './runs.ts'

const COLOUR = { none: '#9aa0a6', one: '#1a7f4b', many: '#c53030', invalid: '#b7791f' }

/**
 * A page of its own, without scripts or anything from outside: a bar for each tag, the metrics, every tag, every change.
 * @example await writeFile('history.html', historyPage(history, metrics))
 */
export function historyPage(history: History & { runs?: RunReport }, metrics: Metrics): string {
  const { repository, tags, changes, runs, missing } = history
  const rows = tags.toReversed().map((one) => {
    const ran = runs?.compared.find(({ tag }) => tag === one.tag)
    const results = ran?.ran.map(({ workflow, conclusion }) => `${short(workflow)}: ${conclusion ?? 'runs'}`)
    return [
      one.tag,
      one.date.slice(0, 10),
      one.releaseWorkflows.map(short).join(', '),
      one.invalid.map(short).join(', '),
      one.channels.join(', '),
      ...(runs === undefined ? [] : [results?.join(', ') ?? 'no run on record']),
    ]
  })
  const head = ['tag', 'date', 'workflows that release', 'refused files', 'channels']
  const changed = changes
    .toReversed()
    .map((one) => [
      one.commit.slice(0, 7),
      one.date.slice(0, 10),
      one.subject,
      `${one.before.length} → ${one.after.length}`,
      one.remark ?? '',
    ])
  return redact(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What each tag of ${escape(repository)} fired</title>
<style>${STYLE}</style>
<h1>What each tag of ${escape(repository)} fired</h1>
${missing.map((one) => `<p>${escape(one)}</p>`).join('\n')}
${historyChart(history)}
<p><b style="color:${COLOUR.one}">■</b> one workflow releases <b style="color:${COLOUR.many}">■</b> several do <b style="color:${COLOUR.none}">■</b> none does <b style="color:${COLOUR.invalid}">●</b> files that GitHub refuses</p>
<h2>Before and after</h2>
${table(metricRows(metrics))}
${runs === undefined ? '' : records(runs)}
<h2>Tags</h2>
${table([runs === undefined ? head : [...head, 'what ran'], ...rows])}
<h2>Commits that touched workflows</h2>
${table([['commit', 'date', 'subject', 'workflows per tag', ''], ...changed])}
</html>
`)
}

/** A bar for each tag, as high as it has release workflows. */
export function historyChart({ tags }: Pick<History, 'tags'>): string {
  const most = Math.max(1, ...tags.map((one) => one.releaseWorkflows.length))
  const step = Math.max(6, Math.min(40, Math.floor(920 / Math.max(1, tags.length))))
  const width = 60 + step * tags.length
  const y = (count: number): number => 210 - Math.round((count / most) * 180)
  const lines = Array.from({ length: most + 1 }, (_, count) => {
    const text = `<text x="30" y="${y(count) + 4}" text-anchor="end">${count}</text>`
    return `<line x1="36" y1="${y(count)}" x2="${width}" y2="${y(count)}" stroke="#d0d7de"/>${text}`
  })
  const bars = tags.map((one, at) => {
    const count = one.releaseWorkflows.length
    const colour = count === 0 ? COLOUR.none : count === 1 ? COLOUR.one : COLOUR.many
    const x = 40 + at * step
    // A tag that fires nothing still shows.
    const top = count === 0 ? 207 : y(count)
    const dot =
      one.invalid.length === 0
        ? ''
        : `<circle cx="${x + Math.round((step - 2) / 2)}" cy="${Math.max(8, top - 7)}" r="3" fill="${COLOUR.invalid}"/>`
    const title = `${one.tag}: ${count} ${count === 1 ? 'workflow' : 'workflows'}${one.invalid.length > 0 ? `, ${one.invalid.length} refused` : ''}`
    const name =
      step >= 14
        ? `<text class="tag" transform="translate(${x + step / 2} 220) rotate(60)">${escape(one.tag)}</text>`
        : ''
    return `<g><title>${escape(title)}</title><rect x="${x}" y="${top}" width="${step - 2}" height="${210 - top}" fill="${colour}"/>${dot}${name}</g>`
  })
  return `<svg viewBox="0 0 ${width + 40} 290" width="${width + 40}" role="img" aria-label="workflows that release, by tag">
${lines.join('\n')}
${bars.join('\n')}
</svg>`
}

function records(runs: RunReport): string {
  const rows = runs.records.map((one) => [
    short(one.workflow),
    String(one.runs),
    `${Math.round((one.succeeded / one.runs) * 100)} %`,
    one.lastSuccess?.tag ?? 'never',
  ])
  const delivered = runs.delivered.map((one) => [one.channel, short(one.workflow), one.tag, one.at.slice(0, 10)])
  return `<h2>Runs on tags</h2>
${table([['workflow', 'runs', 'succeeded', 'last success'], ...rows])}
<h2>Who last delivered each channel</h2>
${table([['channel', 'workflow', 'tag', 'date'], ...delivered])}`
}

function table(rows: string[][]): string {
  const cells = (row: string[], kind: string): string =>
    `<tr>${row.map((cell) => `<${kind}>${escape(cell)}</${kind}>`).join('')}</tr>`
  return `<table>${rows.map((row, at) => cells(row, at === 0 ? 'th' : 'td')).join('\n')}</table>`
}

function short(path: string): string {
  return path.replace('.github/workflows/', '')
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:1040px;margin:2em auto;padding:0 1em;color:#1f2328}
svg{max-width:100%;height:auto}text{font:11px system-ui,sans-serif;fill:#57606a}.tag{font-size:10px}
table{border-collapse:collapse;width:100%;font-size:13px}td,th{border-bottom:1px solid #d0d7de;padding:.4em .6em;text-align:left;vertical-align:top;overflow-wrap:anywhere}`
