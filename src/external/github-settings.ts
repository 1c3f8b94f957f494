import type { Http } from './http.ts'

/** A repository by its full name. */
export interface Repository {
  owner: string
  repo: string
}

/** What the client needs; addresses are public ones without a trailing slash. */
export interface GitHubSettings {
  http: Http
  /** `https://api.github.com`. */
  api: string
  /** `https://uploads.github.com`. */
  upload: string
  /** Absent: anonymous, for public repositories. */
  token?: string
}
