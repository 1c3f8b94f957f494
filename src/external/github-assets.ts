import { createReadStream } from 'node:fs'
import type { Octokit } from '@octokit/core'
import { TagonceError } from '../core/errors.ts'
import { download } from './download.ts'
import type { Downloaded } from './download.ts'
import { nullOn404 } from './github-error.ts'
import type { GitHubSettings, Repository } from './github-settings.ts'

export interface Asset {
  id: number
  name: string
  /** `starter` is what a cut upload leaves. */
  state: 'uploaded' | 'starter' | 'open'
  size: number
  /** `sha256:<hex>`; null for assets older than June 2025. */
  digest: string | null
}

/** A file to upload. */
interface AssetFile {
  name: string
  path: string
  size: number
  contentType: string
}

export interface Assets {
  /** All pages. */
  list(at: Repository, release: number): Promise<Asset[]>
  /** Streams the file. It is not repeated after a fault: look at the list first, a cut upload may have left a starter. */
  upload(at: Repository, release: number, file: AssetFile): Promise<Asset>
  /** The bytes of an asset, a draft's too (with push), into a file. */
  download(at: Repository, id: number, path: string): Promise<Downloaded>
  /** Gone already counts as deleted. */
  delete(at: Repository, id: number): Promise<void>
}

/** Assets of a release. */
export function assetsOf(octokit: Octokit, { http, api, upload, token }: GitHubSettings): Assets {
  return {
    async list(at, release) {
      const all: Asset[] = []
      const way = 'GET /repos/{owner}/{repo}/releases/{release_id}/assets'
      for (let page = 1; ; page++) {
        const { data } = await octokit.request(way, { ...at, release_id: release, per_page: 100, page })
        all.push(...data.map(toAsset))
        if (data.length < 100) return all
      }
    },
    async upload(at, release, file) {
      // The name stands in the URL: octokit drops other parameters when `data` is given.
      const url = `${upload}/repos/${at.owner}/${at.repo}/releases/${release}/assets?name=${encodeURIComponent(file.name)}`
      const headers = { 'content-type': file.contentType, 'content-length': file.size }
      const { data } = await octokit.request(`POST ${url}`, { headers, data: () => createReadStream(file.path) })
      return toAsset(data as Parameters<typeof toAsset>[0])
    },
    async download(at, id, path) {
      const url = `${api}/repos/${at.owner}/${at.repo}/releases/assets/${id}`
      const headers: Record<string, string> = { accept: 'application/octet-stream' }
      if (token !== undefined) headers['authorization'] = `token ${token}`
      const got = await download(http, url, path, { headers })
      if (got.status !== 200) {
        throw new TagonceError(
          got.status >= 500 ? 'network' : 'hub',
          `asset ${id} cannot be read (${got.status}): ${url}`,
        )
      }
      return got
    },
    async delete(at, id) {
      await nullOn404(
        octokit.request('DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}', { ...at, asset_id: id }),
      )
    },
  }
}

/** The fields of GitHub's answer that we use. */
export function toAsset(answer: {
  id: number
  name: string
  state: string
  size: number
  digest?: string | null
}): Asset {
  const { id, name, state, size, digest } = answer
  return { id, name, state: state as Asset['state'], size, digest: digest ?? null }
}
