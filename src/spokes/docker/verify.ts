import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Observation } from '../../core/states.ts'
import type { OciRegistry } from '../../external/oci-registry.ts'
import { digester } from '../../formats/hash.ts'
import type { OciIndex, OciManifest } from '../../formats/oci-types.ts'
import { readTar } from '../../formats/tar-reader.ts'
import type { HubReader } from '../../hub/hub.ts'
import { state } from '../shared/evidence.ts'
import { oncePerRun } from '../shared/once-per-run.ts'
import type { ChannelIO } from '../spoke.ts'
import { isIndexDocument } from './assemble.ts'
import { layerTar } from './base.ts'
import { parsePlatform, platformText } from './dockerfile/platform.ts'
import { expectedOf } from './expected.ts'
import type { ExpectedFile, ExpectedPlatform } from './expected.ts'
import { evidence, observeUnit } from './observe.ts'
import { registryAt } from './registries.ts'
import type { DockerUnit } from './units.ts'

/**
 * Pulls what a user gets for each platform, and compares the files in it with the hub's. An image that several tags of a repository show
 * is pulled once a run.
 */
export async function verifyUnit(
  unit: DockerUnit,
  hub: HubReader,
  io: ChannelIO,
  before?: Observation,
): Promise<Observation> {
  const seen = before ?? (await observeUnit(unit, hub, io))
  if (seen.state !== 'live') return seen
  const { host, repository, tag } = unit.name
  const registry = await registryAt(host, io)
  const root = await registry.manifest(repository, tag)
  if (root === undefined) return state('unknown', seen.evidence, 'the tag was there a moment ago, and is not now')
  const expected = expectedOf(unit.settings, hub.manifest)
  const manifests = isIndexDocument(root) ? (JSON.parse(root.bytes.toString()) as OciIndex).manifests : undefined
  const names = new Set<string>()
  for (const platform of expected) {
    // One image alone names its platform in its config only.
    const child = manifests === undefined ? root : manifests.find((one) => shown(one.platform) === platform.name)
    const where = `${unit.name.text} for ${platform.name}`
    if (child === undefined)
      return state('mismatch', seen.evidence, `${unit.name.text} has no image for ${platform.name}`)
    const place = { registry, repository, digest: child.digest, key: `${host}/${repository}@${child.digest}` }
    const found = await pulledOnce(place, platform, hub, io)
    if (found === undefined) {
      return state('mismatch', seen.evidence, `${child.digest} is named by the tag, and is not there`)
    }
    const there = platform.files.filter((one) => isIn(one, found))
    const lacking = platform.files.filter((one) => !there.includes(one))
    if (platform.any ? there.length === 0 && lacking.length > 0 : lacking.length > 0) {
      const which = lacking.map((one) => `${one.name} (sha256:${one.bytes[0]?.sha256 ?? ''})`).join(', ')
      const reason = `${where} holds no file with the bytes of the hub's ${which}; the Dockerfile has to leave it as it is`
      return state('mismatch', seen.evidence, reason)
    }
    for (const one of there) names.add(one.name)
  }
  const count = `${expected.length} ${expected.length === 1 ? 'platform' : 'platforms'}`
  const what =
    names.size === 0
      ? `pulled for ${count}; no file of the release is copied into it`
      : `pulled for ${count}; ${[...names].toSorted().join(', ')} equal to the hub's`
  return { ...seen, evidence: [...seen.evidence, evidence(unit, io, what, root.digest)] }
}

function shown(platform: { os: string; architecture: string; variant?: string } | undefined): string | undefined {
  if (platform === undefined) return undefined
  const plain = parsePlatform(platformText(platform))
  return plain === undefined ? undefined : platformText(plain)
}

function isIn(file: ExpectedFile, found: ReadonlySet<string>): boolean {
  return file.bytes.some((one) => found.has(one.sha256))
}

interface Place {
  registry: OciRegistry
  repository: string
  digest: string
  key: string
}

const once = oncePerRun<Set<string> | undefined>()

/** Digests of the expected files that are in an image; undefined when it is not there. */
function pulledOnce(
  place: Place,
  platform: ExpectedPlatform,
  hub: HubReader,
  io: ChannelIO,
): Promise<Set<string> | undefined> {
  return once(hub, place.key, () => pulled(place, platform, io))
}

/** Reads the layers from the uppermost on, until all is found: programs lie in the last ones, and a base may be big. */
async function pulled(
  { registry, repository, digest }: Place,
  { files }: ExpectedPlatform,
  io: ChannelIO,
): Promise<Set<string> | undefined> {
  const document = await registry.manifest(repository, digest)
  if (document === undefined) return undefined
  const folder = join(io.folder, 'pulled')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const sizes = new Set(files.flatMap((one) => one.bytes.map(({ size }) => size)))
  const found = new Set<string>()
  const { layers } = JSON.parse(document.bytes.toString()) as OciManifest
  for (const layer of layers.toReversed()) {
    if (files.every((one) => isIn(one, found))) break
    const path = join(folder, layer.digest.replace(':', '-'))
    await registry.blob(repository, layer.digest, path)
    for await (const member of readTar(layerTar({ descriptor: layer, path }), { anyName: true })) {
      if (member.type !== 'file' || !sizes.has(member.size)) continue
      const hash = digester('sha256')
      for await (const chunk of member.content) hash.update(chunk)
      found.add(hash.hex())
    }
  }
  return found
}
