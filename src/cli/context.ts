import { ExitCode, TagonceError } from '../core/errors.ts'
import { Events } from '../core/events.ts'
import { keepSecretsOf } from '../core/secrets.ts'
import type { Reporter } from '../report/reporter.ts'

/** What every command gets: where it runs, what it may use, where it tells what happens. */
export interface Context {
  /** The folder of the project, absolute. */
  root: string
  events: Events
  env: Record<string, string | undefined>
  signal: AbortSignal
  reporter: Reporter
}

export interface GlobalOptions {
  dir: string
  json?: true | undefined
  quiet?: true | undefined
}

/**
 * The one place where errors end: runs a command, prints what went wrong, gives the exit code.
 * Ctrl-C aborts the work; a second one ends the process at once.
 */
export async function runCommand(
  root: string,
  options: GlobalOptions,
  command: (context: Context) => Promise<ExitCode>,
): Promise<ExitCode> {
  keepSecretsOf(process.env)
  // Imported late, so that `--version` and `--help` do not wait for it.
  const [{ attachReporter }, { formatError }] = await Promise.all([
    import('../report/reporter.ts'),
    import('../report/diagnostic.ts'),
  ])
  const events = new Events()
  const reporter = attachReporter(events, { json: options.json === true, quiet: options.quiet === true, root })
  const abort = new AbortController()
  let interrupts = 0
  const interrupt = (): void => {
    interrupts += 1
    if (interrupts > 1) {
      reporter.stop()
      process.exit(ExitCode.interrupted)
    }
    abort.abort(new TagonceError('interrupted', 'stopped by Ctrl-C', { hint: 'run the same command again' }))
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  try {
    return await command({ root, events, env: process.env, signal: abort.signal, reporter })
  } catch (caught) {
    // Who was interrupted may say what is left.
    const says = caught instanceof TagonceError && caught.code === 'interrupted'
    const error: unknown = abort.signal.aborted && !says ? abort.signal.reason : caught
    reporter.stop()
    const told = error instanceof TagonceError ? error : internal(error)
    if (options.json === true) {
      const { code, message, hint, diagnostics } = told
      reporter.print(JSON.stringify({ type: 'error', at: Date.now(), code, message, hint, diagnostics }))
    }
    reporter.complain(formatError(told, root, reporter.paint))
    return told.exitCode
  } finally {
    reporter.stop()
    process.removeListener('SIGINT', interrupt)
    process.removeListener('SIGTERM', interrupt)
  }
}

/** A fault of ours: said as such, with the stack only when it is asked for. */
function internal(error: unknown): TagonceError {
  const disk = error instanceof Error ? diskError(error) : undefined
  if (disk !== undefined) return disk
  const text = error instanceof Error ? error.message : String(error)
  const stack = process.env['TAGONCE_DEBUG'] === '1' && error instanceof Error ? error.stack : undefined
  return new TagonceError('internal', `tagonce failed: ${text}`, {
    cause: error,
    hint: 'this is a fault of tagonce; run again with TAGONCE_DEBUG=1 and report what it prints',
    ...(stack === undefined ? {} : { output: stack }),
  })
}

function diskError(error: NodeJS.ErrnoException): TagonceError | undefined {
  const where = error.path === undefined ? '' : ` (${error.path})`
  if (error.code === 'ENOSPC') {
    return new TagonceError('disk', `the disk is full${where}`, {
      cause: error,
      hint: 'free some space, then run the same command again',
    })
  }
  if (error.code === 'EACCES' || error.code === 'EPERM' || error.code === 'EROFS') {
    return new TagonceError('disk', `not allowed to write or read${where}`, {
      cause: error,
      hint: 'make it accessible to this user',
    })
  }
  if (error.code === 'EDQUOT') return new TagonceError('disk', `the disk quota is used up${where}`, { cause: error })
  return undefined
}
