import type { Manifest } from '../../manifest/manifest.ts'
import { gitUnit, pathOf, type GitUnit } from '../shared/git-unit.ts'
import { downloadsOf, packagesOf } from '../shared/packages.ts'
import type { ScoopSettings } from './settings.ts'
import { scoopText } from './text.ts'

/** The unit of an entry: one file in a bucket. Pure. */
export function scoopUnits(manifest: Manifest, settings: ScoopSettings): GitUnit[] {
  const path = pathOf(settings.directory, `${settings.name}.json`)
  const files = [{ path, content: scoopText(manifest, settings), dist: `scoop/${path}` }]
  const downloads = downloadsOf(packagesOf(manifest, settings.packages))
  return [gitUnit(manifest, settings, { spoke: 'scoop', files, downloads })]
}
