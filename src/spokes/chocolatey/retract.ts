import { TagonceError } from '../../core/errors.ts'
import type { Observation } from '../../core/states.ts'
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
  const at = (): string => io.clock().toISOString()
  const before = await feed.find(step.name, step.version)
  if (before === undefined) {
    return {
      state: 'absent',
      evidence: [{ what: `the feed has no ${step.name} ${step.version}`, from: feed.read, at: at() }],
    }
  }
  if (!before.listed) return { state: 'retracted', evidence: [{ what: 'it is unlisted', from: before.from, at: at() }] }
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
  return {
    state: 'retracted',
    evidence: [{ what: `answered ${answer.status} to the request to unlist`, from: answer.url, at: at() }],
  }
}
