import { setTimeout as sleep } from 'node:timers/promises'
import { TagonceError } from '../../core/errors.ts'
import type { Observation } from '../../core/states.ts'
import type { SnapStore, UploadStatus } from '../../external/snap-store.ts'
import type { HubReader } from '../../hub/hub.ts'
import type { ChannelIO } from '../spoke.ts'
import { judgeChannel } from './channel.ts'
import { packedSnap } from './pack.ts'
import { keepRefusal } from './refusals.ts'
import { heldIn, ownerStore, ownerView, refused } from './store.ts'
import type { SnapChannelUnit, SnapRevisionUnit, SnapUnit } from './unit.ts'

/** Uploads a revision, or moves a channel: never to an older version, unless told so by name. */
export async function publishUnit(unit: SnapUnit, seen: Observation, hub: HubReader, io: ChannelIO): Promise<void> {
  const backwards = unit.role === 'channel' && seen.state === 'superseded'
  if (seen.state !== 'absent' && seen.state !== 'partial' && !backwards) {
    if (seen.state === 'live' || seen.state === 'pending') return
    throw new TagonceError('spoke', `${unit.id} is ${seen.state}${seen.reason === undefined ? '' : `: ${seen.reason}`}`)
  }
  if (unit.role === 'channel') await moveChannel(unit, backwards, io)
  else await upload(unit, hub, io)
}

async function upload(unit: SnapRevisionUnit, hub: HubReader, io: ChannelIO): Promise<void> {
  const store = ownerStore(io)
  const snap = await packedSnap(unit, hub, io)
  const may = await store.mayPush(unit.name)
  if (may.status >= 300) throw refused(`asking whether ${unit.name} may be pushed`, may)
  const stored = await store.upload(snap)
  const id = stored.body?.upload_id
  if (stored.body?.successful !== true || id === undefined) throw refused(`storing ${snap.name}`, stored)
  const pushed = await store.push(unit.name, id, snap.size)
  const url = pushed.body?.status_details_url
  if (pushed.status >= 300) {
    if (waits(unit, hub, pushed.message)) return
    throw refused(`pushing ${snap.name}`, pushed)
  }
  if (url === undefined)
    throw new TagonceError('network', `the Snap store took ${snap.name}, but did not say where its review is`)
  const end = await reviewed(store, url, io)
  if (end === undefined || !end.code.includes('error')) return
  const words = (end.errors ?? []).map((one) => one.message ?? '').join('; ')
  // The same bytes are there already: the next look finds them by their digest.
  if (/exact same content|duplicate snap/i.test(words) || waits(unit, hub, words)) return
  throw new TagonceError('spoke', `the Snap store could not take ${snap.name}: ${words || end.code}`, {
    hint: `the details stand at https://snapcraft.io/${unit.name}/releases`,
  })
}

/** An earlier revision in review holds this one back: not now, run again. */
function waits(unit: SnapRevisionUnit, hub: HubReader, words: string): boolean {
  if (!/previous upload\(s\) to complete/i.test(words)) return false
  keepRefusal(unit, hub, `the store takes it when earlier uploads have been reviewed: ${words}`)
  return true
}

/** Milliseconds between looks at a review, and for all of them: most last one to three minutes, some hours. */
const PAUSE = [500, 1000, 2000, 5000]
const MOST = 240_000

/** How the store's own review ended; undefined where it lasts longer than we wait. */
async function reviewed(store: SnapStore, url: string, io: ChannelIO): Promise<UploadStatus | undefined> {
  const until = Date.now() + MOST
  for (let look = 0; Date.now() < until; look++) {
    const answer = await store.status(url)
    if (answer.body === undefined) throw refused('reading the state of the review', answer)
    // `processed` alone is no success: an upload that failed can be processed, too.
    if (answer.body.code !== 'being_processed') return answer.body
    io.task.progress('in review')
    await sleep(PAUSE[Math.min(look, PAUSE.length - 1)], undefined, { signal: io.signal })
  }
  return undefined
}

/** Reads the channel once more, then releases what has to move, one architecture after the other. */
async function moveChannel(unit: SnapChannelUnit, backwards: boolean, io: ChannelIO): Promise<void> {
  const [{ held }, view] = await Promise.all([heldIn(unit.name, unit.pointer, io), ownerView(unit.name, io)])
  const { move, newer } = judgeChannel(unit.arches, unit.version, held)
  const store = ownerStore(io)
  for (const arch of backwards ? [...move, ...newer] : move) {
    const revision = (view?.revisions ?? [])
      .filter((one) => one.version === unit.version && one.architectures.includes(arch))
      .filter((one) => one.status === 'Published' || one.status === 'Unpublished')
      .map((one) => one.revision)
      .toSorted((a, b) => b - a)[0]
    if (revision === undefined) {
      throw new TagonceError('spoke', `${unit.name} has no reviewed revision of ${unit.version} for ${arch}`)
    }
    const answer = await store.release(unit.name, revision, [unit.pointer])
    if (answer.status >= 300) throw refused(`releasing revision ${revision} of ${unit.name} to ${unit.pointer}`, answer)
  }
}
