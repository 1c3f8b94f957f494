import { TagonceError } from '../../core/errors.ts'
import type { Observation } from '../../core/states.ts'
import { saw } from '../shared/evidence.ts'
import type { ChannelIO, RetractStep } from '../spoke.ts'
import { feedFor, feedOf, normalVersion } from './feed.ts'
import { refused } from './publish.ts'
import type { ChocolateyUnit } from './unit.ts'

/** A step that can be carried out without the manifest. */
export interface ChocolateyRetractStep extends RetractStep {
  name: string
  version: string
  sourceRepo: string
  keyEnv: string
}

/** A version is taken off the lists; it is never deleted, and who names it can still install it. */
export function retractPlan(unit: ChocolateyUnit, seen: Observation): ChocolateyRetractStep[] {
  if (!['live', 'pending', 'mismatch'].includes(seen.state)) return []
  const { name, settings } = unit
  const { sourceRepo, keyEnv } = settings
  const version = normalVersion(unit.version)
  const what = `unlist ${name} ${version}: it is found no more, the version before is the latest again`
  return [{ unit: unit.id, name, version, sourceRepo, keyEnv, what, final: false }]
}

/** Unlists by the request of NuGet's protocol; Chocolatey documents a form of its site only, which is told where it refuses. */
export async function retractAct(step: ChocolateyRetractStep, io: ChannelIO): Promise<Observation> {
  const feed = feedFor(step.sourceRepo, io)
  const before = await feed.find(step.name, step.version)
  if (before === undefined) return saw(io, 'absent', `the feed has no ${step.name} ${step.version}`, feed.read)
  if (!before.listed) return saw(io, 'retracted', 'it is unlisted', before.from)
  const answer = await feed.unlist(step.name, step.version, io.credentials.get(step.keyEnv))
  if ([404, 405, 501].includes(answer.status)) {
    const page = feedOf(step.sourceRepo).community
      ? `https://community.chocolatey.org/packages/${step.name}/${step.version}`
      : feed.read
    throw new TagonceError('spoke', `${new URL(answer.url).host} takes no request to unlist (${answer.status})`, {
      hint: `sign in, and unlist it by hand at ${page}`,
    })
  }
  if (answer.status >= 300) throw refused(`unlisting ${step.name} ${step.version}`, answer, step)
  return saw(io, 'retracted', `answered ${answer.status} to the request to unlist`, answer.url)
}
