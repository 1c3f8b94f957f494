import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Entry, entriesOf } from '../converge/entries.ts'
import { type Failure, failureOf } from '../converge/report.ts'
import { ExitCode, TagonceError } from '../core/errors.ts'
import type { Observation } from '../core/states.ts'
import type { HubReader } from '../hub/hub.ts'
import { spokes } from '../spokes/registry.ts'
import type { ChannelIO, RetractStep } from '../spokes/spoke.ts'
import { type FromHubIO, type FromHubOptions, openHub } from './from-hub.ts'

export interface RetractOptions extends FromHubOptions {
  /** Carry the steps out; otherwise they are only told. */
  yes: boolean
  /** Also the steps that can't be undone. */
  final: boolean
}

/** A step, and what became of it. */
export interface RetractRow {
  spoke: string
  entry: string
  step: RetractStep
  /** What the channel showed afterwards; absent where the step was only told. */
  seen?: Observation
  failure?: Failure
}

export interface Retracted {
  rows: RetractRow[]
  /** Channels that allow nothing of the kind, or show nothing to take back. */
  left: { spoke: string; entry: string; why: string; failure?: Failure }[]
  exitCode: ExitCode
}

/**
 * Takes a release back from the channels, as far as each allows it. Without `yes` nothing is sent: the steps are told, those that can't be
 * undone by name. Run again after a failure, it goes on: what is taken back already has no step.
 * @example (await retract({ root: '.', tag: 'v1.2.3', only: [], env: process.env, yes: false, final: false }, io)).rows
 */
export async function retract(options: RetractOptions, io: FromHubIO): Promise<Retracted> {
  const hub = await openHub(options, io)
  return io.events.task('channels', async (task) => {
    const rows: RetractRow[] = []
    const left: Retracted['left'] = []
    const entries = entriesOf(hub, spokes, options.only)
    await Promise.all(
      entries.map(async (one, at) => {
        const { spoke, entry } = one.sealed
        try {
          const channel: ChannelIO = { ...io, task, clock: () => new Date(), folder: join(io.folder, `${at}`) }
          await mkdir(channel.folder, { recursive: true, mode: 0o700 })
          const why = await takeBack(one, hub, options, channel, rows)
          if (why !== undefined) left.push({ spoke, entry, why })
        } catch (error) {
          io.signal.throwIfAborted()
          const failure = failureOf(error)
          left.push({ spoke, entry, why: failure.message, failure })
        }
      }),
    )
    task.note(`${rows.length} ${rows.length === 1 ? 'step' : 'steps'}${options.yes ? '' : ', none carried out'}`)
    const exitCode = [...rows, ...left].some((one) => one.failure !== undefined) ? ExitCode.failed : ExitCode.ok
    return { rows, left, exitCode }
  })
}

/** The steps of one entry; or why there are none. */
async function takeBack(
  { sealed, spoke, units, skip, failure }: Entry,
  hub: HubReader,
  options: RetractOptions,
  io: ChannelIO,
  rows: RetractRow[],
): Promise<string | undefined> {
  if (failure !== undefined) throw new TagonceError(failure.code, failure.message)
  if (skip !== undefined || spoke === undefined) return skip ?? 'not known'
  const allowed = spoke.retract
  if (allowed === undefined) return 'this channel lets nobody take a version back'
  let steps = 0
  // Those that need others go first: a pointer moves before what it points at goes.
  for (const unit of [...units].reverse()) {
    const seen = await spoke.observe(unit, hub, io)
    for (const step of allowed.plan(unit, seen)) {
      const row: RetractRow = { spoke: sealed.spoke, entry: sealed.entry, step }
      rows.push(row)
      steps += 1
      if (options.yes && (options.final || !step.final)) await act(row, (one) => allowed.act(one, io), io)
    }
  }
  return steps === 0 ? 'shows nothing to take back' : undefined
}

/** One that fails neither stops nor hides another. */
async function act(
  row: RetractRow,
  carryOut: (step: RetractStep) => Promise<Observation>,
  io: ChannelIO,
): Promise<void> {
  try {
    row.seen = await carryOut(row.step)
    io.task.log(`${row.step.what}: ${row.seen.state}`)
  } catch (error) {
    io.signal.throwIfAborted()
    row.failure = failureOf(error)
  }
}
