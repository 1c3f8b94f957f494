import type { Diagnostic } from '../core/errors.ts'
import type { Task } from '../core/events.ts'
import type { Http } from '../external/http.ts'
import type { PlannedBinary } from '../plan/plan.ts'

/** What a builder may use of the outside. */
export interface BuildIO {
  /** Absolute root of the project. */
  root: string
  /** The environment of the compiler. */
  env: Record<string, string | undefined>
  signal: AbortSignal
  task: Task
  /** For builders that fetch a runtime. */
  http?: Http
}

/** Makes binaries of one kind. Adding one is a file and a line in registry.ts. */
export interface Builder {
  /** Word of `builds[].builder`. */
  name: string
  /** What is missing to build these, all at once and before anything is built; reads only. */
  check(binaries: PlannedBinary[], io: Pick<BuildIO, 'root' | 'env'>): Promise<Diagnostic[]>
  /** Makes the binaries of one command (one, mostly) at their `path`. Throws `build` with the tool's own output. */
  build(binaries: PlannedBinary[], io: BuildIO): Promise<void>
}
