import type { OciDocument } from '../../formats/oci-document.ts'
import type { OciDescriptor } from '../../formats/oci-types.ts'
import type { HubReader } from '../../hub/hub.ts'
import type { ImageBlob, PlatformImage } from './image.ts'
import type { ImageSettings } from './settings.ts'

/** What is attested of an image, as a manifest of its own in the index. */
export interface Attestation {
  manifest: OciDocument
  descriptor: OciDescriptor
  blobs: ImageBlob[]
}

/** SBOM and provenance of each image, in BuildKit's form. */
export function attestations(
  _images: PlatformImage[],
  _settings: ImageSettings,
  _hub: HubReader,
  _pins: Readonly<Record<string, string>>,
): Attestation[] {
  return []
}
