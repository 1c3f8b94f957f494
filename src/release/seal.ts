import type { Credentials } from '../core/credentials.ts'
import type { Task } from '../core/events.ts'
import { inside } from '../core/paths.ts'
import type { Http } from '../external/http.ts'
import { hashFile } from '../formats/hash.ts'
import type { HubFile } from '../hub/hub.ts'
import { MANIFEST_NAME, type SealedSpoke } from '../manifest/manifest.ts'
import { manifestText, seal } from '../manifest/seal.ts'
import { writeChecksums } from '../pack/checksums.ts'
import type { PackedArtifact } from '../pack/packed.ts'
import { writeText } from '../pack/write-whole.ts'
import type { Plan } from '../plan/plan.ts'
import { VERSION } from '../version.ts'
import { releaseBody } from './notes.ts'
import { spokeNamed } from './spokes.ts'

export interface SealIO {
  root: string
  http: Http
  credentials: Credentials
  signal: AbortSignal
  folder: string
}

export interface Sealed {
  /** Every file of the release, the manifest last. */
  files: PackedArtifact[]
  /** Digest by name, as the checksum file has it. */
  digests: ReadonlyMap<string, string>
  /** The release's text. */
  body: string
  /** What goes to the hub. */
  uploads(root: string): HubFile[]
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
  const where = { root: io.root, dist: plan.dist, signal: io.signal }
  const { made, digests } =
    plan.checksums === null
      ? { made: [], digests: new Map<string, string>() }
      : await writeChecksums(plan.checksums, packed, where)
  const covered = [...packed, ...made]
  const body = releaseBody(
    plan,
    notes,
    [...digests].map(([name, digest]) => `${digest.split(':')[1] ?? ''}  ${name}\n`).join(''),
  )
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
    uploads: (root) => files.filter((one) => isUploaded(one, plan)).map((one) => hubFile(one, root)),
  }
}

/** `release.ids` chooses among archives and binaries; what describes the whole release always goes. */
function isUploaded(artifact: PackedArtifact, plan: Plan): boolean {
  if (artifact.kind === 'manifest') return true
  if (plan.hub.skipUpload) return false
  if (plan.hub.ids.length === 0) return true
  return !['archive', 'binary', 'package'].includes(artifact.kind) || plan.hub.ids.includes(artifact.id)
}

const TYPES: [RegExp, string][] = [
  [/\.(tar\.gz|tgz)$/, 'application/gzip'],
  [/\.zip$/, 'application/zip'],
  [/\.json$/, 'application/json'],
  [/\.txt$/, 'text/plain'],
]

function hubFile({ name, path, size, sha256 }: PackedArtifact, root: string): HubFile {
  const contentType = TYPES.find(([pattern]) => pattern.test(name))?.[1] ?? 'application/octet-stream'
  return { name, path: inside(root, path), size, sha256, contentType }
}

/** Each entry with its outside facts, frozen now. */
async function sealSpokes(plan: Plan, io: SealIO, task: Task): Promise<SealedSpoke[]> {
  const channel = { ...io, task, clock: () => new Date() }
  return Promise.all(
    plan.spokes.map(async ({ spoke, entry, settings, skip }) => ({
      spoke,
      entry,
      settings,
      pins: skip === undefined ? ((await spokeNamed(spoke).pin?.(settings, channel)) ?? {}) : {},
      ...(skip === undefined ? {} : { skip }),
    })),
  )
}
