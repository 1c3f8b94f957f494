import type { Octokit } from '@octokit/core'
import type { Repository } from './github-settings.ts'

/** A commit as GitHub knows it: who has an account there is named by login. */
export interface HistoryCommit {
  sha: string
  message: string
  /** Null where the address belongs to no account. */
  author: { login: string; name: string; email: string } | null
}

export interface History {
  /** The commits after one tag up to another, oldest first; all pages. */
  compare(at: Repository, base: string, head: string): Promise<HistoryCommit[]>
  /** The notes that GitHub writes for a release; without `previous` it takes the release before. Makes nothing. */
  generateNotes(at: Repository, tag: string, previous: string): Promise<string>
}

/** What happened between two releases of a repository. */
export function historyOf(octokit: Octokit): History {
  return {
    async compare(at, base, head) {
      const all: HistoryCommit[] = []
      for (let page = 1; ; page++) {
        const way = 'GET /repos/{owner}/{repo}/compare/{basehead}'
        const { data } = await octokit.request(way, { ...at, basehead: `${base}...${head}`, per_page: 100, page })
        for (const { sha, commit, author } of data.commits) {
          // GitHub gives an empty object where an address belongs to nobody.
          const known =
            author === null || !('login' in author)
              ? null
              : { login: author.login, name: author.name ?? '', email: author.email ?? '' }
          all.push({ sha, message: commit.message, author: known })
        }
        if (data.commits.length < 100) return all
      }
    },
    async generateNotes(at, tag, previous) {
      const before = previous === '' ? {} : { previous_tag_name: previous }
      const way = 'POST /repos/{owner}/{repo}/releases/generate-notes'
      const { data } = await octokit.request(way, { ...at, tag_name: tag, ...before })
      return data.body
    },
  }
}
