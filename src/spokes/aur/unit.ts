import type { Manifest } from '../../manifest/manifest.ts'
import type { TextFile, Unit } from '../spoke.ts'
import { pathOf } from '../shared/git-unit.ts'
import type { ArchSettings, AurSettings, AurSourceSettings } from './settings.ts'
import { sourcePkgbuildText, sourceSrcinfoText } from './source-text.ts'
import { pkgbuildText, srcinfoText } from './text.ts'

/** The files of one version in a package's repository. */
export interface AurUnit extends Unit {
  files: TextFile[]
}

/** The unit of a package of programs. Pure. */
export function aurUnits(manifest: Manifest, settings: AurSettings): AurUnit[] {
  return [unitOf(manifest, settings, pkgbuildText(manifest, settings), srcinfoText(manifest, settings))]
}

/** The unit of a package that is built from the sources. Pure. */
export function aurSourceUnits(manifest: Manifest, settings: AurSourceSettings): AurUnit[] {
  return [unitOf(manifest, settings, sourcePkgbuildText(manifest, settings), sourceSrcinfoText(manifest, settings))]
}

function unitOf(manifest: Manifest, settings: ArchSettings, pkgbuild: string, srcinfo: string): AurUnit {
  const { name, directory } = settings
  return {
    id: `aur:${name}@${manifest.version}`,
    address: `https://aur.archlinux.org/packages/${name}`,
    needs: [],
    pointer: 'aur',
    files: [
      { path: pathOf(directory, 'PKGBUILD'), content: pkgbuild, dist: `aur/${name}.pkgbuild` },
      { path: pathOf(directory, '.SRCINFO'), content: srcinfo, dist: `aur/${name}.srcinfo` },
    ],
  }
}
