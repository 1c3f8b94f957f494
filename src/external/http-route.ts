import { TagonceError } from '../core/errors.ts'
import { redact } from '../core/secrets.ts'

/**
 * One table of routes: public origin → where we connect. Empty outside rehearsals and tests.
 * @example { 'https://api.github.com': 'http://127.0.0.1:4000' }
 */
export type Routes = Record<string, string>

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Parameters of a URL that are as good as a password: signed storage links, tokens. */
const SIGNED = /(^x-amz-|^sig$|signature|token|secret|password|credential|^key$|^jwt$|^se$|^sp$)/i

/** Whether a URL stays on this machine. */
export function isLoopback(url: string): boolean {
  return LOOPBACK.test(new URL(url).hostname)
}

/**
 * Where a public URL is really reached; the URL itself when it has no route.
 * @example routeOf({ 'https://api.github.com': 'http://127.0.0.1:4000' }, 'https://api.github.com/a?b') // 'http://127.0.0.1:4000/a?b'
 */
export function routeOf(routes: Routes, url: string): string {
  const { origin, pathname, search } = parse(url)
  const base = routes[origin]
  return base === undefined ? url : base.replace(/\/+$/, '') + pathname + search
}

/** Where to connect for a URL; a host without a route is refused when nothing may leave the machine. */
export function admitted(routes: Routes, offline: boolean, url: string): string {
  const { origin, hostname, protocol } = parse(url)
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new TagonceError('config', `${protocol}// is no address that can be asked over HTTP: ${shownUrl(url)}`)
  }
  const connect = routeOf(routes, url)
  if (offline && routes[origin] === undefined && !isLoopback(url)) {
    throw new TagonceError('network', `${hostname} has no route here and is not dialled: ${shownUrl(url)}`, {
      hint: 'a rehearsal and --offline reach the local world only; this request should have gone there',
      diagnostics: [{ severity: 'error', code: 'no-route', message: `${origin} has no route` }],
    })
  }
  return connect
}

/** A URL as it may be shown: no user, no password, no signature. */
export function shownUrl(url: string): string {
  const parsed = parse(url)
  parsed.username = ''
  parsed.password = ''
  for (const name of new Set(parsed.searchParams.keys())) if (SIGNED.test(name)) parsed.searchParams.set(name, '***')
  return redact(parsed.href)
}

function parse(url: string): URL {
  try {
    return new URL(url)
  } catch (cause) {
    throw new TagonceError('config', `not a URL: ${url}`, { cause })
  }
}
