import { chmod } from 'node:fs/promises'
import { posix } from 'node:path'
import { Readable } from 'node:stream'
import { findTool } from '../builders/tools.ts'
import { type Diagnostic, TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { passingChunks } from '../formats/file-chunks.ts'
import { hashFile } from '../formats/hash.ts'
import { makeself } from '../formats/makeself.ts'
import { memberName } from '../formats/member-name.ts'
import { compression } from '../formats/package-compress.ts'
import { textBody, wholeOf } from '../formats/package-entry.ts'
import { spoolIn } from '../formats/package-spool.ts'
import type { TarEntry } from '../formats/tar.ts'
import { artifactName, safeAsset } from '../pack/artifact-name.ts'
import { collectFiles } from '../pack/collect-files.ts'
import type { PackedArtifact, PackIO } from '../pack/packed.ts'
import { openProgram, PROGRAM_MODE } from '../pack/program.ts'
import { templatedEntries } from '../pack/templated.ts'
import { writeWhole } from '../pack/write-whole.ts'
import { dataOf } from '../plan/archives.ts'
import type { LateRenderer } from '../plan/late.ts'
import { UNPACKERS } from './makeself-plan.ts'
import type { PlannedMakeself } from './planned-bundles.ts'

/**
 * Makes one self-extracting archive. The same plan, files and commit give the same bytes, but where a tool of the machine compresses.
 * @throws TagonceError `pack` (a file is missing), `tool-missing`, `disk`
 * @example await makeMakeself(plan.makeselfs[0], io)
 */
export async function makeMakeself(
  planned: PlannedMakeself,
  io: PackIO & { late: LateRenderer },
): Promise<PackedArtifact> {
  safeAsset(planned.name)
  const programs = await Promise.all(planned.binaries.map((one) => openProgram(one, io)))
  const names = programs.map(({ binary }) => memberName(binary.name + binary.ext))
  const own: TarEntry[] = programs.map(({ binary, size, content }, at) => ({
    name: names[at] ?? '',
    mode: PROGRAM_MODE,
    mtime: binary.modTimestamp ?? io.commitTimestamp,
    body: { type: 'file', size, content },
  }))
  const script = await scriptEntry(planned, io)
  const lsm = { name: 'package.lsm', mode: 0o644, mtime: io.commitTimestamp, body: textBody(planned.lsm) }
  const files = await collectFiles(planned.files, { ...io, warn: io.warn ?? (() => {}) })
  const first = io.binaries.get(planned.binaries[0] ?? '')
  const templated = await templatedEntries(planned.templated, dataOf(first), io)
  // Of two files of one name the later is written over the earlier, as in the folder that makeself would pack.
  const entries = new Map([...own, ...files, ...templated, script, lsm].map((one) => [one.name, one]))
  const sorted = [...entries.values()].toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
  const settings = { ...planned.options, ...(await textsOf(planned, entries)) }
  await using folder = await tempFolder('makeself')
  const bytes = makeself(
    {
      ...settings,
      label: planned.label,
      script: `./${posix.basename(planned.script)}`,
      lsm: planned.lsm,
      compression: planned.compression,
      unpack: UNPACKERS[planned.compression]?.unpack ?? 'cat',
      time: planned.options.time ?? io.commitTimestamp,
    },
    [
      { name: './', mode: 0o755, mtime: io.commitTimestamp, body: { type: 'directory' } },
      ...sorted.map((one) => ({ ...one, name: `./${one.name}` })),
    ],
    compressorOf(planned.compression, folder.path, io),
    spoolIn(folder.path),
  )
  const { path } = planned
  const written = await writeWhole(inside(io.root, path), bytes, { shown: path, signal: io.signal })
  await chmod(inside(io.root, path), 0o755)
  const insides = await Promise.all(
    programs.map(async (one, at) => (entries.get(names[at] ?? '') === own[at] ? [one.facts(names[at] ?? '')] : [])),
  )
  return {
    ...artifactName(planned),
    ...written,
    binaries: insides.flat(),
    files: [...entries.keys()].filter((name) => !names.includes(name)),
    path,
  }
}

/** It is there to be run, whatever its mode says in the project. */
async function scriptEntry(planned: PlannedMakeself, io: PackIO): Promise<TarEntry> {
  const file = inside(io.root, planned.script)
  const { size } = await hashFile(file, ['sha256']).catch((error: unknown) => {
    throw new TagonceError('pack', `the script ${planned.script} cannot be read`, {
      hint: 'mend `makeselfs[].script`, or make the file before',
      cause: error,
    })
  })
  const body = { type: 'file' as const, size, content: () => passingChunks(file, size) }
  return { name: posix.basename(planned.script), mode: 0o755, mtime: io.commitTimestamp, body }
}

/** `--license` and `--help-header` name files inside of what is packed. */
async function textsOf(
  { options, name }: PlannedMakeself,
  entries: Map<string, TarEntry>,
): Promise<{ license?: string; helpHeader?: string }> {
  const read = async (path: string | undefined): Promise<string | undefined> => {
    if (path === undefined) return undefined
    const body = entries.get(posix.normalize(path))?.body
    if (body?.type === 'file') return (await wholeOf(body.content())).toString().replace(/\n$/, '')
    throw new TagonceError('pack', `${name}: there is no ${path} inside`, {
      hint: 'name it in `files`, with its `dst`',
    })
  }
  const [license, helpHeader] = [await read(options.license), await read(options.helpHeader)]
  return { ...(license === undefined ? {} : { license }), ...(helpHeader === undefined ? {} : { helpHeader }) }
}

type Compressor = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>

function compressorOf(word: string, folder: string, io: PackIO): Compressor {
  const tool = UNPACKERS[word]?.tool
  if (tool === undefined) return compression(word).compress
  return async function* (source) {
    const chunks: Buffer[] = []
    const plain = await spoolIn(folder)(source)
    const result = await run(tool, {
      input: Readable.from(plain.content()),
      signal: io.signal,
      onChunk: (chunk) => void chunks.push(chunk),
    })
    if (result.code !== 0) throw new TagonceError('pack', `${tool[0]} could not compress`, { output: result.stderr })
    yield* chunks
  }
}

/** Tools that compress and are not there, before anything is built. */
export function missingCompressors(
  planned: readonly PlannedMakeself[],
  io: { root: string; env: Record<string, string | undefined> },
): Diagnostic[] {
  const wanted = new Set(planned.flatMap((one) => UNPACKERS[one.compression]?.tool?.[0] ?? []))
  return [...wanted]
    .filter((tool) => findTool(tool, io.env, io.root) === undefined)
    .map((tool) => ({
      severity: 'error',
      code: 'tool-missing',
      message: `${tool} is not on the PATH; it compresses the archives of makeselfs`,
      mend: `install ${tool}, use gzip or xz, or pass over them with --skip=makeself`,
    }))
}
