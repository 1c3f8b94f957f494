import { TagonceError } from '../../core/errors.ts'
import type { Evidence } from '../../core/states.ts'
import type { HubReader } from '../../hub/hub.ts'
import type { ChannelIO } from '../spoke.ts'
import type { Download } from './packages.ts'
import { fetchServed } from './served.ts'

/** Fetches what users would get, and compares it with the hub's digest. `unfetchable` says why it can't be fetched. */
export async function checkDownload(
  { platform, artifact, url, sha256 }: Download,
  hub: HubReader,
  io: ChannelIO,
  unfetchable = '',
): Promise<{ evidence: Evidence; wrong?: string }> {
  const at = io.clock().toISOString()
  const tell = (what: string): { evidence: Evidence; wrong: string } => ({
    evidence: { what, from: url, at },
    wrong: what,
  })
  const sealed = hub.manifest.artifacts.find((one) => one.name === artifact)?.sha256
  if (sealed !== sha256) {
    return tell(`${platform}: the channel says ${sha256} for ${artifact}, the manifest ${sealed ?? 'nothing'}`)
  }
  if (unfetchable !== '' || !/^https?:/.test(url)) {
    const what = `${platform}: not fetched, ${unfetchable || 'it is no web address'}`
    return { evidence: { what, from: url, at } }
  }
  const { status, sha256: got } = await fetchServed(url, hub, io)
  if (status >= 500) throw new TagonceError('network', `${url} answers ${status}`)
  if (got === '') return tell(`${platform}: ${url} answers ${status}`)
  const evidence = { what: `${platform}: fetched ${artifact}`, from: url, at, digest: `sha256:${got}` }
  return got === sha256 ? { evidence } : { evidence, wrong: `${platform}: ${url} has sha256 ${got}, not ${sha256}` }
}

/** Begins to fetch what `checkDownload` will ask for, while the channel is written. What fails here is said there. */
export function fetchAhead(downloads: Download[], hub: HubReader, io: ChannelIO, unfetchable = ''): void {
  if (unfetchable !== '') return
  for (const { url } of downloads) if (/^https?:/.test(url)) fetchServed(url, hub, io).catch(() => {})
}
