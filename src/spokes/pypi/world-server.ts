import { createHash, randomBytes } from 'node:crypto'
import { zipMember, zipMembers } from '../../formats/zip-reader.ts'
import { giveIdentity, IDENTITY_HOST, madeUpClaims } from '../shared/world-identity.ts'
import { SIGSTORE_HOSTS, sigstore } from '../shared/world-sigstore.ts'
import type { WorldRequest, WorldServer, WorldStore } from '../world.ts'
import { normalName } from './name.ts'
import { compareVersions, isPrerelease } from './version.ts'
import { indexHost, json, loadProject, refuse } from './world-state.ts'
import type { StoredFile, StoredProject } from './world-state.ts'
import { integrity, provenanceAddress } from './world-attestations.ts'
import { keptFile, uploadFile } from './world-upload.ts'

/** Index → where its files are; those of any other index lie under its own host. */
const HOSTS: Record<string, string> = {
  'pypi.org': 'files.pythonhosted.org',
  'test.pypi.org': 'test-files.pythonhosted.org',
}

/** PyPI and TestPyPI, which keep their state in the store and refuse what the real ones refuse. */
export const pypiServer: WorldServer = {
  hosts: ['upload.pypi.org', ...Object.keys(HOSTS), ...Object.values(HOSTS), IDENTITY_HOST, ...SIGSTORE_HOSTS],
  handle: route,
}

async function route(request: WorldRequest, store: WorldStore): Promise<Response> {
  const { host, method, path } = request
  if (host === IDENTITY_HOST) return giveIdentity(request, store)
  if (SIGSTORE_HOSTS.includes(host)) return sigstore(request, store)
  const index = indexHost(host)
  const parts = path.split('/').slice(1).map(decodeURIComponent)
  const [first = ''] = parts
  if (first === 'legacy' && host !== 'pypi.org') {
    if (parts.length === 1) return new Response(null, { status: 308, headers: { location: `https://${host}/legacy/` } })
    return method === 'POST' ? uploadFile(request, store) : refuse(405, 'Method Not Allowed')
  }
  if (host === 'upload.pypi.org') return refuse(404, 'Not Found')
  // Of another index: everything that is posted is a file, and the simple index lies anywhere.
  if (HOSTS[index] === undefined && method === 'POST') return uploadFile(request, store)
  if (HOSTS[index] === undefined && parts.includes('simple')) parts.splice(0, parts.indexOf('simple'))
  if (host === HOSTS[index] || parts[0] === 'packages') return file(store, index, parts.at(-1) ?? '')
  const [top = '', second = ''] = parts
  if (top === '_' && second === 'oidc') return oidc(request, store, parts[2] ?? '')
  if (method !== 'GET' && method !== 'HEAD') return refuse(405, 'Method Not Allowed')
  if (top === 'integrity' && parts.at(-1) === 'provenance') return integrity(store, index, parts[3] ?? '')
  if (top === 'simple' && second !== '') return simple(request, store, second, parts.length > 2)
  if (top === 'pypi' && parts.at(-1) === 'json')
    return release(store, index, second, parts.length > 3 ? parts[2] : undefined)
  return refuse(404, 'Not Found')
}

function addressOf(index: string, one: StoredFile): string {
  const { sha256 } = one
  return `https://${HOSTS[index] ?? index}/packages/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256.slice(4)}/${one.filename}`
}

/** The simple index: PEP 503, 691, 700, 714. */
function simple(request: WorldRequest, store: WorldStore, asked: string, slash: boolean): Response {
  const index = indexHost(request.host)
  const name = normalName(asked)
  if (name !== asked || !slash)
    return new Response(null, { status: 301, headers: { location: request.path.replace(/[^/]+\/?$/, `${name}/`) } })
  const project = loadProject(store, index, name)
  if (project === undefined) return refuse(404, 'Not Found')
  const accept = request.headers.get('accept') ?? ''
  if (
    accept.includes('application/vnd.pypi.simple.v1+json') ||
    accept.includes('application/vnd.pypi.simple.latest+json')
  ) {
    return json(simpleJson(store, index, name, project), 'application/vnd.pypi.simple.v1+json')
  }
  const anchors = project.files.map((one) => {
    const yanked = one.yanked === undefined ? '' : ` data-yanked="${one.yanked === true ? '' : escaped(one.yanked)}"`
    const python = one.requiresPython === '' ? '' : ` data-requires-python="${escaped(one.requiresPython)}"`
    return `    <a href="${addressOf(index, one)}#sha256=${one.sha256}"${python}${yanked}>${one.filename}</a><br />\n`
  })
  const head = `<meta name="pypi:repository-version" content="1.4">\n    <title>Links for ${name}</title>`
  const page = `<!DOCTYPE html>\n<html>\n  <head>\n    ${head}\n  </head>\n  <body>\n    <h1>Links for ${name}</h1>\n${anchors.join('')}  </body>\n</html>\n`
  return new Response(page, { headers: { 'content-type': 'text/html; charset=UTF-8' } })
}

function simpleJson(store: WorldStore, index: string, name: string, project: StoredProject): unknown {
  return {
    meta: { 'api-version': '1.4' },
    name,
    'project-status': { status: project.status ?? 'active' },
    versions: [...new Set(project.files.map((one) => one.version))],
    files: project.files.map((one) => ({
      filename: one.filename,
      url: addressOf(index, one),
      hashes: { sha256: one.sha256 },
      size: one.size,
      'upload-time': one.uploaded,
      yanked: one.yanked ?? false,
      'core-metadata': false,
      provenance: provenanceAddress(store, index, { ...one, name }),
      ...(one.requiresPython === '' ? {} : { 'requires-python': one.requiresPython }),
    })),
  }
}

/** The JSON API of a project, or of one version. */
function release(store: WorldStore, index: string, asked: string, version?: string): Response {
  const project = loadProject(store, index, normalName(asked))
  const shown = version ?? latestOf(project)
  const files = (project?.files ?? []).filter((one) => one.version === shown)
  if (project === undefined || shown === undefined || files.length === 0)
    return json({ message: 'Not Found' }, undefined, 404)
  const yanked = files.every((one) => one.yanked !== undefined)
  return json({
    info: { name: project.name, version: shown, yanked },
    urls: files.map((one) => ({
      filename: one.filename,
      url: addressOf(index, one),
      digests: { sha256: one.sha256 },
      size: one.size,
      packagetype: 'bdist_wheel',
      upload_time_iso_8601: one.uploaded,
      yanked: one.yanked !== undefined,
      yanked_reason: typeof one.yanked === 'string' ? one.yanked : null,
    })),
  })
}

/** The highest that is neither a pre-release nor yanked; where there is none, the highest of all. */
function latestOf(project: StoredProject | undefined): string | undefined {
  const files = project?.files ?? []
  const order = (of: StoredFile[]): string[] => [...new Set(of.map((one) => one.version))].sort(compareVersions)
  const stable = files.filter((one) => one.yanked === undefined && !isPrerelease(one.version))
  return order(stable).at(-1) ?? order(files.filter((one) => one.yanked === undefined)).at(-1) ?? order(files).at(-1)
}

async function file(store: WorldStore, index: string, name: string): Promise<Response> {
  const wanted = name.replace(/\.metadata$/, '')
  const bytes = await keptFile(store, index, wanted).catch(() => undefined)
  if (bytes === undefined) return refuse(404, 'Not Found')
  if (wanted === name)
    return new Response(new Uint8Array(bytes), { headers: { 'content-type': 'application/octet-stream' } })
  const path = store.blob(`files/${index}/${wanted}`)
  const member = (await zipMembers(path)).find((one) => one.name.endsWith('.dist-info/METADATA'))
  const chunks: Buffer[] = []
  for await (const chunk of zipMember(path, member?.name ?? '')) chunks.push(chunk)
  return new Response(Buffer.concat(chunks).toString())
}

/** Trusted publishing (warehouse, oidc/views.py). */
async function oidc(request: WorldRequest, store: WorldStore, what: string): Promise<Response> {
  const audience = request.host === 'pypi.org' ? 'pypi' : 'testpypi'
  if (what === 'audience') return json({ audience })
  if (what !== 'mint-token' || request.method !== 'POST') return refuse(404, 'Not Found')
  const invalid = (code: string, description: string): Response =>
    json({ message: 'Token request failed', errors: [{ code, description }] }, undefined, 422)
  const sent = JSON.parse((await request.body()).toString() || '{}') as { token?: string }
  const claims = madeUpClaims(sent.token ?? '')
  if (claims?.aud !== audience) return invalid('invalid-token', 'malformed or invalid token')
  const used = store.read<string[]>('used') ?? []
  const mark = createHash('sha256')
    .update(sent.token ?? '')
    .digest('hex')
  if (used.includes(mark)) return invalid('invalid-reuse-token', 'invalid token: already used')
  if (
    store.read<{ publishers?: string[] }>('accounts')?.publishers?.length === 0 ||
    claims.event_name === 'workflow_run'
  )
    return invalid(
      'invalid-publisher',
      'valid token, but no corresponding publisher (Publisher with matching claims was not found)',
    )
  store.write('used', [...used, mark])
  const token = `pypi-${randomBytes(24).toString('base64url')}`
  store.write('minted', { ...store.read<object>('minted'), [token]: { until: Date.now() + 900_000 } })
  return json({ success: true, token, expires: Math.floor(Date.now() / 1000) + 900 })
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
