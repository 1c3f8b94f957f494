import type { Octokit } from '@octokit/core'
import { TagonceError } from '../core/errors.ts'
import { saidBy, statusOf } from './github-error.ts'
import { nullOn404 } from './github-error.ts'
import type { Repository } from './github-settings.ts'

type Mode = '100644' | '100755' | '120000' | '040000' | '160000'

interface TreeEntry {
  path: string
  mode: Mode
  type: 'blob' | 'tree' | 'commit'
  sha: string
  /** Bytes; blobs only. */
  size?: number
}

/** A change of a tree: new text, an object that exists already, or `sha: null` to delete. */
type TreeChange = { path: string; mode: Mode } & ({ content: string } | { sha: string | null })

export interface Person {
  name: string
  email: string
  /** ISO 8601. */
  date?: string
}

interface Commit {
  sha: string
  /** SHA of its tree. */
  tree: string
  parents: string[]
  message: string
}

/** Commits without a checkout. Refs are written without `refs/`: `heads/main`, `tags/v1.0.0`. */
export interface GitData {
  /** Null when there is no such ref, or the repository is empty. */
  readRef(at: Repository, ref: string): Promise<{ sha: string; type: string } | null>
  /** The commit that a tag stands for, annotated tags followed; null when there is no such tag. */
  readTagCommit(at: Repository, tag: string): Promise<string | null>
  readCommit(at: Repository, sha: string): Promise<Commit>
  /** The tree of a commit or a tree SHA. With `recursive`, all files below; an error when GitHub cuts the list. */
  readTree(at: Repository, sha: string, options?: { recursive?: boolean }): Promise<TreeEntry[]>
  readBlob(at: Repository, sha: string): Promise<Buffer>
  /** Its SHA. */
  createBlob(at: Repository, content: Buffer): Promise<string>
  /** The SHA of a tree like `base` with the changes. Without a base all else would be gone, so it is required. */
  createTree(at: Repository, base: string, changes: TreeChange[]): Promise<string>
  /** Its SHA. Without author and committer GitHub names the token's owner (and signs for an app). */
  createCommit(
    at: Repository,
    commit: { message: string; tree: string; parents: string[]; author?: Person; committer?: Person },
  ): Promise<string>
  /** Moves a ref, never by force. `moved-on`: somebody else moved it first; read again and try again. */
  updateRef(at: Repository, ref: string, sha: string): Promise<'moved' | 'moved-on'>
  /** Gone already counts as deleted. */
  deleteRef(at: Repository, ref: string): Promise<void>
  /** Makes a ref; `exists` when there is one already. */
  createRef(at: Repository, ref: string, sha: string): Promise<'created' | 'exists'>
}

/** Git's objects and refs over the API. */
export function gitDataOf(octokit: Octokit): GitData {
  const readRef: GitData['readRef'] = async (at, ref) => {
    try {
      // The template encodes a slash in {ref}; GitHub wants it plain.
      const way = ref.split('/').map(encodeURIComponent).join('/')
      const { data } = await octokit.request(`GET /repos/{owner}/{repo}/git/ref/${way}`, { ...at })
      const { object } = data as { object: { sha: string; type: string } }
      return { sha: object.sha, type: object.type }
    } catch (error) {
      if (statusOf(error) === 404 || (statusOf(error) === 409 && /empty/i.test(saidBy(error)))) return null
      throw error
    }
  }
  return {
    readRef,
    async readTagCommit(at, tag) {
      let object = await readRef(at, `tags/${tag}`)
      while (object?.type === 'tag') {
        const way = 'GET /repos/{owner}/{repo}/git/tags/{tag_sha}'
        const answer = await nullOn404(octokit.request(way, { ...at, tag_sha: object.sha }))
        object = answer === null ? null : answer.data.object
      }
      return object?.sha ?? null
    },
    async readCommit(at, sha) {
      const { data } = await octokit.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
        ...at,
        commit_sha: sha,
      })
      const parents = data.parents.map((one) => one.sha)
      return { sha: data.sha, tree: data.tree.sha, parents, message: data.message }
    },
    async readTree(at, sha, { recursive = false } = {}) {
      const { data } = await octokit.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
        ...at,
        tree_sha: sha,
        // Any value means yes, "0" and "false" too.
        ...(recursive ? { recursive: '1' } : {}),
      })
      if (data.truncated) {
        throw new TagonceError('hub', `${at.owner}/${at.repo} has more files than GitHub lists at once`, {
          hint: 'use a repository of its own for this channel',
        })
      }
      return data.tree as TreeEntry[]
    },
    async readBlob(at, sha) {
      const { data } = await octokit.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', { ...at, file_sha: sha })
      return Buffer.from(data.content, data.encoding === 'base64' ? 'base64' : 'utf8')
    },
    async createBlob(at, content) {
      const { data } = await octokit.request('POST /repos/{owner}/{repo}/git/blobs', {
        ...at,
        content: content.toString('base64'),
        encoding: 'base64',
      })
      return data.sha
    },
    async createTree(at, base, changes) {
      const tree = changes.map((one) => ({ ...one, type: 'blob' as const }))
      const { data } = await octokit.request('POST /repos/{owner}/{repo}/git/trees', { ...at, base_tree: base, tree })
      return data.sha
    },
    async createCommit(at, commit) {
      const { data } = await octokit.request('POST /repos/{owner}/{repo}/git/commits', { ...at, ...commit })
      return data.sha
    },
    async updateRef(at, ref, sha) {
      try {
        const way = ref.split('/').map(encodeURIComponent).join('/')
        await octokit.request(`PATCH /repos/{owner}/{repo}/git/refs/${way}`, { ...at, sha, force: false })
        return 'moved'
      } catch (error) {
        if (statusOf(error) === 422 && /not a fast forward/i.test(saidBy(error))) return 'moved-on'
        throw error
      }
    },
    async deleteRef(at, ref) {
      const way = ref.split('/').map(encodeURIComponent).join('/')
      try {
        await octokit.request(`DELETE /repos/{owner}/{repo}/git/refs/${way}`, { ...at })
      } catch (error) {
        if (statusOf(error) !== 422 || !/does not exist/i.test(saidBy(error))) throw error
      }
    },
    async createRef(at, ref, sha) {
      try {
        await octokit.request('POST /repos/{owner}/{repo}/git/refs', { ...at, ref: `refs/${ref}`, sha })
        return 'created'
      } catch (error) {
        if (statusOf(error) === 422 && /already exists/i.test(saidBy(error))) return 'exists'
        throw error
      }
    },
  }
}
