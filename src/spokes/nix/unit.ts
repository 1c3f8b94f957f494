import type { Manifest } from '../../manifest/manifest.ts'
import { gitUnit, pathOf, type GitUnit } from '../shared/git-unit.ts'
import { downloadsOf, packagesOf } from '../shared/packages.ts'
import type { NixSettings } from './settings.ts'
import { nixText } from './text.ts'

/** The unit of an entry: one file in a repository of packages. Pure. */
export function nixUnits(manifest: Manifest, settings: NixSettings): GitUnit[] {
  const path = pathOf(settings.path)
  const files = [{ path, content: nixText(manifest, settings), dist: `nix/${path}` }]
  const downloads = downloadsOf(packagesOf(manifest, settings.packages))
  return [gitUnit(manifest, settings, { spoke: 'nix', files, downloads })]
}
