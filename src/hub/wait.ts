import type { Clock } from '../external/retry.ts'

/** GitHub shows changes late, by 0.2 s to many seconds (github-api.md, "Late views"). 24 s in all. */
const WAITS = [250, 500, 1000, 2000, 4000, 8000, 8000]

/** A clock and what stops the wait. */
export interface Waiting {
  clock: Clock
  signal: AbortSignal
}

/**
 * Reads until what is seen is good, for a bounded time; gives what was seen last, good or not.
 * @example const gone = await readUntil(io, () => list(), (all) => !all.includes(id))
 */
export async function readUntil<T>(
  { clock, signal }: Waiting,
  read: () => Promise<T>,
  good: (seen: T) => boolean,
  waits: number[] = WAITS,
): Promise<T> {
  let seen = await read()
  for (const ms of waits) {
    if (good(seen)) return seen
    await clock.sleep(ms, signal)
    seen = await read()
  }
  return seen
}
