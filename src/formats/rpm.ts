import { createHash } from 'node:crypto'
import { cpio, type CpioMember } from './cpio.ts'
import { FormatError } from './format-error.ts'
import { compression } from './package-compress.ts'
import { textBody, type PackageEntry, type PackageFacts, type PackageScripts } from './package-entry.ts'
import type { Spool, Spooled } from './package-spool.ts'
import { HEADER_IMMUTABLE, HEADER_SIGNATURES, rpmHeader, type RpmValue } from './rpm-header.ts'
import { rpmFileTags } from './rpm-files.ts'
import { rpmRelations } from './rpm-relations.ts'
import { TAG } from './rpm-tags.ts'

/** What only an rpm says. */
export interface RpmFacts extends PackageFacts {
  summary: string
  group: string
  packager: string
  buildHost: string
  prefixes: string[]
  /** `gzip`, `xz`, `zstd`, `none`. */
  compression: string
  scripts: PackageScripts & { pretrans?: string; posttrans?: string }
  /** Newest first. Time in seconds; the title is `Ann <ann@example.org> - 1.2.3`. */
  changelog: { time: number; title: string; text: string }[]
  /** A source package: what is needed to build it, flat, without folders. */
  source?: boolean
}

/** Signs bytes: a binary detached OpenPGP signature. */
export interface RpmSigner {
  sign: (signed: () => AsyncIterable<Uint8Array>) => Promise<Uint8Array>
}

/**
 * An rpm package (rpm.org, "RPM V4 Package format"): lead, signature header, header, and a compressed cpio archive.
 * @example for await (const chunk of rpm(facts, entries, spoolIn(folder))) out.write(chunk)
 */
export async function* rpm(
  facts: RpmFacts,
  entries: PackageEntry[],
  spool: Spool,
  signer?: RpmSigner,
): AsyncGenerator<Uint8Array> {
  const { word, compress } = compression(facts.compression)
  // A folder that nobody asked for belongs to another package.
  const files = entries.filter(({ body, path }) => !(body.type === 'directory' && body.implicit) && path !== '/')
  const payload = await spool(compress(cpio(members(files, facts.source === true))))
  const size = files.reduce((sum, one) => sum + payloadSize(one), 0)
  if (size > 0x7fffffff * 2) throw new FormatError(`an rpm of more than 4 GiB cannot be written: ${size} bytes`)
  const header = rpmHeader(HEADER_IMMUTABLE, headerTags(facts, files, payload, word, size))
  const signatures = rpmHeader(HEADER_SIGNATURES, await signatureTags(header, payload, size, signer))
  yield lead(facts)
  yield signatures
  yield Buffer.alloc(-signatures.length & 7)
  yield header
  yield* payload.content()
}

/** `1.2.3~rc.1+git`: a version may have no dash (rpm.org, "Dependencies Basics", Versioning). */
export function rpmVersion({ version, prerelease, versionMetadata }: PackageFacts): string {
  return (
    version +
    (prerelease === '' ? '' : `~${prerelease.replaceAll('-', '_')}`) +
    (versionMetadata === '' ? '' : `+${versionMetadata}`)
  )
}

function fullVersion(facts: RpmFacts): string {
  return `${rpmVersion(facts)}-${facts.release || '1'}`
}

/** Magic, version 3.0, binary package; only the magic is still read by anyone. */
function lead(facts: RpmFacts): Buffer {
  const out = Buffer.alloc(96)
  out.set([0xed, 0xab, 0xee, 0xdb, 3, 0, 0, 0, 0, 1])
  out.write(`${facts.name}-${fullVersion(facts)}`, 10, 65)
  if (facts.source === true) out.writeUInt16BE(1, 6)
  out.writeUInt16BE(1, 76)
  // RPMSIGTYPE_HEADERSIG
  out.writeUInt16BE(5, 78)
  return out
}

function members(files: PackageEntry[], flat: boolean): CpioMember[] {
  return files.flatMap(({ path, mode, mtime, body }, at): CpioMember[] => {
    const common = { name: flat ? path.slice(1) : `.${path}`, mtime, inode: at + 1 }
    if (body.type === 'ghost') return []
    if (body.type === 'directory') return [{ ...common, mode: 0o040000 | mode, links: 2, body: textBody('') }]
    if (body.type === 'symlink') return [{ ...common, mode: 0o120777, links: 1, body: textBody(body.target) }]
    return [{ ...common, mode: 0o100000 | mode, links: 1, body }]
  })
}

function payloadSize({ body }: PackageEntry): number {
  return body.type === 'file' ? body.size : body.type === 'symlink' ? Buffer.byteLength(body.target) : 0
}

function headerTags(
  facts: RpmFacts,
  files: PackageEntry[],
  payload: Spooled,
  compressor: string,
  size: number,
): Map<number, RpmValue> {
  const tags = new Map<number, RpmValue>([
    [TAG.headerI18nTable, { texts: ['C'] }],
    [TAG.size, { int32: [size] }],
    [TAG.name, { text: facts.name }],
    [TAG.version, { text: rpmVersion(facts) }],
    [TAG.release, { text: facts.release || '1' }],
    [TAG.summary, { translated: facts.summary || (facts.description.split('\n')[0] ?? '') }],
    [TAG.description, { translated: facts.description }],
    [TAG.buildHost, { text: facts.buildHost }],
    [TAG.buildTime, { int32: [facts.mtime] }],
    [TAG.payloadFormat, { text: 'cpio' }],
    ...(compressor === 'none' ? [] : [[TAG.payloadCompressor, { text: compressor }] as const]),
    [TAG.payloadFlags, { text: '9' }],
    [TAG.payloadDigest, { texts: [payload.sha256] }],
    [TAG.payloadDigestAlgo, { int32: [SHA256] }],
    [TAG.arch, { text: facts.arch }],
    [TAG.os, { text: facts.platform }],
    [TAG.license, { text: facts.license }],
    // A package without the name of its source is a source package, which newer rpms want told as well.
    facts.source === true
      ? [TAG.sourcePackage, { int32: [1] }]
      : [TAG.sourceRpm, { text: `${facts.name}-${fullVersion(facts)}.src.rpm` }],
  ])
  const texts: [number, string][] = [
    [TAG.vendor, facts.vendor],
    [TAG.packager, facts.packager],
    [TAG.url, facts.homepage],
  ]
  for (const [tag, text] of texts) if (text !== '') tags.set(tag, { text })
  if (facts.group !== '') tags.set(TAG.group, { translated: facts.group })
  if (facts.epoch !== '') tags.set(TAG.epoch, { int32: [epochOf(facts.epoch)] })
  if (facts.prefixes.length > 0) tags.set(TAG.prefixes, { texts: facts.prefixes })
  addRelations(tags, facts)
  addScripts(tags, facts.scripts)
  if (facts.changelog.length > 0) {
    tags.set(TAG.changelogTime, { int32: facts.changelog.map((one) => one.time) })
    tags.set(TAG.changelogName, { texts: facts.changelog.map((one) => one.title) })
    tags.set(TAG.changelogText, { texts: facts.changelog.map((one) => one.text) })
  }
  for (const [tag, value] of rpmFileTags(files, facts.source === true)) tags.set(tag, value)
  return tags
}

/** PGPHASHALGO_SHA256 */
const SHA256 = 8

function epochOf(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > 0xffffffff) {
    throw new FormatError(`${JSON.stringify(text)} is no epoch of an rpm: it is a number`)
  }
  return Number(text)
}

function addRelations(tags: Map<number, RpmValue>, facts: RpmFacts): void {
  const itself = `${facts.name} = ${fullVersion(facts)}`
  const all: [names: number, versions: number, flags: number, texts: string[]][] = [
    [TAG.provideName, TAG.provideVersion, TAG.provideFlags, facts.source === true ? [] : [...facts.provides, itself]],
    [TAG.obsoleteName, TAG.obsoleteVersion, TAG.obsoleteFlags, facts.replaces],
    [TAG.suggestName, TAG.suggestVersion, TAG.suggestFlags, facts.suggests],
    [TAG.recommendName, TAG.recommendVersion, TAG.recommendFlags, facts.recommends],
    [TAG.requireName, TAG.requireVersion, TAG.requireFlags, facts.depends],
    [TAG.conflictName, TAG.conflictVersion, TAG.conflictFlags, facts.conflicts],
  ]
  for (const [names, versions, flags, texts] of all) {
    const found = rpmRelations(texts)
    if (found.length === 0) continue
    tags.set(names, { texts: found.map((one) => one.name) })
    tags.set(versions, { texts: found.map((one) => one.version) })
    tags.set(flags, { int32: found.map((one) => one.flags) })
  }
}

function addScripts(tags: Map<number, RpmValue>, scripts: RpmFacts['scripts']): void {
  const all: [script: number, program: number, text: string | undefined][] = [
    [TAG.preTrans, TAG.preTransProg, scripts.pretrans],
    [TAG.preIn, TAG.preInProg, scripts.preinstall],
    [TAG.postIn, TAG.postInProg, scripts.postinstall],
    [TAG.preUn, TAG.preUnProg, scripts.preremove],
    [TAG.postUn, TAG.postUnProg, scripts.postremove],
    [TAG.postTrans, TAG.postTransProg, scripts.posttrans],
  ]
  for (const [script, program, text] of all) {
    if (text === undefined || text === '') continue
    tags.set(script, { text })
    tags.set(program, { text: '/bin/sh' })
  }
}

/** Tags of the signature header have numbers of their own. */
async function signatureTags(
  header: Buffer,
  payload: Spooled,
  size: number,
  signer: RpmSigner | undefined,
): Promise<Map<number, RpmValue>> {
  const hex = (algorithm: string): string => createHash(algorithm).update(header).digest('hex')
  const tags = new Map<number, RpmValue>([
    [TAG.sigSize, { int32: [payload.size + header.length] }],
    [TAG.sigPayloadSize, { int32: [size] }],
    [TAG.sigSha1, { text: hex('sha1') }],
    [TAG.sigSha256, { text: hex('sha256') }],
  ])
  if (signer === undefined) return tags
  const headerOnly = Buffer.from(
    await signer.sign(async function* () {
      yield header
    }),
  )
  const whole = await signer.sign(async function* () {
    yield header
    yield* payload.content()
  })
  const isRsa = signatureAlgorithm(headerOnly) === RSA
  tags.set(isRsa ? TAG.sigRsa : TAG.sigDsa, { bytes: headerOnly })
  tags.set(isRsa ? TAG.sigPgp : TAG.sigGpg, { bytes: Buffer.from(whole) })
  return tags
}

const RSA = 1

/** The algorithm of a signature packet's key (RFC 4880, 5.2.3): the third byte of its body. */
function signatureAlgorithm(packet: Buffer): number | undefined {
  const tag = packet[0] ?? 0
  const first = packet[1] ?? 0
  // 4.2: old packets tell in their tag how long their length is, new ones in the length itself.
  const old = [2, 3, 5, 1][tag & 3] ?? 2
  const start = (tag & 0x40) === 0 ? old : first < 192 ? 2 : first < 224 ? 3 : 6
  return packet[start + 2]
}
