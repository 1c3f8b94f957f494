import { TagonceError } from '../core/errors.ts'

/**
 * The error to throw on: after Ctrl-C it says what is left and what to do, else it stays as it is.
 * @example throw stopped(error, signal, 'dist holds 2 of 5 binaries', 'run it again with --clean')
 */
export function stopped(error: unknown, signal: AbortSignal, left: string, hint: string): unknown {
  if (!signal.aborted) return error
  return new TagonceError('interrupted', `stopped by Ctrl-C; ${left}`, { hint, cause: error })
}
