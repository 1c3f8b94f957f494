import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TagonceError } from '../core/errors.ts'
import type { Http } from './http.ts'
import { isLoopback, shownUrl } from './http-route.ts'

/** A text as it was read from an address. */
export interface WebText {
  /** Without secrets. */
  url: string
  bytes: Uint8Array
  /** Hex. */
  sha256: string
  /** It is the copy of an earlier run: nothing was asked. */
  cached: boolean
}

export interface WebTexts {
  /** Each address is asked once; throws `config` or `network`, the message ready to be shown. */
  read(url: string, headers: Record<string, string>): Promise<WebText>
  /** What was read so far, in the order it came. */
  readonly done: readonly WebText[]
}

const MOST_BYTES = 10 * 1024 * 1024
const MOST_REDIRECTS = 5

/**
 * Reads small texts (configs, notes) from https addresses, and keeps a copy of each in the user's cache folder. With `offline`
 * the copy is all that is looked at.
 * @example
 * const texts = webTexts({ http, folder: cacheFolder(process.env) })
 * const { sha256 } = await texts.read('https://example.org/base.yaml', {})
 */
export function webTexts(settings: { http: Http; folder: string; offline?: boolean }): WebTexts {
  const known = new Map<string, Promise<WebText>>()
  const done: WebText[] = []
  const read = async (url: string, headers: Record<string, string>): Promise<WebText> => {
    const name = createHash('sha256').update(url).digest('hex')
    const copy = join(settings.folder, 'texts', name)
    const bytes = settings.offline === true ? await cachedCopy(copy, url) : await fetchText(settings.http, url, headers)
    if (settings.offline !== true) await keep(copy, bytes)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const text = { url: shownUrl(url), bytes, sha256, cached: settings.offline === true }
    done.push(text)
    return text
  }
  return {
    done,
    read: (url, headers) => {
      const key = JSON.stringify([url, headers])
      const before = known.get(key) ?? read(url, headers)
      known.set(key, before)
      return before
    },
  }
}

async function cachedCopy(path: string, url: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new TagonceError('config', `${shownUrl(url)} is not asked (--offline), and there is no copy of it here`, {
      cause,
      hint: 'run once without --offline: that keeps a copy',
    })
  }
}

/** A cache that can't be written is none. */
async function keep(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`
  try {
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
    await writeFile(beside, bytes, { mode: 0o600 })
    await rename(beside, path)
  } catch {}
}

/** Redirects are followed here: none may lead away from TLS, and the headers are for the first host only. */
async function fetchText(http: Http, first: string, headers: Record<string, string>): Promise<Uint8Array> {
  let url = new URL(first)
  for (let count = 0; ; count++) {
    const own = url.origin === new URL(first).origin ? headers : {}
    const response = await http.fetch(url.href, { headers: own, redirect: 'manual' })
    const location = [301, 302, 303, 307, 308].includes(response.status) ? response.headers.get('location') : null
    if (location === null) return await textOf(response, url.href)
    await response.body?.cancel()
    if (count === MOST_REDIRECTS) throw refused(first, `redirects more than ${MOST_REDIRECTS} times`)
    const next = URL.parse(location, url.href)
    if (next === null || !isAllowed(next, isLoopback(first))) {
      throw refused(first, `redirects to ${next === null ? 'what is no address' : shownUrl(next.href)}, not to https`)
    }
    url = next
  }
}

function isAllowed(url: URL, loopback: boolean): boolean {
  return url.protocol === 'https:' || (loopback && url.protocol === 'http:' && isLoopback(url.href))
}

async function textOf(response: Response, url: string): Promise<Uint8Array> {
  if (response.status !== 200) {
    await response.body?.cancel()
    const passing = response.status === 429 || response.status >= 500
    if (passing) throw new TagonceError('network', `${shownUrl(url)} answered ${response.status}`, { hint: AGAIN })
    throw refused(url, `answered ${response.status}`, HINTS[response.status])
  }
  const bytes = await bodyWithin(response, url)
  const page = /^text\/html\b/i.test(response.headers.get('content-type') ?? '')
  const begins = Buffer.from(bytes.subarray(0, 200)).toString('latin1')
  if (page || /^\s*<(!doctype html|html)\b/i.test(begins)) {
    throw refused(url, 'answered with a web page, not with the file', 'give the address of the raw file')
  }
  return bytes
}

const AGAIN = 'run the same command again'
const HINTS: Record<number, string> = {
  401: 'it wants credentials: add them under `headers`',
  403: 'it wants credentials: add them under `headers`',
  404: 'check the address; a private file needs `headers` with a token',
}

async function bodyWithin(response: Response, url: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  const body: AsyncIterable<Uint8Array> = response.body ?? new ReadableStream<Uint8Array>()
  for await (const chunk of body) {
    size += chunk.length
    if (size > MOST_BYTES) throw refused(url, 'answers with more than 10 MB', 'check that it is the right file')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function refused(url: string, what: string, hint = 'check the address'): TagonceError {
  return new TagonceError('config', `${shownUrl(url)} ${what}`, { hint })
}
