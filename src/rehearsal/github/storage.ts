import { createReadStream, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import type { WorldRequest } from '../../spokes/world.ts'
import type { AssetState, GithubState, RepositoryState } from './state.ts'

/** The host that asset downloads are redirected to. */
export const STORAGE_HOST = 'release-assets.githubusercontent.com'

/** The signed address of an asset's bytes. The key in it is the permission: whoever has it needs no token. */
export function storageUrl(repo: RepositoryState, asset: AssetState): string {
  const disposition = encodeURIComponent(`attachment; filename=${asset.name}`)
  return `https://${STORAGE_HOST}/github-production-release-asset/${repo.id}/${asset.key}?rscd=${disposition}&sig=${asset.id}`
}

/** Serves asset bytes; a request that carries an Authorization is refused, as the real storage does. */
export function serveStorage(request: WorldRequest, state: GithubState): Response {
  if (request.headers.has('authorization')) {
    return new Response(
      '<?xml version="1.0" encoding="utf-8"?><Error><Code>InvalidAuthenticationInfo</Code><Message>Only one auth mechanism allowed</Message></Error>',
      { status: 400, statusText: 'Only one auth mechanism allowed', headers: { 'content-type': 'application/xml' } },
    )
  }
  const [, , repoId, key] = request.path.split('/')
  const repo = state.repositories().find((one) => one.id === Number(repoId))
  const release =
    repo === undefined ? undefined : state.releases(repo).find((one) => one.assets.some((asset) => asset.key === key))
  const asset = release?.assets.find((one) => one.key === key)
  if (repo === undefined || release === undefined || asset === undefined || asset.state !== 'uploaded') {
    return new Response('<?xml version="1.0" encoding="utf-8"?><Error><Code>BlobNotFound</Code></Error>', {
      status: 404,
      headers: { 'content-type': 'application/xml' },
    })
  }
  const counted = { ...asset, downloads: asset.downloads + 1 }
  if (request.method === 'GET') {
    state.saveRelease(repo, {
      ...release,
      assets: release.assets.map((one) => (one.id === asset.id ? counted : one)),
    })
  }
  return fileResponse(request, state.assetFile(asset), {
    'content-type': asset.contentType === '' ? 'application/octet-stream' : asset.contentType,
    'content-disposition': `attachment; filename=${asset.name}`,
    etag: `"0x${asset.sha256.slice(0, 15).toUpperCase()}"`,
  })
}

/** A file, or the one range of it that was asked for. */
function fileResponse(request: WorldRequest, file: string, headers: Record<string, string>): Response {
  const { size, mtime } = statSync(file)
  const all = { ...headers, 'accept-ranges': 'bytes', 'last-modified': mtime.toUTCString() }
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get('range') ?? '')
  const start = Number(range?.[1] ?? 0)
  const end = range?.[2] === undefined || range[2] === '' ? size - 1 : Math.min(size - 1, Number(range[2]))
  if (range !== null && start > end) {
    return new Response(null, { status: 416, headers: { ...all, 'content-range': `bytes */${size}` } })
  }
  const body = request.method === 'HEAD' ? null : Readable.toWeb(createReadStream(file, { start, end }))
  return new Response(body as ReadableStream | null, {
    status: range === null ? 200 : 206,
    headers: {
      ...all,
      'content-length': String(end - start + 1),
      ...(range === null ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
    },
  })
}
