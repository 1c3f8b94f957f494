import { createReadStream } from 'node:fs'
import { TagonceError } from '../core/errors.ts'
import type { RequestOptions } from './http.ts'
import { refusal } from './oci-registry-error.ts'
import type { RegistrySession, Wants } from './oci-registry-session.ts'
import { backoff, realClock } from './retry.ts'

/** A blob to upload. */
export type BlobSource = { path: string; size: number; digest: string } | { bytes: Buffer; digest: string }

/** Times that an upload is taken up again. */
const TRIES = 4

/** Length of a piece where a whole blob is too much for one request. */
const PIECE = 8 * 1024 * 1024

/**
 * Uploads a blob, in one piece where the registry takes it. What was cut goes on where the registry says that it stands, or from
 * the beginning when it has forgotten the upload.
 */
export async function uploadBlob(
  session: RegistrySession,
  uploads: string,
  repository: string,
  blob: BlobSource,
  mountFrom?: string,
): Promise<void> {
  const wants: Wants = { push: [repository], ...(mountFrom === undefined ? {} : { pull: [mountFrom] }) }
  const upload = new Upload(session, wants, uploads, `${session.origin}/${repository}`, blob)
  let again = await upload.open(mountFrom)
  for (let attempt = 1; again !== 'done'; attempt++) {
    const outcome = await upload.send(again === 'pieces').catch((error: unknown) => error as Error)
    if (outcome instanceof Error) {
      const passing = outcome instanceof TagonceError && outcome.code === 'network'
      if (!passing || attempt >= TRIES) throw outcome
      await realClock.sleep(backoff(attempt))
      await upload.resume()
    } else again = outcome
  }
}

type Next = 'done' | 'whole' | 'pieces'

class Upload {
  readonly #session: RegistrySession
  readonly #wants: Wants
  readonly #uploads: string
  readonly #what: string
  readonly #blob: BlobSource
  readonly #size: number
  #location = ''
  /** Bytes that the registry has. */
  #done = 0
  #piece = PIECE

  constructor(session: RegistrySession, wants: Wants, uploads: string, what: string, blob: BlobSource) {
    this.#session = session
    this.#wants = wants
    this.#uploads = uploads
    this.#what = what
    this.#blob = blob
    this.#size = 'bytes' in blob ? blob.bytes.length : blob.size
  }

  /** Opens an upload; a blob that could be taken over from another repository is done with that. */
  async open(mountFrom?: string): Promise<Next> {
    const query = new URLSearchParams(mountFrom === undefined ? {} : { mount: this.#blob.digest, from: mountFrom })
    const url = mountFrom === undefined ? this.#uploads : `${this.#uploads}?${query.toString()}`
    let response = await this.#ask(url, { method: 'POST' })
    // A registry that does not let us read the other repository may refuse the whole request.
    if (mountFrom !== undefined && response.status !== 201 && response.status !== 202) {
      await response.body?.cancel()
      response = await this.#ask(this.#uploads, { method: 'POST' })
    }
    if (response.status === 201 && mountFrom !== undefined) return 'done'
    if (response.status !== 202) throw await refusal(response, `${this.#what} takes no upload`)
    this.#moved(response)
    this.#done = 0
    this.#piece = Math.max(PIECE, Number(response.headers.get('oci-chunk-min-length') ?? 0) || 0)
    await response.body?.cancel()
    return 'whole'
  }

  /** Sends what is missing. */
  async send(inPieces: boolean): Promise<Next> {
    if (!inPieces && this.#done === 0) return this.#close(0)
    while (this.#done < this.#size) {
      const end = inPieces ? Math.min(this.#done + this.#piece, this.#size) : this.#size
      const response = await this.#ask(this.#location, {
        method: 'PATCH',
        ...this.#part(this.#done, end),
        headers: { 'content-type': 'application/octet-stream', 'content-range': `${this.#done}-${end - 1}` },
      })
      if (response.status === 416) {
        await response.body?.cancel()
        await this.resume()
        return inPieces ? 'pieces' : 'whole'
      }
      // Some say 201 or 204 to a piece.
      if (response.status < 200 || response.status > 299) return this.#refused(response, inPieces)
      this.#moved(response)
      this.#done = end
      await response.body?.cancel()
    }
    return this.#close(this.#size)
  }

  /** Asks where the upload stands; one that the registry has forgotten begins anew. */
  async resume(): Promise<void> {
    const response = await this.#ask(this.#location, { method: 'GET' }).catch(() => undefined)
    await response?.body?.cancel()
    const range = /^(?:bytes=)?0-(\d+)$/.exec(response?.headers.get('range') ?? '')
    if (response?.status === 204 && range !== null) {
      this.#moved(response)
      // An upload without a byte is told as 0-0, as is one with a byte: one byte is sent anew either way.
      const last = Number(range[1])
      if (last > 0 && last < this.#size) {
        this.#done = last + 1
        return
      }
    }
    await this.open()
  }

  /** Ends the upload with the bytes from `from`. */
  async #close(from: number): Promise<Next> {
    const url = new URL(this.#location)
    url.searchParams.set('digest', this.#blob.digest)
    const response = await this.#ask(url.href, {
      method: 'PUT',
      ...this.#part(from, this.#size),
      headers: { 'content-type': 'application/octet-stream' },
    })
    if (response.status === 201 || response.status === 204) {
      await response.body?.cancel()
      return 'done'
    }
    return this.#refused(response, from === this.#size)
  }

  async #refused(response: Response, inPieces: boolean): Promise<Next> {
    const refused = await refusal(response, `${this.#what} did not take ${this.#blob.digest}`)
    const forgotten = response.status === 404 && refused.message.includes('BLOB_UPLOAD')
    if (response.status === 413 && !inPieces) {
      await this.open()
      return 'pieces'
    }
    // Where it is forgotten, as where it fails, it is taken up again.
    throw forgotten ? new TagonceError('network', refused.message) : refused
  }

  #moved(response: Response): void {
    if (response.headers.has('location')) this.#location = this.#session.located(response)
  }

  #part(from: number, end: number): Pick<RequestOptions, 'body' | 'length'> {
    if (from === end) return { body: Buffer.alloc(0) }
    const blob = this.#blob
    if ('bytes' in blob) return { body: blob.bytes.subarray(from, end) }
    return { body: () => createReadStream(blob.path, { start: from, end: end - 1 }), length: end - from }
  }

  #ask(url: string, options: RequestOptions): Promise<Response> {
    return this.#session.ask(this.#wants, url, { deadline: 3_600_000, ...options })
  }
}
