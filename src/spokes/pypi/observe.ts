import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Evidence, Observation } from '../../core/states.ts'
import type { PypiAnswer, PypiFile, PypiProject } from '../../external/pypi.ts'
import { FormatError } from '../../formats/format-error.ts'
import { hashFile } from '../../formats/hash.ts'
import type { WheelContent } from '../../formats/wheel-reader.ts'
import { readWheel } from '../../formats/wheel-reader.ts'
import type { HubReader } from '../../hub/hub.ts'
import { checkDownload } from '../shared/check-download.ts'
import { evidenceOf, state } from '../shared/evidence.ts'
import type { ChannelIO } from '../spoke.ts'
import { verifiedAttestations } from './attestations.ts'
import { reader } from './index-client.ts'
import { normalName } from './name.ts'
import { lacking, packed } from './pack.ts'
import { programIn } from './units.ts'
import type { PypiUnit, WheelUnit } from './units.ts'
import { compareVersions, sameVersion } from './version.ts'

/** Since 2026-07-22 PyPI adds no file to a release that is older. */
const OPEN_DAYS = 14

/** What the index shows for a wheel, or for the latest version. Reads only. */
export async function observeUnit(unit: PypiUnit, hub: HubReader, io: ChannelIO): Promise<Observation> {
  return unit.role === 'pointer' ? observeLatest(unit, io) : (await observeWheel(unit, hub, io)).seen
}

async function observeLatest({ settings }: PypiUnit, io: ChannelIO): Promise<Observation> {
  const { name, version } = settings
  const answer = await reader(settings, io).latest(normalName(name))
  if (answer.status === 404) return state('absent', [evidence(io, answer.url, `no project ${name}`)])
  if (answer.body === undefined) return unknown(io, answer)
  const seen = evidence(io, answer.url, `the latest version is ${answer.body}`)
  if (sameVersion(answer.body, version)) return state('live', [seen])
  if (compareVersions(version, answer.body) > 0) return state('absent', [seen], `the latest is still ${answer.body}`)
  return state('superseded', [seen], `the latest is ${answer.body}, which is newer`)
}

/** A wheel's state, and the file as the index lists it. */
async function observeWheel(
  unit: WheelUnit,
  hub: HubReader,
  io: ChannelIO,
): Promise<{ seen: Observation; listed?: PypiFile }> {
  const { settings } = unit
  const name = normalName(settings.name)
  const index = reader(settings, io)
  const [page, release] = await Promise.all([
    index.project(name),
    settings.index.kind === 'other' ? undefined : index.release(name, settings.version),
  ])
  const failing = [page, release].find((one) => one !== undefined && one.status !== 404 && one.body === undefined)
  if (failing !== undefined) return { seen: unknown(io, failing) }
  const listed = page.body?.files.find((one) => one.filename === unit.file)
  const told = release?.body?.find((one) => one.filename === unit.file)
  if (release !== undefined && (listed === undefined) !== (told === undefined)) {
    // One of the two pages is older; taking the older one's word would send a file a second time.
    const seen = [
      evidence(
        io,
        page.url,
        listed === undefined ? `does not list ${unit.file}` : `lists ${unit.file}`,
        listed?.sha256,
      ),
      evidence(io, release.url, told === undefined ? `does not list ${unit.file}` : `lists ${unit.file}`, told?.sha256),
    ]
    return { seen: state('unknown', seen, 'the simple page and the JSON page differ; one of them is late') }
  }
  if (listed === undefined) return { seen: absent(unit, page, release, io) }
  const seen = await compared(unit, listed, hub, io, page.url)
  whereabouts.set(unit, listed)
  return { seen, listed }
}

function absent(
  unit: WheelUnit,
  page: PypiAnswer<PypiProject>,
  release: PypiAnswer<PypiFile[]> | undefined,
  io: ChannelIO,
): Observation {
  const { settings } = unit
  const what = page.body === undefined ? `no project ${settings.name}` : `does not list ${unit.file}`
  const seen = evidence(io, page.url, what)
  const status = page.body?.status ?? 'active'
  if (status === 'quarantined')
    return state('deferred', [seen], `${settings.name} is in quarantine: PyPI's administrators look at it first`)
  if (status === 'archived')
    return state(
      'deferred',
      [seen],
      `${settings.name} is archived: unarchive it in its settings on PyPI, and run again`,
    )
  const first = (release?.body ?? []).flatMap((one) => (one.uploaded === undefined ? [] : Date.parse(one.uploaded)))
  const age = first.length === 0 ? 0 : (io.clock().getTime() - Math.min(...first)) / 86_400_000
  if (age <= OPEN_DAYS) return state('absent', [seen])
  const why = `${settings.version} was published ${Math.floor(age)} days ago; PyPI adds no file to a release after ${OPEN_DAYS}: tag a new version`
  return state('blocked', [seen], why)
}

async function compared(
  unit: WheelUnit,
  listed: PypiFile,
  hub: HubReader,
  io: ChannelIO,
  url: string,
): Promise<Observation> {
  const ours = await packed(unit, hub, io)
  const digest = listed.sha256 === undefined ? undefined : `sha256:${listed.sha256}`
  const seen = evidence(io, url, `lists ${unit.file}`, digest)
  if (listed.sha256 === ours.sha256) return settled(listed, [seen])
  // The same files may have been compressed by another version of zlib: look inside before calling it different.
  const other = await fetched(unit, listed, io)
  if (typeof other === 'string') return state('unknown', [seen], other)
  if (other.sha256 === ours.sha256 || other.content?.record === ours.record) {
    const inside = evidence(io, listed.url, 'the same files, compressed otherwise', `sha256:${other.sha256}`)
    return settled(listed, other.sha256 === ours.sha256 ? [seen] : [seen, inside])
  }
  const why = `the index has ${unit.file} with sha256:${other.sha256}, the hub gives sha256:${ours.sha256}; a file name can be used once only: tag a new version`
  return state('blocked', [seen], why)
}

function settled(listed: PypiFile, seen: Evidence[]): Observation {
  if (listed.yanked === false) return state('live', seen)
  return state('retracted', seen, `yanked${typeof listed.yanked === 'string' ? `: ${listed.yanked}` : ''}`)
}

/** Where the index had a live wheel when it was looked at last, in this run. */
const whereabouts = new WeakMap<PypiUnit, PypiFile>()

/** Fetches what a user gets, and looks for the hub's programs in it. */
export async function verifyUnit(
  unit: PypiUnit,
  hub: HubReader,
  io: ChannelIO,
  before?: Observation,
): Promise<Observation> {
  if (unit.role === 'pointer') return before ?? observeLatest(unit, io)
  const known = before?.state === 'live' ? whereabouts.get(unit) : undefined
  const { seen, listed } =
    before !== undefined && known !== undefined ? { seen: before, listed: known } : await observeWheel(unit, hub, io)
  if (seen.state !== 'live' || listed === undefined) return seen
  const got = await fetched(unit, listed, io)
  if (typeof got === 'string') return { ...seen, state: 'unknown', reason: got }
  if (listed.sha256 !== undefined && got.sha256 !== listed.sha256) {
    return {
      ...seen,
      state: 'mismatch',
      reason: `${listed.url} has sha256:${got.sha256}, the index says ${listed.sha256}`,
    }
  }
  if (got.content === undefined)
    return { ...seen, state: 'mismatch', reason: `${listed.url} cannot be opened: ${got.problem ?? ''}` }
  const problem = lacking(got.content, (await packed(unit, hub, io)).expected)
  if (problem !== undefined) return { ...seen, state: 'mismatch', reason: problem }
  const signed = await verifiedAttestations(unit, listed, io)
  if (typeof signed === 'string') return { ...seen, state: 'mismatch', reason: signed }
  const what = unit.platform === undefined ? 'the wrapper' : unit.settings.commands.map((one) => one.name).join(', ')
  const read = evidence(io, listed.url, `wheel fetched; ${what} equal to the hub's`, `sha256:${got.sha256}`)
  const all = { ...seen, evidence: [...seen.evidence, read, ...signed] }
  return unit.platform === undefined ? verifyDownloads(unit, hub, io, all) : all
}

/** What the wrapper fetches at first run must be there for everybody. */
async function verifyDownloads(
  unit: WheelUnit,
  hub: HubReader,
  io: ChannelIO,
  seen: Observation,
): Promise<Observation> {
  const artifacts = new Map(
    unit.settings.platforms.flatMap((one) =>
      one.programs.map(
        (program) => [program.artifact, { word: one.word, ...programIn(hub.manifest, program) }] as const,
      ),
    ),
  )
  const checked = await Promise.all(
    [...artifacts].map(
      ([
        artifact,
        {
          word,
          artifact: { sha256 },
        },
      ]) => checkDownload({ platform: word, artifact, url: hub.address(artifact), sha256 }, hub, io),
    ),
  )
  const wrong = checked.find((one) => one.wrong !== undefined)?.wrong
  const all = { ...seen, evidence: [...seen.evidence, ...checked.map((one) => one.evidence)] }
  return wrong === undefined ? all : { ...all, state: 'mismatch', reason: wrong }
}

interface Fetched {
  sha256: string
  /** Undefined where it cannot be opened; `problem` says why. */
  content?: WheelContent
  problem?: string
}

/** The wheel from the address that users' clients follow; a text says why it is not to be had. */
async function fetched(unit: WheelUnit, listed: PypiFile, io: ChannelIO): Promise<Fetched | string> {
  const response = await reader(unit.settings, io).file(listed.url)
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel()
    return `${listed.url} answered ${response.status}`
  }
  const path = join(io.folder, `fetched-${unit.file}`)
  await pipeline(Readable.fromWeb(response.body), createWriteStream(path), { signal: io.signal })
  const { digests } = await hashFile(path, ['sha256'])
  try {
    return { sha256: digests.sha256, content: await readWheel(path) }
  } catch (error) {
    if (error instanceof FormatError) return { sha256: digests.sha256, problem: error.message }
    throw error
  }
}

function evidence(io: ChannelIO, from: string, what: string, digest?: string): Evidence {
  const hash = digest === undefined || digest.startsWith('sha256:') ? digest : `sha256:${digest}`
  return evidenceOf(io, from, what, hash)
}

function unknown(io: ChannelIO, answer: PypiAnswer<unknown>): Observation {
  const words = answer.message === '' ? '' : `: ${answer.message}`
  const seen = evidence(io, answer.url, `answered ${answer.status}`)
  return state('unknown', [seen], `the index answered ${answer.status}${words}`)
}
