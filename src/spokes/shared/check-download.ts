import { TagonceError } from '../../core/errors.ts'
import type { Evidence } from '../../core/states.ts'
import type { HubReader } from '../../hub/hub.ts'
import type { ChannelIO } from '../spoke.ts'
import { evidenceOf } from './evidence.ts'
import type { Download } from './packages.ts'
import { fetchServed } from './served.ts'

/** Fetches what users would get, and compares it with the hub's digest. `unfetchable` says why it can't be fetched. */
export async function checkDownload(
  { platform, artifact, url, sha256 }: Download,
  hub: HubReader,
  io: ChannelIO,
  unfetchable = '',
): Promise<{ evidence: Evidence; wrong?: string }> {
  const tell = (what: string): { evidence: Evidence; wrong: string } => ({
    evidence: evidenceOf(io, url, what),
    wrong: what,
  })
  const sealed = hub.manifest.artifacts.find((one) => one.name === artifact)?.sha256
  if (sealed !== sha256) {
    return tell(`${platform}: the channel says ${sha256} for ${artifact}, the manifest ${sealed ?? 'nothing'}`)
  }
  if (unfetchable !== '' || !/^https?:/.test(url)) {
    return { evidence: evidenceOf(io, url, `${platform}: not fetched, ${unfetchable || 'it is no web address'}`) }
  }
  const { status, sha256: got } = await fetchServed(url, hub, io)
  if (status >= 500) throw new TagonceError('network', `${url} answers ${status}`)
  if (got === '') return tell(`${platform}: ${url} answers ${status}`)
  const evidence = evidenceOf(io, url, `${platform}: fetched ${artifact}`, `sha256:${got}`)
  return got === sha256 ? { evidence } : { evidence, wrong: `${platform}: ${url} has sha256 ${got}, not ${sha256}` }
}

/**
 * Refuses what users would not get: an address that gives other bytes than the manifest says. Asked before a channel is told of it.
 * An address that gives nothing yet (a mirror that is filled later), or that can't be fetched, is left to `checkDownload`.
 */
export async function refuseOtherBytes(
  downloads: Download[],
  hub: HubReader,
  io: ChannelIO,
  unfetchable = '',
): Promise<void> {
  if (unfetchable !== '') return
  const fetchable = downloads.filter(({ url }) => /^https?:/.test(url))
  const got = await Promise.allSettled(fetchable.map(({ url }) => fetchServed(url, hub, io)))
  io.signal.throwIfAborted()
  got.forEach((one, at) => {
    const { artifact, url, sha256 } = fetchable[at] ?? { artifact: '', url: '', sha256: '' }
    if (one.status === 'rejected' || one.value.sha256 === '' || one.value.sha256 === sha256) return
    const message = `${artifact} is not what was sealed: ${url} has sha256:${one.value.sha256}, the manifest says sha256:${sha256}`
    throw new TagonceError('hub', message, {
      hint: 'nothing was published: put the sealed file back, or tag a new version',
    })
  })
}
