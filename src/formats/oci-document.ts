import { createHash } from 'node:crypto'
import { OCI } from './oci-types.ts'
import type { OciConfig, OciDescriptor, OciIndex, OciManifest } from './oci-types.ts'

/** A JSON document of an image, as its bytes. */
export interface OciDocument {
  bytes: Buffer
  mediaType: string
  /** `sha256:<hex>` */
  digest: string
}

/** Keys in the order given; an object's maps (labels, annotations) are sorted, so that the order in a config has no influence. */
function document(mediaType: string, value: unknown): OciDocument {
  const bytes = Buffer.from(JSON.stringify(value, (key, inner: unknown) => (MAPS.has(key) ? sorted(inner) : inner)))
  return { bytes, mediaType, digest: sha256(bytes) }
}

const MAPS = new Set(['annotations', 'Labels', 'ExposedPorts', 'Volumes'])

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** `sha256:<hex>` of bytes. */
export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** The config of an image. @example ociConfig({ os: 'linux', architecture: 'arm64', rootfs: { type: 'layers', diff_ids: [] } }).digest */
export function ociConfig(config: OciConfig): OciDocument {
  return document(OCI.config, config)
}

/** The manifest of one platform: its config and its layers, the lowest first. */
export function ociManifest(parts: {
  config: OciDescriptor
  layers: OciDescriptor[]
  annotations?: Record<string, string>
}): OciDocument {
  const { config, layers, annotations = {} } = parts
  const manifest: OciManifest = {
    schemaVersion: 2,
    mediaType: OCI.manifest,
    config,
    layers,
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  }
  return document(OCI.manifest, manifest)
}

/** The index over manifests of several platforms. */
export function ociIndex(manifests: OciDescriptor[], annotations: Record<string, string> = {}): OciDocument {
  const index: OciIndex = {
    schemaVersion: 2,
    mediaType: OCI.index,
    manifests,
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  }
  return document(OCI.index, index)
}

/** What another document says of this one. */
export function describe(one: OciDocument, more: Pick<OciDescriptor, 'platform' | 'annotations'> = {}): OciDescriptor {
  return { mediaType: one.mediaType, digest: one.digest, size: one.bytes.length, ...more }
}
