import type { Manifest } from '../../manifest/manifest.ts'
import { artifactNamed } from '../shared/packages.ts'
import type { TextFile, Unit } from '../spoke.ts'
import { wholeChannel } from './channel.ts'
import type { SnapSettings } from './settings.ts'
import { snapText } from './text.ts'

interface Common extends Unit {
  name: string
  version: string
  settings: SnapSettings
}

/** One version for one architecture: a revision of the store. */
export interface SnapRevisionUnit extends Common {
  role: 'revision'
  files: TextFile[]
  arch: string
  one: SnapSettings['packages'][number]
}

/** A channel that users follow, for all architectures. */
export interface SnapChannelUnit extends Common {
  role: 'channel'
  /** Whole: `latest/stable`. */
  pointer: string
  arches: string[]
}

export type SnapUnit = SnapRevisionUnit | SnapChannelUnit

/** The units of an entry: a revision for each architecture, and each channel once all of them are reviewed. Pure. Throws `manifest` where an archive is not in the hub. */
export function snapUnits(manifest: Manifest, settings: SnapSettings): SnapUnit[] {
  const { name } = settings
  const { version } = manifest
  const address = `https://snapcraft.io/${name}`
  const path = 'meta/snap.yaml'
  // Before the first architecture is uploaded.
  for (const { programs } of settings.packages) for (const one of programs) artifactNamed(manifest, one.artifact)
  const revisions = settings.packages.map((one): SnapRevisionUnit => {
    const files = [{ path, content: snapText(manifest, settings, one), dist: `${one.file}/prime/${path}` }]
    const id = `snap:${name}/${one.arch}@${version}`
    return { id, address, needs: [], role: 'revision', name, version, settings, arch: one.arch, one, files }
  })
  const channels = [...new Set(settings.channels.map(wholeChannel))].map((pointer): SnapChannelUnit => {
    const needs = revisions.map((one) => one.id)
    const arches = revisions.map((one) => one.arch)
    return { id: `snap:${name}@${pointer}`, address, needs, role: 'channel', name, version, settings, pointer, arches }
  })
  return [...revisions, ...channels]
}
