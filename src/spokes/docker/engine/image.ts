import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { TagonceError } from '../../../core/errors.ts'
import { inside } from '../../../core/paths.ts'
import { parseImageName } from '../../../external/oci-registry.ts'
import { describe, ociManifest, sha256 } from '../../../formats/oci-document.ts'
import type { OciDescriptor, OciIndex, OciManifest } from '../../../formats/oci-types.ts'
import { isIndex } from '../base.ts'
import { parsePlatform } from '../dockerfile/platform.ts'
import { contextFile, writeTexts } from '../image.ts'
import type { Given, PlatformImage } from '../image.ts'
import { basesOf, textsIn } from '../pins.ts'
import { contextTree, dockerfileOf } from '../project-context.ts'
import { pinned } from './pinned.ts'
import { findEngine } from './find.ts'
import type { Engine } from './tools.ts'

/**
 * The images of all platforms as an engine makes them, one after another. What runs in a build may look at the time and at the network:
 * two builds of the same are not equal to the byte.
 */
export async function engineImages(given: Given): Promise<PlatformImage[]> {
  const { settings, io, folder } = given
  const engine = await findEngine(io.signal)
  if ('why' in engine) {
    throw new TagonceError('tool-missing', `${settings.at} needs docker buildx or buildah: ${engine.why}`)
  }
  await writeTexts(folder, textsIn(given.pins))
  const context = join(folder, 'engine', 'context')
  await layContext(given, context)
  const images: PlatformImage[] = []
  for (const [at] of settings.platforms.entries()) images.push(await engineImage(given, engine, context, at))
  return images
}

/** The build context: programs and packages of the hub, and the sealed texts. */
async function layContext(given: Given, context: string): Promise<void> {
  const { hub, settings, pins, folder } = given
  const texts = textsIn(pins)
  for (const [path, node] of contextTree(settings, texts).below('')) {
    if (node.type !== 'file') continue
    const to = inside(context, path)
    await mkdir(dirname(to), { recursive: true })
    await copyFile(await contextFile(hub, settings, texts, path, folder), to)
    await chmod(to, node.mode)
  }
  await mkdir(context, { recursive: true })
}

async function engineImage(given: Given, engine: Engine, context: string, at: number): Promise<PlatformImage> {
  const { hub, settings, pins, io } = given
  const name = settings.platforms[at]?.name ?? ''
  const platform = parsePlatform(name)
  if (platform === undefined) throw new TagonceError('manifest', `${settings.at}: ${name} is no platform`)
  const folder = join(given.folder, 'engine', `platform-${at}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const dockerfile = join(folder, 'Dockerfile')
  const input = { platform, args: settings.buildArgs, target: settings.target }
  await writeFile(dockerfile, pinned(settings.dockerfile, dockerfileOf(textsIn(pins)), input, pins))
  const out = join(folder, 'layout')
  const hosts = basesOf(settings, textsIn(pins)).map((one) => parseImageName(one.name).host)
  io.task.progress(`${engine.name} ${engine.version} builds ${settings.at} for ${name}`)
  await engine.build(
    {
      context,
      dockerfile,
      platform: name,
      args: settings.buildArgs,
      labels: given.labels,
      target: settings.target,
      time: Math.floor(Date.parse(hub.manifest.date) / 1000),
      plain: hosts.length > 0 && hosts.every((one) => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(one)),
      out,
      folder,
    },
    { signal: io.signal, onLine: (line) => io.task.log(line) },
  )
  return readLayout(out, platform, given.annotations)
}

/** The image in a layout, with annotations of ours. */
async function readLayout(
  folder: string,
  platform: PlatformImage['platform'],
  annotations: Record<string, string>,
): Promise<PlatformImage> {
  const pathOf = (digest: string): string => {
    if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new TagonceError('spoke', `the engine's image names ${digest}`)
    return join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length))
  }
  const read = async (one: OciDescriptor): Promise<Buffer> => {
    const bytes = await readFile(pathOf(one.digest))
    if (sha256(bytes) === one.digest) return bytes
    throw new TagonceError('spoke', `${one.digest} of the engine's image is damaged`)
  }
  const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as OciIndex
  let found = index.manifests[0]
  while (found !== undefined && isIndex(found.mediaType)) {
    const inner = JSON.parse((await read(found)).toString()) as OciIndex
    found = inner.manifests.find((one) => one.platform?.os !== 'unknown')
  }
  if (found === undefined) throw new TagonceError('spoke', 'the engine left no image')
  const theirs = JSON.parse((await read(found)).toString()) as OciManifest
  const bytes = await read(theirs.config)
  const config = { bytes, mediaType: theirs.config.mediaType, digest: theirs.config.digest }
  const told = Object.entries({ ...theirs.annotations, ...annotations }).filter(([, value]) => value !== '')
  const manifest = ociManifest({
    config: describe(config),
    layers: theirs.layers,
    annotations: Object.fromEntries(told),
  })
  return {
    platform,
    config,
    manifest,
    blobs: [
      ...theirs.layers.map(({ digest, size }) => ({ digest, size, path: pathOf(digest) })),
      { digest: config.digest, size: bytes.length, bytes },
    ],
    descriptor: describe(manifest, { platform }),
  }
}
