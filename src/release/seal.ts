import type { Sealed } from './sealed.ts'
import type { Credentials } from '../core/credentials.ts'
import { type Diagnostic, TagonceError } from '../core/errors.ts'
import type { Events, Task } from '../core/events.ts'
import { inside } from '../core/paths.ts'
import type { Http } from '../external/http.ts'
import { hashFile } from '../formats/hash.ts'
import type { HubFile } from '../hub/hub.ts'
import { MANIFEST_NAME, type SealedSpoke } from '../manifest/manifest.ts'
import { manifestText, seal } from '../manifest/seal.ts'
import { writeChecksums } from '../pack/checksums.ts'
import { findExtraFiles } from '../pack/extra-files.ts'
import type { PackedArtifact } from '../pack/packed.ts'
import { writeText } from '../pack/write-whole.ts'
import type { LateRenderer } from '../plan/late.ts'
import type { Plan } from '../plan/plan.ts'
import { signArtifacts, type SignIO } from '../signing/sign.ts'
import { subjectFields, subjectOf } from '../signing/subject.ts'
import { VERSION } from '../version.ts'
import { releaseBody } from './notes.ts'
import { spokeNamed } from './spokes.ts'

export interface SealIO {
  root: string
  env: Record<string, string | undefined>
  events: Events
  late: LateRenderer
  /** A rehearsal: nothing is signed that needs a key. */
  stripSecrets: boolean
  earlier?: SignIO['earlier']
  http: Http
  credentials: Credentials
  signal: AbortSignal
  folder: string
}

/** Writes checksums and manifest. After this, no file changes. */
export async function sealRelease(
  plan: Plan,
  artifacts: PackedArtifact[],
  notes: string,
  io: SealIO,
  task: Task,
): Promise<Sealed> {
  const packed = [...artifacts].sort((a, b) => (a.name < b.name ? -1 : 1))
  const warn = (diagnostic: Diagnostic): void => io.events.diagnostic(diagnostic)
  const where = { root: io.root, dist: plan.dist, signal: io.signal, late: io.late, warn }
  const { made, digests } = await checksum(plan, packed, where)
  const summed = [...packed, ...made]
  const { earlier, ...rest } = io
  const signed = await signArtifacts(plan.signs ?? [], summed.map(subjectOf), plan, {
    ...rest,
    task,
    warn,
    ...(earlier === undefined ? {} : { earlier }),
  })
  const extra = await findExtraFiles(plan.extraFiles ?? [], where)
  const covered = unique([...summed, ...signed, ...extra, ...(await metadataOf(plan, io.root))])
  const body = await releaseBody(plan, notes, { digests, files: made }, where)
  const manifest = seal({
    plan,
    fragments: [{ artifacts: covered.map(({ path: _, ...artifact }) => artifact) }],
    spokes: await sealSpokes(plan, io, task),
    notes: body,
    tool: VERSION,
  })
  const path = `${plan.dist}/${MANIFEST_NAME}`
  await writeText(inside(io.root, path), manifestText(manifest), path)
  const { size, digests: own } = await hashFile(inside(io.root, path), ['sha256'])
  const files: PackedArtifact[] = [
    ...covered,
    { name: MANIFEST_NAME, kind: 'manifest', id: '', size, sha256: own.sha256, binaries: [], path },
  ]
  task.note(`${files.length} files`)
  return {
    files,
    digests,
    body,
    manifest,
    uploads: (root) => files.filter((one) => isUploaded(one, plan)).map((one) => hubFile(one, root)),
  }
}

async function checksum(
  plan: Plan,
  packed: PackedArtifact[],
  where: { root: string; dist: string; late: LateRenderer; warn: (diagnostic: Diagnostic) => void },
): ReturnType<typeof writeChecksums> {
  const { checksums } = plan
  if (checksums === null) return { made: [], digests: new Map() }
  const extra = await findExtraFiles(checksums.extraFiles ?? [], where)
  const template = plan.checksumTemplate
  const nameOf = (artifact: PackedArtifact): string => {
    const fields = { ...subjectFields(subjectOf(artifact), plan.project), Algorithm: checksums.algorithm }
    return where.late.render(template, ['checksum', 'name_template'], fields)
  }
  return writeChecksums(checksums, packed, {
    ...where,
    extra,
    ...(template === undefined ? {} : { splitName: nameOf }),
  })
}

/** `release.include_meta`: what GoReleaser uploads then is `metadata.json` alone. */
async function metadataOf(plan: Plan, root: string): Promise<PackedArtifact[]> {
  if (plan.includeMeta !== true) return []
  const path = `${plan.dist}/metadata.json`
  const { size, digests } = await hashFile(inside(root, path), ['sha256'])
  return [{ name: 'metadata.json', kind: 'metadata', id: '', size, sha256: digests.sha256, binaries: [], path }]
}

/** Two files of one name cannot both be assets. */
function unique(artifacts: PackedArtifact[]): PackedArtifact[] {
  const seen = new Map<string, PackedArtifact>()
  for (const one of artifacts) {
    const other = seen.get(one.name)
    if (other !== undefined && other.path !== one.path) {
      throw new TagonceError('pack', `${other.path} and ${one.path} would both be ${one.name} in the release`, {
        hint: 'give one of them another name: `name_template`, `documents`, `signature`',
      })
    }
    seen.set(one.name, one)
  }
  return [...seen.values()]
}

/** `release.ids` chooses among archives and binaries; what describes the whole release always goes. */
function isUploaded(artifact: PackedArtifact, plan: Plan): boolean {
  if (artifact.kind === 'manifest') return true
  if (plan.hub.skipUpload) return false
  if (plan.hub.ids.length === 0) return true
  return (
    !['archive', 'binary', 'package', 'makeself', 'flatpak', 'srpm'].includes(artifact.kind) ||
    plan.hub.ids.includes(artifact.id)
  )
}

const TYPES: [RegExp, string][] = [
  [/\.(tar\.gz|tgz|gz)$/, 'application/gzip'],
  [/\.(tar\.xz|txz|xz)$/, 'application/x-xz'],
  [/\.(tar\.zst|tzst)$/, 'application/zstd'],
  [/\.deb$/, 'application/vnd.debian.binary-package'],
  [/\.rpm$/, 'application/x-rpm'],
  [/\.zip$/, 'application/zip'],
  [/\.json$/, 'application/json'],
  [/\.txt$/, 'text/plain'],
]

function hubFile({ name, path, size, sha256 }: PackedArtifact, root: string): HubFile {
  const contentType = TYPES.find(([pattern]) => pattern.test(name))?.[1] ?? 'application/octet-stream'
  return { name, path: inside(root, path), size, sha256, contentType }
}

/** Each entry with its outside facts, frozen now. */
export async function sealSpokes(
  plan: Plan,
  io: Pick<SealIO, 'root' | 'http' | 'credentials' | 'signal' | 'folder'>,
  task: Task,
): Promise<SealedSpoke[]> {
  const channel = { ...io, task, clock: () => new Date() }
  return Promise.all(
    plan.spokes.map(async ({ spoke, entry, settings, skip, thisRun }) => {
      const pin = async (): Promise<Record<string, string>> => (await spokeNamed(spoke).pin?.(settings, channel)) ?? {}
      // Images of a snapshot are made after this, and what is wrong is told there: it holds up nothing else.
      if (skip === undefined && plan.source.snapshot && spokeNamed(spoke).snapshot !== undefined)
        return pin().then(
          (pins) => ({ spoke, entry, settings, pins }),
          (error: unknown) => ({ spoke, entry, settings, pins: {}, skip: reasonOf(error) }),
        )
      if (skip === undefined) return { spoke, entry, settings, pins: await pin() }
      // Who is passed over in this run only is sealed whole, for a later run has nothing but the manifest; but it may not stop this one.
      // Of a snapshot there is no later run.
      const later = thisRun === true && !plan.source.snapshot
      const pins = later ? await pin().catch(() => undefined) : undefined
      return pins === undefined ? { spoke, entry, settings, pins: {}, skip } : { spoke, entry, settings, pins }
    }),
  )
}

/** What is wrong with an image of a snapshot; a fault of ours, or Ctrl-C, is none of it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof TagonceError) || error.code === 'interrupted' || error.code === 'internal') throw error
  return error.message
}
