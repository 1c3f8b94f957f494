import { randomUUID } from 'node:crypto'
import { renameSync, rmSync } from 'node:fs'
import { isoSeconds } from './git-text.ts'
import { invalid, missing, notFound, Refused, unprocessable } from './refuse.ts'
import { bodyOf, json, page, releaseOf, text, type Call, type Route } from './route.ts'
import type { AssetState, ReleaseState } from './state.ts'
import { storageUrl } from './storage.ts'
import { assetView, repoUrl } from './views.ts'

const DOC = 'releases/assets'
const MOST_ASSETS = 1000
const MOST_BYTES = 2_147_483_648

/** Assets: https://docs.github.com/en/rest/releases/assets */
export const assetRoutes: Route[] = [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/releases/{release_id}/assets',
    doc: `${DOC}#list-release-assets`,
    run: list,
  },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/releases/{release_id}/assets',
    doc: `${DOC}#upload-a-release-asset`,
    upload: true,
    run: upload,
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/releases/assets/{asset_id}',
    doc: `${DOC}#get-a-release-asset`,
    run(call) {
      const { release, asset } = assetOf(call)
      if (!(call.request.headers.get('accept') ?? '').includes('application/octet-stream')) {
        return json(assetView(call.state, call.repo, release, asset))
      }
      if (asset.state !== 'uploaded') throw notFound()
      return new Response(null, { status: 302, headers: { location: storageUrl(call.repo, asset) } })
    },
  },
  {
    method: 'PATCH',
    path: '/repos/{owner}/{repo}/releases/assets/{asset_id}',
    doc: `${DOC}#update-a-release-asset`,
    run: rename,
  },
  {
    method: 'DELETE',
    path: '/repos/{owner}/{repo}/releases/assets/{asset_id}',
    doc: `${DOC}#delete-a-release-asset`,
    run(call) {
      const { release, asset } = assetOf(call)
      if (release.immutable) {
        throw invalid({
          resource: 'ReleaseAsset',
          code: 'custom',
          message: 'Cannot delete asset from an immutable release',
        })
      }
      saveAssets(call, release, (assets) => assets.filter((one) => one.id !== asset.id))
      rmSync(call.state.assetFile(asset), { force: true })
      return new Response(null, { status: 204 })
    },
  },
]

/**
 * The name that GitHub gives an asset: accents are transliterated, and every run of other characters,
 * with the periods beside it, becomes one period (`Setup (1).exe` → `Setup.1.exe`).
 * How periods at the ends change is not documented; here a leading one gets `default` before it, as seen with dot files.
 */
export function assetName(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '')
  const clean = plain.replace(/\.*(?:[^A-Za-z0-9._@+-]+\.*)+/g, '.').replace(/\.+$/, '')
  return clean.startsWith('.') ? `default${clean}` : clean
}

function list(call: Call): Response {
  const release = releaseOf(call)
  const seen = release.assets.filter((asset) => asset.lateReads === 0)
  if (seen.length < release.assets.length) {
    saveAssets(call, release, (assets) => assets.map((one) => ({ ...one, lateReads: Math.max(0, one.lateReads - 1) })))
  }
  return page(call, seen, (asset) => assetView(call.state, call.repo, release, asset))
}

async function upload(call: Call): Promise<Response> {
  const { request, state, repo } = call
  const release = releaseOf(call)
  const given = request.query.get('name') ?? ''
  if (given === '') throw missing('name')
  const length = request.headers.get('content-length')
  if (length === null || !/^\d+$/.test(length)) throw new Refused(400, 'Bad Content-Length: ')
  if (release.immutable) throw unprocessable('Cannot upload assets to an immutable release.')
  const name = assetName(given)
  if (Number(length) < 1) throw sizeRefused('size must be greater than or equal to 1')
  if (Number(length) > MOST_BYTES) throw sizeRefused(`size must be less than or equal to ${MOST_BYTES}`)
  if (release.assets.length >= MOST_ASSETS) {
    throw invalid({
      resource: 'ReleaseAsset',
      code: 'custom',
      field: 'file_count',
      message: `file_count limited to ${MOST_ASSETS} assets per release`,
    })
  }
  if (release.assets.some((one) => one.name === name)) throw nameTaken()
  // On disk before the bytes: an upload that is cut leaves it, and it blocks the name.
  const asset: AssetState = {
    id: state.nextId(),
    name,
    label: request.query.get('label') ?? '',
    state: 'starter',
    contentType: request.headers.get('content-type') ?? 'application/octet-stream',
    size: Number(length),
    sha256: '',
    downloads: 0,
    createdAt: isoSeconds(new Date()),
    uploader: call.login,
    key: randomUUID(),
    lateReads: state.lateReads(),
  }
  saveAssets(call, release, (assets) => [...assets, asset])
  const body = await request.bodyFile()
  renameSync(body.path, state.assetFile(asset))
  const whole: AssetState = { ...asset, state: 'uploaded', size: body.size, sha256: body.sha256 }
  saveAssets(call, release, (assets) => assets.map((one) => (one.id === asset.id ? whole : one)))
  return json(assetView(state, repo, release, whole), 201, {
    location: `${repoUrl(repo)}/releases/assets/${asset.id}`,
  })
}

async function rename(call: Call): Promise<Response> {
  const body = await bodyOf(call)
  const { release, asset } = assetOf(call)
  if (release.immutable) throw unprocessable('Cannot update assets of an immutable release.')
  const name = assetName(text(body, 'name') ?? asset.name)
  if (release.assets.some((one) => one.id !== asset.id && one.name === name)) throw nameTaken()
  const renamed = { ...asset, name, label: text(body, 'label') ?? asset.label }
  saveAssets(call, release, (assets) => assets.map((one) => (one.id === asset.id ? renamed : one)))
  return json(assetView(call.state, call.repo, release, renamed))
}

function assetOf(call: Call): { release: ReleaseState; asset: AssetState } {
  const id = Number(call.params['asset_id'])
  for (const release of call.state.releases(call.repo)) {
    if (release.draft && !call.canPush) continue
    const asset = release.assets.find((one) => one.id === id)
    if (asset !== undefined) return { release, asset }
  }
  throw notFound()
}

/** Reads the release again and writes it in one go: uploads run side by side. */
function saveAssets(call: Call, release: ReleaseState, change: (assets: AssetState[]) => AssetState[]): void {
  const now = call.state.release(call.repo, release.id)
  if (now === undefined) throw notFound()
  call.state.saveRelease(call.repo, { ...now, assets: change(now.assets) })
}

function nameTaken(): Refused {
  return invalid({ resource: 'ReleaseAsset', code: 'already_exists', field: 'name' })
}

function sizeRefused(message: string): Refused {
  return invalid({ resource: 'ReleaseAsset', code: 'custom', field: 'size', message })
}
