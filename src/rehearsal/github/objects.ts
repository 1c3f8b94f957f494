import { commitText, isoSeconds, parseCommit, parseTag, tagText, type Person } from './git-text.ts'
import { readObject, resolveCommit, writeObject, type GitObject } from './git.ts'
import { notFound, unprocessable } from './refuse.ts'
import { bodyOf, json, required, text, type Call, type Json, type Route } from './route.ts'
import type { RepositoryState } from './state.ts'
import { nodeId, repoUrl, webUrl, type Schemas } from './views.ts'

/** Blobs, commits and annotated tags: https://docs.github.com/en/rest/git */
export const objectRoutes: Route[] = [
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/git/blobs',
    doc: 'git/blobs#create-a-blob',
    async run(call) {
      const body = await bodyOf(call)
      const encoding = text(body, 'encoding') === 'base64' ? 'base64' : 'utf8'
      const sha = await writeObject(call.git, 'blob', Buffer.from(required(body, 'content'), encoding))
      const url = `${repoUrl(call.repo)}/git/blobs/${sha}`
      return json({ url, sha }, 201, { location: url })
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/blobs/{file_sha}',
    doc: 'git/blobs#get-a-blob',
    async run(call) {
      const { sha, bytes } = await objectOf(call, call.params['file_sha'] ?? '', 'blob')
      return json({
        sha,
        node_id: nodeId('B', sha),
        size: bytes.length,
        url: `${repoUrl(call.repo)}/git/blobs/${sha}`,
        content: base64Lines(bytes),
        encoding: 'base64',
      })
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/commits/{commit_sha}',
    doc: 'git/commits#get-a-commit-object',
    async run(call) {
      return json(gitCommitView(call.repo, await objectOf(call, call.params['commit_sha'] ?? '', 'commit')))
    },
  },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/git/commits',
    doc: 'git/commits#create-a-commit',
    run: createCommit,
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/tags/{tag_sha}',
    doc: 'git/tags#get-a-tag',
    async run(call) {
      return json(tagView(call.repo, await objectOf(call, call.params['tag_sha'] ?? '', 'tag')))
    },
  },
  { method: 'POST', path: '/repos/{owner}/{repo}/git/tags', doc: 'git/tags#create-a-tag-object', run: createTag },
]

/** Base64 in lines of 60, as GitHub sends contents. */
export function base64Lines(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{1,60}/g, (line) => `${line}\n`)
}

/** A commit as the Git Data API shows it. */
export function gitCommitView(repo: RepositoryState, object: GitObject): Schemas['git-commit'] {
  const commit = parseCommit(object.bytes.toString())
  return {
    sha: object.sha,
    node_id: nodeId('C', object.sha),
    url: `${repoUrl(repo)}/git/commits/${object.sha}`,
    html_url: `${webUrl(repo)}/commit/${object.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${repoUrl(repo)}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${repoUrl(repo)}/git/commits/${sha}`,
      html_url: `${webUrl(repo)}/commit/${sha}`,
    })),
    verification: {
      verified: false,
      reason: commit.signature === null ? 'unsigned' : 'unknown_key',
      signature: commit.signature,
      payload: null,
      verified_at: null,
    },
  }
}

function tagView(repo: RepositoryState, object: GitObject): Schemas['git-tag'] {
  const tag = parseTag(object.bytes.toString())
  return {
    node_id: nodeId('T', object.sha),
    sha: object.sha,
    url: `${repoUrl(repo)}/git/tags/${object.sha}`,
    tagger: tag.tagger,
    object: { sha: tag.object, type: tag.type, url: `${repoUrl(repo)}/git/${tag.type}s/${tag.object}` },
    tag: tag.tag,
    message: tag.message,
    verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
  }
}

/** Who a commit is by when the request does not say: the token's user, now. */
export function personOf(call: Call, value: unknown, fallback?: Person): Person {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Json
  const own = fallback ?? {
    name: call.login,
    email: `${call.state.account(call.login).id}+${call.login}@users.noreply.github.com`,
    date: isoSeconds(new Date()),
  }
  const date = text(given, 'date')
  return {
    name: text(given, 'name') ?? own.name,
    email: text(given, 'email') ?? own.email,
    date: date === undefined ? own.date : isoSeconds(new Date(date)),
  }
}

async function createCommit(call: Call): Promise<Response> {
  const body = await bodyOf(call)
  const message = required(body, 'message')
  const tree = required(body, 'tree')
  if ((await readObject(call.git, tree))?.type !== 'tree') throw unprocessable('Tree SHA does not exist')
  const parents = Array.isArray(body['parents']) ? body['parents'].map(String) : []
  for (const parent of parents) {
    if ((await resolveCommit(call.git, parent)) !== parent) {
      throw unprocessable(`Parent SHA does not exist or is not a commit object`)
    }
  }
  const author = personOf(call, body['author'])
  const committer = personOf(call, body['committer'], author)
  const signature = text(body, 'signature') ?? null
  const sha = await writeObject(
    call.git,
    'commit',
    commitText({ tree, parents, author, committer, message, signature }),
  )
  const view = gitCommitView(call.repo, await objectOf(call, sha, 'commit'))
  return json(view, 201, { location: view.url })
}

async function createTag(call: Call): Promise<Response> {
  const body = await bodyOf(call)
  const object = await readObject(call.git, required(body, 'object'))
  if (object === undefined) throw unprocessable('Object does not exist')
  const message = required(body, 'message')
  const sha = await writeObject(
    call.git,
    'tag',
    tagText({
      object: object.sha,
      type: required(body, 'type'),
      tag: required(body, 'tag'),
      tagger: personOf(call, body['tagger']),
      message: message.endsWith('\n') ? message : `${message}\n`,
    }),
  )
  const view = tagView(call.repo, await objectOf(call, sha, 'tag'))
  return json(view, 201, { location: view.url })
}

async function objectOf(call: Call, sha: string, type: string): Promise<GitObject> {
  const object = /^[0-9a-f]{40}$/.test(sha) ? await readObject(call.git, sha) : undefined
  if (object?.type !== type) throw notFound()
  return object
}
