import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, stat, writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { answer, blobFile, changeRepository, loadRepository, refuse } from './world-state.ts'
import type { RegistryRequest } from './world-state.ts'

/** An upload on its way: whose it is, and how far. Its bytes lie in a file of the same name. */
interface UploadState {
  host: string
  name: string
  size: number
}

const DIGEST = /^sha256:[0-9a-f]{64}$/

/** POST: takes a blob over from another repository, takes one whole, or opens an upload. */
export async function openUpload(asked: RegistryRequest, mayRead: (name: string) => boolean): Promise<Response> {
  const { request, store, host, name } = asked
  const mount = request.query.get('mount')
  const from = request.query.get('from')
  if (mount !== null && from !== null) {
    const size = mayRead(from) ? loadRepository(store, host, from)?.blobs[mount] : undefined
    if (size !== undefined) {
      changeRepository(store, host, name, (one) => {
        one.blobs[mount] = size
      })
      return stored(name, mount)
    }
  }
  const id = randomUUID()
  await writeFile(fileOf(asked, id), '')
  store.write(documentOf(id), { host, name, size: 0 } satisfies UploadState)
  if (request.query.has('digest')) return closeUpload(asked, id)
  return answer(202, { ...progress(name, id, 0), 'docker-upload-uuid': id })
}

/** GET: how far it is. */
export function uploadStatus(asked: RegistryRequest, id: string): Response {
  const upload = stateOf(asked, id)
  if (upload === undefined) return refuse('BLOB_UPLOAD_UNKNOWN')
  return answer(204, progress(asked.name, id, upload.size))
}

/** PATCH: the next piece. */
export async function continueUpload(asked: RegistryRequest, id: string): Promise<Response> {
  const upload = stateOf(asked, id)
  if (upload === undefined) return refuse('BLOB_UPLOAD_UNKNOWN')
  const range = /^(\d+)-(\d+)$/.exec(asked.request.headers.get('content-range') ?? '')
  if (range !== null && Number(range[1]) !== upload.size) {
    return refuse('BLOB_UPLOAD_INVALID', undefined, progress(asked.name, id, upload.size))
  }
  return answer(202, progress(asked.name, id, await append(asked, id, upload)))
}

/** PUT: the last piece, or all of it, and the digest. */
export async function closeUpload(asked: RegistryRequest, id: string): Promise<Response> {
  const { request, store, host, name } = asked
  const upload = stateOf(asked, id)
  if (upload === undefined) return refuse('BLOB_UPLOAD_UNKNOWN')
  const digest = request.query.get('digest') ?? ''
  if (!DIGEST.test(digest)) return refuse('DIGEST_INVALID', digest)
  const size = await append(asked, id, upload)
  const hash = createHash('sha256')
  await pipeline(createReadStream(fileOf(asked, id)), hash)
  if (`sha256:${hash.digest('hex')}` !== digest) {
    await endUpload(asked, id)
    return refuse('DIGEST_INVALID', digest)
  }
  await rename(fileOf(asked, id), blobFile(store, digest))
  store.remove(documentOf(id))
  changeRepository(store, host, name, (one) => {
    one.blobs[digest] = size
  })
  return stored(name, digest)
}

/** DELETE: it is given up. */
export async function endUpload(asked: RegistryRequest, id: string): Promise<Response> {
  if (stateOf(asked, id) === undefined) return refuse('BLOB_UPLOAD_UNKNOWN')
  asked.store.remove(documentOf(id))
  await rm(fileOf(asked, id), { force: true })
  return answer(204)
}

async function append(asked: RegistryRequest, id: string, upload: UploadState): Promise<number> {
  const file = fileOf(asked, id)
  const piece = await asked.request.bodyFile()
  if (upload.size === 0) await rename(piece.path, file)
  else {
    await pipeline(createReadStream(piece.path), createWriteStream(file, { flags: 'a' }))
    await rm(piece.path)
  }
  const { size } = await stat(file)
  asked.store.write(documentOf(id), { ...upload, size } satisfies UploadState)
  return size
}

function stateOf({ store, host, name }: RegistryRequest, id: string): UploadState | undefined {
  if (!/^[0-9a-f-]{36}$/.test(id)) return undefined
  const upload = store.read<UploadState>(documentOf(id))
  return upload?.host === host && upload.name === name ? upload : undefined
}

function fileOf({ store }: RegistryRequest, id: string): string {
  return store.blob(`uploads/${id}`)
}

function documentOf(id: string): string {
  return `uploads/${id}`
}

function progress(name: string, id: string, size: number): Record<string, string> {
  return { location: `/v2/${name}/blobs/uploads/${id}?_state=kept`, range: `0-${Math.max(0, size - 1)}` }
}

function stored(name: string, digest: string): Response {
  return answer(201, { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest })
}
