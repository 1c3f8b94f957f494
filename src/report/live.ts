import type { Event } from '../core/events.ts'
import { formatDiagnostic } from './diagnostic.ts'
import { clip, duration, sign, type Paint } from './text.ts'
import { Tree, type Node } from './tree.ts'

export interface Screen {
  write(text: string): void
  columns: () => number
  rows: () => number
}

/**
 * A live tree of tasks. What has ended at the top is printed for good; what runs is redrawn below it.
 * `stop` leaves the last picture standing and the cursor visible.
 */
export function liveReporter(
  screen: Screen,
  paint: Paint,
  root: string,
): { take: (event: Event) => void; stop: () => void } {
  const tree = new Tree()
  let drawn = 0
  let settled = 0
  let ended = false
  const told: string[] = []

  const draw = (): void => {
    if (ended) return
    let out = drawn > 0 ? `\u001b[${drawn}A\u001b[0J` : ''
    while (tree.roots[settled]?.state !== undefined) {
      const node = tree.roots[settled]
      if (node !== undefined) out += lines(node, 0, true).map(cut).join('')
      settled += 1
    }
    // Above what is redrawn, so that it stays; whole, however narrow the terminal is.
    out += told
      .splice(0)
      .map((line) => `${line}\n`)
      .join('')
    const live = tree.roots.slice(settled).flatMap((node) => lines(node, 0, false))
    const room = Math.max(3, screen.rows() - 2)
    const shown =
      live.length <= room ? live : [...live.slice(0, room - 1), paint.dim(`… and ${live.length - room + 1} more`)]
    out += shown.map(cut).join('')
    drawn = shown.length
    screen.write(out)
  }
  const cut = (line: string): string => `${clip(line, screen.columns() - 1)}\n`

  const lines = (node: Node, depth: number, final: boolean): string[] => {
    const ms = node.state === undefined ? Date.now() - node.began : node.ms
    const time = ms >= 100 ? paint.dim(` ${duration(ms)}`) : ''
    const note = node.note === '' ? '' : paint.dim(` ${node.note}`)
    const own = `${'  '.repeat(depth)}${sign(node.state, paint)} ${node.title}${note}${time}`
    // A finished task keeps its children on the screen only at the first level: the tree stays readable.
    const children = depth >= 1 && node.state === 'done' ? [] : node.children
    const latest = node.state === undefined && !final ? node.log.at(-1) : undefined
    return [
      own,
      ...(latest === undefined ? [] : [paint.dim(`${'  '.repeat(depth + 1)}${latest}`)]),
      ...children.flatMap((child) => lines(child, depth + 1, final)),
    ]
  }

  screen.write('\u001b[?25l')
  const timer = setInterval(draw, 80)
  timer.unref()
  return {
    take(event) {
      tree.take(event)
      if (event.type === 'diagnostic') told.push(...formatDiagnostic(event.diagnostic, root, paint))
    },
    stop() {
      if (ended) return
      clearInterval(timer)
      draw()
      ended = true
      screen.write('\u001b[?25h')
    },
  }
}
