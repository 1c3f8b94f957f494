import { basename } from 'node:path/posix'
import type { PackedArtifact } from '../pack/packed.ts'
import type { Plan, PlannedBinary } from '../plan/plan.ts'
import { catalog, type CatalogIO } from '../sbom/catalog.ts'
import { type Subject, subjectOf, subjectOfBinary } from '../signing/subject.ts'
import type { MakeIO } from './make.ts'

/** Makes the SBOMs of a release, which are covered by the checksums and so come before them. */
export async function catalogRelease(
  plan: Plan,
  made: { binaries: PlannedBinary[]; artifacts: PackedArtifact[] },
  io: MakeIO,
): Promise<void> {
  const sboms = plan.sboms ?? []
  if (sboms.length === 0) return
  await io.events.task('sbom', async (task) => {
    const sorted = made.artifacts.toSorted((a, b) => (a.name < b.name ? -1 : 1))
    const subjects = [...sorted.map(subjectOf), ...made.binaries.map(subjectOfBinary)]
    const catalogIO: CatalogIO = {
      ...io,
      task,
      warn: (diagnostic) => io.events.diagnostic(diagnostic),
      programsOf: (subject) => programsOf(subject, made),
    }
    made.artifacts.push(...(await catalog(sboms, subjects, plan, catalogIO)))
  })
}

/** The programs that lie in an artifact, as they were built. */
function programsOf(
  subject: Subject,
  made: { binaries: PlannedBinary[]; artifacts: PackedArtifact[] },
): { name: string; path: string }[] {
  if (subject.kind === 'binary') return [{ name: subject.name, path: subject.path }]
  const artifact = made.artifacts.find((one) => one.name === subject.name)
  return (artifact?.binaries ?? []).flatMap(({ path, name }) => {
    const built = made.binaries.find(
      (one) =>
        one.platform.target === subject.platform?.target &&
        [one.name + one.ext, one.name].some((own) => basename(own) === basename(path) || basename(own) === name),
    )
    return built === undefined ? [] : [{ name: path, path: built.path }]
  })
}
