import type { Effect } from '../model.ts'

/** An effect before its place and its secrets are known. */
export type Found = Omit<Effect, 'where' | 'secrets'> & {
  /** Line inside the script, from 0. */
  line?: number
}

export function publishes(channel: string, through: string, more: Partial<Found> = {}): Found {
  return { kind: 'publish', channel, through, source: 'unknown', ...more }
}
