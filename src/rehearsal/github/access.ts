import type { WorldRequest } from '../../spokes/world.ts'
import { notFound, Refused } from './refuse.ts'
import type { Route } from './route.ts'
import type { GithubState, RepositoryState, TokenState } from './state.ts'

/** The token of a request, in all the forms clients send it: `Bearer`, `token`, or as a password. */
export function tokenOf(request: WorldRequest, state: GithubState): TokenState | undefined {
  const header = request.headers.get('authorization')
  if (header === null) return undefined
  const [scheme = '', value = ''] = header.split(' ')
  let secret = value
  if (scheme.toLowerCase() === 'basic') {
    const [user = '', password = ''] = Buffer.from(value, 'base64').toString().split(':')
    secret = password === '' || password === 'x-oauth-basic' ? user : password
  }
  const token = state.tokens().find((one) => one.token === secret)
  if (token === undefined) throw new Refused(401, 'Bad credentials')
  return token
}

const ROLES = ['none', 'read', 'write', 'admin'] as const
type Role = (typeof ROLES)[number]

/** What the token's user may do with a repository, before the token itself is asked. */
function roleOf(repo: RepositoryState, token: TokenState | undefined): Role {
  const open: Role = repo.private ? 'none' : 'read'
  if (token === undefined) return open
  if (token.repositories !== undefined && !token.repositories.includes(`${repo.owner}/${repo.name}`.toLowerCase())) {
    return open
  }
  // Its permissions say what it may do; there is no user behind it.
  if (token.kind === 'actions') return 'admin'
  if (token.login.toLowerCase() === repo.owner.toLowerCase()) return 'admin'
  return repo.collaborators[token.login] ?? open
}

/** Whether the token could push: decides whether drafts are seen. */
export function canPush(repo: RepositoryState, token: TokenState | undefined): boolean {
  if (ROLES.indexOf(roleOf(repo, token)) < ROLES.indexOf('write') || token === undefined) return false
  return token.kind === 'classic' ? hasScope(repo, token) : token.permissions['contents'] === 'write'
}

function hasScope(repo: RepositoryState, token: TokenState): boolean {
  return token.scopes.includes('repo') || (!repo.private && token.scopes.includes('public_repo'))
}

/** Refuses what the token may not do, in GitHub's words: 401, 403 or 404. */
export function checkAccess(route: Route, repo: RepositoryState, token: TokenState | undefined): void {
  const role = roleOf(repo, token)
  const write = route.method !== 'GET'
  if (role === 'none') throw notFound()
  if (!write && route.needs !== 'administration') return
  if (token === undefined) throw new Refused(401, 'Requires authentication')
  const needs = route.needs ?? 'contents'
  const wanted: Role = route.byReaders === true ? 'read' : needs === 'administration' ? 'admin' : 'write'
  if (token.kind === 'classic') {
    if (!hasScope(repo, token) || ROLES.indexOf(role) < ROLES.indexOf(wanted)) throw notFound()
  } else if (token.permissions[needs] !== 'write' || ROLES.indexOf(role) < ROLES.indexOf(wanted)) {
    throw new Refused(
      403,
      `Resource not accessible by ${token.kind === 'actions' ? 'integration' : 'personal access token'}`,
      undefined,
      { 'x-accepted-github-permissions': `${needs}=write` },
    )
  }
  if (write && repo.archived) throw new Refused(403, 'Repository was archived so is read-only.')
}
