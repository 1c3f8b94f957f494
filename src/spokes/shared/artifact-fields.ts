import type { ArtifactName } from '../../core/artifact.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'

/** What a template may say of an artifact: `.Os`, `.Arch`, `.ArtifactName` …; the names are GoReleaser's. */
export function artifactFields(plan: SpokeConfig['plan'], artifact: ArtifactName): Record<string, unknown> {
  const platform = artifact.platform
  return {
    Os: platform?.goos ?? '',
    Arch: platform?.goarch ?? '',
    Amd64: platform?.goamd64 ?? '',
    I386: platform?.go386 ?? '',
    Arm: platform?.goarm ?? '',
    Arm64: platform?.goarm64 ?? '',
    Mips: platform?.gomips ?? '',
    Ppc64: platform?.goppc64 ?? '',
    Riscv64: platform?.goriscv64 ?? '',
    Target: platform?.target ?? '',
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
