import type { ArtifactName } from '../../core/artifact.ts'
import { platformData } from '../../plan/context.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'

/** What a template may say of an artifact: `.Os`, `.Arch`, `.ArtifactName` …; the names are GoReleaser's. */
export function artifactFields(plan: SpokeConfig['plan'], artifact: ArtifactName): Record<string, unknown> {
  return {
    ...platformData(artifact.platform),
    Binary: programOf(plan, artifact),
    ArtifactName: artifact.name,
    ArtifactExt: '',
    ArtifactPath: `${plan.dist}/${artifact.name}`,
  }
}

/** An archive goes by the project's name; a bare program by its own. */
function programOf(plan: SpokeConfig['plan'], artifact: ArtifactName): string {
  if (artifact.kind !== 'binary') return plan.project
  const upload = plan.uploads.find((one) => one.name === artifact.name)
  return plan.binaries.find((one) => one.path === upload?.path)?.name ?? plan.project
}
