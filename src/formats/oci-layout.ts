import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from './oci-document.ts'
import type { OciDocument } from './oci-document.ts'
import { OCI } from './oci-types.ts'
import type { OciDescriptor } from './oci-types.ts'

/** A blob of an image: in a file, or its bytes. */
export type OciBlob = { digest: string; size: number } & ({ path: string } | { bytes: Buffer })

/** The name that `skopeo copy oci:FOLDER:NAME` and others know a tag in a layout by. */
const REF_NAME = 'org.opencontainers.image.ref.name'

/**
 * Writes an image layout (image-spec, image-layout.md): the documents, their blobs, and an index that names the roots.
 * @example await writeLayout('dist/docker/hello', { roots: [{ document: index, tags: ['v1.2.3'] }], documents, blobs })
 */
export async function writeLayout(
  folder: string,
  image: { roots: { document: OciDocument; tags: string[] }[]; documents: OciDocument[]; blobs: OciBlob[] },
): Promise<void> {
  const blobs = join(folder, 'blobs', 'sha256')
  await mkdir(blobs, { recursive: true })
  const at = (digest: string): string => join(blobs, digest.replace('sha256:', ''))
  for (const blob of image.blobs) {
    if ('path' in blob) await copyFile(blob.path, at(blob.digest))
    else await writeFile(at(blob.digest), blob.bytes)
  }
  for (const one of [...image.documents, ...image.roots.map(({ document }) => document)]) {
    await writeFile(at(one.digest), one.bytes)
  }
  const manifests: OciDescriptor[] = image.roots.flatMap(({ document, tags }) =>
    tags.map((tag) => describe(document, { annotations: { [REF_NAME]: tag } })),
  )
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, mediaType: OCI.index, manifests }))
}
