import { mkdir } from 'node:fs/promises'
import { inside } from '../core/paths.ts'
import { isSettled } from '../core/states.ts'
import { TagonceError } from '../core/errors.ts'
import type { HubReader } from '../hub/hub.ts'
import { MANIFEST_NAME } from '../manifest/manifest.ts'
import type { AnySpoke } from '../spokes/spoke.ts'
import { entriesOf } from './entries.ts'
import type { Entry } from './entries.ts'
import { converge as convergeGroup } from './group.ts'
import { Job } from './job.ts'
import type { ConvergeIO } from './job.ts'
import { exitCodeOf } from './report.ts'
import type { ChannelReport, Report } from './report.ts'

export interface ConvergeOptions {
  /** Names of spokes; all when absent. */
  only?: string[]
  /** Fetch what a user gets, and compare it with the hub. */
  verify: boolean
  /** Only look: nothing is published. */
  readOnly?: boolean
  /** Names of spokes that are passed over in this run, whatever is sealed. */
  skip?: ReadonlySet<string>
  /** Spokes, units or pointers that may move backwards; none when absent. */
  allowBackwards?: string[]
}

/**
 * Brings every channel to what the hub's manifest says: all spokes side by side, pointers after what they need. One
 * that fails neither stops nor hides another. Run again, it goes on from what the channels show; where all is live it
 * sends nothing.
 * Throws `usage` for an unknown name in `only`, `interrupted` when the signal fires; everything else is in the report.
 * @example const report = await converge(await hub.read('v1.2.3'), spokes, io, { verify: true })
 */
export async function converge(
  hub: HubReader,
  spokes: AnySpoke[],
  io: ConvergeIO,
  options: ConvergeOptions,
): Promise<Report> {
  const all = new Map<string, Job>()
  const channels = await Promise.all(
    entriesOf(hub, spokes, options.only ?? [], options.skip).map((entry, at) => open(entry, at, hub, io)),
  )
  for (const job of channels.flatMap(({ jobs }) => jobs)) all.set(job.unit.id, job)
  const groups = groupsOf(channels.flatMap(({ jobs }) => jobs))
  const { verify, readOnly = false, allowBackwards = [] } = options
  const how = { verify, readOnly, allowBackwards }
  for (const stage of STAGES) {
    const now = groups.filter(([job]) => job?.spoke.stage === stage)
    const unsettled = stage === 'last' && !readOnly ? unsettledOf(channels) : undefined
    if (unsettled !== undefined) await Promise.all(now.flat().map((job) => holdBack(job, unsettled)))
    else await Promise.all(now.map((jobs) => convergeGroup(jobs, all, how)))
  }
  await Promise.all(channels.map(({ ended }) => ended()))
  if (io.signal.aborted) throw new TagonceError('interrupted', 'interrupted; run the same command again to go on')
  return reportOf(
    hub,
    io,
    channels.map(({ entry, jobs }) => channelOf(entry, jobs)),
  )
}

/** Package managers first; what is done after them; and the last word when all else is settled. */
const STAGES = [undefined, 'after', 'last'] as const

/** What stands in the way of the last word. */
function unsettledOf(channels: Channel[]): string | undefined {
  for (const { entry, jobs } of channels) {
    if (entry.failure !== undefined) return `${entry.sealed.spoke}: ${entry.failure.message}`
    const job = jobs.find((one) => one.spoke.stage !== 'last' && !isSettled(one.seen.state))
    if (job !== undefined) return `${job.unit.id} is ${job.seen.state}`
  }
  return undefined
}

/** Looks, and leaves what is not done for another run. */
async function holdBack(job: Job, why: string): Promise<void> {
  await job.look()
  if (job.seen.state === 'absent') {
    job.seen = { ...job.seen, state: 'deferred', reason: `waits: ${why}` }
    job.actions.push('waits')
    job.tell()
  }
  job.end()
}

/** A channel that takes longer is given up for this run; the next one goes on from what it shows. */
const CHANNEL_DEADLINE = 30 * 60_000

interface Channel {
  entry: Entry
  jobs: Job[]
  /** Resolves when its task has ended, however it did. */
  ended: () => Promise<void>
}

/** Opens the task of an entry; it ends when the outcome of each of its units is known. */
async function open(entry: Entry, at: number, hub: HubReader, io: ConvergeIO): Promise<Channel> {
  const { sealed, spoke, units } = entry
  const folder = inside(io.folder, `${at}-${sealed.spoke}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return new Promise((resolve) => {
    const shown = io.task.task(`${sealed.spoke}: ${sealed.entry}`, async (task) => {
      using limit = deadline(io.signal, `${sealed.spoke} ${sealed.entry}`)
      const own = { ...io, task, folder, signal: limit.signal }
      const jobs = spoke === undefined ? [] : units.map((unit) => new Job(spoke, unit, hub, own))
      const settled = Promise.all(jobs.map((job) => job.outcome))
      resolve({ entry, jobs, ended: () => shown.catch(() => {}) })
      await settled
      if (entry.skip !== undefined) return task.skip(entry.skip)
      task.note(entry.failure?.message ?? summary(jobs))
      if (entry.failure !== undefined || jobs.some((job) => !isSettled(job.seen.state))) throw new Unsettled()
    })
    // Its end is waited for below; until then a failed task is no unhandled rejection.
    shown.catch(() => {})
  })
}

/** The caller's signal, and one that fires when a channel has had its time. */
function deadline(signal: AbortSignal, channel: string): Disposable & { signal: AbortSignal } {
  const late = new AbortController()
  const minutes = CHANNEL_DEADLINE / 60_000
  const reason = new TagonceError('network', `${channel} did not end within ${minutes} minutes`, {
    hint: 'run the same command again; it goes on from what the channel shows',
  })
  const timer = setTimeout(() => late.abort(reason), CHANNEL_DEADLINE)
  return { signal: AbortSignal.any([signal, late.signal]), [Symbol.dispose]: () => clearTimeout(timer) }
}

/** Ends a task as failed; what failed stands in the report. */
class Unsettled extends Error {}

/** "2 live", "1 live, 1 absent". */
function summary(jobs: Job[]): string {
  const counts = new Map<string, number>()
  for (const { seen } of jobs) counts.set(seen.state, (counts.get(seen.state) ?? 0) + 1)
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ') || 'no unit'
}

/** Units that go together, as their spokes say; each of the others is a group of its own. */
function groupsOf(jobs: Job[]): Job[][] {
  const groups: { with: unknown; key: string; jobs: Job[] }[] = []
  for (const job of jobs) {
    const { together } = job.spoke
    const key = together === undefined ? '' : together.key(job.unit)
    const group = groups.find((one) => together !== undefined && one.with === together && one.key === key)
    if (group === undefined) groups.push({ with: together, key, jobs: [job] })
    else group.jobs.push(job)
  }
  return groups.map((one) => one.jobs)
}

function channelOf({ sealed, skip, failure }: Entry, jobs: Job[]): ChannelReport {
  return {
    spoke: sealed.spoke,
    entry: sealed.entry,
    units: jobs.map((job) => job.report()),
    ...(skip === undefined ? {} : { skip }),
    ...(failure === undefined ? {} : { failure }),
  }
}

function reportOf(hub: HubReader, io: ConvergeIO, channels: ChannelReport[]): Report {
  const { project, tag, version } = hub.manifest
  const address = hub.address(MANIFEST_NAME)
  const evidence = [{ what: `the manifest of ${tag}`, from: address, at: io.clock().toISOString() }]
  const exitCode = exitCodeOf({ channels })
  return { project, tag, version, hub: { state: 'live', evidence, address }, channels, clients: [], exitCode }
}
