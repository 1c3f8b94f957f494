import { commitText } from './git-text.ts'
import { git, readObject, resolveCommit, resolveRef, writeObject } from './git.ts'
import { base64Lines, gitCommitView, personOf } from './objects.ts'
import { notFound, Refused, missing, unprocessable } from './refuse.ts'
import { bodyOf, json, required, text, type Call, type Route } from './route.ts'
import { changeTree, listTree, type TreeEntry } from './trees.ts'
import { repoUrl, tagInUrl, webUrl } from './views.ts'

const DOC = 'repos/contents'
const PATH = '/repos/{owner}/{repo}/contents/{path}'

/** Contents: https://docs.github.com/en/rest/repos/contents */
export const contentRoutes: Route[] = [
  { method: 'GET', path: '/repos/{owner}/{repo}/contents', doc: `${DOC}#get-repository-content`, run: read },
  { method: 'GET', path: PATH, doc: `${DOC}#get-repository-content`, run: read },
  { method: 'PUT', path: PATH, doc: `${DOC}#create-or-update-file-contents`, run: (call) => write(call, 'put') },
  { method: 'DELETE', path: PATH, doc: `${DOC}#delete-a-file`, run: (call) => write(call, 'delete') },
]

async function read(call: Call): Promise<Response> {
  const ref = call.request.query.get('ref') ?? call.repo.defaultBranch
  const commit = await resolveCommit(call.git, ref)
  if (commit === undefined) throw notFound(`No commit found for the ref ${ref}`)
  const path = (call.params['path'] ?? '').replace(/\/$/, '')
  const found = path === '' ? undefined : await entryOf(call.git, commit, path)
  if (path !== '' && found === undefined) throw notFound()
  if (found === undefined || found.type === 'tree') {
    const inside = await listTree(call.git, found?.sha ?? commit, false)
    return json(
      inside.map((one) => entryView(call, { ...one, path: path === '' ? one.path : `${path}/${one.path}` }, ref)),
    )
  }
  const bytes = (await readObject(call.git, found.sha))?.bytes ?? Buffer.alloc(0)
  if ((call.request.headers.get('accept') ?? '').includes('raw')) {
    return new Response(new Uint8Array(bytes), {
      headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' },
    })
  }
  return json({ ...entryView(call, found, ref), content: base64Lines(bytes), encoding: 'base64' })
}

/** What stands at a path of a commit. */
async function entryOf(folder: string, commit: string, path: string): Promise<TreeEntry | undefined> {
  const { stdout } = await git(folder, ['ls-tree', '-z', '-l', commit, '--', path])
  const line = stdout.split('\0').find((one) => one.slice(one.indexOf('\t') + 1) === path)
  if (line === undefined) return undefined
  const [mode = '', type = '', sha = '', size = '-'] = line.slice(0, line.indexOf('\t')).split(/\s+/)
  return { path, mode, type, sha, ...(size === '-' ? {} : { size: Number(size) }) }
}

function entryView(call: Call, entry: TreeEntry, ref: string): Record<string, unknown> {
  const path = tagInUrl(entry.path)
  const url = `${repoUrl(call.repo)}/contents/${path}?ref=${encodeURIComponent(ref)}`
  const folder = entry.type === 'tree'
  const gitUrl = `${repoUrl(call.repo)}/git/${entry.type}s/${entry.sha}`
  const html = `${webUrl(call.repo)}/${folder ? 'tree' : 'blob'}/${ref}/${path}`
  const { owner, name } = call.repo
  return {
    name: entry.path.slice(entry.path.lastIndexOf('/') + 1),
    path: entry.path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url,
    html_url: html,
    git_url: gitUrl,
    download_url: folder ? null : `https://raw.githubusercontent.com/${owner}/${name}/${ref}/${path}`,
    type: folder ? 'dir' : entry.mode === '120000' ? 'symlink' : entry.type === 'commit' ? 'submodule' : 'file',
    _links: { self: url, git: gitUrl, html },
  }
}

async function write(call: Call, action: 'put' | 'delete'): Promise<Response> {
  const body = await bodyOf(call)
  const path = call.params['path'] ?? ''
  const message = required(body, 'message')
  const content = action === 'put' ? Buffer.from(required(body, 'content'), 'base64') : undefined
  const branch = text(body, 'branch') ?? call.repo.defaultBranch
  const given = text(body, 'sha')
  if (path.split('/').some((part) => ['', '.', '..', '.git'].includes(part))) {
    throw unprocessable('path contains a malformed path component')
  }
  return call.alone(async () => {
    const head = await resolveRef(call.git, `refs/heads/${branch}`)
    const empty = (await git(call.git, ['for-each-ref', '--count=1'])).stdout === ''
    if (head === undefined && !(empty && branch === call.repo.defaultBranch)) {
      throw notFound(`Branch ${branch} not found`)
    }
    const old = head === undefined ? undefined : await entryOf(call.git, head, path)
    if (old === undefined && content === undefined) throw notFound()
    if (old !== undefined && given === undefined) throw missing('sha')
    if (old !== undefined && given !== old.sha) throw new Refused(409, `${path} does not match ${given ?? ''}`)
    const sha = content === undefined ? null : await writeObject(call.git, 'blob', content)
    const tree = await changeTree(call.git, head, [{ path, mode: old?.mode ?? '100644', sha }])
    const committer = personOf(call, body['committer'])
    const author = personOf(call, body['author'], committer)
    const parents = head === undefined ? [] : [head]
    const commit = await writeObject(
      call.git,
      'commit',
      commitText({ tree, parents, author, committer, message, signature: null }),
    )
    const moved = await git(call.git, ['update-ref', `refs/heads/${branch}`, commit, head ?? '0'.repeat(40)], {
      mayFail: true,
    })
    if (moved.code !== 0) throw new Refused(409, `refs/heads/${branch} is expected to be at ${head ?? ''}`)
    const object = await readObject(call.git, commit)
    const entry = sha === null ? undefined : await entryOf(call.git, commit, path)
    return json(
      {
        content: entry === undefined ? null : entryView(call, entry, branch),
        commit: object === undefined ? {} : gitCommitView(call.repo, object),
      },
      old === undefined ? 201 : 200,
    )
  })
}
