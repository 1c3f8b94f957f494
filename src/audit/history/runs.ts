import { z } from 'zod'
import { TagonceError } from '../../core/errors.ts'
import type { History } from './history.ts'

/** One run, as GitHub's API lists it. */
export interface Run {
  /** Path of the workflow, without the ref that GitHub may put behind it. */
  workflow: string
  /** Branch or tag. */
  ref: string
  commit: string
  event: string
  /** `success`, `failure`, `cancelled`, …; null while it runs. */
  conclusion: string | null
  /** ISO 8601. */
  at: string
  attempt: number
  url: string
  /** A run of a file that GitHub refuses bears the path as its name. */
  refused: boolean
}

const run = z.object({
  name: z.string().nullish(),
  path: z.string(),
  head_branch: z.string().nullable(),
  head_sha: z.string(),
  event: z.string(),
  conclusion: z.string().nullish(),
  created_at: z.string(),
  run_attempt: z.number().default(1),
  html_url: z.string().default(''),
})
const answer = z.object({ workflow_runs: z.array(run) })
const answers = z.union([answer, z.array(run), z.array(answer)])

/** What is read of a run in the API's JSON. */
type RunAnswer = z.input<typeof run>

/**
 * Reads answers of `GET /repos/{owner}/{repo}/actions/runs`: one answer, a list of answers (`gh api --paginate --slurp`),
 * or a list of runs. Throws `usage` where the text is neither.
 * @example readRuns(await readFile('runs.json', 'utf8'), 'runs.json')[0]?.workflow // '.github/workflows/ci.yml'
 */
export function readRuns(text: string, file: string): Run[] {
  const bad = (why: string): TagonceError =>
    new TagonceError('usage', `${file} holds no runs of GitHub: ${why}`, {
      hint: 'save them with `gh api --paginate --slurp "repos/OWNER/REPO/actions/runs?event=push&per_page=100" > runs.json`',
    })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error))
  }
  const read = answers.safeParse(value)
  if (!read.success) throw bad(z.prettifyError(read.error).split('\n')[0] ?? 'another form')
  const list = Array.isArray(read.data) ? read.data : [read.data]
  return list.flatMap((one) => ('workflow_runs' in one ? one.workflow_runs : [one])).map(runOf)
}

/** A run of the API in our words. */
export function runOf(one: RunAnswer): Run {
  const workflow = one.path.replace(/@.*$/, '')
  return {
    workflow,
    ref: one.head_branch ?? '',
    commit: one.head_sha,
    event: one.event,
    conclusion: one.conclusion ?? null,
    at: one.created_at,
    attempt: one.run_attempt ?? 1,
    url: one.html_url ?? '',
    refused: one.name === workflow,
  }
}

/** What was foretold of a tag beside what ran. */
export interface Comparison {
  tag: string
  predicted: string[]
  /** Workflows that ran, with how each ended. */
  ran: { workflow: string; conclusion: string | null; refused: boolean }[]
  /** Foretold, but GitHub lists no run. */
  missing: string[]
  /** Ran, but was not foretold. */
  unexpected: string[]
}

export interface WorkflowRecord {
  workflow: string
  runs: number
  succeeded: number
  failed: number
  /** The last tag on which it succeeded. */
  lastSuccess?: { tag: string; at: string; url: string }
}

export interface RunReport {
  /** Tags of which GitHub still knows a run: runs are kept for a time only. */
  compared: Comparison[]
  /** Tags without any run on record. */
  unrecorded: string[]
  records: WorkflowRecord[]
  /** Channel → the workflow that last delivered it. */
  delivered: { channel: string; workflow: string; tag: string; at: string }[]
  /** Tags on which no workflow that publishes succeeded. */
  wasted: string[]
  /** Channel → tags that meant to publish to it and did not. */
  wastedByChannel: { [channel: string]: string[] }
}

/**
 * Sets what was foretold beside what ran. A run that ended well is taken as a delivery of what its workflow publishes;
 * only the last attempt and the last run of a workflow on a tag count.
 */
export function compareRuns(history: History, runs: Run[]): RunReport {
  const ofTag = new Map<string, Map<string, Run>>()
  const names = new Set(history.tags.map((one) => one.tag))
  for (const one of runs.toSorted((a, b) => a.at.localeCompare(b.at) || a.attempt - b.attempt)) {
    if ((one.event !== 'push' && one.event !== 'release' && one.event !== 'create') || !names.has(one.ref)) continue
    const known = ofTag.get(one.ref) ?? new Map<string, Run>()
    ofTag.set(one.ref, known.set(one.workflow, one))
  }
  const report: RunReport = {
    compared: [],
    unrecorded: [],
    records: [],
    delivered: [],
    wasted: [],
    wastedByChannel: {},
  }
  const records = new Map<string, WorkflowRecord>()
  const delivered = new Map<string, RunReport['delivered'][number]>()
  for (const { tag, workflows, releaseWorkflows, channels, publishers } of history.tags) {
    const ran = [...(ofTag.get(tag)?.values() ?? [])].sort((a, b) => a.workflow.localeCompare(b.workflow, 'en'))
    if (ran.length === 0) {
      report.unrecorded.push(tag)
      continue
    }
    const paths = new Set(ran.map((one) => one.workflow))
    report.compared.push({
      tag,
      predicted: workflows,
      ran: ran.map(({ workflow, conclusion, refused }) => ({ workflow, conclusion, refused })),
      missing: workflows.filter((path) => !paths.has(path)),
      unexpected: ran.filter((one) => !one.refused && !workflows.includes(one.workflow)).map((one) => one.workflow),
    })
    for (const one of ran) tally(records, one, tag)
    const good = new Map(ran.filter((one) => one.conclusion === 'success').map((one) => [one.workflow, one]))
    if (!releaseWorkflows.some((path) => good.has(path))) report.wasted.push(tag)
    for (const channel of channels) {
      const by = (publishers[channel] ?? []).map((path) => good.get(path)).find((one) => one !== undefined)
      if (by === undefined) (report.wastedByChannel[channel] ??= []).push(tag)
      else delivered.set(channel, { channel, workflow: by.workflow, tag, at: by.at })
    }
  }
  report.records = [...records.values()].sort((a, b) => a.workflow.localeCompare(b.workflow, 'en'))
  report.delivered = [...delivered.values()].sort((a, b) => a.channel.localeCompare(b.channel, 'en'))
  return report
}

function tally(records: Map<string, WorkflowRecord>, run: Run, tag: string): void {
  const record = records.get(run.workflow) ?? { workflow: run.workflow, runs: 0, succeeded: 0, failed: 0 }
  record.runs += 1
  if (run.conclusion === 'success') {
    record.succeeded += 1
    record.lastSuccess = { tag, at: run.at, url: run.url }
  } else if (run.conclusion !== null && run.conclusion !== 'skipped') record.failed += 1
  records.set(run.workflow, record)
}
