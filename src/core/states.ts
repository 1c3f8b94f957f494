/** What a channel shows for a unit. The words are the design's; each is explained in docs/states.md. */
export type State =
  | 'absent'
  | 'partial'
  | 'staged'
  | 'pending'
  | 'deferred'
  | 'blocked'
  | 'live'
  | 'superseded'
  | 'mismatch'
  | 'retracted'
  | 'unknown'

/** What was read, from where, when, with which digest. Every state carries it. */
export interface Evidence {
  /** In words: "packument lists 1.2.3", "tree holds Formula/hello.rb". */
  what: string
  /** Public address it was read from. */
  from: string
  /** ISO 8601, UTC. */
  at: string
  /** `sha256:<hex>` (or sha512, sha1) of what was read. */
  digest?: string
}

export interface Observation {
  state: State
  /** Why, when the state alone does not say it. */
  reason?: string
  evidence: Evidence[]
}

/** States that need nothing more from us. */
export function isSettled(state: State): boolean {
  return state === 'live' || state === 'superseded' || state === 'pending' || state === 'staged'
}
