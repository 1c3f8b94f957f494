import { createHash, randomUUID } from 'node:crypto'
import type { WorldRequest, WorldStore } from '../../spokes/world.ts'
import { canPush, checkAccess, tokenOf } from './access.ts'
import { actionRoutes } from './actions.ts'
import { assetRoutes } from './assets.ts'
import { contentRoutes } from './contents.ts'
import { forkRoutes } from './forks.ts'
import { git } from './git.ts'
import { milestoneRoutes } from './milestones.ts'
import { objectRoutes } from './objects.ts'
import { pullRoutes } from './pulls.ts'
import { countRequest, rateHeaders, rateLimit } from './rate-limit.ts'
import { refRoutes } from './refs.ts'
import { notFound, Refused } from './refuse.ts'
import { releaseRoutes } from './releases.ts'
import { repositoryRoutes } from './repositories.ts'
import { rulesetRoutes } from './rulesets.ts'
import { json, matchPath, type Call, type Route } from './route.ts'
import { GithubState, type TokenState } from './state.ts'
import { treeRoutes } from './trees.ts'
import { userView } from './views.ts'

/** The calls that the fake answers. */
export const ROUTES: Route[] = [
  ...releaseRoutes,
  ...assetRoutes,
  ...refRoutes,
  ...objectRoutes,
  ...treeRoutes,
  ...contentRoutes,
  ...repositoryRoutes,
  ...forkRoutes,
  ...pullRoutes,
  ...rulesetRoutes,
  ...actionRoutes,
  ...milestoneRoutes,
]

const VERSIONS = new Set(['2022-11-28', '2026-03-10'])
const queues = new Map<string, Promise<unknown>>()

/** Answers a request to api.github.com or uploads.github.com. */
export async function serveApi(request: WorldRequest, store: WorldStore): Promise<Response> {
  const state = new GithubState(store)
  const upload = request.host === 'uploads.github.com'
  let token: TokenState | undefined
  let found: { route: Route; params: Record<string, string> } | undefined
  let response: Response
  try {
    token = tokenOf(request, state)
    if (request.path === '/rate_limit' && request.method === 'GET') return limits(request, state, token)
    countRequest(state, token)
    if (!VERSIONS.has(request.headers.get('x-github-api-version') ?? '2022-11-28')) {
      throw new Refused(400, `The given API version is not supported.`)
    }
    const account = serveAccount(request, state, token)
    if (account !== undefined) response = account
    else {
      found = findRoute(request, upload)
      response = await serveRoute(request, state, found, token)
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    response = refusal(error, found?.route, upload)
  }
  return finish(request, response, upload ? {} : rateHeaders(rateLimit(state, token)), token)
}

function findRoute(request: WorldRequest, upload: boolean): { route: Route; params: Record<string, string> } {
  const method = request.method === 'HEAD' ? 'GET' : request.method
  for (const route of ROUTES) {
    if (route.method !== method || (route.upload === true) !== upload) continue
    const params = matchPath(route.path, request.path)
    if (params !== undefined) return { route, params }
  }
  throw notFound()
}

async function serveRoute(
  request: WorldRequest,
  state: GithubState,
  found: { route: Route; params: Record<string, string> },
  token: TokenState | undefined,
): Promise<Response> {
  const { route, params } = found
  const repo = state.repository(params['owner'] ?? '', params['repo'] ?? '')
  if (repo === undefined) throw notFound()
  if (repo.movedTo !== undefined) return moved(request, repo.movedTo)
  checkAccess(route, repo, token)
  const folder = state.gitFolder(repo)
  const call: Call = {
    request,
    state,
    route,
    params,
    token,
    login: token?.login ?? '',
    repo,
    git: folder,
    canPush: canPush(repo, token),
    alone: (work) =>
      alone(folder, async () => {
        // What stood before it in the queue may have changed it.
        call.repo = state.repository(repo.owner, repo.name) ?? repo
        return work()
      }),
  }
  if (route.path.includes('/git/')) {
    const { stdout } = await git(folder, ['for-each-ref', '--count=1'])
    if (stdout === '') throw new Refused(409, 'Git Repository is empty.')
  }
  return route.run(call)
}

/** A renamed repository: reads are redirected by 301, writes by 307, which keeps the method. */
function moved(request: WorldRequest, to: string): Response {
  const rest = request.path.split('/').slice(4)
  const location = `https://${request.host}/${['repos', to, ...rest].join('/')}`
  const status = request.method === 'GET' ? 301 : 307
  return json({ message: 'Moved Permanently', url: location, documentation_url: `${DOCS}/#redirects` }, status, {
    location,
  })
}

const DOCS = 'https://docs.github.com/rest'

function serveAccount(request: WorldRequest, state: GithubState, token: TokenState | undefined): Response | undefined {
  if (request.method !== 'GET') return undefined
  if (request.path === '/user') {
    if (token === undefined) throw new Refused(401, 'Requires authentication')
    if (token.kind === 'actions') throw new Refused(403, 'Resource not accessible by integration')
    return json(publicUser(state, token.login))
  }
  const login = /^\/users\/([\w.-]+)$/.exec(request.path)?.[1]
  if (login === undefined) return undefined
  if (state.knownAccount(login) === undefined) throw notFound()
  return json(publicUser(state, login))
}

function publicUser(state: GithubState, login: string): unknown {
  const date = '2020-01-01T00:00:00Z'
  const open = { public_repos: 0, public_gists: 0, followers: 0, following: 0, created_at: date, updated_at: date }
  const blank = { name: login, company: null, blog: '', location: null, email: null, hireable: null, bio: null }
  return { ...userView(state.account(login)), ...blank, ...open }
}

/** The limits themselves; asking is not counted. */
async function limits(request: WorldRequest, state: GithubState, token: TokenState | undefined): Promise<Response> {
  const core = rateLimit(state, token)
  const old = request.headers.get('x-github-api-version') !== '2026-03-10'
  const body = { resources: { core, search: core, graphql: core }, ...(old ? { rate: core } : {}) }
  return finish(request, json(body), rateHeaders(core), token)
}

function refusal(error: Refused, route: Route | undefined, upload: boolean): Response {
  const documentation = error.status === 401 || route === undefined ? DOCS : `${DOCS}/${route.doc}`
  const errors = error.errors === undefined ? {} : { errors: error.errors }
  const body = upload
    ? { message: error.message, request_id: randomUUID(), documentation_url: documentation, ...errors }
    : { message: error.message, ...errors, documentation_url: documentation, status: String(error.status) }
  return json(body, error.status, error.headers)
}

async function finish(
  request: WorldRequest,
  response: Response,
  limit: Record<string, string>,
  token: TokenState | undefined,
): Promise<Response> {
  const headers = new Headers(response.headers)
  for (const [name, value] of Object.entries(limit)) headers.set(name, value)
  headers.set('x-github-media-type', 'github.v3; format=json')
  headers.set('x-github-request-id', randomUUID())
  headers.set('date', new Date().toUTCString())
  if (token?.kind === 'classic') headers.set('x-oauth-scopes', token.scopes.join(', '))
  if (request.method !== 'GET' || response.status !== 200) {
    return new Response(response.body, { status: response.status, headers })
  }
  const body = Buffer.from(await response.arrayBuffer())
  const etag = `W/"${createHash('sha256').update(body).digest('hex')}"`
  headers.set('etag', etag)
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
  return new Response(body, { status: 200, headers })
}

/** Runs work on the same repository one after another. */
async function alone<T>(key: string, work: () => Promise<T> | T): Promise<T> {
  const before = queues.get(key) ?? Promise.resolve()
  const mine = before.then(work, work)
  const settled = mine.catch(() => {})
  queues.set(key, settled)
  try {
    return await mine
  } finally {
    if (queues.get(key) === settled) queues.delete(key)
  }
}
