import { TagonceError } from '../core/errors.ts'
import { digestOf } from './oci-registry-digest.ts'

/** A manifest or an index as a registry has it, to the byte. */
export interface ManifestDocument {
  bytes: Buffer
  mediaType: string
  /** `sha256:…` */
  digest: string
}

/** Images and indexes, of OCI and of Docker; a registry may give an older form when one is not named. */
export const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]

/** Registries take 4 MiB for sure; what is four times that is no manifest. */
const MOST = 16 * 1024 * 1024

/** Reads a manifest from its answer, and checks it against its digest, where one is known. */
export async function manifestOf(response: Response, from: string, reference: string): Promise<ManifestDocument> {
  const bytes = await atMost(response, MOST, `${from} ${reference}`)
  const wanted = reference.includes(':') ? reference : response.headers.get('docker-content-digest')
  const digest = digestOf(bytes, wanted ?? undefined)
  // Some registries do not say the digest; then it is what we found.
  if (wanted !== null && /^sha(256|512):/.test(wanted) && wanted !== digest) {
    throw new TagonceError('spoke', `${from} gave a manifest with ${digest}, where ${wanted} was expected`, {
      hint: 'something between here and the registry changes what goes through it, or the registry is damaged',
    })
  }
  return { bytes, digest, mediaType: mediaTypeOf(bytes, response.headers.get('content-type'), `${from} ${reference}`) }
}

function mediaTypeOf(bytes: Buffer, said: string | null, what: string): string {
  let document: unknown
  try {
    document = JSON.parse(bytes.toString())
  } catch (cause) {
    throw new TagonceError('network', `${what} is no JSON`, { cause })
  }
  const type = said?.split(';')[0]?.trim().toLowerCase()
  if (type !== undefined && type.startsWith('application/vnd.')) return type
  const inside = (document as { mediaType?: unknown } | null)?.mediaType
  if (typeof inside === 'string') return inside
  throw new TagonceError('spoke', `${what} does not say what it is: content-type ${said ?? 'none'}, no mediaType`)
}

async function atMost(response: Response, most: number, what: string): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > most) throw new TagonceError('spoke', `${what} is longer than ${most / 1024 / 1024} MiB: no manifest`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
