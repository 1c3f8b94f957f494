import { setTimeout as after } from 'node:timers/promises'
import type { Events } from '../core/events.ts'
import type { Observation } from '../core/states.ts'
import type { HubReader } from '../hub/hub.ts'
import type { AnySpoke, ChannelIO, Unit } from '../spokes/spoke.ts'
import type { Action, Failure, UnitReport } from './report.ts'
import { failureOf } from './report.ts'

/** What converging may use of the outside. */
export interface ConvergeIO extends ChannelIO {
  events: Events
  /** Waits; tests give one that doesn't. */
  sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** One unit on its way. */
export class Job {
  readonly spoke: AnySpoke
  readonly unit: Unit
  readonly hub: HubReader
  readonly io: ConvergeIO
  /** What its channel shows at the end; other units may wait for it. Never rejects. */
  readonly outcome: Promise<Observation>
  seen: Observation = { state: 'unknown', reason: 'not looked at yet', evidence: [] }
  readonly actions: Action[] = []
  failure: Failure | undefined
  #settle: (seen: Observation) => void = () => {}

  constructor(spoke: AnySpoke, unit: Unit, hub: HubReader, io: ConvergeIO) {
    this.spoke = spoke
    this.unit = unit
    this.hub = hub
    this.io = io
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  /** Looks at the channel. What can't be read is unknown, with the reason; it is never taken for absent. */
  async look(): Promise<void> {
    try {
      this.seen = await this.spoke.observe(this.unit, this.hub, this.io)
      // What a publish said stays, until the unit is seen to be live all the same.
      if (this.seen.state === 'live') this.failure = undefined
    } catch (error) {
      this.fail(error)
      this.seen = { state: 'unknown', reason: failureOf(error).message, evidence: this.seen.evidence }
    }
    this.tell()
  }

  /** Fetches what a user gets. */
  async verify(): Promise<void> {
    try {
      this.seen = await this.spoke.verify(this.unit, this.hub, this.io, this.seen)
      this.actions.push('verified')
    } catch (error) {
      this.fail(error)
      this.seen = { state: 'unknown', reason: failureOf(error).message, evidence: this.seen.evidence }
    }
    this.tell()
  }

  fail(error: unknown): void {
    this.failure = failureOf(error)
  }

  end(): void {
    this.#settle(this.seen)
  }

  tell(): void {
    this.io.events.emit({
      type: 'unit',
      at: this.io.clock().getTime(),
      spoke: this.spoke.name,
      unit: this.unit.id,
      address: this.unit.address,
      observation: this.seen,
    })
  }

  async sleep(milliseconds: number): Promise<void> {
    const { signal, sleep } = this.io
    if (milliseconds === 0) return
    await (sleep === undefined ? after(milliseconds, undefined, { signal }) : sleep(milliseconds, signal))
  }

  report(): UnitReport {
    return {
      id: this.unit.id,
      address: this.unit.address,
      ...(this.unit.pointer === undefined ? {} : { pointer: this.unit.pointer }),
      observation: this.seen,
      actions: this.actions,
      ...(this.failure === undefined ? {} : { failure: this.failure }),
    }
  }
}
