import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream, mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { WorldRequest } from '../spokes/world.ts'

/** Lets uploads take their time, and keeps connections longer than a client pauses: it would meet one that is just being closed. */
export function makePatient(server: Server): void {
  server.requestTimeout = 0
  server.keepAliveTimeout = 600_000
}

/** A request of node:http as a local server sees it. `uploads` is the folder for bodies that go to disk. */
export function toWorldRequest(req: IncomingMessage, host: string, path: string, uploads: string): WorldRequest {
  const url = new URL(path, 'http://world')
  const headers = new Headers()
  for (let index = 0; index < req.rawHeaders.length; index += 2) {
    headers.append(req.rawHeaders[index] ?? '', req.rawHeaders[index + 1] ?? '')
  }
  let body: Promise<Buffer> | undefined
  return {
    method: req.method ?? 'GET',
    host,
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: () => (body ??= collect(req)),
    bodyFile: () => toFile(req, uploads),
  }
}

async function collect(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function toFile(req: IncomingMessage, uploads: string): Promise<{ path: string; size: number; sha256: string }> {
  mkdirSync(uploads, { recursive: true })
  const path = join(uploads, randomUUID())
  const hash = createHash('sha256')
  let size = 0
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      size += chunk.length
      done(null, chunk)
    },
  })
  try {
    await pipeline(req, measure, createWriteStream(path))
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
  return { path, size, sha256: hash.digest('hex') }
}

/** Sends an answer through node:http; resolves when it is out or the client has gone. */
export async function sendResponse(response: Response, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const headers: Record<string, string | string[]> = Object.fromEntries(response.headers)
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) headers['set-cookie'] = cookies
  if (response.statusText !== '') res.statusMessage = response.statusText
  res.writeHead(response.status, headers)
  if (req.method === 'HEAD' || response.body === null) {
    await response.body?.cancel()
    res.end()
    return
  }
  try {
    await pipeline(Readable.fromWeb(response.body), res)
  } catch {
    res.destroy()
  }
}
