import type { Event, TaskState } from '../core/events.ts'

/** A task as the stream of events has told of it so far. */
export interface Node {
  id: number
  parent: number | null
  title: string
  began: number
  /** Absent while it runs. */
  state?: TaskState
  note: string
  ms: number
  log: string[]
  children: Node[]
}

/** Lines of a task's output that are kept for when it fails. */
const KEPT_LINES = 200

/** Builds the tree of tasks from events. */
export class Tree {
  readonly roots: Node[] = []
  readonly #nodes = new Map<number, Node>()

  /** Takes one event; gives the node it was about. */
  take(event: Event): Node | undefined {
    if (event.type === 'task.start') {
      const { id, parent, title, at } = event
      const node: Node = { id, parent, title, began: at, note: '', ms: 0, log: [], children: [] }
      this.#nodes.set(id, node)
      const siblings = parent === null ? this.roots : (this.#nodes.get(parent)?.children ?? this.roots)
      siblings.push(node)
      return node
    }
    if (event.type !== 'task.log' && event.type !== 'task.progress' && event.type !== 'task.end') return undefined
    const node = this.#nodes.get(event.id)
    if (node === undefined) return undefined
    if (event.type === 'task.log') {
      node.log.push(event.line)
      if (node.log.length > KEPT_LINES) node.log.shift()
    } else if (event.type === 'task.progress') node.note = event.note
    else {
      node.state = event.state
      node.note = event.note
      node.ms = event.ms
    }
    return node
  }

  /** Tasks that run and have no running child. */
  running(): Node[] {
    return [...this.#nodes.values()].filter(
      (node) => node.state === undefined && node.children.every((child) => child.state !== undefined),
    )
  }

  /** Its ancestors' titles and its own: `build › hello linux_amd64_v1`. */
  path(node: Node): string {
    const parent = node.parent === null ? undefined : this.#nodes.get(node.parent)
    return parent === undefined ? node.title : `${this.path(parent)} › ${node.title}`
  }
}
