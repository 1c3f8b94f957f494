import type { Diagnostic } from '../../core/errors.ts'
import { TagonceError } from '../../core/errors.ts'
import type { Task } from '../../core/events.ts'
import type { SealedSpoke } from '../../manifest/manifest.ts'
import type { Plan } from '../../plan/plan.ts'
import { type ConfigPlaces, placed } from '../places.ts'
import { sealSpokes } from '../seal.ts'

/**
 * Every entry with what is frozen for it: files of the project, as the commit of the tag has them, and what a base image stands for.
 * What lacks is told for all entries at once, each with its place.
 * @example await sealedAtTag(plan, loaded, { ...io, root: checkout }, task)
 */
export async function sealedAtTag(
  plan: Plan,
  places: ConfigPlaces,
  io: Parameters<typeof sealSpokes>[1],
  task: Task,
): Promise<{ spokes: SealedSpoke[]; found: Diagnostic[] }> {
  const found: Diagnostic[] = []
  const sealed = await Promise.all(
    plan.spokes.map(async (one) => {
      try {
        return await sealSpokes({ ...plan, spokes: [one] }, io, task)
      } catch (error) {
        // Only what is wrong with this entry is told with those of others.
        if (!(error instanceof TagonceError) || (error.code !== 'spoke' && error.code !== 'config')) throw error
        const mend = error.hint === undefined ? {} : { mend: error.hint }
        const message = `${one.spoke} ${one.entry}: ${error.message}`
        found.push(placed({ severity: 'error', code: 'not-sealed', message, ...mend }, one.at, places))
        return []
      }
    }),
  )
  return { spokes: sealed.flat(), found }
}
