import { TagonceError, type Diagnostic } from '../../core/errors.ts'
import type { Observation } from '../../core/states.ts'
import { ClosedForNow } from '../../external/git-refusal.ts'
import { hostOf } from '../../external/git-route.ts'
import type { HubReader } from '../../hub/hub.ts'
import { evidenceOf, saw } from '../shared/evidence.ts'
import { observeFiles, oneCommit, verifyFiles } from '../shared/git-channel.ts'
import { digestOf, judgeFiles } from '../shared/git-judge.ts'
import { remoteOf } from '../shared/git-plain.ts'
import type { ChannelIO, Together } from '../spoke.ts'
import { AUR, AurClosed, aurFile, aurInfo } from './rpc.ts'
import type { ArchSettings } from './settings.ts'
import type { AurUnit } from './unit.ts'
import { fullVersionIn } from './version.ts'

/** Packages whose push met a closed AUR, by run (a reader of the hub stands for one). */
const closed = new WeakMap<HubReader, Map<string, string>>()

/** Whether an address is the AUR's; another server is read by git alone. */
function isAur(url: string): boolean {
  return hostOf(url) === new URL(AUR).host
}

/** What the AUR shows, as anybody may read it: no key is needed. */
export async function observe(unit: AurUnit, hub: HubReader, io: ChannelIO): Promise<Observation> {
  const deferred = (reason: string): Observation => saw(io, 'deferred', reason, unit.address, reason)
  const shut = closed.get(hub)?.get(unit.id)
  if (shut !== undefined) return deferred(shut)
  try {
    if (!isAur(unit.git?.url ?? '')) return await observeFiles(unit, io, fullVersionIn)
    const info = await aurInfo(unit.name, io)
    const texts = await Promise.all(
      unit.files.map(async ({ path }) => (info === null ? null : aurFile(unit.name, path, io))),
    )
    const what =
      info === null
        ? `the AUR has no ${unit.name}`
        : `the AUR has ${info.Version} of ${info.Maintainer ?? 'nobody: it is orphaned'}`
    const digest = info === null ? undefined : digestOf(texts)
    return { ...judgeFiles(texts, unit, fullVersionIn), evidence: [evidenceOf(io, unit.address, what, digest)] }
  } catch (error) {
    if (error instanceof AurClosed) return deferred(error.message)
    if (error instanceof ClosedForNow) return deferred(error.message)
    throw error
  }
}

const commit = oneCommit(fullVersionIn)

/** A commit in the package's own repository. A closed AUR is no error: the unit is deferred, with its words. */
export const oneRepository: Together<AurUnit> = {
  key: (unit) => commit.key(unit),
  async publish(units, hub, io) {
    try {
      await commit.publish(units, hub, io)
    } catch (error) {
      if (!(error instanceof ClosedForNow)) throw error
      const known = closed.get(hub) ?? new Map<string, string>()
      closed.set(hub, known)
      for (const { unit } of units) known.set(unit.id, error.message)
      io.task.log(error.message)
    }
  },
}

export async function verify(unit: AurUnit, hub: HubReader, io: ChannelIO, seen?: Observation): Promise<Observation> {
  return verifyFiles(unit, hub, io, fullVersionIn, seen ?? (await observe(unit, hub, io)))
}

/** Reads only: whose is the name, does the key open it, is the AUR open. */
export async function probe(settings: ArchSettings, io: ChannelIO): Promise<Diagnostic[]> {
  const { name, gitUrl: url, sshCommand, keyEnv, keyPath } = settings
  const found: Diagnostic[] = []
  const say = (severity: 'error' | 'warning', rule: string, message: string, mend: string): number =>
    found.push({ severity, code: `aur-${rule}`, message, mend })
  let owner = ''
  try {
    const info = isAur(url) ? await aurInfo(name, io) : null
    owner = info === null ? '' : `; it belongs to ${info.Maintainer ?? 'nobody'}`
    if (info !== null && info.Maintainer === null) {
      const mend = `adopt it at ${AUR}/pkgbase/${name} with the account that holds the key`
      say('error', 'orphan', `${name} is orphaned: the AUR takes no push for it`, mend)
      return found
    }
    if (info?.Version.includes(':') === true) {
      const mend = 'push one version by hand under a new name, or ask a Package Maintainer'
      const message = `${name} has ${info.Version}, with an epoch: every version without one is older than that`
      say('error', 'epoch', message, mend)
    }
    const git = { url, sshCommand, keyEnv, keyPath }
    const place = { owner: '', name, branch: 'master' }
    await using remote = await remoteOf({ git, place, tokenEnv: 'AUR' }, io)
    await remote.mayPush('master')
  } catch (error) {
    if (error instanceof AurClosed || error instanceof ClosedForNow) {
      say('warning', 'closed', `${error.message}: the package will be deferred`, 'run the same command again later')
    } else if (error instanceof TagonceError && error.code !== 'interrupted') {
      const isFinal = error.code === 'credentials' || error.code === 'spoke'
      const mend = error.hint ?? 'run it again'
      say(isFinal ? 'error' : 'warning', isFinal ? 'refused' : 'unread', `${error.message}${owner}`, mend)
    } else throw error
  }
  return found
}
