import type { ArtifactName } from '../../core/artifact.ts'
import type { Platform } from '../../core/platform.ts'

/** Which artifacts an entry of the config takes; by GoReleaser's rules. */
export interface Choice {
  kinds: ArtifactName['kind'][]
  goos: string[]
  /** Whether a platform of one of these systems fits. */
  fits: (platform: Platform) => boolean
  /** Ids of archives; absent or empty = all. */
  ids?: string[] | undefined
}

/** The artifacts that fit. A universal program of macOS is taken only where it stands in for its parts. */
export function choose<A extends ArtifactName>(artifacts: A[], choice: Choice): A[] {
  const fit = artifacts.filter(
    (one) =>
      choice.kinds.includes(one.kind) &&
      one.platform !== undefined &&
      choice.goos.includes(one.platform.goos) &&
      choice.fits(one.platform) &&
      (choice.ids === undefined || choice.ids.length === 0 || choice.ids.includes(one.id)),
  )
  return fit.filter((one) => one.platform?.goarch !== 'all' || !artifacts.some((other) => isPartOf(other, one)))
}

/** Whether an amd64 platform has this microarchitecture level; without one it is v1. */
export function isAmd64(platform: Platform, goamd64: string | undefined): boolean {
  return platform.goarch === 'amd64' && (platform.goamd64 || 'v1') === (goamd64 || 'v1')
}

/** Names of artifacts by a key, where more than one has it. */
export function doubled<A extends ArtifactName>(artifacts: A[], key: (one: A) => string): [string, string[]][] {
  const groups = Map.groupBy(artifacts, key)
  return [...groups].filter(([, all]) => all.length > 1).map(([name, all]) => [name, all.map((one) => one.name)])
}

function isPartOf(one: ArtifactName, universal: ArtifactName): boolean {
  return one.platform?.goos === 'darwin' && one.platform.goarch !== 'all' && one.id === universal.id
}
