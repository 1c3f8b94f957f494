import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { TagonceError } from '../../core/errors.ts'
import type { Evidence, Observation, State } from '../../core/states.ts'
import { download } from '../../external/download.ts'
import type { SnapRevision } from '../../external/snap-store.ts'
import { hashFile } from '../../formats/hash.ts'
import type { HubReader } from '../../hub/hub.ts'
import { evidenceOf } from '../shared/evidence.ts'
import { oncePerRun } from '../shared/once-per-run.ts'
import type { ChannelIO } from '../spoke.ts'
import { judgeChannel, wholeChannel } from './channel.ts'
import { compareSnap, packedSnap } from './pack.ts'
import { refusalOf } from './refusals.ts'
import { CREDENTIALS, heldIn, ownerView } from './store.ts'
import { type SnapChannelUnit, type SnapRevisionUnit, snapUnits, type SnapUnit } from './unit.ts'

/** What the store shows for a revision, or for a channel. Reads only. */
export async function observeUnit(unit: SnapUnit, hub: HubReader, io: ChannelIO): Promise<Observation> {
  return unit.role === 'channel' ? observeChannel(unit, io) : observeRevision(unit, hub, io)
}

/** Fetches what a user gets from the channel, and compares it with what we make of the hub. */
export async function verifyUnit(unit: SnapUnit, hub: HubReader, io: ChannelIO): Promise<Observation> {
  if (unit.role === 'revision') return observeRevision(unit, hub, io)
  const seen = await observeChannel(unit, io)
  if (seen.state !== 'live') return seen
  const { shas } = await heldIn(unit.name, unit.pointer, io)
  const evidence = [...seen.evidence]
  for (const arch of unit.arches) {
    const row = shas.get(arch)
    const mine = unit.settings.packages.find((one) => one.arch === arch)
    // A private snap or a branch has no public address; its revision was compared by its digest.
    if (row === undefined || mine === undefined) continue
    const got = await fetched(revisionOf(unit, mine.arch, hub), row, hub, io)
    evidence.push(got.evidence)
    if (got.wrong !== undefined) return { state: 'mismatch', reason: got.wrong, evidence }
  }
  return { ...seen, evidence }
}

/** The revision unit behind a channel's architecture. */
function revisionOf(unit: SnapChannelUnit, arch: string, hub: HubReader): SnapRevisionUnit {
  const found = snapUnits(hub.manifest, unit.settings).find(
    (one): one is SnapRevisionUnit => one.role === 'revision' && one.arch === arch,
  )
  if (found === undefined) throw new TagonceError('internal', `${unit.id} has no revision for ${arch}`)
  return found
}

async function observeChannel(unit: SnapChannelUnit, io: ChannelIO): Promise<Observation> {
  const { held, from } = await heldIn(unit.name, unit.pointer, io)
  const shown = unit.arches.map((arch) => {
    const at = held.get(arch)
    return `${arch} ${at === undefined ? 'none' : `${at.version} (${at.revision})`}`
  })
  const evidence = [evidenceOf(io, from, `${unit.pointer}: ${shown.join(', ')}`)]
  const { move, newer } = judgeChannel(unit.arches, unit.version, held)
  if (move.length === 0 && newer.length === 0) return { state: 'live', evidence }
  const still = `${unit.pointer} has ${shown.join(', ')}`
  if (move.length === 0) return { state: 'superseded', reason: `${still}, which is newer`, evidence }
  return { state: move.length < unit.arches.length ? 'partial' : 'absent', reason: still, evidence }
}

async function observeRevision(unit: SnapRevisionUnit, hub: HubReader, io: ChannelIO): Promise<Observation> {
  if (!io.credentials.has(CREDENTIALS)) return observePublicly(unit, io)
  const view = await ownerView(unit.name, io)
  if (view === undefined) {
    return {
      state: 'absent',
      reason: `${unit.name} is not registered`,
      evidence: [evidenceOf(io, unit.address, 'answered 404')],
    }
  }
  const same = view.revisions.find((one) => one.version === unit.version && one.architectures.includes(unit.arch))
  const ours = await packedSnap(unit, hub, io)
  const found = view.revisions.find((one) => one['sha3-384'] === ours.sha3) ?? same
  if (found === undefined) {
    const evidence = [
      evidenceOf(io, view.from, `no revision of ${unit.version} for ${unit.arch} among ${view.revisions.length}`),
    ]
    const refusal = refusalOf(unit, hub)
    return refusal === undefined ? { state: 'absent', evidence } : { state: 'deferred', reason: refusal, evidence }
  }
  const digest = `sha3-384:${found['sha3-384']}`
  const evidence = [evidenceOf(io, view.from, `revision ${found.revision}: ${found.version} ${found.status}`, digest)]
  const { state, reason } = stateOf(found)
  if (state === 'blocked' || found['sha3-384'] === ours.sha3) {
    return { state, evidence, ...(reason === '' ? {} : { reason }) }
  }
  return comparedAcross(unit, found, { state, reason, evidence }, hub, io)
}

/** Revision of our version, but of other bytes: made by another mksquashfs, or of other files. */
async function comparedAcross(
  unit: SnapRevisionUnit,
  found: SnapRevision,
  seen: Observation,
  hub: HubReader,
  io: ChannelIO,
): Promise<Observation> {
  for (const channel of new Set(unit.settings.channels)) {
    const { held, shas } = await heldIn(unit.name, wholeChannel(channel), io)
    const row = shas.get(unit.arch)
    if (row === undefined || held.get(unit.arch)?.revision !== found.revision) continue
    const got = await fetched(unit, row, hub, io)
    const evidence = [...seen.evidence, got.evidence]
    return got.wrong === undefined ? { ...seen, evidence } : { state: 'mismatch', reason: got.wrong, evidence }
  }
  const reason = `revision ${found.revision} has the version ${unit.version}, but other bytes than we make of the hub`
  return {
    state: 'mismatch',
    reason: `${reason}; it is in no channel to be compared: tag a new version`,
    evidence: seen.evidence,
  }
}

/** Without credentials only what is in a channel can be seen. */
async function observePublicly(unit: SnapRevisionUnit, io: ChannelIO): Promise<Observation> {
  for (const channel of unit.settings.channels) {
    const { held, from } = await heldIn(unit.name, wholeChannel(channel), io)
    const at = held.get(unit.arch)
    if (at?.version === unit.version)
      return { state: 'live', evidence: [evidenceOf(io, from, `${channel} has revision ${at.revision}`)] }
  }
  const reason = `it is in no public channel; ${CREDENTIALS} is needed to see what waits`
  return { state: 'unknown', reason, evidence: [evidenceOf(io, unit.address, 'not in the channel map')] }
}

/** The store's words for what became of an upload. */
function stateOf({ status, revision }: SnapRevision): { state: State; reason: string } {
  if (status === 'Published' || status === 'Unpublished') return { state: 'live', reason: '' }
  if (/rejected/i.test(status)) {
    return {
      state: 'blocked',
      reason: `revision ${revision} was rejected (${status}); the reasons stand on the store’s page: mend it and tag a new version`,
    }
  }
  return { state: 'pending', reason: `revision ${revision} is in review: ${status}` }
}

interface Fetched {
  evidence: Evidence
  wrong?: string
}

const once = oncePerRun<Fetched>()

/** The snap from the address that the store names, compared with ours; once a run, however many channels hold it. */
function fetched(
  unit: SnapRevisionUnit,
  row: { sha3: string; url: string },
  hub: HubReader,
  io: ChannelIO,
): Promise<Fetched> {
  return once(hub, `${row.url} ${row.sha3} ${unit.id}`, () => fetchAndCompare(unit, row, hub, io))
}

async function fetchAndCompare(
  unit: SnapRevisionUnit,
  row: { sha3: string; url: string },
  hub: HubReader,
  io: ChannelIO,
): Promise<Fetched> {
  const folder = await mkdtemp(join(io.folder, 'fetched-'))
  const path = join(folder, `${unit.name}-${unit.arch}.snap`)
  const { status } = await download(io.http, row.url, path)
  if (status >= 500) throw new TagonceError('network', `${row.url} answers ${status}`)
  if (status !== 200) {
    const wrong = `${row.url} answers ${status}`
    return { evidence: evidenceOf(io, row.url, wrong), wrong }
  }
  const sha3 = (await hashFile(path, ['sha3-384'])).digests['sha3-384']
  const evidence = evidenceOf(io, row.url, `${unit.arch}: snap fetched`, `sha3-384:${sha3}`)
  if (sha3 !== row.sha3) return { evidence, wrong: `${row.url} gives sha3-384 ${sha3}, the store says ${row.sha3}` }
  const ours = await packedSnap(unit, hub, io)
  const wrong = sha3 === ours.sha3 ? undefined : await compareSnap(path, ours, io)
  await rm(folder, { recursive: true, force: true })
  return wrong === undefined ? { evidence } : { evidence, wrong: `the snap for ${unit.arch} is another: ${wrong}` }
}
