// Placeholder of the contract; see the helper's implementation.
/** One table of routes: public origin → where we connect. Empty outside rehearsals and tests. */
export type Routes = Record<string, string>

export interface RequestOptions {
  method?: string
  headers?: Record<string, string>
  body?: string | Buffer | Uint8Array | (() => NodeJS.ReadableStream)
  /** Length of a streamed body. */
  length?: number
  signal?: AbortSignal
  /** How often a passing fault is tried again; 0 for writes that must not be repeated. */
  retries?: number
}

/** The one HTTP client. Statuses are answers, not errors; only a broken connection throws (`network`). */
export interface Http {
  /** Fetch-compatible, for libraries that take one (octokit). */
  fetch: typeof globalThis.fetch
  request(url: string, options?: RequestOptions): Promise<Response>
  /** Where a public URL is really reached. */
  route(url: string): string
}
