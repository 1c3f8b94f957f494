import type { Manifest } from '../../manifest/manifest.ts'
import type { TextFile, Unit } from '../spoke.ts'
import { nuspecText } from './nuspec.ts'
import { scriptText } from './script.ts'
import type { ChocolateySettings } from './settings.ts'

/** One version of a package. */
export interface ChocolateyUnit extends Unit {
  files: TextFile[]
}

/** The unit of an entry: the texts of its package. Pure. */
export function chocolateyUnits(manifest: Manifest, settings: ChocolateySettings): ChocolateyUnit[] {
  const { name } = settings
  const file = (path: string, content: string): TextFile => ({ path, content, dist: `${name}.choco/${path}` })
  return [
    {
      id: `chocolatey:${name}@${manifest.version}`,
      address: `https://community.chocolatey.org/packages/${name}/${manifest.version}`,
      needs: [],
      files: [
        file(`${name}.nuspec`, nuspecText(manifest, settings)),
        file('tools/chocolateyinstall.ps1', scriptText(manifest, settings)),
      ],
    },
  ]
}
