import type { WorldRequest, WorldStore } from '../world.ts'

/** What a registry has of one repository. */
export interface Repository {
  /** Digest → length in bytes. */
  blobs: Record<string, number>
  /** Digest → media type. */
  manifests: Record<string, string>
  tags: Record<string, string>
}

/** Document `registry`, for tests: without it everybody who shows a password may write everywhere, and all may read. */
export interface RegistryRules {
  /** User name → password; others are refused. */
  accounts?: Record<string, string>
  /** Repositories that nobody may write. */
  denied?: string[]
  /** Repositories that only those who log in may read. */
  private?: string[]
  /** A tag that is there stays. */
  immutable?: boolean
  /** Seconds that a token lasts; 300 by default. */
  tokenLasts?: number
  /** Whether it lists referrers by itself; otherwise a tag stands in. */
  referrers?: boolean
}

export function rulesOf(store: WorldStore): RegistryRules {
  return store.read<RegistryRules>('registry') ?? {}
}

export function loadRepository(store: WorldStore, host: string, name: string): Repository | undefined {
  return store.read<Repository>(documentOf(host, name))
}

/** Changes what is kept of a repository; nothing is awaited in between, so that two requests at once are one after the other. */
export function changeRepository(
  store: WorldStore,
  host: string,
  name: string,
  change: (one: Repository) => void,
): void {
  const repository = loadRepository(store, host, name) ?? { blobs: {}, manifests: {}, tags: {} }
  change(repository)
  store.write(documentOf(host, name), repository)
}

/** File of a blob or a manifest; the same for all repositories. */
export function blobFile(store: WorldStore, digest: string): string {
  return store.blob(`content/${digest.replace(':', '/')}`)
}

// A colon stands in no file name on Windows; a folder may not have the name of a document.
function documentOf(host: string, name: string): string {
  return `repositories/${host.replace(':', '+')}/${name}/_repository`
}

const CODES: Record<string, [number, string]> = {
  UNAUTHORIZED: [401, 'authentication required'],
  DENIED: [403, 'requested access to the resource is denied'],
  NAME_INVALID: [400, 'invalid repository name'],
  NAME_UNKNOWN: [404, 'repository name not known to registry'],
  TAG_INVALID: [400, 'manifest tag did not match URI'],
  MANIFEST_UNKNOWN: [404, 'manifest unknown'],
  MANIFEST_INVALID: [400, 'manifest invalid'],
  MANIFEST_BLOB_UNKNOWN: [400, 'manifest references a manifest or blob that is unknown'],
  BLOB_UNKNOWN: [404, 'blob unknown to registry'],
  BLOB_UPLOAD_UNKNOWN: [404, 'blob upload unknown to registry'],
  BLOB_UPLOAD_INVALID: [416, 'blob upload invalid'],
  DIGEST_INVALID: [400, 'provided digest did not match uploaded content'],
  SIZE_INVALID: [413, 'provided length is too large'],
  UNSUPPORTED: [405, 'The operation is unsupported.'],
}

/** A refusal in the words of the specification; `detail` says more. */
export function refuse(code: keyof typeof CODES, detail?: unknown, headers: Record<string, string> = {}): Response {
  const [status, message] = CODES[code] ?? [400, code]
  return answerJson({ errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] }, status, headers)
}

export function answerJson(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  const body = JSON.stringify(value)
  return new Response(body, {
    status,
    headers: { 'content-type': 'application/json', 'docker-distribution-api-version': 'registry/2.0', ...headers },
  })
}

/** An answer without a body. */
export function answer(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers: { 'docker-distribution-api-version': 'registry/2.0', ...headers } })
}

/** A request for something in a repository. */
export interface RegistryRequest {
  request: WorldRequest
  store: WorldStore
  host: string
  /** The repository's name. */
  name: string
  rules: RegistryRules
}
