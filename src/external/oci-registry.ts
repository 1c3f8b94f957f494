import { randomUUID } from 'node:crypto'
import { rename } from 'node:fs/promises'
import type { Http } from './http.ts'
import { download } from './download.ts'
import { TagonceError } from '../core/errors.ts'
import { digestOf, verifyFile } from './oci-registry-digest.ts'
import { refusal } from './oci-registry-error.ts'
import { manifestOf, MANIFEST_TYPES } from './oci-registry-manifest.ts'
import type { ManifestDocument } from './oci-registry-manifest.ts'
import { registryName } from './oci-registry-name.ts'
import { addReferrer, listReferrers } from './oci-registry-referrers.ts'
import { registrySession } from './oci-registry-session.ts'
import { uploadBlob } from './oci-registry-upload.ts'
import type { BlobSource } from './oci-registry-upload.ts'

export { DOCKER_HUB, parseImageName } from './oci-registry-name.ts'
export type { ManifestDocument } from './oci-registry-manifest.ts'

/**
 * An OCI registry (https://github.com/opencontainers/distribution-spec). All methods throw a TagonceError: `credentials` when
 * they are refused, `rate-limit` and `network` when the same may work later, `spoke` when the registry says no.
 */
export interface OciRegistry {
  /** Are the credentials accepted? */
  ping(): Promise<void>
  /** May we write here? Opens an upload and ends it; nothing is stored. */
  canPush(repository: string): Promise<void>
  /** A manifest or an index, by tag or digest; undefined when the registry says that there is none. */
  manifest(repository: string, reference: string): Promise<ManifestDocument | undefined>
  hasBlob(repository: string, digest: string): Promise<boolean>
  /** Brings a blob into a file; one that is not what its digest says is refused. */
  blob(repository: string, digest: string, toFile: string): Promise<void>
  /** Uploads a blob unless it is there; with `mountFrom`, taken over from that repository of the same registry where it can be. */
  pushBlob(repository: string, blob: BlobSource, mountFrom?: string): Promise<void>
  /** Uploads a manifest whose blobs are there, under a tag or its digest. Referrers are listed, whatever the registry knows of them. */
  pushManifest(repository: string, reference: string, document: { bytes: Buffer; mediaType: string }): Promise<void>
  /** Deletes a manifest by its digest, and with it every tag on it. False where there is none, or the registry deletes nothing. */
  deleteManifest(repository: string, digest: string): Promise<boolean>
  /** All tags; none where there is no such repository. */
  tags(repository: string): Promise<string[]>
  /** What refers to a manifest (attestations, signatures); undefined where the registry keeps no list of it. */
  referrers(repository: string, digest: string): Promise<ManifestDocument[] | undefined>
}

/**
 * The registry at a host. It asks without credentials first, and shows them only where they are asked for; without any, anonymous
 * tokens are used.
 * @param host as `parseImageName` gives it; one on loopback is asked by http, as docker does
 * @example
 * const registry = ociRegistry('ghcr.io', { http, credentials: { username: 'octo', password: token } })
 * const index = await registry.manifest('octo/hello', 'latest')
 */
export function ociRegistry(
  host: string,
  io: { http: Http; credentials?: { username: string; password: string }; signal?: AbortSignal },
): OciRegistry {
  const session = registrySession(host, io)
  const at = (repository: string, rest: string): string => `${session.origin}/v2/${registryName(repository)}/${rest}`

  const manifest = async (repository: string, reference: string): Promise<ManifestDocument | undefined> => {
    const url = at(repository, `manifests/${encodeURIComponent(reference).replace('%3A', ':')}`)
    const response = await session.ask({ pull: [repository] }, url, { headers: { accept: MANIFEST_TYPES.join(', ') } })
    if (response.status === 404) {
      await response.body?.cancel()
      return undefined
    }
    if (response.status !== 200) throw await refusal(response, `${host} does not give ${repository} ${reference}`)
    return manifestOf(response, `${host}/${repository}`, reference)
  }

  const pushManifest: OciRegistry['pushManifest'] = async (repository, reference, { bytes, mediaType }) => {
    const response = await session.ask({ push: [repository] }, at(repository, `manifests/${reference}`), {
      method: 'PUT',
      body: bytes,
      headers: { 'content-type': mediaType, accept: 'application/json' },
      // Content-addressed: the same bytes under the same name once more change nothing.
      retries: 4,
    })
    const what = `${host} did not take the manifest of ${repository} ${reference}`
    if (response.status !== 201 && response.status !== 200) throw await refusal(response, what)
    await response.body?.cancel()
    const digest = digestOf(bytes)
    const said = response.headers.get('docker-content-digest')
    if (said !== null && said.startsWith('sha256:') && said !== digest) {
      throw new TagonceError('spoke', `${host} stored ${repository} ${reference} as ${said}, sent was ${digest}`)
    }
    if (response.headers.has('oci-subject')) return
    await addReferrer({ manifest, pushManifest }, repository, bytes, mediaType)
  }

  const hasBlob: OciRegistry['hasBlob'] = async (repository, digest) => {
    const response = await session.ask({ pull: [repository] }, at(repository, `blobs/${digest}`), {
      method: 'HEAD',
      // The storage behind a registry need not know HEAD; that we are sent there says enough.
      manual: true,
    })
    if (response.status === 404) return false
    const moved = response.status >= 300 && response.status < 400
    const page = (response.headers.get('content-type') ?? '').startsWith('text/html')
    if (moved || (response.status === 200 && !page)) return true
    if (page && response.status === 200) {
      throw new TagonceError('network', `${host} answered with a web page when asked for ${repository}@${digest}`)
    }
    throw await refusal(response, `${host} does not tell whether it has ${repository}@${digest}`)
  }

  return {
    manifest,
    pushManifest,
    async ping() {
      const response = await session.ask({}, `${session.origin}/v2/`, { headers: { accept: 'application/json' } })
      if (response.status !== 200) throw await refusal(response, `${host} does not accept the login`)
      await response.body?.cancel()
    },
    async canPush(repository) {
      const response = await session.ask({ push: [repository] }, at(repository, 'blobs/uploads/'), { method: 'POST' })
      if (response.status !== 202) throw await refusal(response, `${host} does not let us write ${repository}`)
      const location = session.located(response)
      const ended = await session.ask({ push: [repository] }, location, { method: 'DELETE' })
      // Where an upload cannot be ended it ends by itself.
      await ended.body?.cancel()
    },
    hasBlob,
    async blob(repository, digest, toFile) {
      const asked = session.asHttp({ pull: [repository] }, async (response) => {
        throw await refusal(response, `${host} does not give ${repository}@${digest}`)
      })
      // Whole or not at all: others may be reading a blob of that name.
      const part = `${toFile}.${randomUUID()}`
      const { sha256 } = await download(asked, at(repository, `blobs/${digest}`), part)
      await verifyFile(part, digest, sha256, `${host}/${repository}`)
      await rename(part, toFile)
    },
    async pushBlob(repository, blob, mountFrom) {
      if (await hasBlob(repository, blob.digest)) return
      await uploadBlob(session, at(repository, 'blobs/uploads/'), repository, blob, mountFrom)
    },
    async deleteManifest(repository, digest) {
      const response = await session.ask({ push: [repository] }, at(repository, `manifests/${digest}`), {
        method: 'DELETE',
      })
      if (![202, 400, 404, 405].includes(response.status))
        throw await refusal(response, `${host} does not delete ${repository}@${digest}`)
      await response.body?.cancel()
      return response.status === 202
    },
    async tags(repository) {
      const pages = session.pages<{ tags?: string[] | null }>(
        { pull: [repository] },
        at(repository, 'tags/list?n=1000'),
      )
      const all: string[] = []
      for await (const page of pages ?? []) all.push(...(page.tags ?? []))
      return all
    },
    referrers: (repository, digest) =>
      listReferrers({ session, manifest }, repository, at(repository, `referrers/${digest}`), digest),
  }
}
