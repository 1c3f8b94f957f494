import { TagonceError } from '../../core/errors.ts'
import type { Observation } from '../../core/states.ts'
import type { OciRegistry } from '../../external/oci-registry.ts'
import type { HubReader } from '../../hub/hub.ts'
import type { ChannelIO } from '../spoke.ts'
import { assembled } from './assemble.ts'
import type { Assembled } from './assemble.ts'
import type { ImageBlob } from './image.ts'
import { observeUnit } from './observe.ts'
import { registryAt } from './registries.ts'
import type { DockerUnit } from './units.ts'

const pushed = new WeakMap<Assembled, Map<string, Promise<void>>>()

/**
 * Pushes the blobs, the manifests by digest, and last the tag: whoever sees the tag can fetch all of it. The tag is read again right
 * before it is written; registries know no compare-and-set.
 */
export async function publishUnit(unit: DockerUnit, seen: Observation, hub: HubReader, io: ChannelIO): Promise<void> {
  const backwards = unit.pointer !== undefined && seen.state === 'superseded'
  if (seen.state !== 'absent' && !backwards) {
    if (seen.state === 'live' || seen.state === 'superseded') return
    throw new TagonceError('spoke', `${unit.id} is ${seen.state}${seen.reason === undefined ? '' : `: ${seen.reason}`}`)
  }
  const { host, repository, tag } = unit.name
  const ours = await assembled(unit.settings, hub, io)
  const registry = await registryAt(host, io)
  await pushOnce(ours, registry, host, repository)
  const now = await observeUnit(unit, hub, io)
  if (now.state === 'live') return
  if (now.state !== 'absent' && !backwards) {
    throw new TagonceError(
      'spoke',
      `${unit.id} became ${now.state}${now.reason === undefined ? '' : `: ${now.reason}`}`,
    )
  }
  await registry.pushManifest(repository, tag, ours.root)
}

/** All that lies below a tag, once a run for each repository. */
function pushOnce(ours: Assembled, registry: OciRegistry, host: string, repository: string): Promise<void> {
  const known = pushed.get(ours) ?? new Map<string, Promise<void>>()
  pushed.set(ours, known)
  const key = `${host}/${repository}`
  const begun = known.get(key) ?? push(ours, registry, host, repository)
  known.set(key, begun)
  begun.catch(() => known.delete(key))
  return begun
}

async function push(ours: Assembled, registry: OciRegistry, host: string, repository: string): Promise<void> {
  const blobs = new Map(ours.blobs.map((one) => [one.digest, one]))
  const [missing] = await Promise.all([
    // Asked while the blobs are sent: a manifest that is there has all that it needs.
    Promise.all(ours.children.map(async (one) => [one, await registry.manifest(repository, one.digest)] as const)),
    ...[...blobs.values()].map((blob) => registry.pushBlob(repository, blob, mountOf(blob, host, repository))),
  ])
  await Promise.all(
    missing
      .filter(([, found]) => found === undefined)
      .map(([one]) => registry.pushManifest(repository, one.digest, one)),
  )
}

/** Where a layer of the base can be taken over from, when it is in the same registry. */
function mountOf({ mountFrom }: ImageBlob, host: string, repository: string): string | undefined {
  return mountFrom === undefined || mountFrom.host !== host || mountFrom.repository === repository
    ? undefined
    : mountFrom.repository
}
