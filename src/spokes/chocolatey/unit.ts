import type { Manifest } from '../../manifest/manifest.ts'
import { type Download, downloadsOf, packagesOf } from '../shared/packages.ts'
import type { TextFile, Unit } from '../spoke.ts'
import { COMMUNITY, feedOf } from './feed.ts'
import { nuspecText } from './nuspec.ts'
import { scriptText } from './script.ts'
import type { ChocolateySettings } from './settings.ts'

/** One version of a package. */
export interface ChocolateyUnit extends Unit {
  files: TextFile[]
  name: string
  version: string
  settings: ChocolateySettings
  /** What the script fetches. */
  downloads: Download[]
}

/** The unit of an entry: the texts of its package. There is no pointer: feeds compute which version is the latest. Pure. */
export function chocolateyUnits(manifest: Manifest, settings: ChocolateySettings): ChocolateyUnit[] {
  const { name } = settings
  const { version } = manifest
  const file = (path: string, content: string): TextFile => ({ path, content, dist: `${name}.choco/${path}` })
  const feed = feedOf(settings.sourceRepo)
  return [
    {
      id: `chocolatey:${name}@${version}`,
      address: feed.community ? `${COMMUNITY}/packages/${name}/${version}` : feed.read,
      needs: [],
      name,
      version,
      settings,
      downloads: downloadsOf(packagesOf(manifest, settings.packages)),
      files: [
        file(`${name}.nuspec`, nuspecText(manifest, settings)),
        file('tools/chocolateyinstall.ps1', scriptText(manifest, settings)),
      ],
    },
  ]
}
