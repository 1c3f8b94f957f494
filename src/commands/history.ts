import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { LOCK_FILE } from '../audit/clean/lock.ts'
import { historyOf, type History } from '../audit/history/history.ts'
import { compareRuns, readRuns, runOf, type Run, type RunReport } from '../audit/history/runs.ts'
import { metricsOf, type Metrics } from '../audit/metrics/metrics.ts'
import { openRepository, type OpenRepository } from '../audit/repository/facts.ts'
import { TagonceError } from '../core/errors.ts'
import type { GitHub } from '../external/github.ts'

export interface HistoryOptions {
  root: string
  env: Record<string, string | undefined>
  signal: AbortSignal
  /** Files with answers of GitHub's runs API, relative to the folder. */
  runs: string[]
  /** Ask GitHub for the runs of every tag. */
  github?: GitHub
}

export interface HistoryAnswer extends History {
  /** Absent where no runs were given. */
  runs?: RunReport
  metrics: Metrics
}

/**
 * What every tag fired, beside what really ran where that is known.
 * @example await historyCommand({ root: '/repo', env: process.env, signal, runs: ['runs.json'] })
 */
export async function historyCommand(options: HistoryOptions): Promise<HistoryAnswer> {
  const repository = await openRepository(options.root, options.env, options.signal)
  const history = await historyOf(repository, options.env)
  const runs = await knownRuns(options, repository, history)
  const report = runs === undefined ? undefined : compareRuns(history, runs)
  const metrics = metricsOf(history, report, await cleanTags(repository))
  return { ...history, ...(report === undefined ? {} : { runs: report }), metrics }
}

async function knownRuns(
  options: HistoryOptions,
  repository: OpenRepository,
  history: History,
): Promise<Run[] | undefined> {
  const { github } = options
  if (options.runs.length === 0 && github === undefined) return undefined
  const runs: Run[] = []
  for (const file of options.runs) {
    const text = await readFile(resolve(options.root, file), 'utf8').catch((cause: unknown) => {
      throw new TagonceError('usage', `${file} cannot be read`, { cause, hint: 'look at the path after --runs' })
    })
    runs.push(...readRuns(text, file))
  }
  if (github === undefined) return runs
  const [owner = '', repo = ''] = repository.facts.repository.split('/')
  const asked = await Promise.all(history.tags.map(({ tag }) => github.actions.runsOf({ owner, repo }, tag)))
  return [...runs, ...asked.flat().map(runOf)]
}

/** Tags whose commits hold the fan-out lock: those that were made after the clean-up. */
async function cleanTags({ git }: OpenRepository): Promise<Set<string>> {
  const added = await git.lines(['log', '--all', '--diff-filter=A', '--format=%H', '--', LOCK_FILE])
  const tags = await Promise.all(added.map((commit) => git.lines(['tag', '--contains', commit])))
  return new Set(tags.flat())
}
