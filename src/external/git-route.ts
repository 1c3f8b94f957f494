import { TagonceError } from '../core/errors.ts'
import type { Routes } from './http-route.ts'

/** The one entry of a table of routes that leads every git remote somewhere else. */
const GIT = 'git:'

/** Where git connects for a public address. */
export interface GitRoute {
  url: string
  /** Of a server on loopback: the key that opens it, and the file that names its host key. Absent outside rehearsals and tests. */
  local?: { key: string; knownHosts: string }
}

/** A server on loopback that stands in for all git servers. */
export interface LocalGit {
  /** `ssh://root@127.0.0.1:4022` */
  origin: string
  key: string
  knownHosts: string
}

/** The table's entry for a local git server; merged with the other routes. */
export function gitRoutes({ origin, key, knownHosts }: LocalGit): Routes {
  return { [GIT]: `${origin}?${new URLSearchParams({ key, knownHosts }).toString()}` }
}

/**
 * Where a git remote is really reached: itself, or below its host's name on the local server.
 * @throws `network` when nothing may leave the machine and there is no local server
 * @example routeOfGit({}, false, 'git@github.com:o/r.git') // { url: 'git@github.com:o/r.git' }
 */
export function routeOfGit(routes: Routes, offline: boolean, url: string): GitRoute {
  const entry = routes[GIT]
  if (entry === undefined) {
    if (!offline) return { url }
    throw new TagonceError('network', `${hostOf(url)} has no route here and is not dialled`, {
      hint: 'git over ssh is rehearsed where sshd is installed',
    })
  }
  const [origin = '', query] = entry.split('?')
  const parameters = new URLSearchParams(query)
  const { host, path } = partsOf(url)
  const local = { key: parameters.get('key') ?? '', knownHosts: parameters.get('knownHosts') ?? '' }
  return { url: `${origin}/${host || 'localhost'}/${path}`, local }
}

/** The host that a remote names, without user and port; empty for a folder. */
export function hostOf(url: string): string {
  return partsOf(url).host
}

/** Whether git reaches it over ssh. */
export function isSsh(url: string): boolean {
  return /^(?:git\+)?ssh(?:\+git)?:\/\//i.test(url) || (!url.includes('://') && /^[^/:]+:/.test(url))
}

function partsOf(url: string): { host: string; path: string } {
  const whole = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:]*)(?::\d+)?\/*(.*)$/i.exec(url)
  const short = whole ?? /^(?:[^/@:]+@)?([^/:]+):\/*(.*)$/.exec(url)
  const [, host = '', path = ''] = short ?? ['', '', url.replace(/^\/+/, '')]
  return { host: host.toLowerCase(), path }
}
