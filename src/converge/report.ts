import { ExitCode, TagonceError } from '../core/errors.ts'
import type { ErrorCode } from '../core/errors.ts'
import { redact } from '../core/secrets.ts'
import { isSettled } from '../core/states.ts'
import type { Observation } from '../core/states.ts'
import type { ClientResult } from '../spokes/world.ts'

/** What was done for a unit in this run. */
export type Action = 'nothing to do' | 'published' | 'verified' | 'waits' | 'stopped' | 'failed'

/** An error as data. */
export interface Failure {
  code: ErrorCode
  message: string
  hint?: string
}

export interface UnitReport {
  id: string
  address: string
  pointer?: string
  /** What the channel showed last. */
  observation: Observation
  actions: Action[]
  /** What went wrong on the way, even where the unit is live in the end. */
  failure?: Failure
}

/** An entry of a spoke with its units. */
export interface ChannelReport {
  spoke: string
  entry: string
  units: UnitReport[]
  /** Why nothing was published, when that was asked for. */
  skip?: string
  /** Why its units could not be told at all. */
  failure?: Failure
}

/** The whole release: every unit with its state and its evidence. */
export interface Report {
  project: string
  tag: string
  version: string
  hub: Observation & { address: string }
  channels: ChannelReport[]
  /** Real clients that installed from the channels; filled by a rehearsal. */
  clients: ClientResult[]
  exitCode: ExitCode
}

/**
 * 0: every unit is at its end · 1: something has to be mended first · 75: nothing to mend, run the same command again: a channel was
 * down, or holds the version back.
 * @example exitCodeOf({ channels: [] }) // 0
 */
export function exitCodeOf(report: { hub?: Observation; channels: ChannelReport[] }): ExitCode {
  const codes = new Set([
    report.hub === undefined ? ExitCode.ok : codeOf(report.hub, undefined),
    ...report.channels.flatMap((channel) => [
      channel.failure === undefined ? ExitCode.ok : codeOfFailure(channel.failure),
      ...channel.units.map((unit) => codeOf(unit.observation, unit.failure)),
    ]),
  ])
  if (codes.has(ExitCode.failed)) return ExitCode.failed
  return codes.has(ExitCode.again) ? ExitCode.again : ExitCode.ok
}

function codeOf(observation: Observation, failure: Failure | undefined): ExitCode {
  const { state } = observation
  // Nothing to mend, and not at its end: a queue or a person decides.
  if (state === 'pending') return ExitCode.again
  if (isSettled(state)) return ExitCode.ok
  if (state === 'mismatch' || state === 'blocked' || state === 'retracted') return ExitCode.failed
  // Absent, partial, deferred, unknown: another run ends it, unless what stopped it stays.
  return failure === undefined ? ExitCode.again : codeOfFailure(failure)
}

function codeOfFailure(failure: Failure): ExitCode {
  return failure.code === 'network' || failure.code === 'rate-limit' ? ExitCode.again : ExitCode.failed
}

/** Any thrown value as data; secrets are taken out. */
export function failureOf(error: unknown): Failure {
  if (error instanceof TagonceError) {
    return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }
  }
  return { code: 'internal', message: redact(error instanceof Error ? error.message : String(error)) }
}
