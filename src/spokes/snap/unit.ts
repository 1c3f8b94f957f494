import type { Manifest } from '../../manifest/manifest.ts'
import type { TextFile, Unit } from '../spoke.ts'
import type { SnapSettings } from './settings.ts'
import { snapText } from './text.ts'

/** One version for one architecture. */
export interface SnapUnit extends Unit {
  files: TextFile[]
  arch: string
}

/** The units of an entry: one for each architecture. Pure. */
export function snapUnits(manifest: Manifest, settings: SnapSettings): SnapUnit[] {
  return settings.packages.map((one) => {
    const path = 'meta/snap.yaml'
    return {
      id: `snap:${settings.name}/${one.arch}@${manifest.version}`,
      address: `https://snapcraft.io/${settings.name}`,
      needs: [],
      arch: one.arch,
      files: [{ path, content: snapText(manifest, settings, one), dist: `${one.file}/prime/${path}` }],
    }
  })
}
