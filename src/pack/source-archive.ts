import { posix } from 'node:path'
import { TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import { run } from '../external/process.ts'
import { gitEnv } from '../external/git.ts'
import type { ArchiveEntry } from '../formats/tar.ts'
import { readTar } from '../formats/tar-reader.ts'
import { tar } from '../formats/tar.ts'
import type { PlannedSourceArchive } from '../plan/plan.ts'
import { archiveWriter, tarCompressor } from './archive-formats.ts'
import { artifactName, safeAsset } from './artifact-name.ts'
import { collectFiles } from './collect-files.ts'
import type { PackIO, PackedArtifact } from './packed.ts'
import { writeWhole } from './write-whole.ts'

/**
 * The sources of a commit, as `git archive` gives them (so `export-ignore` and `export-subst` hold), compressed by us: neither the
 * user's umask nor a compressor of this machine has an influence. A zip is made from the same members; it has no entries for folders.
 * @example await packSources(plan.sourceArchive, { ...io, commit, env: process.env })
 */
export async function packSources(
  planned: PlannedSourceArchive,
  io: Omit<PackIO, 'binaries'> & {
    commit: string
    env: Record<string, string | undefined>
    templated?: ArchiveEntry[]
  },
): Promise<PackedArtifact> {
  const path = posix.join(io.dist, safeAsset(planned.name))
  const extra = [
    ...(await collectFiles(planned.files, { ...io, warn: io.warn ?? (() => {}) })),
    ...(io.templated ?? []),
  ]
  const entries = extra.map((one) => ({ ...one, name: posix.join(planned.prefix, one.name) }))
  const bytes = await gitArchive(planned, io)
  if (entries.length > 0) await refuseTwice(bytes, entries, planned.name)
  const compress = tarCompressor(planned.format)
  const source =
    compress === undefined
      ? zipped(bytes, entries, planned.format)
      : compress(entries.length === 0 ? pieces(bytes) : appended(bytes, entries))
  const written = await writeWhole(inside(io.root, path), source, { shown: path, signal: io.signal })
  return { ...artifactName(planned), ...written, binaries: [], path }
}

async function gitArchive(
  planned: PlannedSourceArchive,
  io: { root: string; commit: string; env: Record<string, string | undefined>; signal: AbortSignal },
): Promise<Buffer> {
  const prefix = planned.prefix === '' ? [] : [`--prefix=${planned.prefix}`]
  // Without a setting, git's own is 0002; a user's may be another.
  const argv = ['git', '-c', 'tar.umask=0002', 'archive', '--format=tar', ...prefix, io.commit]
  const env = { ...gitEnv(io.env), TZ: 'UTC' }
  const chunks: Buffer[] = []
  const result = await run(argv, { cwd: io.root, env, signal: io.signal, onChunk: (chunk) => chunks.push(chunk) })
  if (result.code === 0) return Buffer.concat(chunks)
  throw new TagonceError('pack', `git archive of ${io.commit.slice(0, 7)} failed`, { output: result.stderr })
}

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1 << 18) yield bytes.subarray(at, at + (1 << 18))
}

/** The tar with more entries at its end. */
async function* appended(bytes: Buffer, entries: ArchiveEntry[]): AsyncGenerator<Uint8Array> {
  yield* pieces(bytes.subarray(0, endOf(bytes)))
  yield* tar(entries)
}

/** Where the members of a tar end: at the first header of nothing but zeros (POSIX.1-2017, pax, ustar interchange format). */
function endOf(bytes: Buffer): number {
  let at = 0
  while (at + 512 <= bytes.length && bytes[at] !== 0) {
    const size = Number.parseInt(
      bytes
        .toString('latin1', at + 124, at + 136)
        .replaceAll('\0', '')
        .trim() || '0',
      8,
    )
    at += 512 + Math.ceil(size / 512) * 512
  }
  return at
}

/** As GoReleaser does: what git has is not added once more. */
async function refuseTwice(bytes: Buffer, entries: ArchiveEntry[], archive: string): Promise<void> {
  const names = new Set<string>()
  for await (const { name } of readTar(pieces(bytes))) names.add(name)
  for (const { name } of entries) {
    if (names.has(name)) {
      throw new TagonceError('pack', `${archive} holds ${name} already`, {
        hint: 'take it out of `source.files`: what git tracks is in the archive',
      })
    }
    names.add(name)
  }
}

async function* zipped(bytes: Buffer, extra: ArchiveEntry[], format: string): AsyncGenerator<Uint8Array> {
  const entries: ArchiveEntry[] = []
  for await (const { name, type, mode, size, mtime, target, content } of readTar(pieces(bytes))) {
    if (type === 'symlink') entries.push({ name, mode, mtime, body: { type: 'symlink', target } })
    if (type !== 'file') continue
    const parts: Uint8Array[] = []
    for await (const chunk of content) parts.push(Buffer.from(chunk))
    entries.push({ name, mode, mtime, body: { type: 'file', size, content: () => pieces(Buffer.concat(parts)) } })
  }
  const write = archiveWriter(format)
  if (write === undefined) throw new TagonceError('internal', `${format} is no format for sources`)
  yield* write([...entries, ...extra])
}
