import { once } from 'node:events'
import * as plain from 'node:http'
import * as secure from 'node:https'
import { isIP } from 'node:net'
import { Readable } from 'node:stream'
import * as tls from 'node:tls'
import { TagonceError } from '../core/errors.ts'
import type { Body } from './http-body.ts'
import { isLoopback, shownUrl } from './http-route.ts'

/** One exchange: a request on the wire and its answer, nothing tried again, no redirect followed. */
export interface Exchange {
  /** The public URL; names the `Host`. */
  url: string
  /** Where to connect. */
  connect: string
  method: string
  headers: Headers
  body: Body
  signal: AbortSignal
  /** Milliseconds without a byte in either direction. */
  idle: number
  tls?: OwnTls
}

/** Certificates in PEM. */
export interface OwnTls {
  /** What we show of ourselves, and its key. */
  client?: { cert: string; key: string }
  /** Trusted besides those that are trusted anyway. */
  trusted?: string
}

const KEPT = { keepAlive: true, maxSockets: 32 }
// As other tools do, HTTP_PROXY, HTTPS_PROXY and NO_PROXY are honoured (Node 22.21, 24.5 and later); loopback needs none.
const PROXIED = { ...KEPT, proxyEnv: process.env }
const AGENTS = {
  'http:': new plain.Agent(PROXIED),
  'https:': new secure.Agent(PROXIED),
  loopback: new plain.Agent(KEPT),
}

/** Answers up to this size are read at once, so that a cut answer is a fault of this try and can be tried again. */
const AT_ONCE = 1024 * 1024
const NO_CONTENT = new Set([204, 205, 304])

/**
 * Sends one request. Throws `network` when there is no whole answer; `disk` when the body could not be read here.
 * node:http and not fetch: fetch sets `Host` itself (a route keeps the public one) and has no limit for a stalled upload.
 */
export async function send(exchange: Exchange): Promise<Response> {
  const { url, method, signal } = exchange
  signal.throwIfAborted()
  const connect = new URL(exchange.connect)
  const headers: Record<string, string> = { host: new URL(url).host }
  for (const [name, value] of exchange.headers) headers[name] = value
  const opened = exchange.body.open()
  if (opened !== undefined && exchange.body.length !== undefined) headers['content-length'] = `${exchange.body.length}`
  else if (opened === undefined && method !== 'GET' && method !== 'HEAD') headers['content-length'] = '0'
  const isSecure = connect.protocol === 'https:'
  const agent = AGENTS[isSecure ? 'https:' : isLoopback(exchange.connect) ? 'loopback' : 'http:']
  const options = { method, headers, signal, agent }
  const request = isSecure
    ? secure.request(connect, { ...options, ...serverName(new URL(url).hostname), ...certificates(exchange.tls) })
    : plain.request(connect, options)
  const idle = new IdleLimit(exchange.idle, (error) => request.destroy(error))
  const answer = once(request, 'response') as Promise<[plain.IncomingMessage]>
  try {
    // A body that cannot be read destroys the request with that error, and so ends the wait for the answer. The answer may
    // also come before the body is sent whole (a refusal).
    void write(request, exchange.body, opened, idle)
    const [message] = await answer
    return await responseOf(message, exchange, idle)
  } catch (error) {
    idle.end()
    answer.catch(() => {})
    request.destroy()
    throw fault(error, url)
  }
}

/** Which of its certificates a server is to show; an address is no name (RFC 6066, 3). */
function serverName(host: string): secure.RequestOptions {
  return isIP(host.replace(/^\[|\]$/g, '')) === 0 ? { servername: host } : {}
}

function certificates({ client, trusted }: OwnTls = {}): secure.RequestOptions {
  // Node 20 tells only of those that came with it.
  const { getCACertificates }: Partial<Pick<typeof tls, 'getCACertificates'>> = tls
  const known = getCACertificates?.('default') ?? tls.rootCertificates
  return { ...client, ...(trusted === undefined ? {} : { ca: [...known, trusted] }) }
}

async function write(
  request: plain.ClientRequest,
  body: Body,
  opened: ReturnType<Body['open']>,
  idle: IdleLimit,
): Promise<void> {
  idle.alive()
  if (opened === undefined || Buffer.isBuffer(opened)) {
    request.end(opened)
    return
  }
  try {
    const stream = Readable.from(opened)
    request.once('close', () => stream.destroy())
    let sent = 0
    for await (const chunk of stream) {
      idle.alive()
      sent += Buffer.byteLength(chunk)
      if (sent > (body.length ?? sent)) break
      if (!request.write(chunk)) await once(request, 'drain')
    }
    // The server would wait for the rest, or take the surplus for the next request.
    if (sent !== (body.length ?? sent)) throw new Error(`it had ${body.length} bytes and has changed since`)
    idle.alive()
    request.end()
  } catch (cause) {
    if (request.destroyed) return
    const message = `what was to be sent could not be read: ${messageOf(cause)}`
    request.destroy(new TagonceError('disk', message, { cause }))
  }
}

async function responseOf(message: plain.IncomingMessage, exchange: Exchange, idle: IdleLimit): Promise<Response> {
  const headers = new Headers()
  for (let i = 0; i + 1 < message.rawHeaders.length; i += 2) {
    headers.append(message.rawHeaders[i] ?? '', message.rawHeaders[i + 1] ?? '')
  }
  const status = message.statusCode ?? 0
  const bare = exchange.method === 'HEAD' || NO_CONTENT.has(status)
  const chunks = read(message, exchange.url, idle)
  let body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null = null
  if (bare || isShort(headers)) {
    const bytes: Buffer[] = []
    for await (const chunk of chunks) bytes.push(chunk)
    if (!bare) body = Buffer.concat(bytes)
  } else {
    idle.pause()
    const stream = Readable.from(chunks, { objectMode: false, highWaterMark: 256 * 1024 })
    stream.once('close', () => message.destroy())
    body = Readable.toWeb(stream) as ReadableStream<Uint8Array>
  }
  const response = new Response(body, { status, statusText: message.statusMessage ?? '', headers })
  Object.defineProperty(response, 'url', { value: exchange.url })
  return response
}

/** Texts that programs read, and everything that says it is small. */
function isShort(headers: Headers): boolean {
  const length = headers.get('content-length')
  if (length !== null) return Number(length) <= AT_ONCE
  return /\b(json|xml|html)\b/i.test(headers.get('content-type') ?? '')
}

/** The body's chunks; the idle limit counts only while we wait for one. */
async function* read(message: plain.IncomingMessage, url: string, idle: IdleLimit): AsyncGenerator<Buffer> {
  try {
    idle.alive()
    for await (const chunk of message as AsyncIterable<Buffer>) {
      idle.pause()
      yield chunk
      idle.alive()
    }
    if (!message.complete) throw new Error('the answer was cut')
  } catch (error) {
    throw fault(idle.error ?? error, url)
  } finally {
    idle.end()
  }
}

/** Gives up when nothing moved for a while. */
class IdleLimit {
  readonly #ms: number
  readonly #give: (error: Error) => void
  #timer: NodeJS.Timeout | undefined
  #over = false
  /** Why it gave up. */
  error: Error | undefined

  constructor(ms: number, give: (error: Error) => void) {
    this.#ms = ms
    this.#give = give
  }

  alive(): void {
    if (this.#over) return
    if (this.#timer !== undefined) {
      this.#timer.refresh()
      return
    }
    this.#timer = setTimeout(() => {
      this.error = new Error(`nothing moved for ${this.#ms / 1000} s`)
      this.#give(this.error)
    }, this.#ms)
  }

  pause(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  end(): void {
    this.pause()
    this.#over = true
  }
}

function fault(error: unknown, url: string): TagonceError {
  if (error instanceof TagonceError) return error
  return new TagonceError('network', `${shownUrl(url)}: ${messageOf(error)}`, { cause: error })
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'AbortError' && error.cause instanceof Error) return error.cause.message
  // Several addresses were tried (IPv6 and IPv4): the message of an AggregateError is empty.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ')
  return error.message
}
