import type { Evidence, Observation } from '../../core/states.ts'
import type { ManifestDocument, OciRegistry } from '../../external/oci-registry.ts'
import type { OciIndex, OciManifest } from '../../formats/oci-types.ts'
import type { HubReader } from '../../hub/hub.ts'
import { evidenceOf, state } from '../shared/evidence.ts'
import type { ChannelIO } from '../spoke.ts'
import { assembled, isIndexDocument } from './assemble.ts'
import type { Assembled } from './assemble.ts'
import { recipeOf } from './engine/needs.ts'
import { isMadeFrom } from './engine/published.ts'
import { registryAt } from './registries.ts'
import type { DockerUnit } from './units.ts'
import { isNewer, versionBehind } from './versions.ts'

/** What the registry shows for a tag. Reads only. */
export async function observeUnit(unit: DockerUnit, hub: HubReader, io: ChannelIO): Promise<Observation> {
  const { host, repository, tag } = unit.name
  const registry = await registryAt(host, io)
  const found = await registry.manifest(repository, tag)
  if (found === undefined) return state('absent', [evidence(unit, io, 'there is no such tag')])
  const recipe = recipeOf(unit.settings, hub)
  if (recipe !== undefined) return observeMade(unit, found, recipe, registry, io)
  const ours = await assembled(unit.settings, hub, io)
  const seen = evidence(unit, io, `the tag is ${found.digest}`, found.digest)
  if (found.digest === ours.root.digest) return state('live', [seen])
  if (await sameImages(found, ours, (digest) => registry.manifest(repository, digest))) {
    return state('live', [seen, evidence(unit, io, 'the same configs and layers, told or compressed otherwise')])
  }
  if (unit.pointer !== undefined) return observePointer(unit, found, registry, io)
  const reason = `the registry has ${found.digest}, the hub gives ${ours.root.digest}; a tag that names a version is not replaced: tag a new one`
  return state('mismatch', [seen], reason)
}

/** An image that an engine made is known by what it was made from: made again it would be another. */
async function observeMade(
  unit: DockerUnit,
  found: ManifestDocument,
  recipe: string,
  registry: OciRegistry,
  io: ChannelIO,
): Promise<Observation> {
  const seen = evidence(unit, io, `the tag is ${found.digest}`, found.digest)
  if (isMadeFrom(found, recipe)) {
    return state('live', [seen, evidence(unit, io, `made from the same files, settings and base images (${recipe})`)])
  }
  if (unit.pointer !== undefined) return observePointer(unit, found, registry, io)
  const reason = `the registry has ${found.digest}, which was not made from this release; a tag that names a version is not replaced: tag a new one`
  return state('mismatch', [seen], reason)
}

/** A tag that moves, and is another image. */
async function observePointer(
  unit: DockerUnit,
  found: ManifestDocument,
  registry: OciRegistry,
  io: ChannelIO,
): Promise<Observation> {
  const { tag } = unit.name
  const version = await versionBehind(found, unit, registry)
  const told = version === undefined ? 'of no known version' : `version ${version}`
  const what = evidence(unit, io, `the tag is ${found.digest}, ${told}`, found.digest)
  if (version !== undefined && isNewer(version, unit.version)) {
    return state('superseded', [what], `${tag} is ${version}, which is newer than ${unit.version}`)
  }
  return state('absent', [what], `${tag} is ${version ?? found.digest}`)
}

/**
 * Whether both have the same image for each platform. The config holds the digests of the layers before they are compressed, so that
 * another version of zlib makes no difference; neither does what is attested beside the images.
 */
async function sameImages(
  found: ManifestDocument,
  ours: Assembled,
  read: (digest: string) => Promise<ManifestDocument | undefined>,
): Promise<boolean> {
  if (isIndexDocument(found) !== isIndexDocument(ours.root)) return false
  const theirs = isIndexDocument(found)
    ? await Promise.all(
        (JSON.parse(found.bytes.toString()) as OciIndex).manifests
          .filter((one) => one.platform?.os !== 'unknown')
          .map((one) => read(one.digest)),
      )
    : [found]
  const configs = theirs.map((one) =>
    one === undefined ? '' : (JSON.parse(one.bytes.toString()) as OciManifest).config?.digest,
  )
  const wanted = ours.images.map((one) => one.config.digest)
  return configs.length === wanted.length && wanted.every((digest) => configs.includes(digest))
}

export function evidence(unit: DockerUnit, io: ChannelIO, what: string, digest?: string): Evidence {
  return evidenceOf(io, unit.address, what, digest)
}
