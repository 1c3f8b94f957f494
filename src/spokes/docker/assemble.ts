import { join } from 'node:path'
import { TagonceError } from '../../core/errors.ts'
import { ociIndex } from '../../formats/oci-document.ts'
import type { OciDocument } from '../../formats/oci-document.ts'
import { OCI } from '../../formats/oci-types.ts'
import type { HubReader } from '../../hub/hub.ts'
import { oncePerRun } from '../shared/once-per-run.ts'
import type { ChannelIO } from '../spoke.ts'
import { attestations } from './attest.ts'
import { withBase } from './base-mark.ts'
import { engineImages } from './engine/image.ts'
import { RECIPE, recipeOf } from './engine/needs.ts'
import { publishedImage } from './engine/published.ts'
import { platformImages } from './image.ts'
import type { ImageBlob, PlatformImage } from './image.ts'
import { koImages } from './ko/image.ts'
import { STAND_IN } from './pins.ts'
import { parseSettings } from './settings.ts'
import type { DockerSettings, ImageSettings, ListSettings } from './settings.ts'

/** Everything that is pushed for an entry. */
export interface Assembled {
  /** What a tag points at. */
  root: OciDocument
  /** Manifests below it; they are pushed first, by digest. */
  children: OciDocument[]
  blobs: ImageBlob[]
  images: PlatformImage[]
}

/** The annotation that tells which version an image is; a tag that moves is judged by it. */
export const VERSION = 'org.opencontainers.image.version'

const once = oncePerRun<Assembled>()

/** The image of an entry, made once a run however many tags it has. For a snapshot no registry is asked for what it has. */
export function assembled(
  settings: DockerSettings,
  hub: HubReader,
  io: ChannelIO,
  snapshot = false,
): Promise<Assembled> {
  return once(hub, settings.at, () =>
    settings.role === 'list' ? assembleList(settings, hub, io, snapshot) : assembleImage(settings, hub, io, snapshot),
  )
}

/** Pins of the entry that these settings stand in. */
export function pinsOf(hub: HubReader, settings: DockerSettings): Record<string, string> {
  const sealed = hub.manifest.spokes.find((one) => atOf(one.settings) === settings.at)
  return sealed?.pins ?? {}
}

function atOf(settings: unknown): unknown {
  return typeof settings === 'object' && settings !== null && 'at' in settings ? settings.at : undefined
}

async function assembleImage(
  settings: ImageSettings,
  hub: HubReader,
  io: ChannelIO,
  snapshot: boolean,
): Promise<Assembled> {
  const pins = pinsOf(hub, settings)
  const base = baseOf(pins)
  const rendered = (pairs: Record<string, string>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(pairs).flatMap(([key, value]) => {
        const text = withBase(value, base)
        return text.trim() === '' ? [] : [[withBase(key, base), text]]
      }),
    )
  const recipe = recipeOf(settings, hub)
  const version = { [VERSION]: hub.manifest.version, ...(recipe === undefined ? {} : { [RECIPE]: recipe }) }
  const manifest = { ...(settings.index ? {} : version), ...rendered(settings.annotations.manifest) }
  const folder = join(io.folder, settings.at.replaceAll(/\W/g, '-'))
  const buildArgs = Object.fromEntries(
    Object.entries(settings.buildArgs).map(([key, value]) => [key, withBase(value, base)]),
  )
  if (recipe !== undefined && !snapshot) {
    const names = settings.names.map((one) => withBase(one, base))
    const there = await publishedImage(settings, names, recipe, io, folder)
    if (there !== undefined) return there
  }
  const make = recipe !== undefined ? engineImages : settings.ko === undefined ? platformImages : koImages
  const images = await make({
    hub,
    settings: { ...settings, buildArgs },
    pins,
    io,
    folder,
    labels: rendered(settings.labels),
    annotations: manifest,
  })
  const blobs = images.flatMap((one) => one.blobs)
  const [first] = images
  if (!settings.index && first !== undefined) return { root: first.manifest, children: [], blobs, images }
  const attested = await attestations(images, settings, hub, pins)
  const root = ociIndex([...images.map((one) => one.descriptor), ...attested.map((one) => one.descriptor)], {
    ...version,
    ...rendered(settings.annotations.index),
  })
  return {
    root,
    children: [...images.map((one) => one.manifest), ...attested.map((one) => one.manifest)],
    blobs: [...blobs, ...attested.flatMap((one) => one.blobs)],
    images,
  }
}

/** The base that the last stage goes on from, and what its name stood for; empty on scratch. */
export function baseOf(pins: Readonly<Record<string, string>>): { name: string; digest: string } {
  const name = pins['from'] ?? ''
  if (name === '') return { name: '', digest: '' }
  const digest = pins[`name:${name}`] ?? ''
  return { name, digest: digest === STAND_IN ? '' : digest }
}

/** An index over images that other entries make. */
async function assembleList(
  settings: ListSettings,
  hub: HubReader,
  io: ChannelIO,
  snapshot: boolean,
): Promise<Assembled> {
  const entries = hub.manifest.spokes
    .filter((one) => one.spoke === 'docker')
    .map((one) => ({ settings: parseSettings(one.settings), skip: one.skip }))
  const members = await Promise.all(
    settings.members.map(async (name) => {
      const entry = entries.find((one) => one.settings.role === 'image' && one.settings.names.includes(name))
      if (entry === undefined)
        throw new TagonceError('manifest', `${settings.at}: no entry of this release makes ${name}`)
      // In a snapshot an image that cannot be made holds up nothing but what is made of it.
      if (snapshot && entry.skip !== undefined) throw new TagonceError('spoke', `it has ${name}, which is not made`)
      return assembled(entry.settings, hub, io, snapshot)
    }),
  )
  // A member that is an index itself gives what is in it.
  const images = members.flatMap((one) => one.images)
  const seen = new Map<string, string>()
  for (const { descriptor, platform } of images) {
    const key = JSON.stringify(platform)
    if (seen.has(key) && seen.get(key) !== descriptor.digest) {
      throw new TagonceError(
        'spoke',
        `${settings.at}: two of its images are for ${platform.os}/${platform.architecture}${platform.variant ?? ''}`,
        {
          hint: 'give each entry of dockers its own platform: --platform in build_flag_templates, goarch, goarm',
        },
      )
    }
    seen.set(key, descriptor.digest)
  }
  const recipe = recipeOf(settings, hub)
  const root = ociIndex(
    images.map((one) => one.descriptor),
    {
      [VERSION]: hub.manifest.version,
      ...(recipe === undefined ? {} : { [RECIPE]: recipe }),
      ...settings.annotations,
    },
  )
  return {
    root,
    children: images.map((one) => one.manifest),
    blobs: members.flatMap((one) => one.blobs.filter((blob) => images.some((image) => image.blobs.includes(blob)))),
    images,
  }
}

/** Whether a document is an index. */
export function isIndexDocument(one: { mediaType: string }): boolean {
  return one.mediaType === OCI.index || one.mediaType === OCI.dockerIndex
}
