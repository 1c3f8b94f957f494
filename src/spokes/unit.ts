/** A small text that a unit publishes. */
export interface TextFile {
  /** Path in the channel's repository, forward slashes. */
  path: string
  content: string
  /** Path below `dist` where GoReleaser writes the same text; `path` when absent. */
  dist?: string
}

/** One thing published to one channel; or a pointer that moves when the units it needs are live. */
export interface Unit {
  /** Unique in the release and stable: `npm:hello-linux-x64@1.2.3`. */
  id: string
  /** Where a user finds it: a public URL. */
  address: string
  /** Ids that must be live first. */
  needs: string[]
  /** Name of the pointer (`latest`) when this unit is one. */
  pointer?: string
  files?: TextFile[]
}
