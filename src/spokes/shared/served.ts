import { createHash } from 'node:crypto'
import type { HubReader } from '../../hub/hub.ts'
import type { ChannelIO } from '../spoke.ts'

/** What an address gives to who asks for it. */
export interface Served {
  status: number
  /** Hex; empty when the status says that there is nothing. */
  sha256: string
}

const runs = new WeakMap<HubReader, Map<string, Promise<Served>>>()

/**
 * Fetches an address as users do, and hashes what comes. Once a run (a reader of the hub stands for one), however many channels
 * name the address; a fetch that failed is no answer, and the next who asks tries again.
 */
export function fetchServed(url: string, hub: HubReader, io: ChannelIO): Promise<Served> {
  const known = runs.get(hub) ?? new Map<string, Promise<Served>>()
  runs.set(hub, known)
  const underway = known.get(url)
  if (underway !== undefined) return underway
  const begun = fetchOnce(url, io)
  known.set(url, begun)
  const forget = (): boolean => known.delete(url)
  begun.then((one) => (one.sha256 === '' ? forget() : false), forget)
  return begun
}

async function fetchOnce(url: string, io: ChannelIO): Promise<Served> {
  const response = await io.http.request(url, { signal: io.signal })
  if (!response.ok) {
    await response.body?.cancel()
    return { status: response.status, sha256: '' }
  }
  const hash = createHash('sha256')
  for await (const chunk of response.body ?? []) hash.update(chunk)
  return { status: response.status, sha256: hash.digest('hex') }
}
