import { readFile, stat } from 'node:fs/promises'
import { posix } from 'node:path'
import { type Diagnostic, TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import { tempFolder } from '../core/temp.ts'
import { apk } from '../formats/apk.ts'
import { archlinux } from '../formats/archlinux.ts'
import { deb } from '../formats/deb.ts'
import { passingChunks } from '../formats/file-chunks.ts'
import { FormatError } from '../formats/format-error.ts'
import { gzip } from '../formats/gzip.ts'
import { ipk } from '../formats/ipk.ts'
import { digestsOfText, textBody, wholeOf, type PackageEntry, type PackageScripts } from '../formats/package-entry.ts'
import { spoolIn, type Spool } from '../formats/package-spool.ts'
import { rpm } from '../formats/rpm.ts'
import { artifactName, safeAsset } from '../pack/artifact-name.ts'
import type { PackedArtifact, PackIO } from '../pack/packed.ts'
import { openProgram, PROGRAM_MODE, type Program } from '../pack/program.ts'
import { writeWhole } from '../pack/write-whole.ts'
import { debianChangelog, readChangelog, rpmChangelog } from './changelog.ts'
import { digestsOf, packageTree, type Digests } from './contents.ts'
import type { PackageDetails, PlannedPackage } from './planned.ts'
import { apkSigner, gpgSigner } from './sign.ts'

export interface PackageIO extends PackIO {
  /** Of the environment only the passphrases of keys are used. */
  env: Record<string, string | undefined>
  /** Packages are left without their signatures: a rehearsal has no keys. */
  unsigned?: boolean
  /** Shared by all packages of a release. */
  digests: Digests
}

/**
 * Makes one Linux package. The same plan, files and commit give the same bytes on every machine; nothing of it is held in memory as a whole.
 * @returns the artifact with its digest and the programs in it; the file stands in `dist`
 * @throws TagonceError `pack` (a file is missing, a path is used twice, a key does not sign), `config` (a path leaves the project), `disk`
 * @example await makePackage(plan.packages[0], { root, dist: 'dist', commitTimestamp, binaries, signal, env, digests: new Map() })
 */
export async function makePackage(planned: PlannedPackage, io: PackageIO): Promise<PackedArtifact> {
  const path = posix.join(io.dist, safeAsset(planned.name))
  const programs = await Promise.all(planned.binaries.map((one) => openProgram(one.path, io)))
  const entries = await allEntries(planned, programs, io)
  await using folder = await tempFolder('package')
  const written = await writeWhole(inside(io.root, path), bytesOf(planned, entries, spoolIn(folder.path), io), {
    shown: path,
    signal: io.signal,
  }).catch((error: unknown) => {
    if (!(error instanceof FormatError)) throw error
    throw new TagonceError('pack', `${planned.name}: ${error.message}`, { cause: error })
  })
  const insides = planned.binaries.flatMap(({ destination }, at) => programs[at]?.facts(destination.slice(1)) ?? [])
  const own = new Set(planned.binaries.map(({ destination }) => destination))
  const files = entries
    .filter(({ body, path }) => body.type !== 'directory' && !own.has(path))
    .map(({ path }) => path.slice(1))
  return {
    ...artifactName(planned),
    ...written,
    binaries: insides,
    ...(files.length === 0 ? {} : { files }),
    destinations: planned.destinations,
    path,
  }
}

/** What is planned, the programs, and what the format adds by itself. */
async function allEntries(planned: PlannedPackage, programs: Program[], io: PackageIO): Promise<PackageEntry[]> {
  const tree = await packageTree(planned, io)
  const { name, mtime } = planned.facts
  const root = { mtime, owner: 'root', group: 'root' }
  for (const [at, { path, destination, header }] of planned.binaries.entries()) {
    const program = programs[at]
    if (program === undefined) continue
    const { size, digests } = await digestsOf(inside(io.root, path), io)
    const time = planned.binariesMtime ?? program.binary.modTimestamp ?? io.commitTimestamp
    const body = { type: 'file' as const, size, digests, content: program.content }
    tree.add({ ...root, path: destination, mode: PROGRAM_MODE, mtime: time, body })
    const include = header && (await headerBody(header.path, io))
    if (header !== undefined && include !== undefined) {
      tree.add({ ...root, path: header.destination, mode: PROGRAM_MODE, mtime: time, body: include })
    }
  }
  const { deb: debian } = planned.details
  if (debian === undefined) return tree.sorted()
  const add = (path: string, content: string | Uint8Array): void =>
    tree.add({ ...root, path, mode: 0o644, body: { ...textBody(content), digests: digestsOfText(content) } })
  if (debian.lintian.length > 0) {
    add(`/usr/share/lintian/overrides/${name}`, debian.lintian.map((tag) => `${name}: ${tag}`).join('\n'))
  }
  if (planned.changelog !== undefined) {
    const text = debianChangelog(name, await readChangelog(planned.changelog, io.root))
    add(`/usr/share/doc/${name}/changelog.Debian.gz`, await wholeOf(gzip(textBody(text).content())))
  }
  return tree.sorted()
}

/** The header of a C library, which not every one has. */
async function headerBody(path: string, io: PackageIO): Promise<PackageEntry['body'] | undefined> {
  const file = inside(io.root, path)
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() !== true) return undefined
  const { size, digests } = await digestsOf(file, io)
  return { type: 'file', size, digests, content: () => passingChunks(file, size) }
}

async function* bytesOf(
  planned: PlannedPackage,
  entries: PackageEntry[],
  spool: Spool,
  io: PackageIO,
): AsyncGenerator<Uint8Array> {
  const { facts, details } = planned
  const signature = io.unsigned === true ? undefined : planned.signature
  if (signature !== planned.signature) io.warn?.(unsigned(planned))
  const scripts: PackageScripts & Record<string, string> = await readScripts(planned, io)
  const gpg = signature === undefined || planned.format === 'apk' ? undefined : gpgSigner(signature, facts.mtime, io)
  switch (planned.format) {
    case 'deb':
    case 'termux.deb': {
      const { rules, templates, config, ...rest } = scripts
      const own = { ...(rules && { rules }), ...(templates && { templates }), ...(config && { config }) }
      const signer = gpg && { role: signature?.role ?? 'origin', sign: gpg.armoured }
      yield* deb({ ...facts, ...must(details.deb), ...own, scripts: rest }, entries, spool, signer)
      break
    }
    case 'rpm': {
      const log = planned.changelog === undefined ? [] : await readChangelog(planned.changelog, io.root)
      const own = { ...facts, ...must(details.rpm), scripts, changelog: rpmChangelog(log) }
      yield* rpm(own, entries, spool, gpg && { sign: gpg.binary })
      break
    }
    case 'apk':
      yield* apk({ ...facts, scripts }, entries, spool, signature && apkSigner(signature, io))
      break
    case 'archlinux':
      yield* archlinux({ ...facts, ...must(details.archlinux), scripts }, entries)
      break
    case 'ipk':
      yield* ipk({ ...facts, ...must(details.ipk), scripts }, entries, spool)
      break
  }
}

function unsigned({ name }: PlannedPackage): Diagnostic {
  return { severity: 'info', code: 'unsigned', message: `${name} is not signed: a rehearsal has no keys` }
}

function must<T extends PackageDetails[keyof PackageDetails]>(details: T | undefined): T {
  if (details === undefined) throw new TagonceError('internal', 'a package was planned without what its format says')
  return details
}

async function readScripts(planned: PlannedPackage, io: PackageIO): Promise<Record<string, string>> {
  const out: Record<string, string> = {}
  for (const [moment, path] of Object.entries(planned.scripts)) {
    out[moment] = await readFile(inside(io.root, path), 'utf8').catch((error: unknown) => {
      throw new TagonceError('pack', `${planned.name}: the script ${path} (${moment}) cannot be read`, {
        hint: 'mend its path, or make the file before',
        cause: error,
      })
    })
  }
  return out
}
