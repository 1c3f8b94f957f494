import { digestOf } from './oci-registry-digest.ts'
import type { ManifestDocument } from './oci-registry-manifest.ts'
import type { RegistrySession } from './oci-registry-session.ts'

interface Descriptor {
  mediaType: string
  digest: string
  size: number
  artifactType?: string
  annotations?: Record<string, string>
}

interface Index {
  schemaVersion: 2
  mediaType: string
  manifests: Descriptor[]
}

const INDEX = 'application/vnd.oci.image.index.v1+json'

type Read = (repository: string, reference: string) => Promise<ManifestDocument | undefined>
type Write = (repository: string, reference: string, document: { bytes: Buffer; mediaType: string }) => Promise<void>

/**
 * Enters a manifest with a `subject` in the list that its tag holds, for registries without a list of their own.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests-with-subject
 */
export async function addReferrer(
  registry: { manifest: Read; pushManifest: Write },
  repository: string,
  bytes: Buffer,
  mediaType: string,
): Promise<void> {
  const pushed = JSON.parse(bytes.toString()) as {
    subject?: Descriptor
    artifactType?: string
    config?: Descriptor
    annotations?: Record<string, string>
  }
  const { subject, annotations } = pushed
  if (subject === undefined) return
  const tag = fallbackTag(subject.digest)
  const known = await registry.manifest(repository, tag)
  const before = known === undefined ? [] : (JSON.parse(known.bytes.toString()) as Index).manifests
  const digest = digestOf(bytes)
  if (before.some((one) => one.digest === digest)) return
  const artifactType = pushed.artifactType ?? pushed.config?.mediaType
  const entry: Descriptor = {
    mediaType,
    digest,
    size: bytes.length,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  }
  const index: Index = { schemaVersion: 2, mediaType: INDEX, manifests: [...before, entry] }
  await registry.pushManifest(repository, tag, { bytes: Buffer.from(JSON.stringify(index)), mediaType: INDEX })
}

/** What refers to a manifest, by the registry's own list or by the tag that stands in for it; undefined where there is neither. */
export async function listReferrers(
  registry: { session: RegistrySession; manifest: Read },
  repository: string,
  url: string,
  digest: string,
): Promise<ManifestDocument[] | undefined> {
  let unknown = false
  const found: Descriptor[] = []
  const pages = registry.session.pages<Index>({ pull: [repository] }, url, () => {
    unknown = true
  })
  for await (const page of pages) found.push(...page.manifests)
  if (unknown) {
    const tagged = await registry.manifest(repository, fallbackTag(digest))
    if (tagged === undefined) return undefined
    found.push(...(JSON.parse(tagged.bytes.toString()) as Index).manifests)
  }
  const documents = await Promise.all(found.map((one) => registry.manifest(repository, one.digest)))
  // A list may name what was deleted since.
  return documents.flatMap((one) => one ?? [])
}

function fallbackTag(digest: string): string {
  return digest.replace(':', '-')
}
