import { isV3, nugetFeed, type NugetFeed } from '../../external/nuget.ts'
import type { ChannelIO } from '../spoke.ts'

/** Chocolatey's own feed; pushes go to a host of their own (docs.chocolatey.org, `choco push`). */
export const COMMUNITY = 'https://community.chocolatey.org'
const OURS = new Set(['push.chocolatey.org', 'community.chocolatey.org', 'chocolatey.org', 'www.chocolatey.org'])

export interface FeedAddresses {
  read: string
  push: string
  /** Chocolatey's own feed: its rules hold, and its versions are moderated. */
  community: boolean
}

/**
 * Where a `source_repo` is read and pushed to, by the rules of NuGet's clients: an address without a path gets `api/v2/package`.
 * @example feedOf('https://push.chocolatey.org/').read // 'https://community.chocolatey.org/api/v2/'
 */
export function feedOf(source: string): FeedAddresses {
  const url = new URL(source)
  if (OURS.has(url.host)) {
    return { read: `${COMMUNITY}/api/v2/`, push: 'https://push.chocolatey.org/api/v2/package', community: true }
  }
  if (isV3(url.pathname)) return { read: source, push: '', community: false }
  const path = url.pathname.replace(/\/+$/, '')
  const root = `${url.origin}${path === '' ? '/api/v2' : path.replace(/\/package$/i, '')}`
  return { read: `${root}/`, push: path === '' ? `${root}/package` : `${url.origin}${path}`, community: false }
}

/** A client of the feed of an entry. */
export function feedFor(sourceRepo: string, io: ChannelIO): NugetFeed & Pick<FeedAddresses, 'read' | 'community'> {
  const { read, push, community } = feedOf(sourceRepo)
  return { ...nugetFeed(io.http, { read, push }), read, community }
}

/**
 * The version as NuGet keeps it: three parts at least, a fourth only when it is not 0, no leading zeros, no build metadata.
 * @example normalVersion('1.2') // '1.2.0'
 */
export function normalVersion(version: string): string {
  const [plain = ''] = version.split('+')
  const at = plain.indexOf('-')
  const numbers = (at === -1 ? plain : plain.slice(0, at)).split('.').map((one) => String(Number(one)))
  while (numbers.length < 3) numbers.push('0')
  if (numbers.length === 4 && numbers[3] === '0') numbers.pop()
  return `${numbers.join('.')}${at === -1 ? '' : plain.slice(at)}`
}
