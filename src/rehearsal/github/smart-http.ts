import { Buffer } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { run } from '../../external/process.ts'
import type { WorldRequest } from '../../spokes/world.ts'
import { canPush, tokenOf } from './access.ts'
import { GIT_ENV, listRefs } from './git.ts'
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
  const response = await backend(request, folder, service, token?.login ?? '')
  if (service === 'git-receive-pack') await followTags(state, repo, before)
  return response
}

function askForToken(message: string): Response {
  return new Response(`${message}\n`, { status: 401, headers: { 'www-authenticate': 'Basic realm="GitHub"' } })
}

/** Git's http-backend speaks CGI: the request in variables, the answer with its headers on stdout. */
async function backend(request: WorldRequest, folder: string, service: string, login: string): Promise<Response> {
  const body = request.method === 'POST' ? await request.bodyFile() : undefined
  try {
    const { code, bytes, stderr } = await run(['git', 'http-backend'], {
      env: {
        ...GIT_ENV,
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: `/${service}`,
        REQUEST_METHOD: request.method,
        QUERY_STRING: request.query.toString(),
        CONTENT_TYPE: request.headers.get('content-type') ?? '',
        CONTENT_LENGTH: body === undefined ? '' : String(body.size),
        HTTP_CONTENT_ENCODING: request.headers.get('content-encoding') ?? '',
        GIT_PROTOCOL: request.headers.get('git-protocol') ?? '',
        REMOTE_USER: login,
        REMOTE_ADDR: '127.0.0.1',
      },
      ...(body === undefined ? {} : { input: createReadStream(body.path) }),
      limit: 1024 * 1024 * 1024,
    })
    const end = bytes.indexOf('\r\n\r\n')
    if (code !== 0 || end < 0) return new Response(`git http-backend failed: ${stderr}\n`, { status: 500 })
    const headers = new Headers()
    let status = 200
    for (const line of bytes.subarray(0, end).toString().split('\r\n')) {
      const [name = '', value = ''] = line.split(/:\s*(.*)/)
      if (name.toLowerCase() === 'status') status = Number(value.slice(0, 3))
      else headers.set(name, value)
    }
    return new Response(Buffer.from(bytes.subarray(end + 4)), { status, headers })
  } finally {
    if (body !== undefined) await rm(body.path, { force: true })
  }
}
