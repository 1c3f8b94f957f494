import type { RunReport } from '../history/runs.ts'

export interface CleanOptions {
  /** Path or name of the workflow to keep, whatever the evidence says. */
  keep?: string
  /** Archive these too: invalid files, backups, workflows that also do other work. */
  also: string[]
  /** Losses that are meant: channels by name, or `urls`. */
  allowLoss: string[]
  /** Where the archived workflows go: the first that git does not ignore. */
  folder: string
  runs?: RunReport
}
