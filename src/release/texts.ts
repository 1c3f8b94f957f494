import { posix } from 'node:path'
import { type Diagnostic, TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import type { DistText } from '../dist/texts-json.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { writeText } from '../pack/write-whole.ts'
import type { Plan, PlannedSpoke } from '../plan/plan.ts'
import { NO_REPOSITORY } from '../spokes/shared/entry.ts'
import type { Unit } from '../spokes/spoke.ts'
import { spokeNamed } from './spokes.ts'

const WITHOUT_REPOSITORY = new Set(['scoop', 'krew'])

/**
 * Writes what the spokes will publish into `dist`, where GoReleaser writes it (`dist/homebrew/Formula/hello.rb`), so that it can be
 * looked at before. Spokes themselves never read it. Also for entries that are not published (`skip_upload`), but not for those
 * that `--skip` names, nor (but for Scoop and krew) for those without a repository, which GoReleaser passes over.
 */
export async function writeTexts(
  plan: Pick<Plan, 'dist' | 'spokes'>,
  manifest: Manifest,
  io: { root: string; skip: ReadonlySet<string>; warn: (diagnostic: Diagnostic) => void },
): Promise<DistText[]> {
  const written: DistText[] = []
  const wanted = plan.spokes.filter(
    ({ spoke, skip }) => !io.skip.has(spoke) && (skip !== NO_REPOSITORY || WITHOUT_REPOSITORY.has(spoke)),
  )
  for (const one of wanted) {
    for (const unit of unitsOf(one, manifest, io.warn)) {
      for (const { dist, content } of unit.files ?? []) {
        if (dist === undefined) continue
        const path = posix.join(plan.dist, dist)
        await writeText(inside(inside(io.root, plan.dist), dist), content, path)
        written.push({ spoke: one.spoke, path, ...named(one.settings) })
      }
    }
  }
  return written
}

/** The name in resolved settings, where they have one. */
function named(settings: unknown): { name?: string } {
  const name = typeof settings === 'object' && settings !== null && 'name' in settings ? settings.name : undefined
  return typeof name === 'string' ? { name } : {}
}

/** What a channel refuses is an error of its own, told where it is published. */
function unitsOf(one: PlannedSpoke, manifest: Manifest, warn: (diagnostic: Diagnostic) => void): Unit[] {
  try {
    const spoke = spokeNamed(one.spoke)
    return spoke.units(manifest, one.settings)
  } catch (error) {
    if (!(error instanceof TagonceError)) throw error
    const message = `${one.spoke} ${one.entry} has nothing to show in dist: ${error.message}`
    warn({ severity: 'warning', code: 'no-text', message, ...(error.hint === undefined ? {} : { mend: error.hint }) })
    return []
  }
}
