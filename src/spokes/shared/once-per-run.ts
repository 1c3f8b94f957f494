import type { HubReader } from '../../hub/hub.ts'

/** Work by its key, in one run; a reader of the hub stands for the run. */
type OncePerRun<T> = (hub: HubReader, key: string, begin: () => Promise<T>) => Promise<T>

/**
 * Work that is done once a run for each key, however many units want it; what failed is begun anew by the next who asks.
 * @example const once = oncePerRun<Packed>(); await once(hub, unit.id, () => pack(unit, hub, io))
 */
export function oncePerRun<T>(): OncePerRun<T> {
  const runs = new WeakMap<HubReader, Map<string, Promise<T>>>()
  return (hub, key, begin) => {
    const known = runs.get(hub) ?? new Map<string, Promise<T>>()
    runs.set(hub, known)
    const underway = known.get(key)
    if (underway !== undefined) return underway
    const begun = begin()
    known.set(key, begun)
    begun.catch(() => known.delete(key))
    return begun
  }
}
