import { TagonceError } from '../core/errors.ts'
import { keepSecret } from '../core/secrets.ts'
import type { Http } from './http.ts'
import { isLoopback } from './http-route.ts'
import type { Challenge } from './oci-registry-challenge.ts'
import { refusal } from './oci-registry-error.ts'

export interface RegistryIO {
  http: Http
  credentials?: { username: string; password: string }
  signal?: AbortSignal
}

interface Token {
  value: string
  /** Milliseconds since the epoch. */
  ends: number
}

interface TokenStore {
  /** The header's value; `fresh` when the token was made for this call. */
  authorization(challenge: Challenge, scopes: string[]): Promise<{ value: string; fresh: boolean } | undefined>
  /** The token for these scopes is of no use any more. */
  forget(scopes: string[]): void
}

/** Without `expires_in` a token lasts so long: https://distribution.github.io/distribution/spec/auth/token/ */
const LASTS = 60

/** Tokens of one registry by what they are good for; many requests at once wait for one token. */
export function tokenStore(host: string, { http, credentials, signal }: RegistryIO): TokenStore {
  const tokens = new Map<string, Promise<Token>>()
  const basic = credentials === undefined ? undefined : basicOf(credentials)

  async function fetchToken(challenge: Challenge & { scheme: 'bearer' }, scopes: string[]): Promise<Token> {
    const url = realmOf(challenge.realm, host)
    if (challenge.service !== undefined) url.searchParams.set('service', challenge.service)
    for (const scope of scopes) url.searchParams.append('scope', scope)
    const response = await http.request(url.href, {
      headers: { accept: 'application/json', ...(basic === undefined ? {} : { authorization: basic }) },
      ...(signal && { signal }),
    })
    const who = credentials === undefined ? 'without a login' : `for ${credentials.username}`
    const asked = scopes.length === 0 ? '' : ` to ${scopes.map((one) => one.replace(/^repository:/, '')).join(', ')}`
    if (response.status !== 200) throw await refusal(response, `${host} gives no token ${who}${asked}`)
    const said = (await response.json()) as { token?: string; access_token?: string; expires_in?: number }
    const value = said.token || said.access_token
    if (typeof value !== 'string' || value === '')
      throw new TagonceError('network', `${url.host} answered without a token`)
    keepSecret(value)
    const lasts = (typeof said.expires_in === 'number' && said.expires_in > 0 ? said.expires_in : LASTS) * 1000
    // It must still be good when the request arrives.
    return { value, ends: Date.now() + lasts - Math.min(10_000, lasts / 2) }
  }

  return {
    async authorization(challenge, scopes) {
      if (challenge.scheme === 'basic') return basic === undefined ? undefined : { value: basic, fresh: true }
      const key = scopes.join(' ')
      const found = tokens.get(key)
      const known = await found
      if (known !== undefined && known.ends > Date.now()) return { value: `Bearer ${known.value}`, fresh: false }
      // Another request may have seen that it ended, too, and have sent for the next.
      const next = tokens.get(key)
      const fetched = next === undefined || next === found ? fetchToken(challenge, scopes) : next
      tokens.set(key, fetched)
      fetched.catch(() => tokens.delete(key))
      return { value: `Bearer ${(await fetched).value}`, fresh: true }
    },
    forget(scopes) {
      tokens.delete(scopes.join(' '))
    },
  }
}

function basicOf({ username, password }: { username: string; password: string }): string {
  keepSecret(password)
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/** Where tokens are had; the password goes there, so it must be reached by TLS. */
function realmOf(realm: string, host: string): URL {
  if (!URL.canParse(realm))
    throw new TagonceError('network', `${host} names no address for its tokens: ${realm.slice(0, 200)}`)
  const url = new URL(realm)
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(realm))) return url
  throw new TagonceError('credentials', `${host} wants the login sent to ${url.origin}, without TLS`)
}
