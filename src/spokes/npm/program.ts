import type { Artifact, BinaryInside } from '../../core/artifact.ts'
import { TagonceError } from '../../core/errors.ts'
import type { Manifest } from '../../manifest/manifest.ts'
import type { PlacedProgram } from '../shared/program-platforms.ts'

/** The artifact and the binary of a program; both must be in the manifest. */
export function programIn(manifest: Manifest, program: PlacedProgram): { artifact: Artifact; binary: BinaryInside } {
  const artifact = manifest.artifacts.find((one) => one.name === program.artifact)
  const binary = artifact?.binaries.find((one) => one.name === program.name)
  if (artifact === undefined || binary === undefined) {
    throw new TagonceError(
      'manifest',
      `the hub has no program ${program.name} in ${program.artifact}, which npm needs`,
      {
        hint: 'release again: all artifacts must be merged before the manifest is sealed',
      },
    )
  }
  return { artifact, binary }
}
