import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { WorldRequest, WorldServer, WorldStore } from '../world.ts'
import { giveToken, refusalOf } from './world-auth.ts'
import { deleteManifest, getManifest, listReferrers, listTags, putManifest } from './world-manifests.ts'
import { answer, answerJson, blobFile, changeRepository, loadRepository, refuse, rulesOf } from './world-state.ts'
import type { RegistryRequest } from './world-state.ts'
import { closeUpload, continueUpload, endUpload, openUpload, uploadStatus } from './world-uploads.ts'

/**
 * A registry of OCI images at every host that it is asked for, each with repositories of its own; it refuses what the real ones
 * refuse. The document `registry` sets rules for a test (`RegistryRules`).
 */
export const ociRegistryServer: WorldServer = {
  hosts: ['registry-1.docker.io', 'auth.docker.io', 'ghcr.io'],
  handle: route,
  // An upload that was opened and given up leaves nothing.
  mutates(method, path) {
    if (method === 'GET' || method === 'HEAD') return false
    if (method === 'POST') return /[?&](mount|digest)=/.test(path)
    return method !== 'DELETE' || !path.includes('/blobs/uploads/')
  },
}

const PATH = /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|tags|referrers)\/([^/]*)$/
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/

async function route(request: WorldRequest, store: WorldStore): Promise<Response> {
  const { path, method, host } = request
  if (path === '/token') return giveToken(request, store)
  if (path === '/v2/' || path === '/v2') return refusalOf(request, store) ?? answerJson({})
  const [, name = '', what, last = ''] = PATH.exec(decodeURIComponent(path)) ?? []
  if (what === undefined) return new Response('404 page not found\n', { status: 404 })
  if (!NAME.test(name)) return refuse('NAME_INVALID', { name })
  const reads = method === 'GET' || method === 'HEAD'
  const refused = refusalOf(request, store, name, reads && what !== 'blobs/uploads' ? 'pull' : 'push')
  if (refused !== undefined) return refused
  const asked: RegistryRequest = { request, store, host, name, rules: rulesOf(store) }
  if (what === 'blobs/uploads') return upload(asked, last)
  if (what === 'manifests') {
    if (reads) return getManifest(asked, last)
    if (method === 'PUT') return putManifest(asked, last)
    if (method === 'DELETE') return deleteManifest(asked, last)
  }
  if (what === 'blobs') {
    if (reads) return getBlob(asked, last)
    if (method === 'DELETE') return deleteBlob(asked, last)
  }
  if (what === 'tags' && reads && last === 'list') return listTags(asked)
  if (what === 'referrers' && reads) return listReferrers(asked, last)
  return refuse('UNSUPPORTED')
}

async function upload(asked: RegistryRequest, id: string): Promise<Response> {
  const { method } = asked.request
  if (method === 'POST' && id === '') {
    return openUpload(asked, (from) => refusalOf(asked.request, asked.store, from) === undefined)
  }
  if (method === 'PATCH') return continueUpload(asked, id)
  if (method === 'PUT') return closeUpload(asked, id)
  if (method === 'GET') return uploadStatus(asked, id)
  if (method === 'DELETE') return endUpload(asked, id)
  return refuse('UNSUPPORTED')
}

function getBlob({ request, store, host, name }: RegistryRequest, digest: string): Response {
  const size = loadRepository(store, host, name)?.blobs[digest]
  if (size === undefined) return refuse('BLOB_UNKNOWN', { digest })
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': `${size}`,
    'docker-content-digest': digest,
  }
  if (request.method === 'HEAD') return answer(200, headers)
  const stream = Readable.toWeb(createReadStream(blobFile(store, digest))) as ReadableStream<Uint8Array>
  return new Response(stream, { headers })
}

function deleteBlob({ store, host, name }: RegistryRequest, digest: string): Response {
  if (loadRepository(store, host, name)?.blobs[digest] === undefined) return refuse('BLOB_UNKNOWN', { digest })
  changeRepository(store, host, name, (one) => {
    delete one.blobs[digest]
  })
  return answer(202)
}
