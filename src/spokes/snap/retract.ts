import { evidenceOf } from '../shared/evidence.ts'
import { compare, valid } from 'semver'
import { TagonceError } from '../../core/errors.ts'
import type { Observation } from '../../core/states.ts'
import type { ChannelIO, RetractStep } from '../spoke.ts'
import { heldIn, ownerStore, ownerView, refused } from './store.ts'
import type { SnapUnit } from './unit.ts'

/** A step that can be carried out without the manifest. */
export interface SnapRetractStep extends RetractStep {
  name: string
  version: string
  channel: string
  arches: string[]
}

/** A revision is never deleted: the channel goes back to the one before, or is closed where there is none. */
export function retractPlan(unit: SnapUnit, seen: Observation): SnapRetractStep[] {
  if (unit.role !== 'channel' || !['live', 'partial', 'mismatch'].includes(seen.state)) return []
  const { name, version, pointer, arches } = unit
  const what = `point ${pointer} of ${name} at the version before ${version}, or close it where there is none`
  return [{ unit: unit.id, name, version, channel: pointer, arches, what, final: false }]
}

export async function retractAct(step: SnapRetractStep, io: ChannelIO): Promise<Observation> {
  const { name, version, channel } = step
  const [{ held, from }, view] = await Promise.all([heldIn(name, channel, io), ownerView(name, io)])
  if (view === undefined) throw new TagonceError('credentials', `${name} is not registered, or not yours`)
  const stale = step.arches.filter((arch) => held.get(arch)?.version === version)
  if (stale.length === 0)
    return { state: 'superseded', evidence: [evidenceOf(io, from, `${channel} does not hold ${version}`)] }
  const store = ownerStore(io)
  const done: string[] = []
  let closed = false
  for (const arch of stale) {
    const before = view.revisions
      .filter((one) => one.architectures.includes(arch) && one.status === 'Published')
      .filter((one) => valid(one.version) !== null && valid(version) !== null && compare(one.version, version) < 0)
      .toSorted((a, b) => compare(b.version, a.version) || b.revision - a.revision)[0]
    if (before === undefined) {
      closed = true
      continue
    }
    const answer = await store.release(name, before.revision, [channel])
    if (answer.status >= 300) throw refused(`releasing revision ${before.revision} of ${name} to ${channel}`, answer)
    done.push(`${arch} is ${before.version} (${before.revision})`)
  }
  // A channel is closed for all architectures at once.
  if (closed && done.length === 0) {
    await close(name, channel, io)
    done.push('closed')
  } else if (closed) done.push('an architecture without an older version keeps this one')
  return { state: 'retracted', evidence: [evidenceOf(io, from, `${channel}: ${done.join(', ')}`)] }
}

async function close(name: string, channel: string, io: ChannelIO): Promise<void> {
  const store = ownerStore(io)
  const account = await store.account()
  const id = account.body?.snaps?.['16']?.[name]?.['snap-id']
  if (id === undefined) throw refused(`looking up the id of ${name}`, account)
  const answer = await store.close(id, [channel])
  if (answer.status >= 300) throw refused(`closing ${channel} of ${name}`, answer)
}
