import type { Manifest } from '../../manifest/manifest.ts'
import type { Unit } from '../spoke.ts'
import { platformPackage } from './platforms.ts'
import type { NpmPlatform } from './platforms.ts'
import { programIn } from './program.ts'
import type { NpmSettings } from './settings.ts'

interface Common extends Unit {
  /** Name of the package. */
  name: string
  version: string
  settings: NpmSettings
}

/** A package at a version, or the dist-tag that users follow. */
export type NpmUnit =
  | (Common & { role: 'platform'; platform: NpmPlatform })
  | (Common & { role: 'main' })
  | (Common & { role: 'pointer'; pointer: string })

/** The platform packages, then the main one that asks for them, then the tag. Throws `manifest` where a program is not in the hub. */
export function unitsOf(manifest: Manifest, settings: NpmSettings): NpmUnit[] {
  const { version } = manifest
  // Before the first package is sent: a version with some of its platforms can not be sent again.
  for (const { programs } of settings.platforms) for (const one of programs) programIn(manifest, one)
  const common = (name: string, needs: string[]): Common => ({
    id: `npm:${name}@${version}`,
    address: `https://www.npmjs.com/package/${name}/v/${version}`,
    needs,
    name,
    version,
    settings,
  })
  const platforms =
    settings.mode === 'download'
      ? []
      : settings.platforms.map((platform): NpmUnit => {
          const name = platformPackage(settings.name, platform.word)
          return { ...common(name, []), role: 'platform', platform }
        })
  const main: NpmUnit = {
    ...common(
      settings.name,
      platforms.map((one) => one.id),
    ),
    role: 'main',
  }
  const pointer: NpmUnit = {
    ...common(settings.name, [main.id]),
    id: `npm:${settings.name}@${settings.tag}`,
    address: `https://www.npmjs.com/package/${settings.name}`,
    role: 'pointer',
    pointer: settings.tag,
  }
  return [...platforms, main, pointer]
}
