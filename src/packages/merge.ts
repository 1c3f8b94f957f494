import type { Nfpm } from '../config/config.ts'

/** What `overrides` may hold, too. */
export type Overridable = NonNullable<NonNullable<Nfpm['overrides']>[string]>

/**
 * The settings of one format: what its override says counts, and what it leaves out stays. Lists are replaced as a whole,
 * objects are merged key by key, and a value that is empty (or false, or zero) says nothing.
 * @example withOverride({ umask: 2, rpm: { group: 'a' } }, { rpm: { summary: 'b' } }).rpm // { group: 'a', summary: 'b' }
 */
export function withOverride(entry: Nfpm, override: Overridable | undefined): Overridable {
  return merge(entry, override ?? {}) as Overridable
}

function merge(base: unknown, over: unknown): unknown {
  if (isObject(base) && isObject(over)) {
    const keys = new Set([...Object.keys(base), ...Object.keys(over)])
    return Object.fromEntries([...keys].map((key) => [key, merge(base[key], over[key])]))
  }
  const says = Array.isArray(over) ? over.length > 0 : Boolean(over)
  return says ? over : base
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
