import { isSettled } from '../core/states.ts'
import { decide } from './decide.ts'
import type { Job } from './job.ts'
import { failureOf } from './report.ts'

/** Milliseconds before each further look after a publish: two minutes in all. Registries show what they took late. */
const LOOKS = [0, 1000, 2000, 4000, 8000, 15_000, 30_000, 60_000]
/** Milliseconds before publishing again after a broken connection. */
const TRIES = [0, 2000, 10_000]

export interface GroupOptions {
  verify: boolean
  /** Only look. */
  readOnly: boolean
  /** Spokes, units or pointers that may move backwards. */
  allowBackwards: string[]
}

/**
 * Brings units that are published in one act to their end: observe → decide → publish → observe until seen → verify.
 * Never throws: what fails is said in each unit's report, and its outcome is told to those who wait for it.
 */
export async function converge(jobs: Job[], all: ReadonlyMap<string, Job>, options: GroupOptions): Promise<void> {
  try {
    await Promise.all(jobs.map((job) => job.look()))
    if (!options.readOnly) await publishUntilSeen(jobs, all, options)
    if (options.verify) {
      await Promise.all(jobs.filter((job) => job.seen.state === 'live').map((job) => job.verify()))
    }
  } catch (error) {
    // Nothing above should throw; if it does, no unit may be shown as if it were known.
    for (const job of jobs) {
      job.fail(error)
      job.seen = { state: 'unknown', reason: failureOf(error).message, evidence: job.seen.evidence }
    }
  } finally {
    for (const job of jobs) job.end()
  }
}

async function publishUntilSeen(jobs: Job[], all: ReadonlyMap<string, Job>, options: GroupOptions): Promise<void> {
  let due = await dueOf(jobs, all, options)
  for (const [round, pause] of TRIES.entries()) {
    if (due.length === 0) return
    await due[0]?.sleep(pause)
    const stale = new Set(due.filter((job) => job.seen.state === 'superseded'))
    if (await send(due)) return lookUntilSeen(due, stale)
    await Promise.all(due.map((job) => job.look()))
    const again = due.filter((job) => mayRepeat(job) && round < TRIES.length - 1)
    for (const job of due) if (!again.includes(job)) settleFailure(job)
    due = again
  }
}

/** Decides for each; those to be published are given back. */
async function dueOf(jobs: Job[], all: ReadonlyMap<string, Job>, options: GroupOptions): Promise<Job[]> {
  const decided = await Promise.all(
    jobs.map(async (job) => {
      const { unit, seen } = job
      const allowBackwards = [job.spoke.name, unit.id, unit.pointer].some(
        (name) => name !== undefined && options.allowBackwards.includes(name),
      )
      const idle = isSettled(seen.state) && !(allowBackwards && seen.state === 'superseded')
      const needs = idle
        ? []
        : await Promise.all(
            unit.needs.map(async (id) => {
              const needed = all.get(id)
              // Those of its own act are published with it.
              if (needed === undefined || jobs.includes(needed)) return { id }
              return { id, seen: await needed.outcome }
            }),
          )
      return { job, decision: decide(unit, seen, needs, allowBackwards) }
    }),
  )
  for (const { job, decision } of decided) {
    if (decision.action === 'leave') job.actions.push('nothing to do')
    if (decision.action === 'stop') job.actions.push('stopped')
    if (decision.action === 'wait') job.actions.push('waits')
    if (decision.action === 'wait' && job.seen.state !== 'unknown') {
      job.seen = { ...job.seen, reason: decision.reason }
      job.tell()
    }
  }
  return decided.filter(({ decision }) => decision.action === 'publish').map(({ job }) => job)
}

/** Publishes; whether that was answered without an error. */
async function send(jobs: Job[]): Promise<boolean> {
  const [first] = jobs
  if (first === undefined) return true
  try {
    first.io.signal.throwIfAborted()
    if (first.spoke.together === undefined) {
      await first.spoke.publish(first.unit, first.seen, first.hub, first.io)
    } else {
      const units = jobs.map((job) => ({ unit: job.unit, seen: job.seen }))
      await first.spoke.together.publish(units, first.hub, first.io)
    }
    for (const job of jobs) job.actions.push('published')
    return true
  } catch (error) {
    for (const job of jobs) job.fail(error)
    return false
  }
}

/** A dropped connection is tried again where the unit is seen to lack; a refusal never is. */
function mayRepeat(job: Job): boolean {
  return job.failure?.code === 'network' && lacks(job) && !job.io.signal.aborted
}

function lacks(job: Job): boolean {
  return job.seen.state === 'absent' || job.seen.state === 'partial'
}

/** After a failed publish: live all the same (the answer was lost), or said why not. */
function settleFailure(job: Job): void {
  if (job.seen.state === 'live') job.actions.push('published')
  else {
    job.actions.push('failed')
    if (lacks(job)) {
      job.seen = { ...job.seen, reason: `publishing failed: ${job.failure?.message ?? 'unknown'}` }
    }
  }
  job.tell()
}

/** `stale`: units that moved back; an old answer still shows the newer version. */
async function lookUntilSeen(jobs: Job[], stale: ReadonlySet<Job>): Promise<void> {
  let unseen = jobs
  for (const pause of LOOKS) {
    await unseen[0]?.sleep(pause)
    await Promise.all(unseen.map((job) => job.look()))
    unseen = unseen.filter(
      (job) => lacks(job) || job.seen.state === 'unknown' || (job.seen.state === 'superseded' && stale.has(job)),
    )
    if (unseen.length === 0) return
  }
  const seconds = LOOKS.reduce((sum, pause) => sum + pause, 0) / 1000
  for (const job of unseen.filter(lacks)) {
    job.seen = { ...job.seen, reason: `published, but not seen within ${seconds} s` }
    job.tell()
  }
}
