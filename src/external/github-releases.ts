import type { Octokit } from '@octokit/core'
import { toAsset } from './github-assets.ts'
import type { Asset } from './github-assets.ts'
import { nullOn404 } from './github-error.ts'
import type { Repository } from './github-settings.ts'

export interface Release {
  id: number
  tag: string
  name: string
  body: string
  draft: boolean
  prerelease: boolean
  immutable: boolean
  /** Page of the release; a draft's holds `untagged-…`. */
  page: string
  /** ISO 8601; null for a draft that was never published. */
  publishedAt: string | null
  /** The first assets only; `assets.list` gives all. */
  assets: Asset[]
}

/** What may be said about a release. */
export interface ReleaseChange {
  tag_name: string
  name?: string
  body?: string
  draft: boolean
  prerelease: boolean
  make_latest?: 'true' | 'false'
  /** Opens a discussion of this category, which must be there. */
  discussion_category_name?: string
}

export interface Releases {
  /** A draft makes no tag, and GitHub allows several for one tag: look for yours first. */
  create(at: Repository, release: ReleaseChange): Promise<Release>
  /** All pages, drafts too where the token may push. A new one may be missing for some seconds. */
  list(at: Repository): Promise<Release[]>
  /** Null when there is none, or it is a draft that the token may not see. */
  read(at: Repository, id: number): Promise<Release | null>
  /** The published release of a tag; never a draft. */
  readByTag(at: Repository, tag: string): Promise<Release | null>
  /** The release that is shown as "Latest"; null when there is none. */
  readLatest(at: Repository): Promise<Release | null>
  update(at: Repository, id: number, change: Partial<ReleaseChange>): Promise<Release>
  delete(at: Repository, id: number): Promise<void>
}

/** The fields of GitHub's answer that we use. */
interface Answer {
  id: number
  tag_name: string
  name: string | null
  body?: string | null
  draft: boolean
  prerelease: boolean
  immutable?: boolean
  html_url: string
  published_at: string | null
  assets: Parameters<typeof toAsset>[0][]
}

/** Releases of a repository. */
export function releasesOf(octokit: Octokit): Releases {
  return {
    async create(at, release) {
      const { data } = await octokit.request('POST /repos/{owner}/{repo}/releases', { ...at, ...release })
      return toRelease(data)
    },
    async list(at) {
      const all: Release[] = []
      for (let page = 1; ; page++) {
        const { data } = await octokit.request('GET /repos/{owner}/{repo}/releases', { ...at, per_page: 100, page })
        all.push(...data.map(toRelease))
        if (data.length < 100) return all
      }
    },
    async read(at, id) {
      const way = 'GET /repos/{owner}/{repo}/releases/{release_id}'
      const answer = await nullOn404(octokit.request(way, { ...at, release_id: id }))
      return answer && toRelease(answer.data)
    },
    async readByTag(at, tag) {
      const answer = await nullOn404(octokit.request('GET /repos/{owner}/{repo}/releases/tags/{tag}', { ...at, tag }))
      return answer && toRelease(answer.data)
    },
    async readLatest(at) {
      const answer = await nullOn404(octokit.request('GET /repos/{owner}/{repo}/releases/latest', { ...at }))
      return answer && toRelease(answer.data)
    },
    async update(at, id, change) {
      const way = 'PATCH /repos/{owner}/{repo}/releases/{release_id}'
      const { data } = await octokit.request(way, { ...at, release_id: id, ...change })
      return toRelease(data)
    },
    async delete(at, id) {
      await nullOn404(octokit.request('DELETE /repos/{owner}/{repo}/releases/{release_id}', { ...at, release_id: id }))
    },
  }
}

function toRelease(answer: Answer): Release {
  return {
    id: answer.id,
    tag: answer.tag_name,
    name: answer.name ?? '',
    body: answer.body ?? '',
    draft: answer.draft,
    prerelease: answer.prerelease,
    immutable: answer.immutable ?? false,
    page: answer.html_url,
    publishedAt: answer.published_at,
    assets: answer.assets.map(toAsset),
  }
}
