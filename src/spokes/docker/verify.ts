import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Observation } from '../../core/states.ts'
import { OCI } from '../../formats/oci-types.ts'
import type { OciIndex, OciManifest } from '../../formats/oci-types.ts'
import { readTar } from '../../formats/tar-reader.ts'
import type { HubReader } from '../../hub/hub.ts'
import { artifactNamed } from '../shared/packages.ts'
import type { ChannelIO } from '../spoke.ts'
import { assembled, isIndexDocument } from './assemble.ts'
import { layerTar } from './base.ts'
import { evidence, observeUnit, state } from './observe.ts'
import { registryAt } from './registries.ts'
import type { ImageSettings } from './settings.ts'
import type { DockerUnit } from './units.ts'

/** Pulls what a user gets, and looks for the hub's programs in it. A pointer shows the same image; it is not pulled twice. */
export async function verifyUnit(
  unit: DockerUnit,
  hub: HubReader,
  io: ChannelIO,
  before?: Observation,
): Promise<Observation> {
  const seen = before ?? (await observeUnit(unit, hub, io))
  if (seen.state !== 'live' || unit.pointer !== undefined || unit.settings.role === 'list') return seen
  const { host, repository, tag } = unit.name
  const registry = await registryAt(host, io)
  const root = await registry.manifest(repository, tag)
  if (root === undefined) return state('unknown', seen.evidence, 'the tag was there a moment ago, and is not now')
  const children = isIndexDocument(root)
    ? (JSON.parse(root.bytes.toString()) as OciIndex).manifests.filter((one) => one.platform?.os !== 'unknown')
    : [{ digest: root.digest }]
  const ours = await assembled(unit.settings, hub, io)
  const own = new Set(
    ours.images.flatMap((one) => one.blobs.filter((blob) => blob.mountFrom === undefined).map((blob) => blob.digest)),
  )
  const folder = join(io.folder, 'pulled')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const found = new Set<string>()
  const looked = new Set<string>()
  for (const child of children) {
    const document = await registry.manifest(repository, child.digest)
    if (document === undefined)
      return state('mismatch', seen.evidence, `${child.digest} is named by the tag, and is not there`)
    const { layers } = JSON.parse(document.bytes.toString()) as OciManifest
    // Layers of the base are what they were; the registry hands them out by their digests.
    for (const layer of layers.filter((one) => own.has(one.digest) || one.mediaType === OCI.layer)) {
      if (looked.has(layer.digest) || !own.has(layer.digest)) continue
      looked.add(layer.digest)
      const path = join(folder, layer.digest.replace(':', '-'))
      await registry.blob(repository, layer.digest, path)
      for await (const member of readTar(layerTar({ descriptor: layer, path }), { anyName: true })) {
        if (member.type !== 'file') continue
        const hash = createHash('sha256')
        for await (const chunk of member.content) hash.update(chunk)
        found.add(hash.digest('hex'))
      }
    }
  }
  const lacking = programsOf(unit.settings, hub).filter((one) => !found.has(one.sha256))
  const all = programsOf(unit.settings, hub)
  const names = [...new Set(all.map((one) => one.name))].join(', ')
  if (lacking.length === 0) {
    const what = `pulled for ${children.length} ${children.length === 1 ? 'platform' : 'platforms'}; ${names} equal to the hub's`
    return { ...seen, evidence: [...seen.evidence, evidence(unit, io, what, root.digest)] }
  }
  // What a Dockerfile leaves out, or unpacks from a package, cannot be compared.
  const what = `pulled; ${looked.size} layers are as made from the hub`
  return { ...seen, evidence: [...seen.evidence, evidence(unit, io, what, root.digest)] }
}

function programsOf(settings: ImageSettings, hub: HubReader): { name: string; sha256: string }[] {
  return settings.platforms.flatMap(({ files }) =>
    files.flatMap(({ artifact, program }) => {
      if (program === undefined) return []
      const binary = artifactNamed(hub.manifest, artifact).binaries.find((one) => one.name === program)
      return binary === undefined ? [] : [{ name: program, sha256: binary.sha256 }]
    }),
  )
}
