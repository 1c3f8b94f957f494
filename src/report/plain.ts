import type { Event } from '../core/events.ts'
import { formatDiagnostic } from './diagnostic.ts'
import { duration, sign, type Paint } from './text.ts'
import { Tree } from './tree.ts'

/** Milliseconds after which a log says that a task still runs, and again each time. */
const PULSE = 60_000

/** Says once a minute what runs: a log that stands still looks like a program that hangs. */
function pulse(tree: Tree, write: (text: string) => void, paint: Paint): () => void {
  const timer = setInterval(() => {
    const now = Date.now()
    for (const node of tree.running()) {
      const ms = now - node.began
      if (ms >= PULSE) write(`${paint.dim(`… ${tree.path(node)} still runs, ${duration(ms)}`)}\n`)
    }
  }, PULSE)
  timer.unref()
  return () => clearInterval(timer)
}

/** One line when a task ends, for logs and pipes; diagnostics as they come. Nothing is drawn twice. */
export function plainReporter(
  write: (text: string) => void,
  paint: Paint,
  root: string,
): { take: (event: Event) => void; stop: () => void } {
  const tree = new Tree()
  const stop = pulse(tree, write, paint)
  return {
    take(event) {
      const node = tree.take(event)
      if (event.type === 'diagnostic') write(`${formatDiagnostic(event.diagnostic, root, paint).join('\n')}\n`)
      if (node === undefined || event.type !== 'task.end') return
      const note = node.note === '' ? '' : ` ${paint.dim(node.note)}`
      write(`${sign(node.state, paint)} ${tree.path(node)}${note} ${paint.dim(duration(node.ms))}\n`)
    },
    stop,
  }
}

/**
 * The same for GitHub Actions: a group for each task at the top, and annotations for diagnostics.
 * Groups do not nest, so a group is printed whole when its task ends.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function githubReporter(
  write: (text: string) => void,
  paint: Paint,
): { take: (event: Event) => void; stop: () => void } {
  const tree = new Tree()
  const stop = pulse(tree, write, paint)
  const held = new Map<number, string[]>()
  const rootOf = new Map<number, number>()
  return {
    take(event) {
      const node = tree.take(event)
      if (event.type === 'diagnostic') {
        const { severity, where, message } = event.diagnostic
        const level = { error: 'error', warning: 'warning', info: 'notice' }[severity]
        const place = where === undefined ? '' : ` file=${property(where.file)},line=${where.line},col=${where.column}`
        write(`::${level}${place}::${escape(message)}\n`)
      }
      if (node === undefined) return
      const root = node.parent === null ? node.id : (rootOf.get(node.parent) ?? node.parent)
      rootOf.set(node.id, root)
      const lines = held.get(root) ?? []
      held.set(root, lines)
      if (event.type === 'task.log') lines.push(`  ${event.line}`)
      if (event.type !== 'task.end') return
      const note = node.note === '' ? '' : ` ${node.note}`
      const line = `${sign(node.state, paint)} ${tree.path(node)}${note} ${duration(node.ms)}`
      if (node.parent !== null) lines.push(line)
      else if (lines.length === 0) write(`${line}\n`)
      else write(`::group::${line}\n${lines.join('\n')}\n::endgroup::\n`)
    },
    stop,
  }
}

function escape(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return escape(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
