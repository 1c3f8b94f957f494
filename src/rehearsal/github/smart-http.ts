import { gitBackend } from '../../external/git-backend.ts'
import type { WorldRequest } from '../../spokes/world.ts'
import { canPush, tokenOf } from './access.ts'
import { listRefs } from './git.ts'
import { Refused } from './refuse.ts'
import { followTags } from './release-rules.ts'
import { writeLocks } from './rulesets.ts'
import type { GithubState, RepositoryState, TokenState } from './state.ts'

/** Clone, fetch and push over HTTP, by git's own `http-backend`. */
export async function serveGit(
  request: WorldRequest,
  state: GithubState,
  repo: RepositoryState | undefined,
  service: string,
): Promise<Response> {
  const pushing = service === 'git-receive-pack' || request.query.get('service') === 'git-receive-pack'
  let token: TokenState | undefined
  try {
    token = tokenOf(request, state)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return askForToken('Invalid username or token. Password authentication is not supported for Git operations.')
  }
  const may = repo !== undefined && (pushing || repo.private ? canPush(repo, token) : true)
  if (repo === undefined || !may) {
    // Who is not known is asked for a token, also where there is nothing: existence stays hidden.
    if (token === undefined) return askForToken('No anonymous write access.')
    if (repo === undefined || repo.private) return new Response('Repository not found.\n', { status: 404 })
    return new Response(`Permission to ${repo.owner}/${repo.name}.git denied to ${token.login}.\n`, { status: 403 })
  }
  if (pushing && repo.archived) {
    return new Response('This repository was archived so it is read-only.\n', { status: 403 })
  }
  const folder = state.gitFolder(repo)
  const before = new Set(pushing ? (await listRefs(folder, 'refs/tags/')).map((one) => one.ref) : [])
  if (pushing) writeLocks(state, repo)
  const response = await gitBackend(request, folder, service, token?.login ?? '')
  if (service === 'git-receive-pack') await followTags(state, repo, before)
  return response
}

function askForToken(message: string): Response {
  return new Response(`${message}\n`, { status: 401, headers: { 'www-authenticate': 'Basic realm="GitHub"' } })
}
