import type { Manifest } from '../../manifest/manifest.ts'
import { gitUnit, type GitUnit } from '../shared/git-unit.ts'
import { downloadsOf, packagesOf } from '../shared/packages.ts'
import type { KrewSettings } from './settings.ts'
import { krewText } from './text.ts'

/** The unit of an entry: one file in an index. Pure. */
export function krewUnits(manifest: Manifest, settings: KrewSettings): GitUnit[] {
  const file = `${settings.name}.yaml`
  const files = [{ path: `plugins/${file}`, content: krewText(manifest, settings), dist: `krew/${file}` }]
  const downloads = downloadsOf(packagesOf(manifest, settings.packages))
  return [gitUnit(manifest, settings, { spoke: 'krew', files, downloads })]
}
