import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Observation } from '../../core/states.ts'
import type { Answer, NpmVersion, Packument } from '../../external/npm-registry.ts'
import { FormatError } from '../../formats/format-error.ts'
import { hashFile } from '../../formats/hash.ts'
import type { HubReader } from '../../hub/hub.ts'
import { evidenceOf, state } from '../shared/evidence.ts'
import type { ChannelIO } from '../spoke.ts'
import { movesForward } from './dist-tags.ts'
import { inspectTarball, packed } from './pack.ts'
import { provenanceListed, verifiedProvenance } from './provenance-read.ts'
import { reader } from './registry.ts'
import { observeStaged } from './staged.ts'
import type { NpmUnit } from './units.ts'

/** What the registry shows for a package version, or for a dist-tag. Reads only. */
export async function observeUnit(unit: NpmUnit, hub: HubReader, io: ChannelIO): Promise<Observation> {
  return unit.role === 'pointer' ? observeTag(unit, io) : observeVersion(unit, hub, io)
}

async function observeTag(unit: NpmUnit & { role: 'pointer' }, io: ChannelIO): Promise<Observation> {
  const answer = await reader(unit.settings, io).distTags(unit.name)
  const current = answer.body?.[unit.pointer]
  const seen = evidenceOf(
    io,
    answer.url,
    current === undefined ? `no ${unit.pointer} among the dist-tags` : `${unit.pointer} is ${current}`,
  )
  if (answer.status === 404 || (answer.body !== undefined && current === undefined)) return state('absent', [seen])
  if (answer.body === undefined) return unknown(io, answer)
  if (current === unit.version) return state('live', [seen])
  if (movesForward(unit.version, current)) return state('absent', [seen], `${unit.pointer} is still ${current}`)
  return state('superseded', [seen], `${unit.pointer} is ${current}, which is newer`)
}

async function observeVersion(unit: NpmUnit, hub: HubReader, io: ChannelIO): Promise<Observation> {
  const answer = await reader(unit.settings, io).packument(unit.name)
  if (answer.status !== 404 && answer.body === undefined) return unknown(io, answer)
  const listed = answer.body?.versions?.[unit.version]
  if (listed !== undefined) return compared(unit, listed, hub, io, answer.url)
  if (isBurnt(answer.body, unit.version)) {
    const seen = evidenceOf(io, answer.url, `${unit.version} is in "time" but not in "versions"`)
    return state(
      'blocked',
      [seen],
      `${unit.version} was unpublished; the registry never takes it again: tag a new version`,
    )
  }
  const what = answer.body === undefined ? `no package ${unit.name}` : `packument does not list ${unit.version}`
  return (await observeStaged(unit, io)) ?? state('absent', [evidenceOf(io, answer.url, what)])
}

/** A version that was there once and is gone can never be published again (npm's unpublish policy). */
export function isBurnt(doc: Packument | undefined, version: string): boolean {
  if (doc === undefined || doc.versions?.[version] !== undefined) return false
  return doc.time?.[version] !== undefined || (doc.time?.unpublished?.versions ?? []).includes(version)
}

async function compared(
  unit: NpmUnit,
  listed: NpmVersion,
  hub: HubReader,
  io: ChannelIO,
  url: string,
): Promise<Observation> {
  const ours = await packed(unit, hub, io)
  const { integrity, shasum } = listed.dist
  const theirs = integrity === undefined ? `sha1:${shasum}` : hexDigest(integrity)
  const seen = evidenceOf(io, url, `packument lists ${unit.version}, shasum ${shasum}`, theirs)
  const signed = provenanceListed(unit, listed)
  const provenance = signed === undefined ? [] : [evidenceOf(io, signed.from, signed.what)]
  if (integrity === undefined ? shasum === ours.shasum : integrity === ours.integrity) {
    const found = [seen, ...provenance]
    return listed.deprecated ? state('retracted', found, `deprecated: ${listed.deprecated}`) : state('live', found)
  }
  // The same files may have been compressed by another version of zlib: look inside before calling it different.
  const other = await fetched(unit, listed, io)
  if (typeof other !== 'string' && other.tar === ours.tar) {
    const inside = evidenceOf(io, listed.dist.tarball, 'the same files, compressed otherwise', `sha256:${other.tar}`)
    return listed.deprecated
      ? state('retracted', [seen, inside], `deprecated: ${listed.deprecated}`)
      : state('live', [seen, inside, ...provenance])
  }
  return state(
    'mismatch',
    [seen],
    `the registry has ${theirs}, the hub gives ${ours.digest}; a published version cannot be replaced: tag a new one`,
  )
}

/** Fetches what a user gets, and looks for the hub's programs in it. */
export async function verifyUnit(unit: NpmUnit, hub: HubReader, io: ChannelIO): Promise<Observation> {
  if (unit.role === 'pointer') return observeTag(unit, io)
  const answer = await reader(unit.settings, io).packument(unit.name)
  const listed = answer.body?.versions?.[unit.version]
  if (listed === undefined) return observeVersion(unit, hub, io)
  const seen = await compared(unit, listed, hub, io, answer.url)
  if (seen.state !== 'live') return seen
  const got = await fetched(unit, listed, io)
  if (typeof got === 'string')
    return { ...seen, state: got.startsWith('the tarball') ? 'mismatch' : 'unknown', reason: got }
  const { problem } = await inspectTarball(got.path, (await packed(unit, hub, io)).expected)
  if (problem !== undefined) return { ...seen, state: 'mismatch', reason: problem }
  const programs = unit.role === 'platform' ? unit.platform.programs.map((one) => one.name).join(', ') : 'the wrapper'
  const read = evidenceOf(io, listed.dist.tarball, `tarball fetched; ${programs} equal to the hub's`, got.digest)
  const signed = await verifiedProvenance(unit, listed, io)
  if (typeof signed === 'string') return { ...seen, state: 'mismatch', reason: signed }
  return { ...seen, evidence: [...seen.evidence, read, ...signed] }
}

/** The tarball from the address that users' clients follow, checked against the packument; a text says why it is not. */
async function fetched(
  unit: NpmUnit,
  listed: NpmVersion,
  io: ChannelIO,
): Promise<{ path: string; tar: string; digest: string } | string> {
  const response = await reader(unit.settings, io).tarball(unit.name, listed.dist.tarball)
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel()
    return `${listed.dist.tarball} answered ${response.status}`
  }
  const path = join(io.folder, `fetched-${unit.name.replace(/^@/, '').replace('/', '-')}-${unit.version}.tgz`)
  await pipeline(Readable.fromWeb(response.body), createWriteStream(path), { signal: io.signal })
  const { digests } = await hashFile(path, ['sha512', 'sha1'])
  const { integrity, shasum } = listed.dist
  const digest = `sha512:${digests.sha512}`
  if (integrity === undefined ? digests.sha1 !== shasum : digest !== hexDigest(integrity)) {
    return `the tarball at ${listed.dist.tarball} has ${digest}, the packument says ${integrity ?? shasum}`
  }
  try {
    return { path, tar: (await inspectTarball(path, [])).tar, digest }
  } catch (error) {
    if (error instanceof FormatError) return `the tarball at ${listed.dist.tarball} cannot be opened: ${error.message}`
    throw error
  }
}

/** `sha512-<base64>` as `sha512:<hex>`. */
function hexDigest(integrity: string): string {
  const strongest = integrity.split(/\s+/).find((one) => one.startsWith('sha512-')) ?? integrity
  const [algorithm = '', value = ''] = strongest.split(/-(.*)/s)
  return `${algorithm}:${Buffer.from(value, 'base64').toString('hex')}`
}

function unknown(io: ChannelIO, answer: Answer<unknown>): Observation {
  const words = answer.message === '' ? '' : `: ${answer.message}`
  return state(
    'unknown',
    [evidenceOf(io, answer.url, `answered ${answer.status}`)],
    `the registry answered ${answer.status}${words}`,
  )
}
