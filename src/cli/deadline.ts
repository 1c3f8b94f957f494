import { TagonceError } from '../core/errors.ts'
import type { Context } from './context.ts'

/** GoReleaser's own default. */
const HOUR = 3_600_000

/**
 * Runs a command for so many milliseconds at most; then its work is stopped like with Ctrl-C, and what it threw gives way
 * to that reason.
 * @example await withDeadline(context, 'build', 60_000, (limited) => buildAll(plan, limited))
 */
export async function withDeadline<T>(
  context: Context,
  what: string,
  milliseconds: number | undefined,
  run: (context: Context) => Promise<T>,
): Promise<T> {
  const limit = milliseconds ?? HOUR
  const late = new AbortController()
  const reason = new TagonceError('build', `the ${what} did not end within ${words(limit)}`, {
    hint: 'give it more time with --timeout; run again, it goes on from what is there',
  })
  const timer = setTimeout(() => late.abort(reason), limit)
  try {
    return await run({ ...context, signal: AbortSignal.any([context.signal, late.signal]) })
  } catch (error) {
    throw late.signal.aborted && !context.signal.aborted ? reason : error
  } finally {
    clearTimeout(timer)
  }
}

/** @example words(5_400_000) // '1 h 30 min' */
function words(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  const parts: [number, string][] = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
    [seconds % 60, 's'],
  ]
  const shown = parts.filter(([value]) => value > 0).map(([value, unit]) => `${value} ${unit}`)
  return shown.join(' ') || `${milliseconds} ms`
}
