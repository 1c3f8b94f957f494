import pc from 'picocolors'
import stringWidth from 'fast-string-width'
import type { TaskState } from '../core/events.ts'

export type Paint = ReturnType<typeof pc.createColors>

/**
 * Whether a stream gets colours: `NO_COLOR` and `FORCE_COLOR` decide (https://no-color.org), else whether it is a terminal.
 */
export function paintFor(stream: { isTTY?: boolean }, env: Record<string, string | undefined>): Paint {
  if ((env['NO_COLOR'] ?? '') !== '') return pc.createColors(false)
  if ((env['FORCE_COLOR'] ?? '') !== '') return pc.createColors(true)
  return pc.createColors(stream.isTTY === true && env['TERM'] !== 'dumb')
}

/** `1.2 s`, `340 ms`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** `12.6 MB`, in powers of ten as downloads are shown. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`
  return `${(bytes / 1_000_000_000).toFixed(2)} GB`
}

const SIGNS: Record<TaskState | 'running', string> = {
  done: '✔',
  failed: '✖',
  skipped: '↷',
  warned: '▲',
  running: '◌',
}

export function sign(state: TaskState | undefined, paint: Paint): string {
  const text = SIGNS[state ?? 'running']
  if (state === 'done') return paint.green(text)
  if (state === 'failed') return paint.red(text)
  if (state === 'warned' || state === 'skipped') return paint.yellow(text)
  return paint.cyan(text)
}

/** Cuts a line to a width in columns, with an ellipsis; colours count nothing. */
export function clip(line: string, width: number): string {
  if (stringWidth(line) <= width) return line
  let out = ''
  let used = 0
  for (const part of line.split(ESCAPES)) {
    if (part.startsWith('\u001b[')) {
      out += part
      continue
    }
    for (const character of part) {
      const columns = stringWidth(character)
      if (used + columns > width - 1) return line.includes('\u001b') ? `${out}…\u001b[0m` : `${out}…`
      out += character
      used += columns
    }
  }
  return out
}

// oxlint-disable-next-line no-control-regex -- terminal escapes begin with ESC
const ESCAPES = /(\u001b\[[0-9;]*m)/

/**
 * A table with aligned columns, two spaces between; the last column is cut to the width.
 * @example table([['name', 'state'], ['npm', 'live']], 80)
 */
export function table(rows: string[][], width: number): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...rows.map((row) => stringWidth(row[at] ?? ''))))
  return rows.map((row) =>
    clip(
      row
        .map((cell, at) => (at === columns - 1 ? cell : cell + ' '.repeat((widths[at] ?? 0) - stringWidth(cell))))
        .join('  ')
        .trimEnd(),
      width,
    ),
  )
}
