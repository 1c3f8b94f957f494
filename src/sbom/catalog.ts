import { copyFile, mkdir } from 'node:fs/promises'
import { basename, dirname, posix, relative, resolve, sep } from 'node:path'
import { findTool } from '../builders/tools.ts'
import { type Diagnostic, TagonceError } from '../core/errors.ts'
import type { Task } from '../core/events.ts'
import { inside } from '../core/paths.ts'
import { run } from '../external/process.ts'
import { hashFile } from '../formats/hash.ts'
import { assetAddress } from '../hub/address.ts'
import { safeAsset } from '../pack/artifact-name.ts'
import { matchingFiles } from '../pack/glob.ts'
import type { PackedArtifact } from '../pack/packed.ts'
import { writeText } from '../pack/write-whole.ts'
import { expandEnv } from '../core/expand-env.ts'
import type { LateRenderer } from '../plan/late.ts'
import type { Plan, PlannedSbom } from '../plan/plan.ts'
import { envOf } from '../plan/renderer.ts'
import { isChosen, type Subject, subjectFields } from '../signing/subject.ts'
import { askedOf, ownDocument, ownFormats } from './own.ts'

export interface CatalogIO {
  root: string
  late: LateRenderer
  env: Record<string, string | undefined>
  signal: AbortSignal
  task: Task
  warn: (diagnostic: Diagnostic) => void
  /** A document that was made before for the same bytes, so that a second run does not make another. */
  earlier?: (subject: Subject, name: string) => Promise<string | undefined>
  /** The programs inside an artifact: their names there, and where they were built. */
  programsOf: (subject: Subject) => { name: string; path: string }[]
}

/** All that a cataloguing tool gets of the environment; as with GoReleaser. */
const PASSED = ['HOME', 'USER', 'USERPROFILE', 'TMPDIR', 'TMP', 'TEMP', 'PATH', 'LOCALAPPDATA']

type Facts = Pick<Plan, 'dist' | 'project' | 'version' | 'source' | 'hub'>

/**
 * Makes the documents of `sboms`: by the tool that each names, or, where that is syft and syft is not there, by ourselves.
 * @returns the documents, as artifacts
 * @throws TagonceError `pack` with the tool's output, or where it wrote nothing
 */
export async function catalog(
  sboms: PlannedSbom[],
  subjects: Subject[],
  plan: Facts,
  io: CatalogIO,
): Promise<PackedArtifact[]> {
  const made: PackedArtifact[] = []
  for (const sbom of sboms) {
    await io.task.task(`sbom ${sbom.id}`, async (task) => {
      const own = isOurs(sbom, io)
      const chosen = sbom.artifacts === 'any' ? [undefined] : subjectsOf(sbom, subjects)
      if (chosen.length === 0) return task.skip(`no ${sbom.artifacts} to catalogue`)
      const documents: PackedArtifact[] = []
      for (const subject of chosen) {
        io.signal.throwIfAborted()
        task.progress(subject?.name ?? sbom.id)
        const call = callOf(sbom, subject, plan, io)
        if (subject !== undefined && (await takeEarlier(call, subject, plan, io)))
          task.log(`${subject.name}: as published`)
        else if (own && subject !== undefined) await writeOwn(call, subject, plan, io)
        else await callTool(call, sbom, subject, plan, { ...io, task })
        documents.push(...(await documentsOf(call, sbom, plan, io)))
      }
      made.push(...documents)
      const by = own ? 'tagonce (syft is not on the PATH)' : sbom.cmd
      task.note(`${documents.length} ${documents.length === 1 ? 'document' : 'documents'}, by ${by}`)
    })
  }
  return made
}

/** Whether we write the documents ourselves. */
function isOurs(sbom: PlannedSbom, io: Pick<CatalogIO, 'env' | 'root'>): boolean {
  return sbom.cmd === 'syft' && findTool('syft', io.env, io.root) === undefined
}

/** Tools that are not there and that we cannot stand in for. Reads only. */
export function missingCataloguers(sboms: PlannedSbom[], io: Pick<CatalogIO, 'env' | 'root'>): Diagnostic[] {
  return sboms.flatMap((sbom): Diagnostic[] => {
    if (findTool(sbom.cmd, io.env, io.root) !== undefined) return []
    const instead = sbom.cmd === 'syft' && sbom.artifacts !== 'any' && sbom.artifacts !== 'source'
    if (instead && askedOf(sbom.args.map((arg) => arg.replaceAll('$', ''))) !== undefined) return []
    const why = instead ? `; without it the formats ${ownFormats.join(' and ')} can be written` : ''
    const message = `${sbom.cmd} is not on the PATH; it is needed by sboms (${sbom.id})${why}`
    const mend = `install ${sbom.cmd}, or pass over it with --skip=sbom`
    return [{ severity: 'error', code: 'tool-missing', message, mend }]
  })
}

function subjectsOf(sbom: PlannedSbom, subjects: Subject[]): Subject[] {
  const chosen = subjects.filter((one) => one.kind === sbom.artifacts && isChosen(one, sbom.ids))
  if (sbom.artifacts !== 'binary') return chosen
  // A binary that is uploaded under its own name stands for the one that was built.
  const uploaded = new Set(chosen.filter((one) => one.ext === undefined).map((one) => one.path))
  return chosen.filter((one) => one.ext === undefined || !uploaded.has(one.path))
}

interface Call {
  args: string[]
  env: Record<string, string>
  /** Relative to dist. */
  documents: string[]
}

function callOf(sbom: PlannedSbom, subject: Subject | undefined, plan: Facts, io: CatalogIO): Call {
  const fields = subject === undefined ? {} : subjectFields(subject, plan.project)
  const env: Record<string, string> = { ...io.late.env }
  const extra: Record<string, string> = {}
  const set = (name: string, value: string): void => void ((env[name] = value), (extra[name] = value))
  const text = (template: string, key: (string | number)[]): string =>
    io.late.render(expandEnv(template, env), [...sbom.at, ...key], { ...fields, Env: env })
  if (subject !== undefined) {
    set('artifact', belowDist(subject.path, plan.dist, io.root))
    set('artifactID', subject.id)
  }
  for (const [index, entry] of sbom.env.entries()) {
    for (const [name, value] of Object.entries(envOf([text(entry, ['env', index])]))) set(name, value)
  }
  const documents = sbom.documents.map((document, index) => {
    const name = text(document, ['documents', index])
    const path = belowDist(resolve(io.root, plan.dist, name), plan.dist, io.root)
    inside(resolve(io.root, plan.dist), path)
    set(`document${index}`, path)
    if (index === 0) set('document', path)
    return path
  })
  return { args: sbom.args.map((arg, index) => text(arg, ['args', index])), env: extra, documents }
}

/** How the tool, which runs in dist, sees a path. */
function belowDist(path: string, dist: string, root: string): string {
  return relative(resolve(root, dist), resolve(root, path)).split(sep).join('/')
}

async function callTool(
  call: Call,
  sbom: PlannedSbom,
  subject: Subject | undefined,
  plan: Facts,
  io: CatalogIO,
): Promise<void> {
  const passed = Object.fromEntries(PASSED.map((name) => [name, io.env[name]]).filter(([, value]) => value))
  const lines: string[] = []
  const result = await run([sbom.cmd, ...call.args], {
    cwd: resolve(io.root, plan.dist),
    env: { ...passed, ...call.env },
    signal: io.signal,
    onLine: (line) => lines.push(line),
  })
  if (result.code === 0) return
  const what = subject === undefined ? sbom.id : subject.path
  throw new TagonceError('pack', `${sbom.cmd} could not catalogue ${what} (status ${result.code})`, {
    output: lines.join('\n'),
    hint: 'mend `sboms` in the config, or leave it out with --skip=sbom',
  })
}

/** Takes the documents of a run before this one, where all are there. */
async function takeEarlier(call: Call, subject: Subject, plan: Facts, io: CatalogIO): Promise<boolean> {
  const found = await Promise.all(call.documents.map(async (one) => io.earlier?.(subject, basename(one))))
  if (found.length === 0 || found.some((one) => one === undefined)) return false
  for (const [index, document] of call.documents.entries()) {
    const file = inside(resolve(io.root, plan.dist), document)
    await mkdir(dirname(file), { recursive: true })
    await copyFile(found[index] ?? '', file)
  }
  return true
}

async function writeOwn(call: Call, subject: Subject, plan: Facts, io: CatalogIO): Promise<void> {
  const asked = askedOf(call.args)
  if (asked === undefined) {
    throw new TagonceError('tool-missing', 'syft is not on the PATH', { hint: 'install syft, or use --skip=sbom' })
  }
  for (const { format, document } of asked) {
    const path = posix.join(plan.dist, document)
    const facts = {
      document: basename(document),
      created: new Date(plan.source.commitTimestamp * 1000).toISOString().replace('.000Z', 'Z'),
      artifact: {
        name: subject.name,
        version: plan.version,
        address: assetAddress(plan.hub, plan.source.tag, subject.name),
      },
    }
    const { text, withoutInfo } = await ownDocument(format, facts, subject, io.programsOf(subject), io.root)
    if (withoutInfo.length > 0) {
      const message = `${document} names no modules of ${withoutInfo.join(', ')}: Go wrote nothing into it`
      io.warn({ severity: 'warning', code: 'no-build-info', message, mend: 'install syft, which also reads others' })
    }
    const file = inside(inside(io.root, plan.dist), document)
    await mkdir(dirname(file), { recursive: true })
    await writeText(file, text, path)
  }
}

/** The documents that are there now; a name may be a pattern. */
async function documentsOf(call: Call, sbom: PlannedSbom, plan: Facts, io: CatalogIO): Promise<PackedArtifact[]> {
  const found: string[] = []
  for (const one of call.documents) found.push(...(await matchingFiles(io.root, posix.join(plan.dist, one))))
  if (found.length === 0) {
    throw new TagonceError('pack', `${sbom.cmd} wrote none of the documents ${call.documents.join(', ')}`, {
      hint: 'let `args` of sboms write to `$document`',
    })
  }
  return Promise.all(
    found.map(async (path): Promise<PackedArtifact> => {
      const { size, digests } = await hashFile(inside(io.root, path), ['sha256'])
      const name = safeAsset(posix.basename(path))
      return { name, kind: 'sbom', id: sbom.id, size, sha256: digests.sha256, binaries: [], path }
    }),
  )
}
