import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { TagonceError } from '../core/errors.ts'
import type { Http } from './http.ts'
import { backoff, realClock } from './retry.ts'
import type { Clock } from './retry.ts'

export interface Downloaded {
  status: number
  /** Bytes written; 0 when the status is not 200. */
  size: number
  /** Hex. */
  sha256: string
}

/** Times that a body which was cut underway is fetched again, from its first byte. */
const TRIES = 3

/**
 * Downloads a URL into a file, streamed, with its sha256. A status other than 200 is an answer: no file is written.
 * @example const { size, sha256 } = await download(http, 'https://example.org/a.tar.gz', '/tmp/x/a.tar.gz')
 */
export async function download(
  http: Http,
  url: string,
  path: string,
  options: { headers?: Record<string, string>; clock?: Clock } = {},
): Promise<Downloaded> {
  const { headers = {}, clock = realClock } = options
  for (let attempt = 1; ; attempt++) {
    const response = await http.request(url, { headers, deadline: 3_600_000 })
    if (response.status !== 200) {
      await response.body?.cancel()
      return { status: response.status, size: 0, sha256: '' }
    }
    try {
      return { status: 200, ...(await save(response, path)) }
    } catch (error) {
      await rm(path, { force: true })
      if (!(error instanceof TagonceError && error.code === 'network') || attempt === TRIES) throw error
      await clock.sleep(backoff(attempt))
    }
  }
}

async function save(response: Response, path: string): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256')
  let size = 0
  const body = response.body === null ? Readable.from([]) : Readable.fromWeb(response.body as WebStream<Uint8Array>)
  await pipeline(
    body,
    async function* counted(chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        size += chunk.length
        yield chunk
      }
    },
    createWriteStream(path, { mode: 0o600 }),
  )
  return { size, sha256: hash.digest('hex') }
}
