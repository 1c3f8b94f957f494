import { type Diagnostic, TagonceError } from '../core/errors.ts'
import type { Task } from '../core/events.ts'
import type { PackedArtifact } from '../pack/packed.ts'
import type { LateRenderer } from '../plan/late.ts'
import type { Plan } from '../plan/plan.ts'
import { size } from '../report/text.ts'
import { makeFlatpak, missingFlatpak } from './flatpak.ts'
import type { PackageIO } from './make.ts'
import { makeMakeself, missingCompressors } from './makeself.ts'
import { makeSrpm } from './srpm.ts'

/**
 * What is made of finished binaries and of the source archive: the source package, self-extracting archives, Flatpak bundles.
 * @param made what was packed before; the source archive is among it
 * @example made.push(...(await makeBundles(plan, made, { ...packageIO, late, task })))
 */
export async function makeBundles(
  plan: Plan,
  made: readonly PackedArtifact[],
  io: PackageIO & { late: LateRenderer; task: Task },
): Promise<PackedArtifact[]> {
  const out: PackedArtifact[] = []
  const one = (name: string, make: () => Promise<PackedArtifact>): Promise<void> =>
    io.task.task(name, async (task) => {
      io.signal.throwIfAborted()
      const artifact = await make()
      out.push(artifact)
      task.note(size(artifact.size))
    })
  const { srpm } = plan
  if (srpm !== undefined) {
    const source = made.find((artifact) => artifact.kind === 'source')
    if (source === undefined)
      throw new TagonceError('internal', 'a source package was planned without a source archive')
    await one(srpm.name, () => makeSrpm(srpm, source, io))
  }
  for (const planned of plan.makeselfs ?? []) await one(planned.name, () => makeMakeself(planned, io))
  for (const planned of plan.flatpaks ?? [])
    await one(planned.name, () => makeFlatpak(planned, { ...io, env: io.late.env }))
  return out
}

/** Tools of these that are not there, before anything is built. */
export function missingBundlers(
  plan: Plan,
  io: { root: string; env: Record<string, string | undefined> },
): Diagnostic[] {
  return [...missingCompressors(plan.makeselfs ?? [], io), ...missingFlatpak(plan.flatpaks ?? [], io)]
}
