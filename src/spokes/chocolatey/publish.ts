import { TagonceError } from '../../core/errors.ts'
import type { Evidence, Observation } from '../../core/states.ts'
import type { NugetAnswer } from '../../external/nuget.ts'
import type { HubReader } from '../../hub/hub.ts'
import { refuseOtherBytes } from '../shared/check-download.ts'
import { evidenceOf } from '../shared/evidence.ts'
import type { ChannelIO } from '../spoke.ts'
import { feedFor, normalVersion } from './feed.ts'
import { packed } from './pack.ts'
import type { ChocolateySettings } from './settings.ts'
import type { ChocolateyUnit } from './unit.ts'

/** Why the feed does not take a version now. It can be seen in no read, so it is kept for the run. */
interface Refusal {
  reason: string
  evidence: Evidence
}

const refusals = new WeakMap<HubReader, Map<string, Refusal>>()

/** What the feed said in this run when the version was pushed. */
export function refusalOf(unit: ChocolateyUnit, hub: HubReader): Refusal | undefined {
  return refusals.get(hub)?.get(unit.id)
}

/** Pushes the package, once. What the feed refuses for now (moderation) is told by the next `observe` as deferred. */
export async function publishUnit(
  unit: ChocolateyUnit,
  seen: Observation,
  hub: HubReader,
  io: ChannelIO,
): Promise<void> {
  if (seen.state !== 'absent') {
    if (seen.state === 'live' || seen.state === 'pending') return
    throw new TagonceError('spoke', `${unit.id} is ${seen.state}${seen.reason === undefined ? '' : `: ${seen.reason}`}`)
  }
  // A version can be pushed once: one that nobody can install would be burnt.
  await refuseOtherBytes(unit.downloads, hub, io)
  const feed = feedFor(unit.settings.sourceRepo, io)
  const answer = await feed.push(await packed(unit, hub, io), io.credentials.get(unit.settings.keyEnv))
  if (answer.status < 300) return
  if (answer.status === 403 && isModeration(answer.message)) {
    const reason = `the feed takes it when an earlier version has been moderated: ${answer.message}`
    const evidence = evidenceOf(io, answer.url, 'answered 403 to the push')
    const known = refusals.get(hub) ?? new Map<string, Refusal>()
    refusals.set(hub, known.set(unit.id, { reason, evidence }))
    return
  }
  // Somebody else was faster, or our own answer was lost on an earlier try: the world decides.
  if (answer.status === 409 && (await feed.find(unit.name, normalVersion(unit.version))) !== undefined) return
  throw refused(`pushing ${unit.name} ${unit.version}`, answer, unit.settings)
}

/** The words of the gallery: "has a previous version in a submitted state", "too many … in moderation". */
function isModeration(message: string): boolean {
  return /moderat|submitted state|approved or rejected/i.test(message)
}

/** The feed's refusal of a write, explained (docs.chocolatey.org, maintainers/common-errors). */
export function refused(
  what: string,
  { status, message, url }: NugetAnswer,
  { keyEnv }: Pick<ChocolateySettings, 'keyEnv'>,
): TagonceError {
  const said = `${what}: ${new URL(url).host} answered ${status}${message === '' ? '' : ` (${message})`}`
  if (status === 400) {
    const hint = `400 means that the key in ${keyEnv} is no GUID, or that the version is not normalised`
    return new TagonceError('credentials', said, { hint })
  }
  if (status === 401 || status === 403) {
    const hint = `the key in ${keyEnv} is wrong or expired, its owner does not own the package, the name is forbidden, or versions wait for moderation: look at https://community.chocolatey.org/account`
    return new TagonceError('credentials', said, { hint })
  }
  if (status === 409) {
    return new TagonceError('spoke', said, { hint: 'the version exists already, or title or description are too long' })
  }
  if (status === 413) return new TagonceError('spoke', said, { hint: 'the package is too large for the feed' })
  if (status === 429)
    return new TagonceError('rate-limit', said, { hint: 'the limit lasts an hour: run the same command again then' })
  if (status >= 500) return new TagonceError('network', said, { hint: 'run the same command again' })
  return new TagonceError('spoke', said)
}
