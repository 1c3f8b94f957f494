import type { Position } from '../core/errors.ts'

/** Files that go into an archive beside the binaries; globs are relative to the root. */
export interface PlannedFiles {
  src: string
  dst: string
  stripParent: boolean
  /** Looked for below this folder first, whose name is no part of what it is called (`monorepo.dir`). */
  base?: string
  /** Where the config names it. */
  where?: Position
  /** No complaint where nothing matches (GoReleaser's own default files). */
  optional: boolean
  info: { owner: string; group: string; mode?: number; mtime?: number }
}

/** A file whose content is a template; it is rendered when it is packed, since a hook may write it. */
export interface PlannedTemplated {
  /** Relative to the root. */
  src: string
  dst: string
  info: PlannedFiles['info']
  /** Where it stands in the config. */
  at: (string | number)[]
}

/** Files beside those that are packed; looked up when everything else exists. */
export interface PlannedExtraFile {
  /** Relative to the root. */
  glob: string
  /** What it is called; its own name where empty. */
  name: string
  /** Looked for below this folder first (`monorepo.dir`). */
  base?: string
  /** Set for a file whose content is a template. */
  templated?: boolean
  /** `name` is its path below dist, and the last part of it what it is called. */
  inDist?: true
  mode?: number
  at: (string | number)[]
}
