import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ManifestDocument } from '../../../external/oci-registry.ts'
import { describe } from '../../../formats/oci-document.ts'
import type { OciIndex, OciManifest } from '../../../formats/oci-types.ts'
import type { ChannelIO } from '../../spoke.ts'
import { isIndex } from '../base.ts'
import { parsePlatform } from '../dockerfile/platform.ts'
import type { ImageBlob, PlatformImage } from '../image.ts'
import { publishedName } from '../names.ts'
import { registryAt } from '../registries.ts'
import type { ImageSettings } from '../settings.ts'
import { RECIPE } from './needs.ts'

/** What stands in a registry. */
interface Published {
  root: ManifestDocument
  children: ManifestDocument[]
  blobs: ImageBlob[]
  images: PlatformImage[]
}

/** Whether a tag shows what was made from this. */
export function isMadeFrom(found: ManifestDocument, recipe: string): boolean {
  const { annotations } = JSON.parse(found.bytes.toString()) as { annotations?: Record<string, string> }
  return annotations?.[RECIPE] === recipe
}

/**
 * The image that an earlier run made from the same and pushed under one of the names; the other names are to show that one, not another
 * that is made anew.
 */
export async function publishedImage(
  settings: ImageSettings,
  names: string[],
  recipe: string,
  io: ChannelIO,
  folder: string,
): Promise<Published | undefined> {
  for (const { host, repository, tag } of names.map(publishedName)) {
    const registry = await registryAt(host, io)
    const root = await registry.manifest(repository, tag)
    if (root === undefined || !isMadeFrom(root, recipe)) continue
    const told = isIndex(root.mediaType) ? (JSON.parse(root.bytes.toString()) as OciIndex).manifests : []
    const children = await Promise.all(told.map((one) => registry.manifest(repository, one.digest)))
    if (children.includes(undefined)) continue
    const documents = children.flatMap((one) => one ?? [])
    const manifests = documents.length === 0 ? [root] : documents
    const digests = new Map(
      manifests.flatMap((one) => {
        const { config, layers } = JSON.parse(one.bytes.toString()) as OciManifest
        return [config, ...layers].map((blob) => [blob.digest, blob.size] as const)
      }),
    )
    await mkdir(join(folder, 'published'), { recursive: true, mode: 0o700 })
    const blobs = await Promise.all(
      [...digests].map(async ([digest, size]): Promise<ImageBlob & { path: string }> => {
        const path = join(folder, 'published', digest.replace(':', '-'))
        await registry.blob(repository, digest, path)
        return { digest, size, path }
      }),
    )
    const shown = told.length === 0 ? manifests : documents.filter((_, at) => told[at]?.platform?.os !== 'unknown')
    const images = await Promise.all(
      shown.map(async (manifest, at): Promise<PlatformImage> => {
        const platform = parsePlatform(settings.platforms[at]?.name ?? '')!
        const { config, layers } = JSON.parse(manifest.bytes.toString()) as OciManifest
        const own = blobs.filter((one) => [config, ...layers].some((other) => other.digest === one.digest))
        const bytes = await readFile(own.find((one) => one.digest === config.digest)?.path ?? '')
        return {
          platform,
          manifest,
          config: { bytes, mediaType: config.mediaType, digest: config.digest },
          blobs: own,
          descriptor: describe(manifest, { platform }),
        }
      }),
    )
    return { root, children: documents, blobs, images }
  }
  return undefined
}
