import { createReadStream, createWriteStream } from 'node:fs'
import { open, readFile, rm, stat } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parse } from 'yaml'
import { run } from '../../external/process.ts'
import { hashFile } from '../../formats/hash.ts'
import type { WorldRequest, WorldStore } from '../world.ts'
import { accountOf, errors, load, ownerName, reviewOf, save, type StoredSnap } from './world-state.ts'

/** What became of an upload, as `status_details_url` tells it. */
interface Status {
  code: string
  processed: boolean
  revision: number | null
  errors: { message: string }[]
  /** Looks that are answered with `being_processed` before. */
  looks: number
}

/** What is read of `meta/snap.yaml`. */
interface SnapYaml {
  name?: string
  version?: string
  architectures?: string[]
  grade?: string
  confinement?: string
  icon?: string
}

/** Takes bytes from anybody; they belong to nobody yet. */
export async function receive(request: WorldRequest, store: WorldStore): Promise<Response> {
  const { path } = await request.bodyFile()
  const id = randomUUID()
  const cut = await partOf(path)
  if (cut === undefined) return errors(400, 'invalid-request', 'no part named binary')
  await pipeline(createReadStream(path, cut), createWriteStream(blobOf(store, id)))
  await rm(path, { force: true })
  return Response.json({ successful: true, upload_id: id })
}

const blobOf = (store: WorldStore, id: string): string => store.blob(`incoming/${id}.snap`)

/** First and last byte of a form's one part. */
async function partOf(path: string): Promise<{ start: number; end: number } | undefined> {
  await using file = await open(path, 'r')
  const head = Buffer.alloc(2048)
  const { bytesRead } = await file.read(head, 0, head.length, 0)
  const text = head.subarray(0, bytesRead).toString('latin1')
  const boundary = text.slice(0, text.indexOf('\r\n'))
  const start = text.indexOf('\r\n\r\n')
  if (!text.includes('name="binary"') || start === -1) return undefined
  const { size } = await stat(path)
  return { start: start + 4, end: size - `\r\n${boundary}--\r\n`.length - 1 }
}

interface PushBody {
  name: string
  dry_run?: boolean
  updown_id?: string
  binary_filesize?: number
}

/** Gives bytes to a snap and has them reviewed; or only says whether that would be allowed. */
export async function push(request: WorldRequest, store: WorldStore): Promise<Response> {
  const {
    name,
    dry_run: dry,
    updown_id: id = '',
    binary_filesize: size,
  } = JSON.parse((await request.body()).toString()) as PushBody
  const whose = accountOf(store).names?.[name]
  if (whose === 'unregistered') return errors(404, 'resource-not-found', `Snap not found: ${name}`)
  if (whose === 'foreign') return errors(403, 'macaroon-permission-required', 'Permission is required: package_push')
  if (dry === true) return Response.json({}, { status: 202 })
  const file = blobOf(store, id)
  const found = await stat(file).catch(() => undefined)
  if (found === undefined || found.size !== size) return errors(400, 'invalid-field', 'updown_id is not known')
  const status = await review(file, name, store)
  store.write(`statuses/${id}`, status)
  return Response.json(
    { status_details_url: `https://dashboard.snapcraft.io/dev/api/snaps/statuses/${id}` },
    { status: 202 },
  )
}

export function statusOf(store: WorldStore, id: string): Response {
  const status = store.read<Status>(`statuses/${id}`)
  if (status === undefined) return errors(404, 'resource-not-found', 'no such upload')
  const { looks, ...rest } = status
  if (looks === 0) return Response.json(rest)
  store.write(`statuses/${id}`, { ...status, looks: looks - 1 })
  return Response.json({ code: 'being_processed', processed: false, revision: null, errors: [] })
}

/** The store's machine: what it refuses, it refuses here; else there is a new revision. */
async function review(file: string, name: string, store: WorldStore): Promise<Status> {
  const { status: wanted = 'Unpublished', looks = 0, error = '' } = reviewOf(store)
  const fail = (message: string): Status => ({
    code: 'processing_error',
    processed: true,
    revision: null,
    errors: message === '' ? [] : [{ message }],
    looks,
  })
  if (error !== '') return fail(error)
  const facts = await factsOf(file)
  if (typeof facts === 'string') return fail(facts)
  const { yaml } = facts
  if (yaml.name !== name) return fail(`the name in snap.yaml is ${yaml.name ?? 'none'}`)
  if ('icon' in yaml) return fail("snap.yaml: Additional properties are not allowed ('icon' was unexpected)")
  const { size, digests } = await hashFile(file, ['sha3-384'])
  await pipeline(createReadStream(file), createWriteStream(snapBlob(store, digests['sha3-384'])))
  // From here on without a pause: two uploads may come at once.
  const snap: StoredSnap = load(store, name) ?? { name, owner: ownerName(store), revisions: [], releases: [] }
  if (snap.revisions.some((one) => one['sha3-384'] === digests['sha3-384'])) {
    return fail('binary_sha3_384: A file with this exact same content has already been uploaded')
  }
  if (
    snap.revisions.some(
      (one) => one.status === 'ManualReviewPending' && String(yaml.architectures) === String(one.architectures),
    )
  ) {
    return fail('Waiting for previous upload(s) to complete their review process.')
  }
  const revision = Math.max(0, ...snap.revisions.map((one) => one.revision)) + 1
  snap.revisions.unshift({
    revision,
    version: yaml.version ?? '',
    architectures: yaml.architectures ?? ['all'],
    'sha3-384': digests['sha3-384'],
    size,
    status: wanted,
    grade: yaml.grade ?? 'stable',
    confinement: yaml.confinement ?? 'strict',
    created_at: new Date().toISOString(),
  })
  save(store, snap)
  const code =
    wanted === 'Unpublished' ? 'ready_to_release' : /rejected/i.test(wanted) ? 'processing_error' : 'need_manual_review'
  return { code, processed: true, revision, errors: [], looks }
}

export function snapBlob(store: WorldStore, sha3: string): string {
  return store.blob(`snaps/${sha3}.snap`)
}

/** xz, without fragments and xattrs: the store repacks an image and wants the same bytes. Superblock of squashfs 4.0. */
const XZ = 4
const NO_FRAGMENTS = 0x0010
const NO_XATTRS = 0x0200

async function factsOf(file: string): Promise<{ yaml: SnapYaml } | string> {
  await using handle = await open(file, 'r')
  const head = Buffer.alloc(32)
  await handle.read(head, 0, 32, 0)
  if (head.readUInt32LE(0) !== 0x73717368) return 'not a squashfs image'
  const flags = head.readUInt16LE(24)
  if (head.readUInt16LE(20) !== XZ || (flags & NO_FRAGMENTS) === 0 || (flags & NO_XATTRS) === 0) {
    return 'the image was not made with the options of snap pack'
  }
  const out = `${file}.meta`
  const result = await run(['unsquashfs', '-n', '-q', '-d', out, file, 'meta/snap.yaml'], { timeout: 60_000 })
  if (result.code !== 0) return 'the image cannot be opened'
  const text = await readFile(join(out, 'meta', 'snap.yaml'), 'utf8').catch(() => undefined)
  await rm(out, { recursive: true, force: true })
  return text === undefined ? 'there is no meta/snap.yaml' : { yaml: parse(text) as SnapYaml }
}
