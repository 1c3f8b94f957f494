import type { Diagnostic } from './errors.ts'
import type { Observation } from './states.ts'

export type TaskState = 'done' | 'failed' | 'skipped' | 'warned'

/**
 * Everything that happens, as data. The terminal, the plain log, GitHub's groups and `--json` all read this one stream.
 * `at` is milliseconds since the epoch.
 */
export type Event =
  | { type: 'task.start'; at: number; id: number; parent: number | null; title: string }
  | { type: 'task.log'; at: number; id: number; line: string }
  | { type: 'task.progress'; at: number; id: number; note: string }
  | { type: 'task.end'; at: number; id: number; state: TaskState; note: string; ms: number }
  | { type: 'diagnostic'; at: number; diagnostic: Diagnostic }
  | {
      type: 'request'
      at: number
      method: string
      url: string
      status: number
      ms: number
      attempt: number
      /** A rehearsal read it from outside of its local world. */
      outside?: true
    }
  | { type: 'unit'; at: number; spoke: string; unit: string; address: string; observation: Observation }
  | { type: 'report'; at: number; path: string }

export type Listener = (event: Event) => void

/** A running piece of work, shown as one line of the tree. */
export interface Task {
  readonly id: number
  log(line: string): void
  progress(note: string): void
  /** The words beside the tick when it ends: "5 targets", "nothing to do". */
  note(text: string): void
  /** Ends it as skipped, with the reason; design rule 8. */
  skip(reason: string): void
  /** Runs a child task; its failure ends this one too, unless caught. */
  task<T>(title: string, run: (task: Task) => Promise<T>): Promise<T>
}

/** The one stream of events. */
export class Events {
  #listeners: Listener[] = []
  #next = 1

  on(listener: Listener): () => void {
    this.#listeners.push(listener)
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== listener)
    }
  }

  emit(event: Event): void {
    for (const listener of this.#listeners) listener(event)
  }

  diagnostic(diagnostic: Diagnostic): void {
    this.emit({ type: 'diagnostic', at: Date.now(), diagnostic })
  }

  /** Runs a piece of work as a task at the top of the tree. */
  async task<T>(title: string, run: (task: Task) => Promise<T>): Promise<T> {
    return this.#run(null, title, run)
  }

  async #run<T>(parent: number | null, title: string, run: (task: Task) => Promise<T>): Promise<T> {
    const id = this.#next++
    const began = Date.now()
    let note = ''
    let state: TaskState = 'done'
    const task: Task = {
      id,
      log: (line) => this.emit({ type: 'task.log', at: Date.now(), id, line }),
      progress: (text) => this.emit({ type: 'task.progress', at: Date.now(), id, note: text }),
      note: (text) => {
        note = text
      },
      skip: (reason) => {
        state = 'skipped'
        note = reason
      },
      task: (childTitle, childRun) => this.#run(id, childTitle, childRun),
    }
    this.emit({ type: 'task.start', at: began, id, parent, title })
    try {
      return await run(task)
    } catch (error) {
      state = 'failed'
      throw error
    } finally {
      this.emit({ type: 'task.end', at: Date.now(), id, state, note, ms: Date.now() - began })
    }
  }
}
