import type { Loaded } from '../config/load.ts'
import { valueAt } from '../config/path.ts'
import type { Diagnostic } from '../core/errors.ts'
import type { PlannedSpoke } from '../plan/plan.ts'
import type { Finding } from '../spokes/spoke.ts'

/** What is known of the places in a config. */
export type ConfigPlaces = Pick<Loaded, 'config' | 'positionOf'>

/**
 * A finding with its place in the config: that of its key, or of the nearest thing around it that is written there.
 * @example placed({ severity: 'error', code: 'scoop-name', message: '…', key: ['name'] }, ['scoops', 0], loaded)
 */
export function placed({ key = [], ...found }: Finding, at: PlannedSpoke['at'], places: ConfigPlaces): Diagnostic {
  const where = found.where ?? places.positionOf([...at, ...key])
  return where === undefined ? found : { ...found, where }
}

/**
 * Where an entry names a variable; empty when it does not, and the entry itself stands for it.
 * @example keyNaming('TAP_TOKEN', ['brews', 0], loaded) // ['repository', 'token']
 */
export function keyNaming(name: string, at: PlannedSpoke['at'], { config }: ConfigPlaces): (string | number)[] {
  const named = new RegExp(String.raw`\.Env\.${name}\b`)
  const search = (value: unknown): (string | number)[] | undefined => {
    if (typeof value === 'string') return named.test(value) ? [] : undefined
    if (typeof value !== 'object' || value === null) return undefined
    for (const [key, one] of Object.entries(value)) {
      const below = search(one)
      if (below !== undefined) return [Array.isArray(value) ? Number(key) : key, ...below]
    }
    return undefined
  }
  return search(valueAt(config, at)) ?? []
}
