import { TagonceError } from '../../core/errors.ts'
import type { Observation } from '../../core/states.ts'
import type { NpmRegistry } from '../../external/npm-registry.ts'
import type { HubReader } from '../../hub/hub.ts'
import type { ChannelIO } from '../spoke.ts'
import { HOLDING_TAG, movesForward } from './dist-tags.ts'
import { packed } from './pack.ts'
import { provenanceOf } from './provenance.ts'
import { refused, writer } from './registry.ts'
import { rememberStaged } from './staged.ts'
import type { NpmUnit } from './units.ts'

/**
 * Sends a package, or moves the dist-tag. A version is written once by the registry's own rule; a tag is read again
 * right before it is moved, and never moved backwards.
 */
export async function publishUnit(unit: NpmUnit, seen: Observation, hub: HubReader, io: ChannelIO): Promise<void> {
  // A tag that is told to move back by name comes here as superseded.
  const backwards = unit.role === 'pointer' && seen.state === 'superseded'
  if (seen.state !== 'absent' && !backwards) {
    if (seen.state === 'live' || seen.state === 'superseded') return
    throw new TagonceError('spoke', `${unit.id} is ${seen.state}${seen.reason === undefined ? '' : `: ${seen.reason}`}`)
  }
  const registry = writer(unit.settings, io)
  const tags = await distTags(registry, unit)
  if (unit.role === 'pointer') return movePointer(registry, unit, tags, backwards)
  const tarball = await packed(unit, hub, io)
  const { access, staged } = unit.settings
  const provenance = await provenanceOf(unit.settings, tarball, io)
  const answer = await registry.publish(tarball, { tag: tagFor(unit, tags), access, staged, provenance })
  if (answer.status < 300) {
    if (staged) rememberStaged(unit, io)
    return
  }
  if (staged && (answer.status === 409 || answer.status === 403) && /stage/i.test(answer.message)) {
    rememberStaged(unit, io)
    return
  }
  // Somebody else was faster, or our own answer was lost on an earlier try: the world decides.
  if (answer.status === 409 || (answer.status === 403 && /publish over|previously published/i.test(answer.message))) {
    const listed = (await registry.packument(unit.name, true)).body?.versions?.[unit.version]
    if (listed?.dist.integrity === tarball.integrity) return
    throw new TagonceError(
      'spoke',
      `${unit.id} was published before: the registry has ${listed?.dist.integrity ?? 'it no more'}, the hub gives ${tarball.integrity}`,
      {
        hint: 'a published version cannot be replaced: tag a new one',
      },
    )
  }
  throw refused(`publishing ${unit.name}@${unit.version}`, answer, unit.settings)
}

async function distTags(registry: NpmRegistry, unit: NpmUnit): Promise<Record<string, string> | undefined> {
  const answer = await registry.distTags(unit.name)
  if (answer.status === 404) return undefined
  if (answer.body === undefined) throw refused(`reading the dist-tags of ${unit.name}`, answer, unit.settings)
  return answer.body
}

/**
 * Every publish moves some tag. A new package gets the real one, as the registry sets `latest` then anyway. A main package
 * waits under the holding tag until it has been read back; nobody follows a tag of a platform package, so theirs moves at once. A
 * trusted publisher may not be allowed to move a tag later, and what is staged has a person before it: there, too, it moves at once.
 */
function tagFor(unit: NpmUnit, tags: Record<string, string> | undefined): string {
  const { tag, trusted, staged } = unit.settings
  if (tags === undefined) return tag
  const atOnce = unit.role === 'platform' || trusted || staged
  return atOnce && movesForward(unit.version, tags[tag]) ? tag : HOLDING_TAG
}

async function movePointer(
  registry: NpmRegistry,
  unit: NpmUnit & { role: 'pointer' },
  tags: Record<string, string> | undefined,
  backwards: boolean,
): Promise<void> {
  const current = tags?.[unit.pointer]
  if (current === unit.version || !(backwards || movesForward(unit.version, current))) return
  const answer = await registry.setDistTag(unit.name, unit.pointer, unit.version)
  if (answer.status >= 300)
    throw refused(`moving ${unit.pointer} of ${unit.name} to ${unit.version}`, answer, unit.settings)
}
