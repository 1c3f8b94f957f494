import { readFileSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'
import type { Diagnostic, TagonceError } from '../core/errors.ts'
import { redact } from '../core/secrets.ts'
import type { Paint } from './text.ts'

/**
 * A diagnostic as a good compiler prints it: place, message, the line itself, a caret, the mend.
 * The line is read from the file that the position names; where that cannot be read, it is left out.
 */
export function formatDiagnostic(one: Diagnostic, root: string, paint: Paint): string[] {
  const word = { error: paint.red('error'), warning: paint.yellow('warning'), info: paint.cyan('info') }[one.severity]
  const { where } = one
  const place = where === undefined ? '' : `${paint.bold(`${show(where.file, root)}:${where.line}:${where.column}`)} `
  const lines = [`${place}${word} ${redact(one.message)} ${paint.dim(`[${one.code}]`)}`]
  const source = where === undefined ? undefined : sourceLine(where.file, where.line, root)
  if (where !== undefined && source !== undefined) {
    const number = String(where.line)
    const gutter = ' '.repeat(number.length)
    const before = source.slice(0, where.column - 1).replaceAll(/[^\t]/g, ' ')
    const length = Math.max(1, Math.min(where.length ?? 1, source.length - where.column + 1))
    lines.push(
      `  ${paint.dim(`${number} │`)} ${redact(source)}`,
      `  ${paint.dim(`${gutter} │`)} ${before}${paint.red('^'.repeat(length))}`,
    )
  }
  if (one.mend !== undefined) lines.push(`  ${paint.cyan('mend:')} ${redact(one.mend)}`)
  return lines
}

/** An error as a user sees it: what, the problems one by one, a tool's own output, the hint. Never a stack. */
export function formatError(error: TagonceError, root: string, paint: Paint): string[] {
  const lines: string[] = []
  for (const one of error.diagnostics) lines.push(...formatDiagnostic(one, root, paint), '')
  if (error.output !== undefined && error.output.trim() !== '') lines.push(error.output.trimEnd(), '')
  lines.push(`${paint.red('✖')} ${error.message}`)
  if (error.hint !== undefined) lines.push(`  ${paint.cyan('mend:')} ${error.hint}`)
  return lines
}

function show(file: string, root: string): string {
  if (!isAbsolute(file)) return file
  const way = relative(root, file)
  return way.startsWith('..') ? file : way
}

function sourceLine(file: string, line: number, root: string): string | undefined {
  try {
    const text = readFileSync(isAbsolute(file) ? file : join(root, file), 'utf8').split(/\r?\n/)[line - 1]
    return text !== undefined && text.length <= 400 ? text : undefined
  } catch {
    return undefined
  }
}
