import { TagonceError } from '../core/errors.ts'
import type { Http, RequestOptions } from './http.ts'
import { isLoopback } from './http-route.ts'
import { challengeOf } from './oci-registry-challenge.ts'
import type { Challenge } from './oci-registry-challenge.ts'
import { refusal } from './oci-registry-error.ts'
import { tokenStore } from './oci-registry-token.ts'
import type { RegistryIO } from './oci-registry-token.ts'

/** What a request wants to do with which repositories. */
export interface Wants {
  pull?: string[]
  push?: string[]
}

export interface AskOptions extends RequestOptions {
  /** Hand redirects back. */
  manual?: boolean
}

/** Requests to one registry, with what it asks for to let them in. */
export interface RegistrySession {
  /** `https://ghcr.io` */
  origin: string
  ask(wants: Wants, url: string, options?: AskOptions): Promise<Response>
  /** Where an upload goes on: the `Location` of an answer, whole. */
  located(response: Response): string
  /** The documents of a list that comes in pages (`Link: …; rel="next"`); none where it is not there. */
  pages<T>(wants: Wants, url: string, missing?: () => void): AsyncGenerator<T>
  /** The session as an HTTP client for reads; what is not 200 goes to `refused`. */
  asHttp(wants: Wants, refused: (response: Response) => Promise<never>): Http
}

/** A token may be of no use three times: it ended, it was for less than is needed, and the registry wanted another scope. */
const TRIES = 3

export function registrySession(host: string, io: RegistryIO): RegistrySession {
  const secure = `https://${host}`
  // As docker does: a registry on this machine is asked without TLS, unless it has a route of its own.
  const origin = isLoopback(secure) && io.http.route(secure) === secure ? `http://${host}` : secure
  const tokens = tokenStore(host, io)
  let challenge: Challenge | undefined

  const ask: RegistrySession['ask'] = async (wants, url, { manual = false, ...options } = {}) => {
    const { http, signal } = io
    const send = (headers: Record<string, string>): Promise<Response> =>
      manual
        ? http.fetch(url, { method: options.method ?? 'GET', headers, redirect: 'manual', ...(signal && { signal }) })
        : http.request(url, { ...options, headers, ...(signal && { signal }) })
    // Signed storage must not see the login.
    if (new URL(url).origin !== origin) return send({ ...options.headers })
    const extra: string[] = []
    for (let count = 1; ; count++) {
      const scopes = [...scopesOf(wants), ...extra]
      const authorization = challenge === undefined ? undefined : await tokens.authorization(challenge, scopes)
      const response = await send({
        ...options.headers,
        ...(authorization === undefined ? {} : { authorization: authorization.value }),
      })
      if (response.status !== 401 || count > TRIES) return response
      const asked = challengeOf(response.headers.get('www-authenticate') ?? '')
      if (asked === undefined) return response
      challenge = asked
      if (asked.scheme === 'basic' && (authorization !== undefined || io.credentials === undefined)) return response
      if (authorization?.fresh === true) {
        const more = asked.scheme === 'bearer' ? asked.scope.filter((one) => !scopes.includes(one)) : []
        if (more.length === 0) return response
        extra.push(...more)
      } else if (authorization !== undefined) tokens.forget(scopes)
      await response.body?.cancel()
    }
  }

  const resolved = (address: string, from: string): string => {
    const url = new URL(address, from)
    // Behind a proxy that ends TLS some registries name themselves with http.
    if (url.host === new URL(origin).host && url.protocol === 'http:') url.protocol = new URL(origin).protocol
    return url.href
  }

  return {
    origin,
    ask,
    located(response) {
      const location = response.headers.get('location')
      if (location !== null) return resolved(location, response.url || origin)
      throw new TagonceError('network', `${host} opened an upload without saying where it goes on`)
    },
    async *pages<T>(wants: Wants, first: string, missing?: () => void) {
      let next: string | undefined = first
      while (next !== undefined) {
        const response: Response = await ask(wants, next, { headers: { accept: 'application/json' } })
        if (response.status === 404) {
          await response.body?.cancel()
          missing?.()
          return
        }
        if (response.status !== 200) throw await refusal(response, `${host} does not list ${new URL(next).pathname}`)
        yield (await response.json()) as T
        const link = /<([^>]*)>\s*;\s*rel="?next"?/i.exec(response.headers.get('link') ?? '')?.[1]
        const after: string | undefined = link === undefined ? undefined : resolved(link, next)
        next = after === next ? undefined : after
      }
    },
    asHttp: (wants, refused) => ({
      ...io.http,
      request: async (url, options) => {
        const response = await ask(wants, url, options)
        return response.status === 200 ? response : refused(response)
      },
    }),
  }
}

function scopesOf({ pull = [], push = [] }: Wants): string[] {
  return [...push.map((one) => `repository:${one}:pull,push`), ...pull.map((one) => `repository:${one}:pull`)]
}
