import type { WorldRequest, WorldStore } from '../../spokes/world.ts'
import { canPush, tokenOf } from './access.ts'
import { git, readObject, resolveCommit } from './git.ts'
import { Refused } from './refuse.ts'
import { latestOf } from './release-rules.ts'
import { GithubState, type RepositoryState } from './state.ts'
import { serveGit } from './smart-http.ts'
import { serveStorage, STORAGE_HOST, storageUrl } from './storage.ts'
import { tagInUrl, webUrl } from './views.ts'

/** Answers what is not the API: github.com, its downloads, raw files, archives of the source, git itself. */
export async function serveWeb(request: WorldRequest, store: WorldStore): Promise<Response> {
  const state = new GithubState(store)
  if (request.host === STORAGE_HOST || request.host === 'objects.githubusercontent.com') {
    return serveStorage(request, state)
  }
  const [, owner = '', name = '', ...rest] = request.path.split('/').map(decode)
  const repo = state.repository(owner, name.replace(/\.git$/, ''))
  if (repo?.movedTo !== undefined) {
    const suffix = name.endsWith('.git') ? '.git' : ''
    const query = request.query.size > 0 ? `?${request.query.toString()}` : ''
    return redirect(`https://${request.host}/${[`${repo.movedTo}${suffix}`, ...rest].join('/')}${query}`, 301)
  }
  if (request.host === 'github.com' && /^(info\/refs|git-(upload|receive)-pack)$/.test(rest.join('/'))) {
    return serveGit(request, state, repo, rest.join('/'))
  }
  if (repo === undefined || !readable(request, state, repo)) return missingPage()
  if (request.host === 'raw.githubusercontent.com') return raw(state, repo, rest)
  if (request.host === 'codeload.github.com') return archive(state, repo, rest)
  if (rest[0] === 'archive') return toCodeload(repo, rest)
  if (rest[0] === 'releases') return releasePage(state, repo, rest)
  return missingPage()
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Whether a repository's files may be read; a private one asks for a token that has it. */
function readable(request: WorldRequest, state: GithubState, repo: RepositoryState): boolean {
  try {
    return !repo.private || canPush(repo, tokenOf(request, state))
  } catch (error) {
    if (error instanceof Refused) return false
    throw error
  }
}

function releasePage(state: GithubState, repo: RepositoryState, rest: string[]): Response {
  const [, kind, ...more] = rest
  if (kind === 'latest') {
    const latest = latestOf(state, repo)
    if (latest === undefined) return more.length > 0 ? missingPage() : redirect(`${webUrl(repo)}/releases`)
    const to =
      more[0] === 'download' ? ['download', tagInUrl(latest.tag), ...more.slice(1)] : ['tag', tagInUrl(latest.tag)]
    return redirect(`${webUrl(repo)}/releases/${to.join('/')}`)
  }
  // A draft's addresses answer 404 even to those who may see it.
  const published = state.releases(repo).filter((one) => !one.draft)
  if (kind === 'tag') {
    const release = published.find((one) => one.tag === more.join('/'))
    return release === undefined ? missingPage() : page(`${release.name ?? release.tag}\n${release.body ?? ''}`)
  }
  if (kind !== 'download') return page(published.map((one) => one.tag).join('\n'))
  const file = more.at(-1)
  const release = published.find((one) => one.tag === more.slice(0, -1).join('/'))
  const asset = release?.assets.find((one) => one.name === file && one.state === 'uploaded')
  return asset === undefined ? missingPage() : redirect(storageUrl(repo, asset))
}

async function raw(state: GithubState, repo: RepositoryState, rest: string[]): Promise<Response> {
  const folder = state.gitFolder(repo)
  // A branch may hold slashes: the shortest name that is one decides. `refs/heads/main/x` is taken too.
  for (let parts = 1; parts < rest.length; parts += 1) {
    const ref = rest.slice(0, parts).join('/')
    const commit = await resolveCommit(folder, ref)
    if (commit === undefined) continue
    const object = await readObject(folder, `${commit}:${rest.slice(parts).join('/')}`)
    if (object?.type !== 'blob') break
    return new Response(new Uint8Array(object.bytes), {
      headers: { 'content-type': object.bytes.includes(0) ? 'application/octet-stream' : 'text/plain; charset=utf-8' },
    })
  }
  return new Response('404: Not Found', { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}

/** `/o/r/archive/refs/tags/v1.tar.gz` → `codeload.github.com/o/r/tar.gz/refs/tags/v1` */
function toCodeload(repo: RepositoryState, rest: string[]): Response {
  const file = rest.slice(1).join('/')
  const format = file.endsWith('.zip') ? 'zip' : 'tar.gz'
  const ref = tagInUrl(file.replace(/\.(zip|tar\.gz)$/, ''))
  return redirect(`https://codeload.github.com/${repo.owner}/${repo.name}/${format}/${ref}`)
}

async function archive(state: GithubState, repo: RepositoryState, rest: string[]): Promise<Response> {
  const [format = '', ...parts] = rest
  const ref = parts.join('/')
  const folder = state.gitFolder(repo)
  const commit = await resolveCommit(folder, ref)
  if (commit === undefined || !['zip', 'tar.gz'].includes(format)) return missingPage()
  const short = ref.replace(/^refs\/(heads|tags)\//, '').replace(/^v(?=\d)/, '')
  const prefix = `${repo.name}-${short.replaceAll('/', '-')}/`
  const { bytes } = await git(folder, ['archive', `--format=${format}`, `--prefix=${prefix}`, commit])
  return new Response(new Uint8Array(bytes), {
    headers: { 'content-type': format === 'zip' ? 'application/zip' : 'application/x-gzip' },
  })
}

function redirect(location: string, status = 302): Response {
  return new Response(null, { status, headers: { location } })
}

function page(text: string): Response {
  return new Response(`${text}\n`, { headers: { 'content-type': 'text/plain; charset=utf-8' } })
}

function missingPage(): Response {
  return new Response('Not Found', { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}
