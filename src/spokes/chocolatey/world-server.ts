import { readFile } from 'node:fs/promises'
import type { WorldRequest, WorldServer, WorldStore } from '../world.ts'
import { METADATA, SERVICE, entryXml, feedXml } from './world-atom.ts'
import { push, unlist } from './world-push.ts'
import { blobOf, isPrerelease, isPublic, latestOf, load, moderationOf, versionsOf } from './world-state.ts'

/** A gallery: v2 as `choco` and `nuget` read it, v3, pushes, pages. The documents `moderation` and `accounts` tell it what to hold and refuse. */
export const chocolateyServer: WorldServer = {
  hosts: ['community.chocolatey.org', 'push.chocolatey.org'],
  handle: route,
}

async function route(request: WorldRequest, store: WorldStore): Promise<Response> {
  const parts = request.path
    .split('/')
    .filter((one) => one !== '')
    .map(decodeURIComponent)
  const [first, second, ...rest] = parts
  if (first === 'api' && second === 'v2') return v2(request, store, rest)
  if (first === 'v3') return v3(request, store, parts.slice(1))
  if (first === 'packages' && request.method === 'GET') return page(store, second ?? '', rest[0] ?? '')
  return plain(404)
}

async function v2(request: WorldRequest, store: WorldStore, parts: string[]): Promise<Response> {
  const { method, query } = request
  const [first = '', id = '', version = ''] = parts
  if (first === 'package') {
    if (method === 'PUT') return push(request, store)
    if (method === 'DELETE') return unlist(request, store, id, version)
    return bytes(store, id, version)
  }
  if (method !== 'GET') return plain(405)
  if (moderationOf(store).maintenance === true) {
    const html = '<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back soon</body></html>'
    return new Response(html, { headers: { 'content-type': 'text/html' } })
  }
  if (first === '') return xml(SERVICE)
  if (first === '$metadata') return xml(METADATA)
  const of = (name: string) => versionsOf(store, name)
  const single = /^Packages\(Id='([^']+)',Version='([^']+)'\)$/.exec(first)
  if (single !== null) {
    const found = load(store, single[1] ?? '', single[2] ?? '')
    const hidden = found?.status === 'Submitted' && moderationOf(store).hidden === true
    return found === undefined || hidden ? plain(404) : xml(entryXml(found, of(found.id)))
  }
  const wanted = (query.get('id') ?? query.get('searchTerm') ?? '').replace(/^'|'$/g, '').toLowerCase()
  if (first === 'FindPackagesById()' || first === 'FindPackagesById')
    return xml(paged(request, of(wanted).filter(isPublic), of))
  if (first !== 'Search()' && first !== 'Packages()' && first !== 'Packages') return plain(404)
  const pre = query.get('includePrerelease') === 'true'
  const filter = query.get('$filter') ?? ''
  const found = versionsOf(store)
    .filter((one) => isPublic(one) && (pre || !isPrerelease(one.version)))
    .filter((one) => wanted === '' || one.id.toLowerCase().includes(wanted))
    .filter((one) => !/Is(?:Absolute)?LatestVersion/.test(filter) || latestOf(of(one.id), pre) === one.version)
  return xml(paged(request, found, of))
}

/** A page of at most `$top` entries, and where the next one is. */
function paged(request: WorldRequest, all: ReturnType<typeof versionsOf>, of: (id: string) => typeof all): string {
  const skip = Number(request.query.get('$skip') ?? 0)
  const top = Math.min(Number(request.query.get('$top') ?? PAGE), PAGE)
  const query = new URLSearchParams(request.query)
  query.set('$skip', String(skip + top))
  const next =
    request.query.has('$top') || skip + top >= all.length
      ? undefined
      : `https://${request.host}${request.path}?${query.toString()}`
  return feedXml(all.slice(skip, skip + top), of, next)
}

/** The gallery's own (docs.chocolatey.org, community-repository/api). */
const PAGE = 40

async function v3(request: WorldRequest, store: WorldStore, parts: string[]): Promise<Response> {
  const root = `https://${request.host}/v3`
  const [first = '', id = '', version = '', file = ''] = parts
  if (first === 'index.json') {
    const resource = (path: string, type: string): object => ({ '@id': `${root}/${path}`, '@type': type })
    const resources = [
      resource('flat/', 'PackageBaseAddress/3.0.0'),
      resource('registration/', 'RegistrationsBaseUrl/3.6.0'),
      resource('package', 'PackagePublish/2.0.0'),
    ]
    return Response.json({ version: '3.0.0', resources })
  }
  if (first === 'package') {
    if (request.method === 'PUT') return push(request, store)
    return request.method === 'DELETE' ? unlist(request, store, id, version) : plain(405)
  }
  const all = versionsOf(store, id).filter((one) => one.status === 'Approved')
  if (first === 'flat' && version === 'index.json') {
    return all.length === 0 ? plain(404) : Response.json({ versions: all.map((one) => one.version.toLowerCase()) })
  }
  if (first === 'flat' && file !== '') return bytes(store, id, version)
  const leaf = all.find((one) => first === 'registration' && `${one.version.toLowerCase()}.json` === version)
  return leaf === undefined ? plain(404) : Response.json({ listed: leaf.listed })
}

async function bytes(store: WorldStore, id: string, version: string): Promise<Response> {
  const found = load(store, id, version)
  if (found === undefined) return plain(404)
  return new Response(await readFile(blobOf(store, found)), { headers: { 'content-type': 'application/zip' } })
}

function page(store: WorldStore, id: string, version: string): Response {
  const found = load(store, id, version)
  if (found === undefined) return plain(404)
  const html = `<html><head><title>${found.id} ${found.version}</title></head><body>${found.status}</body></html>`
  return new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8' } })
}

function xml(text: string): Response {
  return new Response(text, {
    headers: { 'content-type': 'application/atom+xml;charset=utf-8', dataserviceversion: '2.0;' },
  })
}

function plain(status: number): Response {
  return new Response('', { status })
}
