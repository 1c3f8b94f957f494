import { setTimeout as sleep } from 'node:timers/promises'

/** Time for waits and evidence; a test gives one that does not really wait. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after so many milliseconds; rejects when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The machine's own clock. A wait keeps the process alive. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal })
  },
}

/**
 * How long to wait after the given try failed, in milliseconds: 0.5 s, 1 s, 2 s … at most 30 s, each with a random
 * half taken off, so that many clients do not come back at the same moment.
 * @example await clock.sleep(backoff(1)) // 250 to 500 ms
 */
export function backoff(attempt: number): number {
  const whole = Math.min(30_000, 500 * 2 ** (attempt - 1))
  return Math.round(whole / 2 + (Math.random() * whole) / 2)
}

/**
 * The wait that a server asks for, in milliseconds: `Retry-After` as seconds or as a date (RFC 9110, 10.2.3), else
 * `x-ratelimit-reset` (epoch seconds) where nothing remains. Undefined when it asks for none.
 */
export function askedWait(headers: Headers, now: number): number | undefined {
  const after = headers.get('retry-after')
  if (after !== null && after !== '') {
    const seconds = Number(after)
    const until = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(after) - now
    if (Number.isFinite(until)) return Math.max(0, until)
  }
  if (headers.get('x-ratelimit-remaining') !== '0') return undefined
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN)
  // One second more: the limit ends after that second, and clocks differ.
  return Number.isFinite(reset) ? Math.max(0, reset * 1000 - now) + 1000 : undefined
}
