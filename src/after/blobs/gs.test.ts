import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { credentialsOf } from '../../core/credentials.ts'
import { Events } from '../../core/events.ts'
import { tempFolder } from '../../core/temp.ts'
import { createHttp } from '../../external/http.ts'
import type { HubReader } from '../../hub/hub.ts'
import type { ChannelIO } from '../../spokes/spoke.ts'
import type { BlobUnit } from './bucket.ts'
import { gs } from './gs.ts'
import { schema } from './settings.ts'
import { MADE_UP_LOGIN } from './world.ts'

const MIB = 1024 * 1024
let granted: string[] = []
let ranges: string[] = []
let taken = Buffer.alloc(0)
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const url = new URL(request.url ?? '', 'http://localhost')
    const json = (value: unknown): unknown =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (url.pathname === '/token') return json({ access_token: 'token-for-tests', expires_in: 3600 })
    if (url.pathname.endsWith('/testPermissions')) return json({ permissions: granted })
    if (url.searchParams.get('upload_id') === null) {
      const location = `https://storage.googleapis.com${url.pathname}?uploadType=resumable&upload_id=session-of-tests`
      return response.writeHead(200, { location }).end()
    }
    const range = request.headers['content-range'] ?? ''
    const [, start = '', end = '', size = ''] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range) ?? []
    ranges.push(range)
    // Of the first part, half is kept.
    const keep = ranges.length === 1 ? 8 * MIB : Number(end) + 1 - Number(start)
    taken = Buffer.concat([taken.subarray(0, Number(start)), Buffer.concat(chunks).subarray(0, keep)])
    if (taken.length === Number(size)) return json({})
    return response.writeHead(308, { range: `bytes=0-${taken.length - 1}` }).end()
  })
})
let origin = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())
beforeEach(() => {
  ranges = []
  taken = Buffer.alloc(0)
})

const settings = schema.parse({
  provider: 'gs',
  bucket: 'hello',
  base: 'https://storage.googleapis.com/hello',
  region: '',
  directory: 'd',
  acl: '',
  cacheControl: '',
  disposition: '',
  kinds: [],
  ids: [],
})

function withIO<T>(act: (io: ChannelIO) => Promise<T>): Promise<T> {
  const events = new Events()
  const { signal } = new AbortController()
  const routes = { 'https://storage.googleapis.com': origin, 'https://oauth2.googleapis.com': origin }
  const http = createHttp({ routes, signal, events, userAgent: 'tagonce/test', offline: true })
  const credentials = credentialsOf({ GOOGLE_APPLICATION_CREDENTIALS: MADE_UP_LOGIN })
  return events.task('gs', (task) => act({ http, credentials, signal, clock: () => new Date(), task, folder: '' }))
}

test('a credential that may only read is told before anything is built', async () => {
  granted = ['storage.objects.get', 'storage.objects.create']
  expect(await withIO((io) => gs.probe(settings, io))).toEqual([])
  granted = ['storage.objects.get']
  expect(await withIO((io) => gs.probe(settings, io))).toEqual([
    {
      severity: 'error',
      code: 'blobs-rights',
      message: 'the credential lacks storage.objects.create for the bucket hello',
      mend: 'give the account the role roles/storage.objectUser on the bucket',
    },
  ])
})

test('a part that was kept in part is sent on from there', async () => {
  await using folder = await tempFolder('gs')
  const path = join(folder.path, 'large.bin')
  const bytes = Buffer.from(Array.from({ length: 20 * 1024 }, (_, at) => String(at).padStart(1024)).join(''))
  await writeFile(path, bytes)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const artifact = { name: 'large.bin', id: '', kind: 'file', size: bytes.length, sha256, binaries: [] } as const
  const unit: BlobUnit = {
    id: 'a',
    address: settings.base,
    needs: [],
    settings,
    key: 'd/large.bin',
    artifact: { ...artifact, binaries: [] },
  }
  const hub = { file: async () => path } as unknown as HubReader
  const written = { path, cacheControl: '', disposition: '', contentType: 'text/plain', create: true }
  await withIO((io) => gs.put(unit, written, hub, io))
  expect(ranges).toEqual(
    [0, 8 * MIB].map((start) => `bytes ${start}-${Math.min(start + 16 * MIB, 20 * MIB) - 1}/${20 * MIB}`),
  )
  expect(taken.equals(bytes)).toBe(true)
})
