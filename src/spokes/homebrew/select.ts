import type { ArtifactName } from '../../core/artifact.ts'

/** Which artifacts an entry takes. */
export interface Choice {
  /** Archive ids; empty = all. */
  ids: string[]
  /** Formula: the variants it takes. A cask takes no 32-bit arm, and every amd64. */
  goarm?: string
  goamd64?: string
}

/**
 * The artifacts that Homebrew can install: archives (single `gz` files are none) and bare programs, for exactly these
 * platforms: macOS and Linux on amd64 and arm64, a universal macOS program, and in formulas 32-bit arm on Linux.
 * A universal program is taken where it stands in for its parts.
 */
export function select<A extends ArtifactName>(artifacts: A[], choice: Choice): A[] {
  const fit = artifacts.filter((one) => isInstallable(one) && fitsPlatform(one, choice) && fitsIds(one, choice.ids))
  return fit.filter((one) => one.platform?.goarch !== 'all' || !fit.some((other) => isPartOf(other, one)))
}

/** Platforms for which more than one artifact was chosen, with their names. */
export function doubled(artifacts: ArtifactName[]): { platform: string; names: string[] }[] {
  const groups = new Map<string, string[]>()
  for (const one of artifacts) {
    const platform = `${one.platform?.goos}/${one.platform?.goarch}`
    groups.set(platform, [...(groups.get(platform) ?? []), one.name])
  }
  return [...groups].filter(([, names]) => names.length > 1).map(([platform, names]) => ({ platform, names }))
}

function isInstallable(one: ArtifactName): boolean {
  return (one.kind === 'archive' && one.format !== 'gz') || one.kind === 'binary'
}

function fitsIds(one: ArtifactName, ids: string[]): boolean {
  return ids.length === 0 || ids.includes(one.id)
}

function fitsPlatform(one: ArtifactName, choice: Choice): boolean {
  const platform = one.platform
  if (platform === undefined) return false
  if (platform.goos !== 'darwin' && platform.goos !== 'linux') return false
  switch (platform.goarch) {
    case 'amd64':
      return choice.goamd64 === undefined || (platform.goamd64 ?? 'v1') === choice.goamd64
    case 'arm':
      return choice.goarm !== undefined && platform.goos === 'linux' && (platform.goarm ?? '6') === choice.goarm
    case 'arm64':
      return true
    case 'all':
      return platform.goos === 'darwin'
    default:
      return false
  }
}

function isPartOf(one: ArtifactName, universal: ArtifactName): boolean {
  return one.platform?.goos === 'darwin' && one.platform.goarch !== 'all' && one.id === universal.id
}
