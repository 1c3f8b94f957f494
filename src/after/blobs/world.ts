import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { hashFile } from '../../formats/hash.ts'
import type { WorldRequest, WorldStore } from '../../spokes/world.ts'

export const GOOGLE_HOSTS = ['storage.googleapis.com', 'oauth2.googleapis.com']
export const ENTRA_HOST = 'login.microsoftonline.com'

/** What GOOGLE_APPLICATION_CREDENTIALS holds in a rehearsal. */
export const MADE_UP_LOGIN = JSON.stringify({
  type: 'authorized_user',
  client_id: 'rehearsal',
  client_secret: 'rehearsal-client-secret',
  refresh_token: 'rehearsal-refresh-token',
})

interface Stored {
  size: number
  md5: string
  /** What it was stored with. */
  kept: Record<string, string>
}

/** Google's storage and its tokens, as far as uploads need them. Every bucket is there. */
export async function googleStorage(request: WorldRequest, store: WorldStore): Promise<Response> {
  const { method, host, path, query, headers } = request
  if (host === 'oauth2.googleapis.com') {
    return Response.json({ access_token: 'rehearsal-access-token', expires_in: 3600, token_type: 'Bearer' })
  }
  const upload = query.get('upload_id')
  if (upload === null && !/^Bearer ./.test(headers.get('authorization') ?? '')) return refusal(401)
  if (path.endsWith('/iam/testPermissions')) return Response.json({ permissions: query.getAll('permissions') })
  const [, bucket, key] = /^\/(?:upload\/)?storage\/v1\/b\/([^/]+)\/o(?:\/(.+))?$/.exec(path) ?? []
  if (bucket === undefined) return refusal(404)
  if (method === 'GET') {
    const stored = store.read<Stored>(nameOf(host, bucket, decodeURIComponent(key ?? '')))
    return stored === undefined ? refusal(404) : Response.json({ size: `${stored.size}`, md5Hash: stored.md5 })
  }
  if (upload !== null) return takePart(request, upload, store)
  const body = await request.body()
  if (query.get('uploadType') === 'multipart') {
    const { object, bytes } = multipart(headers.get('content-type') ?? '', body)
    const file = store.blob(`uploads/${createHash('sha256').update(body).digest('hex')}`)
    await writeFile(file, bytes)
    return keep(host, object, file, store)
  }
  const id = createHash('sha256').update(body).digest('hex')
  store.write(`uploads/${id}.json`, JSON.parse(body.toString()))
  return new Response(null, { headers: { location: `https://${host}${path}?uploadType=resumable&upload_id=${id}` } })
}

async function takePart(request: WorldRequest, upload: string, store: WorldStore): Promise<Response> {
  const object = store.read<Record<string, string>>(`uploads/${upload}.json`)
  const [, end, size] = /^bytes \d+-(\d+)\/(\d+)$/.exec(request.headers.get('content-range') ?? '') ?? []
  if (object === undefined || end === undefined) return refusal(404)
  const file = store.blob(`uploads/${upload}`)
  await append(request, file)
  if (Number(end) + 1 < Number(size)) return new Response(null, { status: 308, headers: { range: `bytes=0-${end}` } })
  return keep(request.host, object, file, store)
}

async function append(request: WorldRequest, file: string): Promise<void> {
  const { path } = await request.bodyFile()
  await writeFile(file, createReadStream(path), { flag: 'a' })
}

async function keep(host: string, object: Record<string, string>, file: string, store: WorldStore): Promise<Response> {
  const { size, md5 } = await sumOf(file)
  if (object['md5Hash'] !== md5) return refusal(400)
  const { bucket = '', name = '', ...kept } = object
  store.write(nameOf(host, bucket, name), { size, md5, kept } satisfies Stored)
  return Response.json({ ...object, size: `${size}` })
}

async function sumOf(file: string): Promise<{ size: number; md5: string }> {
  const { size, digests } = await hashFile(file, ['md5'])
  return { size, md5: Buffer.from(digests.md5, 'hex').toString('base64') }
}

function multipart(type: string, body: Buffer): { object: Record<string, string>; bytes: Buffer } {
  const edge = `--${/boundary=(\S+)$/.exec(type)?.[1]}`
  const text = body.toString('latin1')
  const [, head = '', rest = ''] = text.split(edge, 3)
  const after = (part: string): Buffer => Buffer.from(part.slice(part.indexOf('\r\n\r\n') + 4, -2), 'latin1')
  return { object: JSON.parse(after(head).toString()) as Record<string, string>, bytes: after(rest) }
}

function refusal(code: number): Response {
  return Response.json({ error: { code, message: code === 404 ? 'No such object' : 'Refused' } }, { status: code })
}

/** Azure's storage, whose requests name a version of the protocol. Every container is there. */
export async function azureStorage(request: WorldRequest, store: WorldStore): Promise<Response> {
  const { method, host, path, query, headers } = request
  const at = nameOf(host, '', path)
  const blob = store.read<Stored>(at)
  if (method === 'HEAD') {
    if (blob === undefined) return fault(404, 'BlobNotFound')
    return new Response(null, { headers: { 'content-length': `${blob.size}`, 'content-md5': blob.md5 } })
  }
  if (method !== 'PUT') return fault(400, 'UnsupportedHttpVerb')
  const blocks = store.blob(`${at}.blocks`)
  if (query.get('comp') === 'block') {
    await append(request, blocks)
    return new Response(null, { status: 201 })
  }
  if (headers.get('if-none-match') === '*' && blob !== undefined) return fault(409, 'BlobAlreadyExists')
  const { size, md5 } = await sumOf(query.get('comp') === 'blocklist' ? blocks : (await request.bodyFile()).path)
  if ((headers.get('content-md5') ?? md5) !== md5) return fault(400, 'Md5Mismatch')
  const kept = Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-ms-blob-')))
  store.write(at, { size, md5, kept } satisfies Stored)
  return new Response(null, { status: 201 })
}

function fault(status: number, code: string): Response {
  return new Response(null, { status, headers: { 'x-ms-error-code': code } })
}

function nameOf(host: string, bucket: string, key: string): string {
  return `buckets/${host}/${bucket}/${key}.json`.replaceAll(/[^A-Za-z0-9._/-]/g, '_').replaceAll(/\/+/g, '/')
}
