import { git, isRefName, listRefs, readObject, resolveRef, type GitRef } from './git.ts'
import { notFound, unprocessable } from './refuse.ts'
import { followTags } from './release-rules.ts'
import { bodyOf, flag, json, page, required, type Call, type Route } from './route.ts'
import { checkTagRules } from './rulesets.ts'
import type { RepositoryState } from './state.ts'
import { nodeId, repoUrl, type Schemas } from './views.ts'

const DOC = 'git/refs'

/** References: https://docs.github.com/en/rest/git/refs */
export const refRoutes: Route[] = [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/ref/{ref}',
    doc: `${DOC}#get-a-reference`,
    async run(call) {
      const found = (await listRefs(call.git)).find((one) => one.ref === `refs/${call.params['ref'] ?? ''}`)
      if (found === undefined) throw notFound()
      return json(refView(call.repo, found))
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/matching-refs/{ref}',
    doc: `${DOC}#list-matching-references`,
    async run(call) {
      return page(call, await listRefs(call.git, `refs/${call.params['ref'] ?? ''}`), (one) => refView(call.repo, one))
    },
  },
  { method: 'POST', path: '/repos/{owner}/{repo}/git/refs', doc: `${DOC}#create-a-reference`, run: create },
  { method: 'PATCH', path: '/repos/{owner}/{repo}/git/refs/{ref}', doc: `${DOC}#update-a-reference`, run: update },
  { method: 'DELETE', path: '/repos/{owner}/{repo}/git/refs/{ref}', doc: `${DOC}#delete-a-reference`, run: remove },
]

function refView(repo: RepositoryState, ref: GitRef): Schemas['git-ref'] {
  return {
    ref: ref.ref,
    node_id: nodeId('REF', ref.ref),
    url: `${repoUrl(repo)}/git/${ref.ref}`,
    object: { sha: ref.sha, type: ref.type, url: `${repoUrl(repo)}/git/${ref.type}s/${ref.sha}` },
  }
}

async function create(call: Call): Promise<Response> {
  const body = await bodyOf(call)
  const ref = required(body, 'ref')
  const sha = required(body, 'sha')
  if (!/^refs\/[^/]+\/./.test(ref) || !(await isRefName(call.git, ref))) {
    throw unprocessable(`Reference name must start with 'refs/' and have at least two slashes`)
  }
  const object = await objectOf(call, sha)
  checkTagRules(call, ref, 'creation')
  const made = await git(call.git, ['update-ref', ref, object.sha, '0'.repeat(40)], { mayFail: true })
  if (made.code !== 0) throw unprocessable('Reference already exists')
  const view = refView(call.repo, { ref, sha: object.sha, type: object.type })
  return json(view, 201, { location: view.url })
}

async function update(call: Call): Promise<Response> {
  const body = await bodyOf(call)
  const ref = `refs/${call.params['ref'] ?? ''}`
  const object = await objectOf(call, required(body, 'sha'))
  return call.alone(async () => {
    const old = await resolveRef(call.git, ref)
    if (old === undefined) throw unprocessable('Reference does not exist')
    const forward = await git(call.git, ['merge-base', '--is-ancestor', old, object.sha], { mayFail: true })
    if (forward.code !== 0 && flag(body, 'force') !== true) throw unprocessable('Update is not a fast forward')
    checkTagRules(call, ref, 'update')
    await git(call.git, ['update-ref', ref, object.sha, old])
    return json(refView(call.repo, { ref, sha: object.sha, type: object.type }))
  })
}

async function remove(call: Call): Promise<Response> {
  const ref = `refs/${call.params['ref'] ?? ''}`
  return call.alone(async () => {
    if ((await resolveRef(call.git, ref)) === undefined) throw unprocessable('Reference does not exist')
    if (ref === `refs/heads/${call.repo.defaultBranch}`) throw unprocessable('Cannot delete the default branch')
    checkTagRules(call, ref, 'deletion')
    const before = new Set((await listRefs(call.git, 'refs/tags/')).map((one) => one.ref))
    await git(call.git, ['update-ref', '-d', ref])
    await followTags(call.state, call.repo, before)
    return new Response(null, { status: 204 })
  })
}

async function objectOf(call: Call, sha: string): Promise<{ sha: string; type: string }> {
  const object = /^[0-9a-f]{40}$/.test(sha) ? await readObject(call.git, sha) : undefined
  if (object === undefined) throw unprocessable('Object does not exist')
  return object
}
