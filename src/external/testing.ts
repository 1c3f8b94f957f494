import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TagonceError } from '../core/errors.ts'
import { Events } from '../core/events.ts'
import type { Event } from '../core/events.ts'
import { createHttp } from './http.ts'
import type { Http, HttpSettings } from './http.ts'
import type { Clock } from './retry.ts'

/** A clock whose waits take no time, for tests; `waits` holds every wait asked for, in milliseconds. */
export function fakeClock(start = Date.parse('2026-05-01T12:00:00Z')): Clock & { waits: number[] } {
  const waits: number[] = []
  let now = start
  return {
    waits,
    now: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted()
      waits.push(ms)
      now += ms
      await Promise.resolve()
    },
  }
}

/** One request as a loopback server of a test saw it. */
export interface Seen {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: Buffer
}

/** A loopback server of a test, and a client whose routes lead every host named to it. */
export interface Loopback extends AsyncDisposable {
  origin: string
  seen: Seen[]
  http: Http
  events: Event[]
  clock: ReturnType<typeof fakeClock>
}

/**
 * Starts one; `answer` gets the request with its body read, and how many came before it.
 * @example await using server = await loopback(['api.github.com'], (_, response) => response.end('{}'))
 */
export async function loopback(
  hosts: string[],
  answer: (seen: Seen, response: ServerResponse, count: number) => void,
  settings: Partial<HttpSettings> = {},
): Promise<Loopback> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      seen.push({ method, url, headers, body: Buffer.concat(chunks) })
      answer({ method, url, headers, body: Buffer.concat(chunks) }, response, seen.length - 1)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const clock = fakeClock()
  const events: Event[] = []
  const stream = new Events()
  stream.on((event) => events.push(event))
  const http = createHttp({
    routes: Object.fromEntries(hosts.map((host) => [`https://${host}`, origin])),
    signal: new AbortController().signal,
    events: stream,
    userAgent: 'tagonce/test',
    offline: true,
    clock,
    ...settings,
  })
  const stop = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { origin, seen, http, events, clock, [Symbol.asyncDispose]: stop }
}

/** The error of ours that a promise is rejected with; anything else fails the test. */
export async function thrown(promise: Promise<unknown>): Promise<TagonceError> {
  const error = await promise.then(
    (value) => new Error(`it was not rejected: ${String(value)}`),
    (reason: unknown) => reason,
  )
  if (error instanceof TagonceError) return error
  throw error
}
