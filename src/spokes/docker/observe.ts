import type { Evidence, Observation, State } from '../../core/states.ts'
import type { ManifestDocument } from '../../external/oci-registry.ts'
import type { OciIndex, OciManifest } from '../../formats/oci-types.ts'
import type { HubReader } from '../../hub/hub.ts'
import type { ChannelIO } from '../spoke.ts'
import { assembled, isIndexDocument } from './assemble.ts'
import type { Assembled } from './assemble.ts'
import { registryAt } from './registries.ts'
import type { DockerUnit } from './units.ts'
import { isNewer, versionBehind } from './versions.ts'

/** What the registry shows for a tag. Reads only. */
export async function observeUnit(unit: DockerUnit, hub: HubReader, io: ChannelIO): Promise<Observation> {
  const { host, repository, tag } = unit.name
  const registry = await registryAt(host, io)
  const found = await registry.manifest(repository, tag)
  if (found === undefined) return state('absent', [evidence(unit, io, 'there is no such tag')])
  const ours = await assembled(unit.settings, hub, io)
  const seen = evidence(unit, io, `the tag is ${found.digest}`, found.digest)
  if (found.digest === ours.root.digest) return state('live', [seen])
  if (await sameImages(found, ours, (digest) => registry.manifest(repository, digest))) {
    return state('live', [seen, evidence(unit, io, 'the same configs and layers, told or compressed otherwise')])
  }
  if (unit.pointer === undefined) {
    const reason = `the registry has ${found.digest}, the hub gives ${ours.root.digest}; a tag that names a version is not replaced: tag a new one`
    return state('mismatch', [seen], reason)
  }
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
  return { what, from: unit.address, at: io.clock().toISOString(), ...(digest === undefined ? {} : { digest }) }
}

export function state(state: State, evidence: Evidence[], reason?: string): Observation {
  return { state, evidence, ...(reason === undefined ? {} : { reason }) }
}
