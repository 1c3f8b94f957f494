import type { Manifest } from '../../manifest/manifest.ts'
import { gitUnit, pathOf, type GitUnit } from '../shared/git-unit.ts'
import { downloadsOf, packagesOf } from '../shared/packages.ts'
import type { WingetSettings } from './settings.ts'
import { wingetTexts } from './text.ts'

/** The unit of an entry: the files of one version. Pure. */
export function wingetUnits(manifest: Manifest, settings: WingetSettings): GitUnit[] {
  const files = wingetTexts(manifest, settings).map(({ name, content }) => {
    const path = pathOf(settings.path, name)
    return { path, content, dist: `winget/${path}` }
  })
  const downloads = downloadsOf(packagesOf(manifest, settings.packages))
  return [gitUnit(manifest, { ...settings, name: settings.packageIdentifier }, { spoke: 'winget', files, downloads })]
}
