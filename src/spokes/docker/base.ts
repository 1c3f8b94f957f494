import { mkdir } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { TagonceError } from '../../core/errors.ts'
import { parseImageName } from '../../external/oci-registry.ts'
import type { OciRegistry } from '../../external/oci-registry.ts'
import { fileChunks } from '../../formats/file-chunks.ts'
import { gunzip } from '../../formats/gzip.ts'
import { OCI } from '../../formats/oci-types.ts'
import type { OciConfig, OciDescriptor, OciIndex, OciManifest, OciPlatform } from '../../formats/oci-types.ts'
import { readTar } from '../../formats/tar-reader.ts'
import { unzstd } from '../../formats/zstd.ts'
import { platformText } from './dockerfile/platform.ts'
import { FileTree } from './dockerfile/file-tree.ts'
import type { BaseImage } from './dockerfile/interpret.ts'

/** A layer of a base image, brought to this machine. */
export interface BaseLayer {
  descriptor: OciDescriptor
  diffId: string
  path: string
  /** Where it was read. */
  host: string
  repository: string
}

/** A base image, whole. */
export interface LoadedBase extends BaseImage {
  layers: BaseLayer[]
}

/** What an image name stands for now: the digest of what it names, and of the manifest of each platform asked for. */
export async function resolveBase(
  name: string,
  platform: OciPlatform,
  registry: OciRegistry,
): Promise<{ named: string; digest: string }> {
  const { repository, tag, digest } = parseImageName(name)
  const found = await registry.manifest(repository, digest ?? tag ?? 'latest')
  if (found === undefined) throw gone(name)
  if (!isIndex(found.mediaType)) return { named: found.digest, digest: found.digest }
  const { manifests } = JSON.parse(found.bytes.toString()) as OciIndex
  const fit = manifests.filter(
    (one) => one.platform?.os === platform.os && one.platform.architecture === platform.architecture,
  )
  const exact = fit.find((one) => variantOf(one.platform!) === variantOf(platform)) ?? lower(fit, platform)
  if (exact === undefined) {
    const held = manifests.flatMap((one) =>
      one.platform === undefined || one.platform.os === 'unknown' ? [] : platformText(one.platform),
    )
    throw new TagonceError(
      'spoke',
      `the base image ${name} is not there for ${platformText(platform)}: it has ${held.join(', ')}`,
      {
        hint: 'take another base, or leave the platform out',
      },
    )
  }
  return { named: found.digest, digest: exact.digest }
}

/** A lower variant runs on a higher one: v6 on arm v7; amd64 without a variant everywhere. */
function lower(fit: OciDescriptor[], platform: OciPlatform): OciDescriptor | undefined {
  return fit
    .filter((one) => variantOf(one.platform!) < variantOf(platform))
    .toSorted((a, b) => (variantOf(a.platform!) < variantOf(b.platform!) ? 1 : -1))[0]
}

function variantOf({ architecture, variant = '' }: OciPlatform): string {
  if (architecture === 'arm') return variant === '' ? 'v7' : variant
  return architecture === 'arm64' && variant === 'v8' ? '' : variant
}

export function isIndex(mediaType: string): boolean {
  return mediaType === OCI.index || mediaType === OCI.dockerIndex
}

function gone(name: string, sealed = ''): TagonceError {
  return new TagonceError('spoke', `the base image ${name}${sealed} is gone, or may not be read`, {
    hint: `name a base image that is there, or log in to its registry: docker login ${parseImageName(name).host}`,
  })
}

/**
 * A base image by the digest of its manifest: its config, and its layers as files, with a list of what is in them.
 * @throws `spoke` when it is gone
 */
export async function loadBase(
  name: string,
  digest: string,
  registry: OciRegistry,
  folder: string,
): Promise<LoadedBase> {
  const { host, repository } = parseImageName(name)
  const found = await registry.manifest(repository, digest)
  if (found === undefined) throw gone(name, ` (${digest})`)
  const manifest = JSON.parse(found.bytes.toString()) as OciManifest
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const fetched = async (one: string): Promise<string> => {
    const path = join(folder, one.replace(':', '-'))
    await registry.blob(repository, one, path)
    return path
  }
  const [config, ...paths] = await Promise.all([manifest.config, ...manifest.layers].map((one) => fetched(one.digest)))
  const text: Buffer[] = []
  for await (const chunk of fileChunks(config!)) text.push(chunk)
  const read = JSON.parse(Buffer.concat(text).toString()) as OciConfig
  const layers = manifest.layers.map((descriptor, at) => ({
    descriptor,
    diffId: read.rootfs.diff_ids[at] ?? '',
    path: paths[at] ?? '',
    host,
    repository,
  }))
  const base: LoadedBase = { config: read, tree: new FileTree(), passwd: '', group: '', layers }
  for (const layer of layers) await applyLayer(base, layer)
  return base
}

/** The tar in a layer. */
export function layerTar({ descriptor, path }: Pick<BaseLayer, 'descriptor' | 'path'>): AsyncIterable<Uint8Array> {
  const { mediaType } = descriptor
  if (mediaType.endsWith('zstd')) return unzstd(fileChunks(path))
  return mediaType.endsWith('gzip') ? gunzip(fileChunks(path)) : fileChunks(path)
}

/** A member's name without what stands before and after it. */
export function plainName(name: string): string {
  return posix.normalize(`/${name}`).slice(1).replace(/\/$/, '')
}

async function applyLayer(base: LoadedBase, layer: BaseLayer): Promise<void> {
  const { tree } = base
  const digest = layer.descriptor.digest
  for await (const member of readTar(layerTar(layer), { anyName: true })) {
    const name = plainName(member.name)
    const file = posix.basename(name)
    const { uid, gid, mode } = member
    if (name === '') continue
    if (file === '.wh..wh..opq') tree.clear(plainName(posix.dirname(name)))
    else if (file.startsWith('.wh.')) tree.remove(plainName(posix.join(posix.dirname(name), file.slice(4))))
    else if (member.type === 'directory') tree.set(name, { type: 'directory', uid, gid, mode })
    else if (member.type === 'symlink') tree.set(name, { type: 'symlink', uid, gid, mode, target: member.target })
    else {
      const from = member.type === 'other' && member.target !== '' ? plainName(member.target) : name
      tree.set(name, { type: 'file', uid, gid, mode, source: { from: 'layer', digest, member: from } })
      if (name === 'etc/passwd') base.passwd = await textOf(member.content)
      if (name === 'etc/group') base.group = await textOf(member.content)
    }
  }
}

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}
