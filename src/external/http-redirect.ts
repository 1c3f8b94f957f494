import { TagonceError } from '../core/errors.ts'
import { NO_BODY } from './http-body.ts'
import type { Body } from './http-body.ts'
import { isLoopback, shownUrl } from './http-route.ts'

/** What goes to one stop of a chain of redirects. */
export interface Hop {
  url: string
  method: string
  headers: Headers
  body: Body
}

/** Headers that are meant for one origin only. */
const CREDENTIALS = ['authorization', 'cookie', 'proxy-authorization', 'x-nuget-apikey']
const MOST = 10

/**
 * Follows redirects. Credentials never go to another origin (signed storage refuses them, too), nothing goes from https
 * to http, and a write is only repeated where the server says 307 or 308; its other redirects are handed back.
 */
export async function follow(first: Hop, manual: boolean, send: (hop: Hop) => Promise<Response>): Promise<Response> {
  let hop = first
  for (let count = 0; ; count++) {
    const response = await send(hop)
    const next = manual ? undefined : nextHop(hop, response)
    if (next === undefined) return response
    await response.body?.cancel()
    if (count === MOST) throw new TagonceError('network', `${shownUrl(first.url)}: more than ${MOST} redirects`)
    hop = next
  }
}

function nextHop(hop: Hop, response: Response): Hop | undefined {
  const { status } = response
  const location = response.headers.get('location')
  if (location === null || ![301, 302, 303, 307, 308].includes(status)) return undefined
  const reads = hop.method === 'GET' || hop.method === 'HEAD'
  const same = status === 307 || status === 308
  if (!reads && !(same && hop.body.again) && status !== 303) return undefined
  const from = new URL(hop.url)
  const to = new URL(location, from)
  if (from.protocol === 'https:' && to.protocol !== 'https:' && !isLoopback(to.href)) {
    throw new TagonceError('network', `${shownUrl(hop.url)} redirects to an address without TLS: ${shownUrl(to.href)}`)
  }
  const headers = new Headers(hop.headers)
  if (to.origin !== from.origin) for (const name of CREDENTIALS) headers.delete(name)
  if (reads || same) return { ...hop, url: to.href, headers }
  headers.delete('content-type')
  return { url: to.href, method: 'GET', headers, body: NO_BODY }
}
