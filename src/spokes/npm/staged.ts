import type { Observation } from '../../core/states.ts'
import { saw } from '../shared/evidence.ts'
import type { ChannelIO } from '../spoke.ts'
import { writer } from './registry.ts'
import type { NpmUnit } from './units.ts'

/** What was sent for approval in this run: the identity of a workflow may send, and may not look (npm's documentation of `npm stage`). */
const sent = new WeakMap<ChannelIO['credentials'], Set<string>>()

const REASON =
  'a maintainer has to approve it with two-factor authentication: `npm stage approve`, or on the page of the package; then run the same command again'

export function rememberStaged(unit: NpmUnit, io: ChannelIO): void {
  const known = sent.get(io.credentials) ?? new Set<string>()
  sent.set(io.credentials, known.add(unit.id))
}

/** A version that waits for a person; undefined when none does, as far as we are told. */
export async function observeStaged(unit: NpmUnit, io: ChannelIO): Promise<Observation | undefined> {
  const { settings, version, name } = unit
  if (sent.get(io.credentials)?.has(unit.id) === true) {
    return saw(io, 'staged', `${version} was sent to be staged`, unit.address, REASON)
  }
  if (settings.trusted || !io.credentials.has(settings.tokenEnv)) return undefined
  const answer = await writer(settings, io).staged(name)
  const held = answer.body?.items?.find((one) => (one.packageVersion ?? one.version) === version)
  if (held === undefined || !['staged', 'pending', undefined].includes(held.status)) return undefined
  return saw(io, 'staged', `${version} is staged`, answer.url, REASON)
}
