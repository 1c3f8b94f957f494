import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeLayout } from '../../formats/oci-layout.ts'
import type { HubReader } from '../../hub/hub.ts'
import type { ChannelIO, DistImage } from '../spoke.ts'
import { assembled } from './assemble.ts'
import type { Assembled } from './assemble.ts'
import { publishedName } from './names.ts'
import type { DockerSettings, ImageSettings } from './settings.ts'

/**
 * Writes an entry's image into a folder as an OCI layout, under all its names; what `skopeo` and `podman` read as `oci:FOLDER:NAME`.
 * Gives the records of `artifacts.json`, with GoReleaser's names: for `dockers_v2` it makes an image for each platform in a snapshot.
 */
export async function snapshotImages(
  settings: DockerSettings,
  hub: HubReader,
  io: ChannelIO,
  dist: string,
): Promise<DistImage[]> {
  const image = await assembled(settings, hub, io, true)
  const folder = join(dist, 'docker', settings.at.replaceAll(/\W+/g, '-').replace(/-$/, ''))
  await rm(folder, { recursive: true, force: true })
  await writeLayout(folder, {
    roots: [{ document: image.root, tags: settings.names }],
    documents: image.children,
    blobs: image.blobs,
  })
  io.task.log(`${settings.names.join(', ')}: ${folder}`)
  // GoReleaser makes indexes of docker_manifests only when it pushes.
  if (settings.role === 'list') return []
  if (settings.ko !== undefined) return [koRecord(settings, image)]
  const v2 = settings.at.startsWith('dockers_v2')
  return image.images.flatMap(({ platform, manifest }, at): DistImage[] => {
    const name = settings.platforms[at]?.name ?? ''
    const suffix = v2 ? `-${name.slice(name.indexOf('/') + 1).replaceAll('/', '')}` : ''
    return settings.names.map((text) => {
      const shown = publishedName(text).tag === 'latest' && !text.endsWith(':latest') ? `${text}:latest` : text
      const extra = { Digest: manifest.digest, ID: settings.id, Platforms: [name] }
      if (v2) return { name: `${shown}${suffix}`, type: 'v2', extra }
      const { os: goos, architecture: goarch, variant } = platform
      // GoReleaser says it of every processor: its default, where there is no other.
      const goarm = goarch === 'arm' ? (variant ?? 'v6').replace('v', '') : '6'
      return { name: text, type: 'v1', platform: { goos, goarch, goarm }, extra: {} }
    })
  })
}

/** ko gives Docker one image, named by its digest. */
function koRecord({ id, names }: ImageSettings, { images }: Assembled): DistImage {
  const one = images.find(({ platform }) => platform.architecture === 'amd64') ?? images[0]
  const hex = (one?.manifest.digest ?? '').replace('sha256:', '')
  const name = (names[0] ?? '').replace(/:[^:/]*$/, '')
  return { name: `${name}:${hex}`, type: 'manifest', extra: { Digest: `sha256:${hex}`, ID: id } }
}
