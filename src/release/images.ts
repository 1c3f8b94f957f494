import { copyFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Credentials } from '../core/credentials.ts'
import type { Events } from '../core/events.ts'
import { TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import type { Http } from '../external/http.ts'
import { hashFile } from '../formats/hash.ts'
import { assetAddress } from '../hub/address.ts'
import { hubReader } from '../hub/reader.ts'
import type { Plan } from '../plan/plan.ts'
import type { ChannelIO, DistImage } from '../spokes/spoke.ts'
import type { Sealed } from './sealed.ts'
import { spokeNamed } from './spokes.ts'

export interface ImagesIO {
  root: string
  http: Http
  credentials: Credentials
  signal: AbortSignal
  events: Events
  folder: string
}

/** Makes the images of a snapshot in `dist`, from the files that the hub would hold. None is sent anywhere. */
export async function writeImages(
  plan: Pick<Plan, 'dist' | 'hub' | 'source' | 'spokes'>,
  sealed: Sealed,
  io: ImagesIO,
): Promise<DistImage[]> {
  const entries = plan.spokes.filter((one) => one.skip === undefined && spokeNamed(one.spoke).snapshot !== undefined)
  if (entries.length === 0) return []
  const folder = join(io.folder, 'snapshot')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const hub = hubReader({
    manifest: sealed.manifest,
    folder: join(folder, 'hub'),
    address: (name) => assetAddress(plan.hub, plan.source.tag, name),
    fetch: async (name, path) => {
      const file = sealed.files.find((one) => one.name === name)
      if (file === undefined) return { status: 404, size: 0, sha256: '' }
      await mkdir(dirname(path), { recursive: true })
      await copyFile(inside(io.root, file.path), path)
      const { size, digests } = await hashFile(path, ['sha256'])
      return { status: 200, size, sha256: digests.sha256 }
    },
  })
  return io.events.task('images', async (task) => {
    const channel: ChannelIO = { ...io, folder, clock: () => new Date(), task }
    const dist = inside(io.root, plan.dist)
    const made: DistImage[] = []
    for (const { spoke, entry, settings } of entries) {
      const known = spokeNamed(spoke)
      try {
        const held = sealed.manifest.spokes.find((one) => one.spoke === spoke && one.settings === settings)?.skip
        if (held !== undefined) throw new TagonceError('spoke', held)
        const parsed: unknown = known.parse(JSON.parse(JSON.stringify(settings)))
        made.push(...((await known.snapshot?.(parsed, hub, channel, dist)) ?? []))
      } catch (error) {
        // Everything else of a snapshot is of use without the image.
        if (!(error instanceof TagonceError) || ['interrupted', 'internal', 'disk'].includes(error.code)) throw error
        const mend = error.hint === undefined ? {} : { mend: error.hint }
        const message = `${spoke} ${entry}: its image is not in ${plan.dist}: ${error.message}`
        io.events.diagnostic({ severity: 'warning', code: 'no-image', message, ...mend })
      }
    }
    task.note(`${made.length} images in ${plan.dist}/docker`)
    return made
  })
}
