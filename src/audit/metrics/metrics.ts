import { summary, type History, type TagHistory } from '../history/history.ts'
import type { RunReport } from '../history/runs.ts'
import type { Explanation } from '../model.ts'

/** The state of a release, in the numbers that the clean-up is for. `null`: not known, with what was given. */
export interface Measured {
  /** Workflows that release something on one tag. */
  workflowsPerTag: number | null
  /** Things that two or more workflows write at once. */
  collisions: number | null
  channelsFedByHub: { fed: number; of: number } | null
  failedDeployments: { failed: number; of: number } | null
  /** Tags of which no release workflow succeeded. */
  wastedTags: { wasted: number; of: number } | null
  wastedByChannel: Record<string, number> | null
  /** Tags that it took for one version that was delivered. */
  tagsPerVersion: number | null
}

/** Before and after the clean-up; `planned`: after is what the plan foretells, not yet what tags have shown. */
export interface Metrics {
  before: Measured
  after: Measured
  afterIs: 'planned' | 'measured'
}

const NOTHING: Measured = {
  workflowsPerTag: null,
  collisions: null,
  channelsFedByHub: null,
  failedDeployments: null,
  wastedTags: null,
  wastedByChannel: null,
  tagsPerVersion: null,
}

/** What one explanation shows: the state now, or the state that a plan would bring about. */
export function measureNow(answer: Explanation): Measured {
  return { ...NOTHING, ...state(summary(answer)) }
}

/** What tags have shown; of runs, only those of tags that GitHub still knows. */
export function measureTags(tags: TagHistory[], runs: RunReport | undefined): Measured {
  const last = tags.at(-1)
  const measured: Measured = { ...NOTHING, ...(last === undefined ? {} : state(last)) }
  if (runs === undefined) return measured
  const names = new Set(tags.map((one) => one.tag))
  const compared = runs.compared.filter((one) => names.has(one.tag))
  if (compared.length === 0) return measured
  const releases = new Map(tags.map((one) => [one.tag, new Set(one.releaseWorkflows)]))
  const deployments = compared.flatMap((one) =>
    one.ran.filter(({ workflow }) => releases.get(one.tag)?.has(workflow) === true),
  )
  const wasted = runs.wasted.filter((tag) => names.has(tag)).length
  const delivered = compared.length - wasted
  return {
    ...measured,
    failedDeployments: {
      failed: deployments.filter((one) => one.conclusion !== 'success' && one.conclusion !== 'skipped').length,
      of: deployments.length,
    },
    wastedTags: { wasted, of: compared.length },
    wastedByChannel: Object.fromEntries(
      Object.entries(runs.wastedByChannel).map(([channel, list]) => [
        channel,
        list.filter((tag) => names.has(tag)).length,
      ]),
    ),
    tagsPerVersion: delivered === 0 ? null : Math.round((compared.length / delivered) * 10) / 10,
  }
}

function state(one: Pick<TagHistory, 'releaseWorkflows' | 'collisions' | 'channels' | 'hubFed'>): Partial<Measured> {
  return {
    workflowsPerTag: one.releaseWorkflows.length,
    collisions: one.collisions.length,
    channelsFedByHub: { fed: one.hubFed.length, of: one.channels.length },
  }
}

/**
 * Before and after, by the tags on both sides of the clean-up.
 * @param cleanTags tags whose commits hold the fan-out lock; none yet: there is no after
 */
export function metricsOf(history: History, runs: RunReport | undefined, cleanTags: ReadonlySet<string>): Metrics {
  const after = history.tags.filter((one) => cleanTags.has(one.tag))
  return {
    before: measureTags(
      history.tags.filter((one) => !cleanTags.has(one.tag)),
      runs,
    ),
    after: measureTags(after, runs),
    afterIs: 'measured',
  }
}

/**
 * The table: measure, before, after. A dash is what nobody knows yet.
 * @example metricRows(metrics)[1] // ['workflows per tag', '4', '1']
 */
export function metricRows({ before, after, afterIs }: Metrics): string[][] {
  const rows: string[][] = [['', 'before', afterIs === 'planned' ? 'after (planned)' : 'after']]
  const add = (name: string, of: (one: Measured) => string | number | null): void => {
    const cells = [of(before), of(after)].map((value) => (value === null ? '–' : String(value)))
    rows.push([name, ...cells])
  }
  const part = (value: { of: number } | null, count: number | undefined): string | null =>
    value === null ? null : `${count} of ${value.of}`
  add('workflows per tag', (one) => one.workflowsPerTag)
  add('collisions', (one) => one.collisions)
  add('channels fed by the hub', (one) => part(one.channelsFedByHub, one.channelsFedByHub?.fed))
  add('failed deployments', (one) => part(one.failedDeployments, one.failedDeployments?.failed))
  add('wasted tags', (one) => part(one.wastedTags, one.wastedTags?.wasted))
  const channels = new Set([before, after].flatMap((one) => Object.keys(one.wastedByChannel ?? {})))
  for (const channel of [...channels].sort()) {
    add(`wasted tags of ${channel}`, (one) =>
      one.wastedByChannel === null ? null : (one.wastedByChannel[channel] ?? 0),
    )
  }
  add('tags per delivered version', (one) => one.tagsPerVersion)
  return rows
}
