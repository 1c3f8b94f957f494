import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { TagonceError } from '../../core/errors.ts'
import { inside } from '../../core/paths.ts'
import { parseImageName } from '../../external/oci-registry.ts'
import { describe, ociConfig, ociManifest } from '../../formats/oci-document.ts'
import type { OciDocument } from '../../formats/oci-document.ts'
import type { OciLayer } from '../../formats/oci-layer.ts'
import type { OciBlob } from '../../formats/oci-layout.ts'
import { OCI } from '../../formats/oci-types.ts'
import type { OciConfig, OciDescriptor, OciPlatform } from '../../formats/oci-types.ts'
import type { HubReader } from '../../hub/hub.ts'
import { artifactNamed } from '../shared/packages.ts'
import type { ChannelIO } from '../spoke.ts'
import { readingBase } from './base-fault.ts'
import { loadBase } from './base.ts'
import type { BaseLayer, LoadedBase } from './base.ts'
import { interpret } from './dockerfile/interpret.ts'
import type { BaseImage, Recipe } from './dockerfile/interpret.ts'
import { parseDockerfile } from './dockerfile/parse.ts'
import { parsePlatform, platformText } from './dockerfile/platform.ts'
import { standsIn } from './engine/needs.ts'
import { writeLayers } from './layers.ts'
import { packedProgram } from './packed-program.ts'
import type { PackedProgram } from './packed-program.ts'
import { basesOf, STAND_IN, textsIn } from './pins.ts'
import { contextTree, dockerfileOf } from './project-context.ts'
import type { ProjectText } from './project-context.ts'
import { unknownBase } from './read-ahead.ts'
import { readingRegistry } from './registries.ts'
import type { ImageSettings } from './settings.ts'

/** A blob, and where it can be taken over from when the registry has it already. */
export type ImageBlob = OciBlob & { mountFrom?: { host: string; repository: string } }

/** The image of one platform. */
export interface PlatformImage {
  platform: OciPlatform
  config: OciDocument
  manifest: OciDocument
  blobs: ImageBlob[]
  /** Descriptor of its manifest in an index. */
  descriptor: OciDescriptor
}

export interface Given {
  hub: HubReader
  settings: ImageSettings
  pins: Readonly<Record<string, string>>
  labels: Record<string, string>
  annotations: Record<string, string>
  io: ChannelIO
  folder: string
}

/** Makes the images of all platforms, from the hub's files and the sealed texts. Same input, same bytes. */
export async function platformImages(given: Given): Promise<PlatformImage[]> {
  const texts = textsIn(given.pins)
  const { settings } = given
  await writeTexts(given.folder, texts)
  const bases = await loadBases(given, texts)
  return Promise.all(settings.platforms.map(({ name }, at) => platformImage(given, texts, bases, name, at)))
}

/** The base images of an entry, by name and platform. */
export async function loadBases(given: Given, texts: ProjectText[]): Promise<Map<string, BaseImage | LoadedBase>> {
  const { settings, pins, io, folder } = given
  const wanted = basesOf(settings, texts)
  const loaded = await Promise.all(
    wanted.map(async (base): Promise<[string, BaseImage | LoadedBase]> => {
      const { name, platform } = base
      const key = `${name} ${platform}`
      const digest = pins[`base:${key}`]
      if (digest === undefined)
        throw new TagonceError('manifest', `${settings.at}: the base image ${key} was not pinned`)
      if (digest === STAND_IN) return [key, unknownBase(parsePlatform(platform)!)]
      const registry = await readingRegistry(parseImageName(name).host, io)
      if (registry === undefined)
        throw new TagonceError('spoke', `${name} is not read with --offline, but the release was sealed with it`)
      const to = join(folder, 'base', digest.replace(':', '-'))
      return [key, await readingBase(settings.at, base, () => loadBase(name, digest, registry, to))]
    }),
  )
  return new Map(loaded)
}

async function platformImage(
  given: Given,
  texts: ProjectText[],
  bases: ReadonlyMap<string, BaseImage | LoadedBase>,
  name: string,
  at: number,
): Promise<PlatformImage> {
  const { hub, settings, labels, folder } = given
  const platform = parsePlatform(name)
  if (platform === undefined) throw new TagonceError('manifest', `${settings.at}: ${name} is no platform`)
  const source = dockerfileOf(texts)
  const recipe = interpret(parseDockerfile(settings.dockerfile, source), {
    platform,
    args: settings.buildArgs,
    target: settings.target,
    context: contextTree(settings, texts),
    base: (image, wanted) => bases.get(`${image} ${platformText(wanted)}`) ?? unknownBase(wanted),
    ...(standsIn(given.pins) ? { onEngine: () => {} } : {}),
  })
  const below: BaseImage | LoadedBase | undefined =
    recipe.base === undefined ? undefined : bases.get(`${recipe.base.name} ${platformText(recipe.base.platform)}`)
  const all = [...bases.values()].flatMap(layersOf)
  const layers = await writeLayers(
    recipe.layers,
    {
      context: (path) => contextFile(hub, settings, texts, path, folder),
      packed: (path) => packedFile(hub, settings, path),
      layers: new Map(all.map((one) => [one.descriptor.digest, one])),
      folder: join(folder, `layers-${at}`),
      mtime: Math.floor(Date.parse(hub.manifest.date) / 1000),
    },
    'layer',
  )
  const config = configOf(recipe, below?.config, hub.manifest.date, labels)
  return imageOf(platform, { below, layers, config, annotations: given.annotations })
}

/** An image of layers on top of a base; the config's list of them is filled in. */
export function imageOf(
  platform: OciPlatform,
  parts: {
    below: BaseImage | LoadedBase | undefined
    layers: OciLayer[]
    config: Omit<OciConfig, 'rootfs'>
    annotations: Record<string, string>
  },
): PlatformImage {
  const { layers } = parts
  const baseLayers = layersOf(parts.below)
  const diffIds = [...baseLayers, ...layers].map((one) => one.diffId)
  const { history = [], ...facts } = parts.config
  const config = ociConfig({ ...facts, rootfs: { type: 'layers', diff_ids: diffIds }, history })
  const descriptors = [
    ...baseLayers.map((one) => ({
      mediaType: ociLayerType(one.descriptor.mediaType),
      digest: one.descriptor.digest,
      size: one.descriptor.size,
    })),
    ...layers.map(({ digest, size }) => ({ mediaType: OCI.layer, digest, size })),
  ]
  const manifest = ociManifest({ config: describe(config), layers: descriptors, annotations: parts.annotations })
  return {
    platform,
    config,
    manifest,
    blobs: [
      ...baseLayers.map(baseBlob),
      ...layers,
      { digest: config.digest, size: config.bytes.length, bytes: config.bytes },
    ],
    descriptor: describe(manifest, { platform }),
  }
}

function layersOf(base: BaseImage | LoadedBase | undefined): BaseLayer[] {
  return base !== undefined && 'layers' in base ? base.layers : []
}

function baseBlob({ descriptor, path, host, repository }: BaseLayer): ImageBlob {
  return { digest: descriptor.digest, size: descriptor.size, path, mountFrom: { host, repository } }
}

/** Docker's name of a layer's type, as OCI says it; the bytes are the same. */
function ociLayerType(mediaType: string): string {
  return mediaType === OCI.dockerLayer ? OCI.layer : mediaType
}

function configOf(
  recipe: Recipe,
  below: OciConfig | undefined,
  created: string,
  labels: Record<string, string>,
): Omit<OciConfig, 'rootfs'> {
  const { architecture, os, variant } = recipe.platform
  const all = { ...recipe.config.Labels, ...labels }
  const osVersion = below?.['os.version']
  return {
    created,
    ...(recipe.author === undefined ? {} : { author: recipe.author }),
    architecture,
    os,
    ...(variant === undefined ? {} : { variant }),
    ...(osVersion === undefined ? {} : { 'os.version': osVersion }),
    config: { ...recipe.config, ...(Object.keys(all).length === 0 ? {} : { Labels: all }) },
    history: [...(below?.history ?? []), ...recipe.history.map((one) => ({ created, ...one }))],
  }
}

/** A file of the build context: out of the hub, or a sealed text. */
export async function contextFile(
  hub: HubReader,
  settings: ImageSettings,
  texts: ProjectText[],
  path: string,
  folder: string,
): Promise<string> {
  const known = settings.platforms.flatMap((one) => one.files).find((one) => one.path === path)
  if (known === undefined) return sealedFile(texts, path, folder)
  const artifact = artifactNamed(hub.manifest, known.artifact)
  if (known.program === undefined) return hub.file(artifact.name)
  const binary = artifact.binaries.find((one) => one.name === known.program)
  if (binary === undefined) {
    throw new TagonceError('manifest', `${settings.at}: ${artifact.name} holds no program ${known.program}`)
  }
  return hub.binary(artifact, binary.path)
}

/** A program of the build context, out of its archive; only a tar.gz of ours is made so that its blocks can be taken. */
function packedFile(hub: HubReader, settings: ImageSettings, path: string): PackedProgram | undefined {
  const known = settings.platforms.flatMap((one) => one.files).find((one) => one.path === path)
  if (known?.program === undefined) return undefined
  const artifact = artifactNamed(hub.manifest, known.artifact)
  const binary = artifact.binaries.find((one) => one.name === known.program)
  if (binary === undefined || !['tar.gz', 'tgz'].includes(artifact.format ?? '')) return undefined
  return packedProgram(hub, artifact, binary)
}

async function sealedFile(texts: ProjectText[], path: string, folder: string): Promise<string> {
  if (texts.some((one) => one.path === path)) return inside(join(folder, 'context'), path)
  throw new TagonceError('manifest', `${path} was not sealed with the release`)
}

export async function writeTexts(folder: string, texts: ProjectText[]): Promise<void> {
  for (const { path, bytes } of texts) {
    const file = inside(join(folder, 'context'), path)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeFile(file, bytes)
  }
}
