import { Readable } from 'node:stream'

/** A request's body. */
export interface Body {
  /** Its bytes, or a stream of them from the first byte; undefined when there is none. */
  open(): Buffer | NodeJS.ReadableStream | undefined
  /** Its length, when it is known. */
  length?: number
  /** Whether it can be opened a second time: a stream that was handed to us open cannot. */
  again: boolean
}

export const NO_BODY: Body = { open: () => undefined, again: true }

/** The body of a request as our own callers give it. */
export function bodyOf(
  given: string | Uint8Array | (() => NodeJS.ReadableStream) | undefined,
  length: number | undefined,
): Body {
  if (given === undefined) return NO_BODY
  if (typeof given === 'function') return { open: given, again: true, ...(length === undefined ? {} : { length }) }
  return ofBytes(typeof given === 'string' ? Buffer.from(given) : asBuffer(given))
}

/** The body of a `fetch` as libraries give it, and the content type that it brings (a form, a blob). */
export async function bodyOfFetch(given: unknown): Promise<{ body: Body; type: string | null }> {
  if (given === undefined || given === null) return { body: NO_BODY, type: null }
  if (isStream(given)) return { body: { open: () => given, again: false }, type: null }
  if (given instanceof ReadableStream) {
    return { body: { open: () => Readable.fromWeb(given), again: false }, type: null }
  }
  const whole = new Response(given as string)
  return { body: ofBytes(Buffer.from(await whole.arrayBuffer())), type: whole.headers.get('content-type') }
}

function ofBytes(bytes: Buffer): Body {
  return { open: () => bytes, length: bytes.length, again: true }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function isStream(value: unknown): value is NodeJS.ReadableStream {
  return typeof value === 'object' && value !== null && 'pipe' in value && typeof value.pipe === 'function'
}
