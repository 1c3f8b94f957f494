import type { Octokit } from '@octokit/core'
import { nullOn404, saidBy, statusOf } from './github-error.ts'
import type { Person } from './github-git.ts'
import type { Repository } from './github-settings.ts'

interface RepositoryFacts {
  /** As GitHub writes it; differs from what was asked after a rename. */
  fullName: string
  defaultBranch: string
  private: boolean
  archived: boolean
  /** Whether the token may push; undefined when GitHub does not say (an Actions token may see none). */
  push: boolean | undefined
}

export interface Repos {
  /** Null when there is none, or the token may not see it. */
  read(at: Repository): Promise<RepositoryFacts | null>
  /** The default branch as it was last read by this client; it is not asked. */
  knownBranch(at: Repository): string | undefined
  /** `main`, `master`, …; null when there is no such repository. */
  defaultBranch(at: Repository): Promise<string | null>
  /** The bytes of a file, at a branch, tag or commit (default branch when absent); null when there is no such file. */
  readContents(at: Repository, path: string, ref?: string): Promise<Buffer | null>
  /**
   * Commits a new file to the default branch by the contents API, which also takes an empty repository; the Git Data
   * API does not. `exists`: somebody else was first.
   */
  createFile(
    at: Repository,
    path: string,
    file: { content: string; message: string; author?: Person; committer?: Person },
  ): Promise<'created' | 'exists'>
}

/** Repositories and their files. */
export function reposOf(octokit: Octokit): Repos {
  const branches = new Map<string, string>()
  const keyOf = ({ owner, repo }: Repository): string => `${owner}/${repo}`.toLowerCase()
  const read: Repos['read'] = async (at) => {
    const answer = await nullOn404(octokit.request('GET /repos/{owner}/{repo}', { ...at }))
    if (answer === null) return null
    const { full_name, default_branch, private: hidden, archived, permissions } = answer.data
    branches.set(keyOf(at), default_branch)
    return { fullName: full_name, defaultBranch: default_branch, private: hidden, archived, push: permissions?.push }
  }
  return {
    read,
    knownBranch: (at) => branches.get(keyOf(at)),
    defaultBranch: async (at) => (await read(at))?.defaultBranch ?? null,
    async readContents(at, path, ref) {
      // Each part is encoded by itself: the template would encode the slashes, too.
      const way = path.split('/').map(encodeURIComponent).join('/')
      const url = `GET /repos/{owner}/{repo}/contents/${way}`
      const headers = { accept: 'application/vnd.github.raw+json' }
      const request = { parseSuccessResponseBody: false }
      const answer = await nullOn404(
        octokit.request(url, { ...at, ...(ref === undefined ? {} : { ref }), headers, request }),
      )
      if (answer === null) return null
      return Buffer.from(await new Response(answer.data as ReadableStream<Uint8Array>).arrayBuffer())
    },
    async createFile(at, path, { content, ...commit }) {
      const way = path.split('/').map(encodeURIComponent).join('/')
      try {
        await octokit.request(`PUT /repos/{owner}/{repo}/contents/${way}`, {
          ...at,
          ...commit,
          content: Buffer.from(content).toString('base64'),
        })
        return 'created'
      } catch (error) {
        // 422 without the sha of the file that is there; 409 when the branch moved on.
        if (statusOf(error) === 409 || (statusOf(error) === 422 && /sha/i.test(saidBy(error)))) return 'exists'
        throw error
      }
    },
  }
}
