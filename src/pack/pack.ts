import { posix } from 'node:path'
import { TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import { FormatError } from '../formats/format-error.ts'
import { memberName } from '../formats/member-name.ts'
import type { ArchiveEntry } from '../formats/tar.ts'
import { headerPath } from '../plan/build-parts.ts'
import type { Plan, PlannedArchive } from '../plan/plan.ts'
import { archiveFormats, archiveWriter } from './archive-formats.ts'
import { artifactName, safeAsset } from './artifact-name.ts'
import { collectFiles } from './collect-files.ts'
import type { PackIO, PackedArtifact } from './packed.ts'
import type { Program } from './program.ts'
import { PROGRAM_MODE, openProgram } from './program.ts'
import { writeWhole } from './write-whole.ts'

/**
 * Packs one archive: extra files first, sorted by where they go, then the programs. The same plan, files and commit give the same
 * bytes on every machine.
 * @returns the artifact with its digest and what is in it; the file stands in `dist`
 * @throws TagonceError `pack` (a file is missing, a name is used twice), `config` (a path leaves the project), `disk` (full, not writable)
 * @example const artifact = await packArchive(plan.archives[0], { root, dist: 'dist', commitTimestamp, binaries, signal })
 */
export async function packArchive(archive: PlannedArchive, io: PackIO): Promise<PackedArtifact> {
  const write = archiveWriter(archive.format)
  if (write === undefined) {
    const hint = `formats that can be packed: ${archiveFormats.join(', ')}`
    throw new TagonceError('pack', `${archive.name}: archives of format ${archive.format} cannot be packed yet`, {
      hint,
    })
  }
  const path = posix.join(io.dist, safeAsset(archive.name))
  const found = await collectFiles(archive.files, { ...io, warn: io.warn ?? (() => {}) })
  const files = [...found, ...(io.templated ?? [])]
  if (archive.binaries.length === 0 && files.length === 0) {
    const hint = 'mend `archives.files`: an archive without binaries needs some'
    throw new TagonceError('pack', `${archive.name} would be empty`, { hint })
  }
  const programs = await Promise.all(withHeaders(archive.binaries, io).map((one) => openProgram(one, io)))
  const wrapped = (inner: string): string => safeName(posix.join(archive.wrapDirectory ?? '', inner), archive)
  const insides = programs.map((one) => wrapped(nameInside(one, archive)))
  const entries = [
    ...files.map((one) => ({ ...one, name: wrapped(one.name) })),
    ...programs.map((one, index) => programEntry(one, insides[index] ?? '', archive, io)),
  ]
  refuseTwice(entries, archive)
  const written = await writeWhole(inside(io.root, path), write(entries), { shown: path, signal: io.signal })
  return {
    ...artifactName(archive),
    ...written,
    binaries: programs.map((one, index) => one.facts(insides[index] ?? '')),
    ...(files.length === 0 ? {} : { files: files.map((one) => one.name) }),
    path,
  }
}

/**
 * A bare binary that is uploaded as it is (`formats: [binary]`). Nothing is written; it is read once for its digest.
 * @example const artifacts = await Promise.all(plan.uploads.map((upload) => packBinary(upload, io)))
 */
export async function packBinary(upload: Plan['uploads'][number], io: PackIO): Promise<PackedArtifact> {
  const name = safeAsset(upload.name)
  const program = await openProgram(upload.path, io)
  for await (const _ of program.content()) io.signal.throwIfAborted()
  const facts = program.facts(name)
  // A Python package is uploaded as it was built, too, but is no program.
  const binaries = upload.kind === 'binary' || upload.kind === 'file' ? [facts] : []
  return { ...artifactName(upload), size: facts.size, sha256: facts.sha256, binaries, path: upload.path }
}

/** A C library is packed with its header, where there is one. */
function withHeaders(paths: string[], { binaries }: PackIO): string[] {
  return paths.flatMap((path) => {
    const binary = binaries.get(path)
    const header = binary?.product === undefined ? undefined : headerPath(binary)
    return header !== undefined && binaries.get(header)?.product === 'header' ? [header, path] : [path]
  })
}

function nameInside({ binary }: Program, archive: PlannedArchive): string {
  const name = binary.name + binary.ext
  return archive.stripBinaryDirectory ? posix.basename(name) : name
}

function programEntry(program: Program, name: string, archive: PlannedArchive, io: PackIO): ArchiveEntry {
  const info = archive.binariesInfo
  return {
    name,
    mode: PROGRAM_MODE,
    mtime: info?.mtime ?? program.binary.modTimestamp ?? io.commitTimestamp,
    owner: info?.owner ?? '',
    group: info?.group ?? '',
    body: { type: 'file', size: program.size, content: program.content },
  }
}

function safeName(name: string, archive: PlannedArchive): string {
  try {
    return memberName(name)
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    throw new TagonceError(
      'config',
      `${archive.name} would hold ${name}, which leaves the folder it is unpacked into`,
      {
        hint: 'mend `dst` or `wrap_in_directory`',
        cause: error,
      },
    )
  }
}

function refuseTwice(entries: ArchiveEntry[], archive: PlannedArchive): void {
  const seen = new Set<string>()
  for (const { name } of entries) {
    if (seen.has(name)) {
      throw new TagonceError('pack', `${archive.name} would hold ${name} twice`, {
        hint: 'mend `dst` of one of `archives.files`',
      })
    }
    seen.add(name)
  }
}
