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
  const entries = await Promise.all(
    plan.spokes.map(async (one): Promise<{ spokes: SealedSpoke[]; found: Diagnostic[] }> => {
      try {
        return { spokes: await sealSpokes({ ...plan, spokes: [one] }, io, task), found: [] }
      } catch (error) {
        // Only what is wrong with this entry is told with that of others.
        if (!(error instanceof TagonceError) || (error.code !== 'spoke' && error.code !== 'config')) throw error
        const { message, hint, diagnostics } = error
        const mend = hint === undefined ? {} : { mend: hint }
        const own: Diagnostic[] = [{ severity: 'error', code: 'not-sealed', message, ...mend }]
        const told = diagnostics.length > 0 ? diagnostics : own
        return { spokes: [], found: told.map((each) => placed(each, one.at, places)) }
      }
    }),
  )
  return { spokes: entries.flatMap((one) => one.spokes), found: entries.flatMap((one) => one.found) }
}
