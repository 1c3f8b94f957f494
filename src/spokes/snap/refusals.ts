import type { HubReader } from '../../hub/hub.ts'
import type { Unit } from '../spoke.ts'

const refusals = new WeakMap<HubReader, Map<string, string>>()

/** Why the store does not take a revision now, as it said in this run: no read shows it. */
export function refusalOf(unit: Unit, hub: HubReader): string | undefined {
  return refusals.get(hub)?.get(unit.id)
}

export function keepRefusal(unit: Unit, hub: HubReader, reason: string): void {
  const known = refusals.get(hub) ?? new Map<string, string>()
  refusals.set(hub, known.set(unit.id, reason))
}
