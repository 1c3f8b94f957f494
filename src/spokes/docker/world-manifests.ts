import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { answer, answerJson, blobFile, changeRepository, loadRepository, refuse } from './world-state.ts'
import type { RegistryRequest, Repository } from './world-state.ts'

const TAG = /^\w[\w.-]{0,127}$/
const MOST = 4 * 1024 * 1024
const INDEX = 'application/vnd.oci.image.index.v1+json'

interface Descriptor {
  mediaType?: string
  digest?: string
  size?: number
}

interface ManifestJson {
  schemaVersion?: number
  mediaType?: string
  artifactType?: string
  config?: Descriptor
  layers?: Descriptor[]
  manifests?: Descriptor[]
  subject?: Descriptor
  annotations?: Record<string, string>
}

export function getManifest({ store, host, name }: RegistryRequest, reference: string): Response {
  const repository = loadRepository(store, host, name)
  if (repository === undefined) return refuse('NAME_UNKNOWN', { name })
  const digest = repository.tags[reference] ?? reference
  const type = repository.manifests[digest]
  if (type === undefined) return refuse('MANIFEST_UNKNOWN', { Tag: reference })
  const bytes = readFileSync(blobFile(store, digest))
  return new Response(bytes, {
    headers: {
      'content-type': type,
      'content-length': `${bytes.length}`,
      'docker-content-digest': digest,
      etag: `"${digest}"`,
    },
  })
}

/** Stores a manifest whose parts are all here. */
export async function putManifest(asked: RegistryRequest, reference: string): Promise<Response> {
  const { request, store, host, name, rules } = asked
  const bytes = await request.body()
  if (bytes.length > MOST) return refuse('SIZE_INVALID')
  let document: ManifestJson
  try {
    document = JSON.parse(bytes.toString()) as ManifestJson
  } catch {
    return refuse('MANIFEST_INVALID', 'no JSON')
  }
  const type = request.headers.get('content-type') ?? ''
  if (document.schemaVersion !== 2 || (document.mediaType ?? type) !== type) {
    return refuse('MANIFEST_INVALID', `content-type is ${type}, mediaType ${document.mediaType ?? 'none'}`)
  }
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  const isTag = !reference.includes(':')
  if (isTag ? !TAG.test(reference) : reference !== digest)
    return refuse(isTag ? 'TAG_INVALID' : 'DIGEST_INVALID', reference)
  const repository: Repository = loadRepository(store, host, name) ?? { blobs: {}, manifests: {}, tags: {} }
  const missing = missingPart(document, repository)
  if (missing !== undefined) return refuse('MANIFEST_BLOB_UNKNOWN', missing)
  const before = repository.tags[reference]
  if (isTag && rules.immutable === true && before !== undefined && before !== digest) {
    // In the words of Amazon's registry; the others refuse as well, in words of their own.
    const message = `The image tag '${reference}' already exists and cannot be overwritten because the tag is immutable.`
    return answerJson({ errors: [{ code: 'TAG_INVALID', message }] }, 400)
  }
  if (!existsSync(blobFile(store, digest))) writeFileSync(blobFile(store, digest), bytes)
  changeRepository(store, host, name, (one) => {
    one.manifests[digest] = type
    if (isTag) one.tags[reference] = digest
  })
  const subject = rules.referrers === false ? undefined : document.subject?.digest
  return answer(201, {
    location: `/v2/${name}/manifests/${digest}`,
    'docker-content-digest': digest,
    ...(subject === undefined ? {} : { 'oci-subject': subject }),
  })
}

/** What a manifest names and the repository does not have, with the right length. A subject may come later. */
function missingPart(
  { config, layers = [], manifests = [] }: ManifestJson,
  { blobs, manifests: known }: Repository,
): unknown {
  const blob = [...(config === undefined ? [] : [config]), ...layers].find(
    (one) => blobs[one.digest ?? ''] !== one.size,
  )
  return blob?.digest ?? manifests.find((one) => known[one.digest ?? ''] === undefined)?.digest
}

/** Takes a tag away, or a manifest with all its tags. */
export function deleteManifest({ store, host, name }: RegistryRequest, reference: string): Response {
  const repository = loadRepository(store, host, name)
  const isTag = !reference.includes(':')
  if ((isTag ? repository?.tags[reference] : repository?.manifests[reference]) === undefined)
    return refuse('MANIFEST_UNKNOWN')
  changeRepository(store, host, name, (one) => {
    if (isTag) delete one.tags[reference]
    else {
      delete one.manifests[reference]
      one.tags = Object.fromEntries(Object.entries(one.tags).filter(([, digest]) => digest !== reference))
    }
  })
  return answer(202)
}

export function listTags({ request, store, host, name }: RegistryRequest): Response {
  const repository = loadRepository(store, host, name)
  if (repository === undefined) return refuse('NAME_UNKNOWN', { name })
  const last = request.query.get('last') ?? ''
  const most = Number(request.query.get('n') ?? 100)
  const after = Object.keys(repository.tags)
    .toSorted()
    .filter((tag) => tag > last)
  const tags = after.slice(0, most)
  const more: Record<string, string> =
    after.length > tags.length ? { link: `</v2/${name}/tags/list?n=${most}&last=${tags.at(-1)}>; rel="next"` } : {}
  return answerJson({ name, tags }, 200, more)
}

/** All manifests that have this one as their subject. */
export function listReferrers({ store, host, name, rules }: RegistryRequest, digest: string): Response {
  if (rules.referrers === false) return new Response('404 page not found\n', { status: 404 })
  const repository = loadRepository(store, host, name)
  const manifests = Object.entries(repository?.manifests ?? {}).flatMap(([own, mediaType]) => {
    const bytes = readFileSync(blobFile(store, own))
    const document = JSON.parse(bytes.toString()) as ManifestJson
    if (document.subject?.digest !== digest) return []
    const artifactType = document.artifactType ?? document.config?.mediaType
    return [{ mediaType, digest: own, size: bytes.length, artifactType, annotations: document.annotations }]
  })
  return answerJson({ schemaVersion: 2, mediaType: INDEX, manifests }, 200, { 'content-type': INDEX })
}
