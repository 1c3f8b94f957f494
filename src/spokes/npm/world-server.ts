import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { Packument } from '../../external/npm-registry.ts'
import type { WorldRequest, WorldServer, WorldStore } from '../world.ts'
import { giveIdentity, IDENTITY_HOST } from '../shared/world-identity.ts'
import { SIGSTORE_HOSTS, sigstore } from '../shared/world-sigstore.ts'
import { tagProblem } from './dist-tags.ts'
import { attestationsOf, registryKeys } from './world-provenance.ts'
import { putDocument } from './world-publish.ts'
import { stage } from './world-stage.ts'
import { blobOf, collaborators, exchange, json, load, refuse, save, userOf, mayWrite } from './world-state.ts'

/**
 * An npm registry that keeps its state in the store and refuses what the real one refuses. Any token is that of one
 * user, unless the document `registry` lists tokens and their users.
 */
export const npmRegistryServer: WorldServer = {
  hosts: ['registry.npmjs.org', IDENTITY_HOST, ...SIGSTORE_HOSTS],
  handle: route,
  // The audit of an install is a question asked by POST, as is the exchange of an identity.
  mutates: (method, path) =>
    method !== 'GET' &&
    method !== 'HEAD' &&
    !path.startsWith('/-/npm/v1/security/') &&
    !path.startsWith('/-/npm/v1/oidc/'),
}

async function route(request: WorldRequest, store: WorldStore): Promise<Response> {
  if (request.host === IDENTITY_HOST) return giveIdentity(request, store)
  if (SIGSTORE_HOSTS.includes(request.host)) return sigstore(request, store)
  const parts = request.path.split('/').slice(1).map(decodeURIComponent)
  if (parts[0] === '-') return special(request, store, parts.slice(1))
  // A scope may come as one escaped part or as two.
  const name =
    parts[0]?.startsWith('@') && !parts[0].includes('/') ? parts.splice(0, 2).join('/') : (parts.shift() ?? '')
  const { method } = request
  if (parts.length === 0 && method === 'PUT') return putDocument(request, store, name)
  if (parts.length === 0 && method === 'GET') return getDocument(request, store, name)
  if (parts[0] === '-' && parts.length === 2 && method === 'GET') return getTarball(store, name, parts[1] ?? '')
  if (parts[0] === '-rev' && method === 'PUT') return putDocument(request, store, name, parts[1] ?? '')
  if (parts[0] === '-rev' && method === 'DELETE') return remove(request, store, name, parts[1] ?? '')
  if (parts[2] === '-rev' && method === 'DELETE') return remove(request, store, name, parts[3] ?? '', parts[1])
  if (parts.length === 1 && method === 'GET') return getVersion(store, name, parts[0] ?? '')
  return refuse(405, 'method not allowed')
}

async function special(request: WorldRequest, store: WorldStore, parts: string[]): Promise<Response> {
  const { method } = request
  const [first, second = ''] = parts
  if (first === 'ping') return json({})
  if (first === 'npm' && parts[2] === 'security') return json({})
  if (first === 'npm' && parts[2] === 'attestations') return attestationsOf(store, parts.slice(3).join('/'))
  if (first === 'npm' && parts[2] === 'keys') return registryKeys()
  if (first === 'npm' && parts[2] === 'oidc' && method === 'POST') return exchange(request, store, parts[6] ?? '')
  if (first === 'stage') {
    return stage(request, store, parts.slice(1), (document) => {
      const body = async (): Promise<Buffer> => Buffer.from(JSON.stringify(document))
      return putDocument({ ...request, body }, store, (document as Packument).name)
    })
  }
  const user = userOf(request, store)
  if (first === 'whoami')
    return user === undefined || user.package !== undefined
      ? refuse(401, 'Unauthorized')
      : json({ username: user.name })
  if (first !== 'package') return refuse(404, 'Not found')
  const doc = load(store, second)
  if (doc === undefined) return refuse(404, 'Not found')
  if (parts[2] === 'collaborators') return json(collaborators(doc))
  if (parts[2] === 'visibility') return json({ public: doc['access'] !== 'restricted' })
  if (parts[2] !== 'dist-tags') return refuse(404, 'Not found')
  const tags = doc['dist-tags'] ?? {}
  if (method === 'GET') return json(tags)
  if (user === undefined) return refuse(401, 'You must be logged in to change dist-tags')
  const denied = mayWrite(user, doc, second, store)
  if (denied !== undefined) return denied
  const tag = parts[3] ?? ''
  if (method === 'DELETE') {
    if (tag === 'latest') return refuse(403, 'the latest tag cannot be removed')
    if (tags[tag] === undefined) return refuse(404, `${tag} is not a dist-tag`)
    delete tags[tag]
  } else {
    const version: unknown = JSON.parse((await request.body()).toString() || 'null')
    if (typeof version !== 'string' || doc.versions?.[version] === undefined) return refuse(404, 'version not found')
    const why = tagProblem(tag)
    if (why?.includes('range') === true) return refuse(400, 'Tag name must not be a valid SemVer range')
    tags[tag] = version
  }
  save(store, { ...doc, 'dist-tags': tags })
  return json({ ok: true }, method === 'DELETE' ? 200 : 201)
}

function getDocument(request: WorldRequest, store: WorldStore, name: string): Response {
  const doc = load(store, name)
  if (doc === undefined || (doc['access'] === 'restricted' && userOf(request, store) === undefined)) {
    return refuse(404, 'Not found')
  }
  const short = (request.headers.get('accept') ?? '').includes('application/vnd.npm.install-v1+json')
  if (!short) return json(doc)
  if (doc.versions === undefined || Object.keys(doc.versions).length === 0) return refuse(404, 'Not found')
  return json(abbreviated(doc), 200, 'application/vnd.npm.install-v1+json')
}

/** What an install needs: https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md */
const KEPT = [
  'name',
  'version',
  'deprecated',
  'dependencies',
  'optionalDependencies',
  'devDependencies',
  'bundleDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'bin',
  'directories',
  'dist',
  'engines',
  'os',
  'cpu',
  'libc',
  'funding',
  'hasInstallScript',
  '_hasShrinkwrap',
]

function abbreviated(doc: Packument): unknown {
  const versions = Object.entries(doc.versions ?? {}).map(([version, manifest]) => [
    version,
    Object.fromEntries(KEPT.flatMap((key) => (manifest[key] === undefined ? [] : [[key, manifest[key]]]))),
  ])
  return {
    name: doc.name,
    modified: doc.time?.['modified'],
    'dist-tags': doc['dist-tags'],
    versions: Object.fromEntries(versions),
  }
}

function getVersion(store: WorldStore, name: string, wanted: string): Response {
  const doc = load(store, name)
  const found = doc?.versions?.[doc['dist-tags']?.[wanted] ?? wanted]
  return found === undefined ? refuse(404, `version not found: ${wanted}`) : json(found)
}

function getTarball(store: WorldStore, name: string, file: string): Response {
  const doc = load(store, name)
  const found = Object.values(doc?.versions ?? {}).find((one) => one.dist.tarball.endsWith(`/-/${file}`))
  if (found === undefined) return refuse(404, 'Not found')
  const stream = Readable.toWeb(createReadStream(store.blob(blobOf(name, found.version)))) as ReadableStream<Uint8Array>
  return new Response(stream, { headers: { 'content-type': 'application/octet-stream' } })
}

/** The last step of an unpublish: the document, or one tarball of it. */
function remove(request: WorldRequest, store: WorldStore, name: string, revision: string, file?: string): Response {
  const user = userOf(request, store)
  const doc = load(store, name)
  if (user === undefined) return refuse(401, 'Unauthorized')
  if (doc === undefined) return refuse(404, 'Not found')
  const denied = mayWrite(user, doc, name, store)
  if (denied !== undefined) return denied
  if (doc['_rev'] !== revision) return refuse(409, 'Document update conflict.')
  if (file !== undefined) return json({ ok: true })
  const versions = Object.keys(doc.versions ?? {})
  save(store, {
    name,
    time: { ...doc.time, unpublished: { name: user.name, time: new Date().toISOString(), versions } },
    maintainers: doc.maintainers ?? [],
  } as Packument)
  return json({ ok: true })
}
