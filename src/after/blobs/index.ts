import { posix } from 'node:path'
import type { ArtifactKind } from '../../core/artifact.ts'
import { contentTypeOf } from '../../external/content-type.ts'
import { objectPath } from '../../external/sigv4.ts'
import type { HubReader } from '../../hub/hub.ts'
import { saw } from '../../spokes/shared/evidence.ts'
import type { AnySpoke } from '../../spokes/spoke.ts'
import { afterSpoke } from '../after-spoke.ts'
import { hostOf, recorder } from '../recorder.ts'
import { isMoving, selected } from '../select.ts'
import { azblob } from './azblob.ts'
import { type BlobUnit, type Protocol, md5Of } from './bucket.ts'
import { GOOGLE_CREDENTIALS, gs } from './gs.ts'
import { s3 } from './s3.ts'
import { type BlobSettings, FILENAME, resolveBlob, schema } from './settings.ts'
import { MADE_UP_LOGIN } from './world.ts'

/** The sealed file's sum in base64; it is only read for its MD5 where the size leaves it open. */
async function sumOf(
  name: 'sha256' | 'md5',
  size: number,
  { artifact }: BlobUnit,
  hub: HubReader,
): Promise<string | undefined> {
  if (name === 'sha256') return Buffer.from(artifact.sha256, 'hex').toString('base64')
  return size === artifact.size ? md5Of(artifact.name, hub) : undefined
}

const PROTOCOLS: Record<BlobSettings['provider'], Protocol> = { s3, gs, azblob }

/** `blobs`: every file into a bucket, by the protocol of S3, of Google's storage or of Azure's. */
export const blobs: AnySpoke = afterSpoke<BlobSettings, BlobUnit>({
  name: 'blobs',
  schema,
  settings: (config) =>
    (config.config.blobs ?? []).flatMap((entry, index) => resolveBlob(config, entry, ['blobs', index])),
  credentials: (settings) => PROTOCOLS[settings.provider].credentials(settings),
  probe: (settings, io) => PROTOCOLS[settings.provider].probe(settings, io),
  units: (manifest, settings) =>
    selected(manifest, { kinds: settings.kinds as ArtifactKind[], ids: settings.ids, exts: [] }).map((artifact) => {
      const key = posix.join(settings.directory, artifact.name)
      const address = `${settings.base}/${objectPath(key)}`
      // One name may be taken at several providers.
      const at = settings.provider === 's3' ? '' : `${settings.provider}://`
      return { id: `blobs:${at}${settings.bucket}/${key}`, address, needs: [], settings, artifact, key }
    }),
  async observe(unit, hub, io) {
    const { artifact, address, settings } = unit
    const seen = await PROTOCOLS[settings.provider].look(unit, io)
    if (seen.kind === 'absent') return saw(io, 'absent', 'nothing is there', address)
    if (seen.kind === 'refused') return saw(io, 'unknown', seen.what, address, seen.reason)
    const { size, sha256, md5 } = seen
    const name = sha256 !== undefined ? 'sha256' : 'md5'
    const kept = sha256 ?? md5
    const what = `an object of ${size} bytes${kept === undefined ? '' : `, ${name} ${kept}`}`
    const mine = kept === undefined ? undefined : await sumOf(name, size, unit, hub)
    if (size === artifact.size && kept === mine) return saw(io, 'live', what, address)
    if (isMoving(address, hub.manifest))
      return saw(io, 'absent', what, address, 'other bytes are there, and are replaced')
    const sealed = mine === undefined ? '' : `, ${name} ${mine}`
    return saw(io, 'mismatch', what, address, `other bytes are there: ${artifact.size} bytes${sealed} were sealed`)
  },
  async publish(unit, _, hub, io) {
    const { artifact, settings, address } = unit
    const path = await hub.file(artifact.name)
    const written = {
      path,
      cacheControl: settings.cacheControl,
      disposition: settings.disposition.replaceAll(FILENAME, artifact.name),
      contentType: await contentTypeOf(path),
      create: !isMoving(address, hub.manifest),
    }
    await PROTOCOLS[settings.provider].put(unit, written, hub, io)
  },
  world: {
    client: async () => ({ skipped: 'nothing is installed from it' }),
    server: recorder,
    hosts: (settings) => hostOf((settings as BlobSettings).base),
    credential: (name) =>
      name === GOOGLE_CREDENTIALS ? MADE_UP_LOGIN : `rehearsal-${name.toLowerCase().replaceAll('_', '-')}`,
  },
})
