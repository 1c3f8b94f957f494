import type { Events } from '../core/events.ts'
import { redact } from '../core/secrets.ts'
import { liveReporter } from './live.ts'
import { githubReporter, plainReporter } from './plain.ts'
import { paintFor, type Paint } from './text.ts'

export interface Reporter {
  paint: Paint
  /** Data for the user: a table, JSON. */
  print(text: string): void
  /** What is wrong, for the user's eyes. */
  complain(lines: string[]): void
  /** Ends the drawing; call before anything else is printed. */
  stop(): void
  json: boolean
  columns: number
}

/**
 * Attaches the one reporter that fits: NDJSON with `--json`, groups in GitHub Actions, a live tree in a terminal, else plain lines.
 * Progress goes to stderr, results to stdout. Everything passes the mask for secrets.
 */
export function attachReporter(events: Events, options: { json: boolean; quiet: boolean; root: string }): Reporter {
  const { stdout, stderr, env } = process
  // Whoever reads may stop reading (`| head`): that is no fault, and nobody is left to tell.
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0)
      throw error
    })
  }
  // Nothing is cut off in a pipe or a file.
  const columns = stdout.columns || Number(env['COLUMNS']) || Infinity
  const paint = paintFor(stdout, env)
  const progress = (text: string): void => void stderr.write(redact(text))
  if (options.json) events.on((event) => void stdout.write(`${redact(JSON.stringify(event))}\n`))
  const chosen = choose()
  if (chosen !== undefined) events.on(chosen.take)
  return {
    paint,
    json: options.json,
    columns,
    print: (text) => {
      chosen?.stop()
      stdout.write(redact(text.endsWith('\n') ? text : `${text}\n`))
    },
    complain: (lines) => {
      chosen?.stop()
      stderr.write(`${redact(lines.join('\n'))}\n`)
    },
    stop: () => chosen?.stop(),
  }

  function choose():
    | { take: (event: Parameters<Parameters<Events['on']>[0]>[0]) => void; stop: () => void }
    | undefined {
    if (options.json || options.quiet) return undefined
    if (env['GITHUB_ACTIONS'] === 'true') return githubReporter(progress, paintFor({ isTTY: true }, env))
    if (stderr.isTTY && env['TERM'] !== 'dumb' && env['CI'] === undefined) {
      return liveReporter(
        { write: progress, columns: () => stderr.columns || 80, rows: () => stderr.rows || 24 },
        paintFor(stderr, env),
        options.root,
      )
    }
    return plainReporter(progress, paintFor(stderr, env), options.root)
  }
}
