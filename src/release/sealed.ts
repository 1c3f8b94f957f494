import type { HubFile } from '../hub/hub.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { PackedArtifact } from '../pack/packed.ts'

export interface Sealed {
  /** Every file of the release, the manifest last. */
  files: PackedArtifact[]
  /** Digest by name, as the checksum file has it. */
  digests: ReadonlyMap<string, string>
  /** The release's text. */
  body: string
  manifest: Manifest
  /** What goes to the hub. */
  uploads(root: string): HubFile[]
}
