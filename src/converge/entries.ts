import type { HubReader } from '../hub/hub.ts'
import type { SealedSpoke } from '../manifest/manifest.ts'
import { TagonceError } from '../core/errors.ts'
import type { AnySpoke, Unit } from '../spokes/spoke.ts'
import { failureOf } from './report.ts'
import type { Failure } from './report.ts'

/** A sealed entry with its units, or why it has none. */
export interface Entry {
  sealed: SealedSpoke
  spoke?: AnySpoke
  settings?: unknown
  units: Unit[]
  skip?: string
  failure?: Failure
}

/** The manifest's entries with their units. Nothing is read or sent. `only` names spokes; empty = all. `skip`: those passed over in this run. */
export function entriesOf(
  hub: HubReader,
  spokes: AnySpoke[],
  only: string[],
  skip: ReadonlySet<string> = new Set(),
): Entry[] {
  const sealed = hub.manifest.spokes
  const unknown = only.find((name) => !sealed.some((one) => one.spoke === name))
  if (unknown !== undefined) {
    const known = [...new Set(sealed.map((one) => one.spoke))].join(', ') || 'none'
    throw new TagonceError('usage', `this release has no spoke ${unknown}`, { hint: `it has: ${known}` })
  }
  const entries = sealed.map((one) =>
    skip.has(one.spoke) ? { sealed: one, units: [], skip: `--skip ${one.spoke}` } : entryOf(hub, spokes, only, one),
  )
  refuseCycles(entries)
  return entries
}

function entryOf(hub: HubReader, spokes: AnySpoke[], only: string[], sealed: SealedSpoke): Entry {
  if (sealed.skip !== undefined) return { sealed, units: [], skip: sealed.skip }
  if (only.length > 0 && !only.includes(sealed.spoke)) {
    return { sealed, units: [], skip: `not asked for (only ${only.join(', ')})` }
  }
  try {
    const spoke = spokes.find((one) => one.name === sealed.spoke)
    if (spoke === undefined) {
      throw new TagonceError('spoke', `this version of tagonce knows no spoke ${sealed.spoke}`, {
        hint: `the release was sealed by version ${hub.manifest.tool.version}`,
      })
    }
    const settings: unknown = spoke.parse(sealed.settings)
    const units: Unit[] = spoke.units(hub.manifest, settings)
    return { sealed, spoke, settings, units }
  } catch (error) {
    return { sealed, units: [], failure: failureOf(error) }
  }
}

/** A unit that needs itself by a detour would be waited for without end. */
function refuseCycles(entries: Entry[]): void {
  const needs = new Map(entries.flatMap((entry) => entry.units.map((unit) => [unit.id, unit.needs] as const)))
  const done = new Set<string>()
  const visit = (id: string, way: string[]): void => {
    if (way.includes(id)) throw new TagonceError('internal', `units need each other: ${[...way, id].join(' → ')}`)
    if (done.has(id)) return
    for (const need of needs.get(id) ?? []) visit(need, [...way, id])
    done.add(id)
  }
  for (const id of needs.keys()) visit(id, [])
}
