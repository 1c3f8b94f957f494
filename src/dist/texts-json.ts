import { posix } from 'node:path'

/** A text in dist that a spoke will publish. */
export interface DistText {
  spoke: string
  /** Relative to the root. */
  path: string
  /** Name of the package. */
  name?: string
}

type Type = [number: number, word: string]

/** GoReleaser's number and word for what each package manager gets. */
const TYPES: Record<string, Type> = {
  homebrew: [16, 'Homebrew Formula'],
  cask: [17, 'Homebrew Cask'],
  nix: [18, 'Nixpkg'],
  krew: [26, 'Krew Plugin Manifest'],
  scoop: [27, 'Scoop Manifest'],
}
const WINGET: [RegExp, number][] = [
  [/\.installer\.yaml$/, 19],
  [/\.locale\.[^.]+\.yaml$/, 20],
  [/\.yaml$/, 21],
]
const AUR: Record<string, [pkgbuild: number, srcinfo: number]> = { aur: [22, 23], 'aur-source': [24, 25] }

/** What GoReleaser gives the name of the package as an id. */
const WITH_ID = new Set(['winget', 'aur', 'aur-source'])

/** The record of a text in `dist/artifacts.json`, without the config that GoReleaser puts beside it; none for what it has no type for. */
export function textRecord({ spoke, path, name }: DistText): object[] {
  const type = typeOf(spoke, path)
  if (type === undefined) return []
  const aur = AUR[spoke] === undefined ? undefined : path.endsWith('.srcinfo') ? '.SRCINFO' : 'PKGBUILD'
  return [{ name: aur ?? posix.basename(path), path, internal_type: type[0], type: type[1], ...(WITH_ID.has(spoke) && name !== undefined ? { extra: { ID: name } } : {}) }]
}

function typeOf(spoke: string, path: string): Type | undefined {
  const known = TYPES[spoke]
  if (known !== undefined) return known
  const winget = spoke === 'winget' ? WINGET.find(([pattern]) => pattern.test(path)) : undefined
  if (winget !== undefined) return [winget[1], 'Winget Manifest']
  const aur = AUR[spoke]
  if (aur === undefined) return undefined
  return path.endsWith('.srcinfo') ? [aur[1], 'SRCINFO'] : [aur[0], 'PKGBUILD']
}
