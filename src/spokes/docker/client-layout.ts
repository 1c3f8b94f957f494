import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TagonceError } from '../../core/errors.ts'
import { fileChunks } from '../../formats/file-chunks.ts'
import { gunzip } from '../../formats/gzip.ts'
import { digester } from '../../formats/hash.ts'
import type { OciDescriptor, OciIndex, OciManifest } from '../../formats/oci-types.ts'
import { readTar } from '../../formats/tar-reader.ts'
import { unzstd } from '../../formats/zstd.ts'

/** A program that an image must hold. */
export interface ExpectedProgram {
  name: string
  size: number
  /** Hex. */
  sha256: string
}

/** What a client brought: the image for one platform. */
export interface FoundImage {
  digest: string
  manifest: OciManifest
}

/** Digest of the one image, or index of images, that a client left in an image layout. */
export async function rootOf(layout: string): Promise<OciDescriptor> {
  const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as OciIndex
  const [root] = index.manifests
  if (root === undefined) throw new TagonceError('spoke', 'the client brought no image')
  return root
}

/** Every image in a layout by its platform: `linux/amd64`, `linux/arm/v7`. Attestations are no images. */
export async function imagesOf(layout: string): Promise<Map<string, FoundImage>> {
  const found = new Map<string, FoundImage>()
  const walk = async (one: OciDescriptor): Promise<void> => {
    const document = await readBlob<Partial<OciIndex> & Partial<OciManifest>>(layout, one.digest)
    if (document.manifests !== undefined) {
      for (const child of document.manifests) await walk(child)
      return
    }
    const manifest = document as OciManifest
    const { os, architecture, variant } = await readBlob<Record<string, string | undefined>>(
      layout,
      manifest.config.digest,
    )
    if (os === undefined || architecture === undefined || os === 'unknown') return
    const name = [os, architecture, variant ?? one.platform?.variant].filter(Boolean).join('/')
    found.set(name, { digest: one.digest, manifest })
  }
  await walk(await rootOf(layout))
  return found
}

/**
 * Where in an image the programs lie, by their bytes; whatever a later layer puts in their place counts.
 * @returns path without a leading slash by program name; a program that is not there is missing
 */
export async function findPrograms(
  layout: string,
  { manifest }: FoundImage,
  programs: ExpectedProgram[],
): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const layer of manifest.layers) {
    const members = readTar(unpacked(blobPath(layout, layer.digest), layer.mediaType), { anyName: true })
    for await (const member of members) {
      const path = member.name.replace(/^(\.?\/)+/, '')
      files.delete(path)
      if (member.type !== 'file' || !programs.some((one) => one.size === member.size)) continue
      const hash = digester('sha256')
      for await (const chunk of member.content) hash.update(chunk)
      files.set(path, hash.hex())
    }
  }
  return new Map(
    programs.flatMap(({ name, sha256 }): [string, string][] => {
      const path = [...files].find(([, digest]) => digest === sha256)?.[0]
      return path === undefined ? [] : [[name, path]]
    }),
  )
}

function unpacked(path: string, mediaType: string): AsyncIterable<Uint8Array> {
  if (mediaType.endsWith('gzip')) return gunzip(fileChunks(path))
  return mediaType.endsWith('zstd') ? unzstd(fileChunks(path)) : fileChunks(path)
}

async function readBlob<T>(layout: string, digest: string): Promise<T> {
  return JSON.parse(await readFile(blobPath(layout, digest), 'utf8')) as T
}

function blobPath(layout: string, digest: string): string {
  return join(layout, 'blobs', ...digest.split(':'))
}
