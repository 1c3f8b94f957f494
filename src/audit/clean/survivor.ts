import type { Candidate } from './candidates.ts'

/** One ground to keep a workflow, in the order in which they count. */
export interface Ground {
  /** `feeds 2 channels from the hub`. */
  name: string
  value(candidate: Candidate): string | number | boolean
  /** Positive: `a` is to be kept rather than `b`. */
  prefer(a: Candidate, b: Candidate): number
}

const more = (name: string, of: (one: Candidate) => number): Ground => ({
  name,
  value: of,
  prefer: (a, b) => of(a) - of(b),
})
const fewer = (name: string, of: (one: Candidate) => number): Ground => ({
  name,
  value: of,
  prefer: (a, b) => of(b) - of(a),
})
const yes = (name: string, of: (one: Candidate) => boolean): Ground => ({
  name,
  value: of,
  prefer: (a, b) => Number(of(a)) - Number(of(b)),
})

/**
 * The grounds, the strongest first. Invalid files are no candidates at all.
 * @param inUse names of files that published wrappers ask the release for
 */
export function groundsFor(inUse: string[]): Ground[] {
  return [
    yes('its name is bound by trusted publishing', (one) => one.trusted),
    yes('writes the release', (one) => one.writesRelease),
    more('channels fed from the hub', (one) => one.hubFed.length),
    fewer('channels fed with other bytes', (one) => one.ownBytes.length),
    yes('has succeeded on a tag', (one) => (one.record?.succeeded ?? 0) > 0),
    {
      name: 'last success',
      value: (one) => one.record?.lastSuccess?.at ?? '',
      prefer: (a, b) => (a.record?.lastSuccess?.at ?? '').localeCompare(b.record?.lastSuccess?.at ?? ''),
    },
    more('percent of its runs succeeded', rate),
    more('files that wrappers ask for', (one) => inUse.filter((name) => one.makes(name)).length),
    yes('does nothing but releases', (one) => one.alsoFor.length === 0),
    // Twins: what is left is a matter of names only.
    yes('ends in .yml, the more usual of the two', (one) => one.path.endsWith('.yml')),
    fewer('length of its name', (one) => one.path.length),
    {
      name: 'first in the alphabet',
      value: (one) => one.path,
      prefer: (a, b) => (a.path < b.path ? 1 : a.path > b.path ? -1 : 0),
    },
  ]
}

function rate({ record }: Candidate): number {
  return record === undefined || record.runs === 0 ? 0 : Math.round((record.succeeded / record.runs) * 100)
}

/**
 * The workflow to keep, and the ground that decided against each other one.
 * @example chooseSurvivor(candidates, []).survivor?.path // '.github/workflows/goreleaser.yml'
 */
export function chooseSurvivor(
  candidates: Candidate[],
  inUse: string[],
): { survivor: Candidate | undefined; against: Map<string, string> } {
  const grounds = groundsFor(inUse)
  const decide = (a: Candidate, b: Candidate): Ground | undefined => grounds.find((ground) => ground.prefer(a, b) !== 0)
  const [survivor, ...others] = candidates.toSorted((a, b) => decide(a, b)?.prefer(b, a) ?? 0)
  const against = new Map<string, string>()
  if (survivor === undefined) return { survivor, against }
  for (const other of others) {
    const ground = decide(survivor, other)
    if (ground === undefined) continue
    const [theirs, own] = [ground.value(survivor), ground.value(other)]
    const values =
      typeof own === 'boolean' ? 'the one that stays, not this one' : `${show(theirs)} there, ${show(own)} here`
    against.set(other.path, `${ground.name}: ${values}`)
  }
  return { survivor, against }
}

function show(value: string | number | boolean): string {
  return value === '' ? 'never' : String(value)
}
