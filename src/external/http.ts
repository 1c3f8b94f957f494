import { TagonceError } from '../core/errors.ts'
import type { Events } from '../core/events.ts'
import { bodyOf, bodyOfFetch } from './http-body.ts'
import { follow } from './http-redirect.ts'
import type { Hop } from './http-redirect.ts'
import { routeOfGit } from './git-route.ts'
import type { GitRoute } from './git-route.ts'
import { admitted, routeOf, shownUrl } from './http-route.ts'
import type { Routes } from './http-route.ts'

export type { Routes } from './http-route.ts'
import { send } from './http-send.ts'
import type { OwnTls } from './http-send.ts'
import { askedWait, backoff, realClock } from './retry.ts'
import type { Clock } from './retry.ts'

export interface RequestOptions {
  method?: string
  headers?: Record<string, string>
  /** A stream is given as a function that opens it, so that a second try starts from the first byte. */
  body?: string | Buffer | Uint8Array | (() => NodeJS.ReadableStream)
  /** Length of a streamed body. */
  length?: number
  signal?: AbortSignal
  /**
   * How often a passing fault is tried again. By default 4 for GET, HEAD and OPTIONS. By default a write is only
   * repeated when it was refused by a rate limit (nothing was done then); with 0, never.
   */
  retries?: number
  /** Milliseconds without a byte in either direction before a try is given up; 60 s by default. */
  idle?: number
  /** Milliseconds for the whole operation: all tries, waits and the body. 10 minutes by default. */
  deadline?: number
  /**
   * Judges a refusal (401, 403, 429) whose headers ask for no wait: milliseconds after which the same request may be sent
   * again, undefined when the refusal is final.
   */
  refused?: (response: Response, attempt: number) => Promise<number | undefined>
  /** What a server of the user's own wants besides; no other origin is shown the certificate. */
  tls?: OwnTls
}

/** The one HTTP client. Statuses are answers, not errors; only a broken connection throws (`network`). */
export interface Http {
  /** Fetch-compatible, for libraries that take one (octokit). */
  fetch: typeof globalThis.fetch
  request(url: string, options?: RequestOptions): Promise<Response>
  /** Where a public URL is really reached. */
  route(url: string): string
  /**
   * The same, for what belongs to no release and is only read: a base image. In a rehearsal, too, it leads to where that always is.
   * Absent where nothing outside may be read (`--offline`); what it comes with then reaches loopback only.
   */
  outside?: Http
  /** Where a git remote is really reached; throws `network` for one that may not be dialled. */
  gitRoute(url: string): GitRoute
}

export interface HttpSettings {
  routes: Routes
  /** Aborts everything in flight. */
  signal: AbortSignal
  /** Gets one `request` event per try, its URL without secrets. */
  events: Events
  /** `tagonce/1.2.3`. */
  userAgent: string
  clock?: Clock
  /** Refuse every host that has no route, and never dial it (rehearsals, `--offline`). Loopback is always reached. */
  offline?: boolean
  /** Routes of `Http.outside`, where they are others than `routes`: `{}` in a rehearsal. */
  outside?: Routes
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504])

/**
 * Makes the HTTP client of a run.
 * @example
 * const http = createHttp({ routes: {}, signal, events, userAgent: 'tagonce/1.0.0' })
 * const response = await http.request('https://api.github.com/rate_limit')
 */
export function createHttp(settings: HttpSettings): Http {
  const http = clientOf(settings)
  if (settings.outside === undefined && settings.offline === true) return http
  const routes = settings.outside ?? settings.routes
  return { ...http, outside: readingOnly(clientOf({ ...settings, routes, offline: false, isOutside: true })) }
}

interface ClientSettings extends HttpSettings {
  isOutside?: boolean
}

/** What is read outside is never written to. */
function readingOnly(http: Http): Http {
  const checked = (method: string | undefined, url: string): void => {
    if (['GET', 'HEAD'].includes((method ?? 'GET').toUpperCase())) return
    throw new TagonceError('internal', `${method} ${shownUrl(url)}: what lies outside is only read`)
  }
  return {
    ...http,
    request: async (url, options) => {
      checked(options?.method, url)
      return http.request(url, options)
    },
    fetch: async (input, init) => {
      const asked = input instanceof Request ? input : undefined
      checked(init?.method ?? asked?.method, asked?.url ?? (input as string | URL).toString())
      return http.fetch(input, init)
    },
  }
}

function clientOf(settings: ClientSettings): Http {
  return {
    route: (url) => routeOf(settings.routes, url),
    gitRoute: (url) => routeOfGit(settings.routes, settings.offline ?? false, url),
    request: async (url, options = {}) => {
      const { method = 'GET', headers, body, length, signal = settings.signal, ...rest } = options
      const first = { url, method: method.toUpperCase(), headers: new Headers(headers), body: bodyOf(body, length) }
      return climb(settings, first, { ...rest, signal, manual: false })
    },
    fetch: async (input, init = {}) => {
      const asked = input instanceof Request ? input : undefined
      const headers = new Headers(init.headers ?? asked?.headers)
      const { body, type } = await bodyOfFetch(init.body ?? (await asked?.arrayBuffer()))
      if (type !== null && !headers.has('content-type')) headers.set('content-type', type)
      const method = (init.method ?? asked?.method ?? 'GET').toUpperCase()
      const signal = init.signal ?? asked?.signal ?? settings.signal
      const first = { url: input instanceof Request ? input.url : input.toString(), method, headers, body }
      return climb(settings, first, { signal, manual: init.redirect === 'manual' })
    },
  }
}

interface Climb extends Pick<RequestOptions, 'retries' | 'idle' | 'deadline' | 'refused' | 'tls'> {
  signal: AbortSignal
  /** Hand redirects back. */
  manual: boolean
}

/** The one ladder of tries: a passing fault is tried again after a growing wait, until tries or time are used up. */
async function climb(settings: ClientSettings, first: Hop, options: Climb): Promise<Response> {
  const { clock = realClock } = settings
  const { deadline = 600_000 } = options
  const until = clock.now() + deadline
  const callers = AbortSignal.any([settings.signal, options.signal])
  const signal = AbortSignal.any([callers, AbortSignal.timeout(deadline)])
  if (!first.headers.has('user-agent')) first.headers.set('user-agent', settings.userAgent)
  for (let attempt = 1; ; attempt++) {
    const outcome = await tryOnce(settings, first, { ...options, signal }, attempt)
    if (callers.aborted) throw interrupted(callers, outcome)
    const wait = attempt > (options.retries ?? 4) ? undefined : await waitAfter(outcome, first, options, attempt, clock)
    if (wait === undefined || clock.now() + wait > until) {
      if (outcome instanceof Error) throw outcome
      if (isPage(outcome, first)) throw page(first.url)
      return outcome
    }
    if (outcome instanceof Response) await outcome.body?.cancel()
    sayWait(settings.events, first, outcome, attempt, wait)
    await clock.sleep(wait, signal).catch((error: unknown) => {
      throw callers.aborted ? interrupted(callers, error) : error
    })
  }
}

const said = new WeakMap<Events, Set<string>>()

/**
 * Tells that we wait, and for what, so that nobody looks at a program that stands still: a broken connection at once, a busy server
 * when it takes a second or more. Many requests to one host that wait for the same thing are one line.
 */
function sayWait(events: Events, { url }: Hop, outcome: Response | Error, attempt: number, wait: number): void {
  if (outcome instanceof Response && wait < 1000) return
  const what =
    outcome instanceof Response ? `answered ${outcome.status}` : outcome.message.replace(`${shownUrl(url)}: `, '')
  const message = `${new URL(url).host}: ${what}; tries again in ${(wait / 1000).toFixed(wait < 10_000 ? 1 : 0)} s`
  const known = said.get(events) ?? new Set<string>()
  said.set(events, known)
  const key = `${new URL(url).host} ${what} ${attempt}`
  if (known.has(key)) return
  known.add(key)
  events.diagnostic({ severity: 'info', code: 'retry', message })
}

async function tryOnce(
  settings: ClientSettings,
  first: Hop,
  options: Climb,
  attempt: number,
): Promise<Response | Error> {
  const { signal, idle = 60_000 } = options
  const tls = (url: string): { tls?: OwnTls } =>
    options.tls === undefined || new URL(url).origin !== new URL(first.url).origin ? {} : { tls: options.tls }
  const at = Date.now()
  let status = 0
  try {
    const response = await follow(first, options.manual, (hop) =>
      send({
        ...hop,
        connect: admitted(settings.routes, settings.offline ?? false, hop.url),
        signal,
        idle,
        ...tls(hop.url),
      }),
    )
    status = response.status
    return response
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    const { method, url } = first
    const outside = settings.isOutside === true && settings.outside !== undefined ? { outside: true as const } : {}
    const ms = Date.now() - at
    settings.events.emit({ type: 'request', at, method, url: shownUrl(url), status, ms, attempt, ...outside })
  }
}

/** Milliseconds to wait before the next try; undefined when the outcome is final. */
async function waitAfter(
  outcome: Response | Error,
  first: Hop,
  options: Climb,
  attempt: number,
  clock: Clock,
): Promise<number | undefined> {
  if (!first.body.again) return undefined
  // A read may be repeated after any passing fault; a write only when the caller says so.
  const repeats = SAFE.has(first.method) || options.retries !== undefined
  if (outcome instanceof Error) {
    const passing = outcome instanceof TagonceError && outcome.code === 'network' && outcome.diagnostics.length === 0
    return repeats && passing ? backoff(attempt) : undefined
  }
  const asked = askedWait(outcome.headers, clock.now())
  if (outcome.status === 401 || outcome.status === 403 || outcome.status === 429) {
    // Nothing was done, so a write may be repeated as well.
    const wait = asked ?? (await judged(outcome, options, attempt))
    return wait ?? (outcome.status === 429 ? backoff(attempt) : undefined)
  }
  if (!repeats || !(PASSING.has(outcome.status) || isPage(outcome, first))) return undefined
  return asked ?? backoff(attempt)
}

async function judged(refusal: Response, { refused }: Climb, attempt: number): Promise<number | undefined> {
  if (refused === undefined) return undefined
  const copy = refusal.clone()
  const wait = await refused(copy, attempt)
  // A copy that nobody reads holds the original back.
  if (!copy.bodyUsed) void copy.body?.cancel()
  return wait
}

/** Whether an HTML page came with 200 where JSON was wanted: a gateway's or a maintenance page, no answer. */
function isPage(response: Response, { headers }: Hop): boolean {
  if (!response.ok || !(headers.get('accept') ?? '').includes('json')) return false
  return /^text\/html\b/i.test(response.headers.get('content-type') ?? '')
}

function page(url: string): TagonceError {
  return new TagonceError('network', `${shownUrl(url)} answered with a web page instead of JSON`, {
    hint: 'a gateway or a maintenance page stands in between; run the same command again later',
  })
}

function interrupted(signal: AbortSignal, cause: unknown): Error {
  if (signal.reason instanceof TagonceError) return signal.reason
  return new TagonceError('interrupted', 'stopped', { cause })
}
