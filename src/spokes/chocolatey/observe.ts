import { join } from 'node:path'
import type { Evidence, Observation, State } from '../../core/states.ts'
import { download } from '../../external/download.ts'
import type { NugetVersion } from '../../external/nuget.ts'
import { hashFile } from '../../formats/hash.ts'
import type { HubReader } from '../../hub/hub.ts'
import { checkDownload } from '../shared/check-download.ts'
import { evidenceOf } from '../shared/evidence.ts'
import type { ChannelIO } from '../spoke.ts'
import { COMMUNITY, feedFor, normalVersion } from './feed.ts'
import { comparePackage, packed } from './pack.ts'
import { refusalOf } from './publish.ts'
import type { ChocolateyUnit } from './unit.ts'

/** What the feed shows for a version; of what it hides, the package's page. Reads only. */
export async function observeUnit(unit: ChocolateyUnit, hub: HubReader, io: ChannelIO): Promise<Observation> {
  const feed = feedFor(unit.settings.sourceRepo, io)
  const version = normalVersion(unit.version)
  const found = await feed.find(unit.name, version)
  if (found !== undefined) return judged(unit, found, hub, io)
  const evidence = [evidenceOf(io, feed.read, `the feed has no ${unit.name} ${version}`)]
  const page = feed.community ? await pageOf(unit, version, io) : undefined
  if (page !== undefined) {
    const reason = 'the feed does not show it yet, the package’s page does: it waits for moderation'
    return { state: 'pending', reason, evidence: [...evidence, page] }
  }
  const refusal = refusalOf(unit, hub)
  if (refusal !== undefined)
    return { state: 'deferred', reason: refusal.reason, evidence: [...evidence, refusal.evidence] }
  return { state: 'absent', evidence }
}

/** Fetches what a user gets: the package from the feed, and what its script downloads. */
export async function verifyUnit(unit: ChocolateyUnit, hub: HubReader, io: ChannelIO): Promise<Observation> {
  const feed = feedFor(unit.settings.sourceRepo, io)
  const found = await feed.find(unit.name, normalVersion(unit.version))
  if (found === undefined) return observeUnit(unit, hub, io)
  const seen = await judged(unit, found, hub, io)
  if (seen.state !== 'live') return seen
  const got = await fetched(unit, found, hub, io)
  if (got.wrong !== undefined)
    return { state: 'mismatch', reason: got.wrong, evidence: [...seen.evidence, got.evidence] }
  const checks = await Promise.all(unit.downloads.map((one) => checkDownload(one, hub, io)))
  const evidence = [...seen.evidence, got.evidence, ...checks.map((one) => one.evidence)]
  const wrong = checks.find((one) => one.wrong !== undefined)?.wrong
  return wrong === undefined ? { ...seen, evidence } : { state: 'mismatch', reason: wrong, evidence }
}

async function judged(unit: ChocolateyUnit, found: NugetVersion, hub: HubReader, io: ChannelIO): Promise<Observation> {
  const shown = [found.status, found.submitted].filter(Boolean).join(', ') || (found.listed ? 'listed' : 'not listed')
  const evidence = [evidenceOf(io, found.from, `${unit.name} ${found.version}: ${shown}`, found.digest)]
  const { state, reason } = stateOf(found)
  if (state === 'blocked' || state === 'retracted') return { state, reason, evidence }
  if (found.digest !== (await packed(unit, hub, io)).digest) {
    // Another packer, or another version of this one, writes other bytes for the same content.
    const got = await fetched(unit, found, hub, io)
    evidence.push(got.evidence)
    if (got.wrong !== undefined) {
      const mend =
        state === 'pending'
          ? '; until it is approved, a push of the same version by hand replaces it'
          : ': tag a new version'
      return { state: 'mismatch', reason: `the feed has another package: ${got.wrong}${mend}`, evidence }
    }
  }
  return { state, evidence, ...(reason === '' ? {} : { reason }) }
}

/** The statuses of moderation (docs.chocolatey.org, community-repository/moderation); other feeds have none. */
function stateOf({ status, submitted, listed, checks }: NugetVersion): { state: State; reason: string } {
  if (status === 'Rejected') {
    return {
      state: 'blocked',
      reason: 'moderation rejected it; the reasons stand on the package’s page: tag a new version',
    }
  }
  if (status === 'Submitted')
    return { state: 'pending', reason: `in moderation: ${waitsFor(submitted)}${failing(checks)}` }
  if (!listed) return { state: 'retracted', reason: 'it is unlisted' }
  if (status === undefined || status === 'Approved' || status === 'Exempted') return { state: 'live', reason: '' }
  return { state: 'pending', reason: `the feed says ${status}` }
}

const WAITS: Record<string, string> = {
  Pending: 'automated checks run; they begin about half an hour after the push',
  Ready: 'automated checks are done, a moderator looks at it next',
  Waiting:
    'it waits for its maintainer: answer the comments on the package’s page, or push the same version mended; rejected after 35 days of silence',
  Responded: 'its maintainer answered, a moderator looks at it next',
  Updated: 'it was pushed again, and stands at the head of the queue',
}

function waitsFor(submitted = ''): string {
  return WAITS[submitted] ?? (submitted === '' ? 'submitted' : submitted)
}

function failing(checks: Record<string, string>): string {
  const names = {
    PackageTestResultStatus: 'verifier',
    PackageValidationResultStatus: 'validator',
    PackageScanStatus: 'scanner',
  }
  const bad = Object.entries(names).filter(([key]) => /fail|flagged/i.test(checks[key] ?? ''))
  return bad.length === 0 ? '' : `; fails the ${bad.map(([, name]) => name).join(', ')}`
}

/** The package's bytes from the address that clients follow, compared by their content. */
async function fetched(
  unit: ChocolateyUnit,
  found: NugetVersion,
  hub: HubReader,
  io: ChannelIO,
): Promise<{ evidence: Evidence; wrong?: string }> {
  const path = join(io.folder, `fetched-${unit.name}.${unit.version}.nupkg`)
  const { status } = await download(io.http, found.content, path)
  if (status !== 200) {
    const wrong = `${found.content} answers ${status}`
    return { evidence: evidenceOf(io, found.content, wrong), wrong }
  }
  const digest = `sha512:${(await hashFile(path, ['sha512'])).digests.sha512}`
  const evidence = evidenceOf(io, found.content, 'package fetched', digest)
  if (found.digest !== undefined && digest !== found.digest) {
    return { evidence, wrong: `${found.content} gives ${digest}, the feed says ${found.digest}` }
  }
  const wrong = await comparePackage(path, unit, hub)
  return wrong === undefined ? { evidence } : { evidence, wrong }
}

/** The feed hides a version until it has been looked at; its page does not. */
async function pageOf(unit: ChocolateyUnit, version: string, io: ChannelIO): Promise<Evidence | undefined> {
  const url = `${COMMUNITY}/packages/${encodeURIComponent(unit.name)}/${encodeURIComponent(version)}`
  const response = await io.http.request(url, { headers: { accept: 'text/html' } })
  const text = await response.text()
  // A page of another version comes in place of one that is not there.
  if (response.status !== 200 || !text.includes(version)) return undefined
  return evidenceOf(io, url, `there is a page of ${unit.name} ${version}`)
}
