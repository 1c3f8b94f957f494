import { TagonceError } from '../core/errors.ts'
import { Events } from '../core/events.ts'
import type { Event } from '../core/events.ts'
import type { Observation, State } from '../core/states.ts'
import type { HubReader } from '../hub/hub.ts'
import type { Http } from '../external/http.ts'
import type { SealedSpoke } from '../manifest/manifest.ts'
import type { AnySpoke, Together, Unit } from '../spokes/spoke.ts'
import type { ConvergeIO } from './job.ts'

/** A channel in memory: what is live, and every write that it took. */
export class Channel {
  live = new Set<string>()
  writes: string[] = []
  verified: string[] = []

  seen(id: string, state: State = this.live.has(id) ? 'live' : 'absent'): Observation {
    return { state, evidence: [{ what: `${id} is ${state}`, from: 'memory:', at: '2026-01-01T00:00:00Z' }] }
  }
}

/** A spoke with the given units; single functions may be replaced. */
export function fakeSpoke(
  name: string,
  channel: Channel,
  units: Partial<Unit>[],
  more: Partial<AnySpoke> = {},
): AnySpoke {
  return {
    name,
    settings: () => [],
    parse: (settings) => settings,
    check: () => [],
    credentials: () => [],
    probe: async () => [],
    units: () => units.map((one) => ({ id: '', address: `https://${name}.example`, needs: [], ...one })),
    observe: async (unit: Unit) => channel.seen(unit.id),
    publish: async (unit: Unit) => {
      channel.writes.push(unit.id)
      channel.live.add(unit.id)
    },
    verify: async (unit: Unit) => {
      channel.verified.push(unit.id)
      return channel.seen(unit.id)
    },
    instructions: () => [],
    world: { client: async () => ({ skipped: 'a fake' }) },
    ...more,
  }
}

/** All units in one write. */
export function inOneWrite(channel: Channel): Together<Unit> {
  return {
    key: () => 'one',
    publish: async (units) => {
      channel.writes.push(units.map(({ unit }) => unit.id).join('+'))
      for (const { unit } of units) channel.live.add(unit.id)
    },
  }
}

/** A hub whose manifest names these spokes, one entry each. */
export function fakeHub(spokes: AnySpoke[], more: Partial<SealedSpoke> = {}): HubReader {
  return {
    manifest: {
      project: 'hello',
      tag: 'v1.2.3',
      version: '1.2.3',
      tool: { name: 'tagonce', version: '0.0.0' },
      artifacts: [],
      spokes: spokes.map(({ name }) => ({ spoke: name, entry: 'hello', settings: {}, pins: {}, ...more })),
    } as unknown as HubReader['manifest'],
    address: (name) => `https://github.com/acme/hello/releases/download/v1.2.3/${name}`,
    file: () => Promise.reject(new Error('no file')),
    binary: () => Promise.reject(new Error('no binary')),
  }
}

/** Runs with an io that never waits; what was waited for and told is kept. */
export async function withIO<T>(
  folder: string,
  run: (io: ConvergeIO) => Promise<T>,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ result: T; waits: number[]; events: Event[] }> {
  const events = new Events()
  const told: Event[] = []
  const waits: number[] = []
  events.on((event) => told.push(event))
  const result = await events.task('release', (task) =>
    run({
      http: {} as Http,
      credentials: { has: () => false, get: () => '' },
      signal,
      clock: () => new Date('2026-01-02T03:04:05Z'),
      task,
      folder,
      events,
      sleep: async (milliseconds) => {
        waits.push(milliseconds)
      },
    }),
  )
  return { result, waits, events: told }
}

export function refused(message: string): TagonceError {
  return new TagonceError('credentials', message, { hint: 'give it a token' })
}

export function dropped(message = 'connection lost'): TagonceError {
  return new TagonceError('network', message)
}
