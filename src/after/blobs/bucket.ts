import { hashFile } from '../../formats/hash.ts'
import type { Artifact } from '../../core/artifact.ts'
import type { HubReader } from '../../hub/hub.ts'
import type { ChannelIO, Finding } from '../../spokes/spoke.ts'
import type { Unit } from '../../spokes/unit.ts'
import type { BlobSettings } from './settings.ts'

export interface BlobUnit extends Unit {
  settings: BlobSettings
  artifact: Artifact
  /** Name of the object in its bucket. */
  key: string
}

/** What stands at a key of a bucket. */
export type Seen =
  | { kind: 'absent' }
  /** Sums in base64, where the bucket keeps them. */
  | { kind: 'there'; size: number; sha256?: string; md5?: string }
  | { kind: 'refused'; what: string; reason: string }

/** What an object is written with. */
export interface Written {
  path: string
  /** Header → value of those that the object keeps; empty ones are left out. */
  cacheControl: string
  disposition: string
  contentType: string
  /** Only where nothing stands yet. */
  create: boolean
}

/** One protocol of buckets. */
export interface Protocol {
  credentials(settings: BlobSettings): string[]
  probe(settings: BlobSettings, io: ChannelIO): Promise<Finding[]>
  /** Reads only. */
  look(unit: BlobUnit, io: ChannelIO): Promise<Seen>
  /** Throws `spoke` or `credentials` where the bucket refuses it. */
  put(unit: BlobUnit, written: Written, hub: HubReader, io: ChannelIO): Promise<void>
}

const sums = new WeakMap<HubReader, Map<string, Promise<string>>>()

/** The MD5 of a file of the hub, in base64, read once: the sum that Google and Azure keep. */
export function md5Of(name: string, hub: HubReader): Promise<string> {
  const known = sums.get(hub) ?? new Map<string, Promise<string>>()
  sums.set(hub, known)
  const found =
    known.get(name) ??
    (async () => {
      const { digests } = await hashFile(await hub.file(name), ['md5'])
      return Buffer.from(digests.md5, 'hex').toString('base64')
    })()
  known.set(name, found)
  return found
}

/** A problem that a probe found. */
export function found(code: string, message: string, mend: string): Finding[] {
  return [{ severity: 'error', code: `blobs-${code}`, message, mend }]
}
