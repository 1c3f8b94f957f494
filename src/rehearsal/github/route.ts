import type { WorldRequest } from '../../spokes/world.ts'
import { missing, notFound, Refused, unprocessable } from './refuse.ts'
import type { GithubState, ReleaseState, RepositoryState, TokenState } from './state.ts'

/** One call of the API. Its path is the template of GitHub's OpenAPI description. */
export interface Route {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  path: string
  /** The end of `https://docs.github.com/rest/…`, which error bodies name. */
  doc: string
  /** The permission it needs; reading when the method only reads, else writing. */
  needs?: 'contents' | 'pull_requests' | 'administration' | 'actions'
  /** Whether someone who can only read the repository may do it: forks, and pull requests from them. */
  byReaders?: true
  /** Served by the upload host. */
  upload?: true
  run(call: Call): Promise<Response> | Response
}

/** What a handler gets. */
export interface Call {
  request: WorldRequest
  state: GithubState
  route: Route
  params: Record<string, string>
  token: TokenState | undefined
  /** The login of the token; empty for anonymous. */
  login: string
  /** The repository of the path, seen with the token's eyes. */
  repo: RepositoryState
  git: string
  canPush: boolean
  /** Runs one after another what writes to the same repository. */
  alone<T>(work: () => Promise<T> | T): Promise<T>
}

export type Json = Record<string, unknown>

/** The JSON object of a request; 400 when it is none. */
export async function bodyOf(call: Call): Promise<Json> {
  const text = (await call.request.body()).toString()
  if (text.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Refused(400, 'Problems parsing JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refused(400, 'Body should be a JSON object')
  }
  return value as Json
}

/** A text field; `undefined` when it was not sent or is null. 422 when it is something else. */
export function text(body: Json, field: string): string | undefined {
  const value = body[field]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') {
    throw unprocessable(`Invalid request.\n\nFor 'properties/${field}', ${JSON.stringify(value)} is not a string.`)
  }
  return value
}

/** A text field that must be sent. */
export function required(body: Json, field: string): string {
  const value = text(body, field)
  if (value === undefined) throw missing(field)
  return value
}

/** A boolean field; `undefined` when it was not sent. */
export function flag(body: Json, field: string): boolean | undefined {
  const value = body[field]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') {
    throw unprocessable(`Invalid request.\n\nFor 'properties/${field}', ${JSON.stringify(value)} is not a boolean.`)
  }
  return value
}

/** The release whose id stands in the path; 404 for a draft that the token may not see. */
export function releaseOf(call: Call): ReleaseState {
  const release = call.state.release(call.repo, Number(call.params['release_id']))
  if (release === undefined || (release.draft && !call.canPush)) throw notFound()
  return release
}

/** A JSON answer. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  })
}

/** One page of a list, with the `Link` header that leads to the others. */
export function page<T>(call: Call, all: T[], view: (one: T) => unknown): Response {
  const { query, host, path } = call.request
  const perPage = Math.min(100, Math.max(1, Number(query.get('per_page') ?? 30) || 30))
  const number = Math.max(1, Number(query.get('page') ?? 1) || 1)
  const last = Math.max(1, Math.ceil(all.length / perPage))
  const link = (to: number, rel: string): string => {
    const search = new URLSearchParams(query)
    search.set('page', String(to))
    return `<https://${host}${path}?${search.toString()}>; rel="${rel}"`
  }
  const links = [
    ...(number > 1 ? [link(number - 1, 'prev')] : []),
    ...(number < last ? [link(number + 1, 'next'), link(last, 'last')] : []),
    ...(number > 1 ? [link(1, 'first')] : []),
  ]
  const items = all.slice((number - 1) * perPage, number * perPage)
  return json(items.map(view), 200, {
    'cache-control': 'private, max-age=60, s-maxage=60',
    ...(links.length > 0 ? { link: links.join(', ') } : {}),
  })
}

/** Matches a path against a template. Ids are digits; tags, refs and file paths may hold slashes. */
export function matchPath(template: string, path: string): Record<string, string> | undefined {
  const pattern = patternOf(template)
  const found = pattern.exec(path)
  if (found === null) return undefined
  try {
    return Object.fromEntries(
      Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
    )
  } catch {
    return undefined
  }
}

const patterns = new Map<string, RegExp>()

function patternOf(template: string): RegExp {
  const known = patterns.get(template)
  if (known !== undefined) return known
  const source = template.replace(/[.]/g, '\\.').replace(/\{(\w+)\}/g, (_whole, name: string) => {
    if (/_id$|_number$/.test(name)) return `(?<${name}>\\d+)`
    return /^(tag|ref|path|branch|basehead)$/.test(name) ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`
  })
  const pattern = new RegExp(`^${source}$`)
  patterns.set(template, pattern)
  return pattern
}
