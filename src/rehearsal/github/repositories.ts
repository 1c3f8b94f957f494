import { git, listRefs, readObject, resolveCommit, resolveRef } from './git.ts'
import { gitCommitView } from './objects.ts'
import { notFound, Refused } from './refuse.ts'
import { bodyOf, json, page, type Call, type Route } from './route.ts'
import { repositoryView, repoUrl, userView, webUrl } from './views.ts'

/** Repositories, branches, commits and the setting for immutable releases: https://docs.github.com/en/rest/repos */
export const repositoryRoutes: Route[] = [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}',
    doc: 'repos/repos#get-a-repository',
    run(call) {
      const view = repositoryView(call.state, call.repo, call.token)
      const [owner, name] = call.repo.parent?.split('/') ?? []
      const parent = call.state.repository(owner ?? '', name ?? '')
      if (parent === undefined) return json(view)
      const parentView = repositoryView(call.state, parent, call.token)
      return json({ ...view, parent: parentView, source: parentView })
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/tags',
    doc: 'repos/repos#list-repository-tags',
    async run(call) {
      const tags = (await listRefs(call.git, 'refs/tags/')).reverse()
      const withCommits = await Promise.all(
        tags.map(async (tag) => ({ ...tag, commit: (await resolveCommit(call.git, tag.ref)) ?? tag.sha })),
      )
      const url = repoUrl(call.repo)
      return page(call, withCommits, (tag) => {
        const name = tag.ref.replace('refs/tags/', '')
        return {
          name,
          zipball_url: `${url}/zipball/${tag.ref}`,
          tarball_url: `${url}/tarball/${tag.ref}`,
          commit: { sha: tag.commit, url: `${url}/commits/${tag.commit}` },
          node_id: `REF_${name}`,
        }
      })
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/branches/{branch}',
    doc: 'branches/branches#get-a-branch',
    async run(call) {
      const name = call.params['branch'] ?? ''
      const sha = await resolveRef(call.git, `refs/heads/${name}`)
      if (sha === undefined) throw notFound('Branch not found')
      const url = `${repoUrl(call.repo)}/branches/${name}`
      return json({
        name,
        commit: await commitView(call, sha),
        _links: { self: url, html: `${webUrl(call.repo)}/tree/${name}` },
        protected: false,
        protection: { enabled: false },
        protection_url: `${url}/protection`,
      })
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/commits/{ref}',
    doc: 'commits/commits#get-a-commit',
    async run(call) {
      const sha = await resolveCommit(call.git, call.params['ref'] ?? '')
      if (sha === undefined) throw new Refused(422, `No commit found for SHA: ${call.params['ref'] ?? ''}`)
      return json(await commitView(call, sha))
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/compare/{basehead}',
    doc: 'commits/commits#compare-two-commits',
    run: compare,
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/immutable-releases',
    doc: 'repos/repos#check-if-immutable-releases-are-enabled-for-a-repository',
    needs: 'administration',
    run(call) {
      if (!call.repo.immutable) throw notFound()
      return json({ enabled: true, enforced_by_owner: false })
    },
  },
  ...(['PUT', 'DELETE'] as const).map((method): Route => ({
    method,
    path: '/repos/{owner}/{repo}/immutable-releases',
    doc: `repos/repos#${method === 'PUT' ? 'enable' : 'disable'}-immutable-releases`,
    needs: 'administration',
    async run(call) {
      await bodyOf(call)
      return call.alone(() => {
        call.state.saveRepository({ ...call.repo, immutable: method === 'PUT' })
        return new Response(null, { status: 204 })
      })
    },
  })),
]

/** A commit as the commits API shows it: the Git Data form inside, accounts beside it. */
async function commitView(call: Call, sha: string): Promise<Record<string, unknown>> {
  const object = await readObject(call.git, sha)
  if (object === undefined) throw notFound()
  const { author, committer, tree, message, verification, parents, html_url, node_id } = gitCommitView(
    call.repo,
    object,
  )
  const accountOf = (email: string): unknown => {
    const login = /^(?:\d+\+)?([\w.-]+)@users\.noreply\.github\.com$/.exec(email)?.[1]
    const account = login === undefined ? undefined : call.state.knownAccount(login)
    return account === undefined ? null : userView(account)
  }
  const url = `${repoUrl(call.repo)}/commits/${sha}`
  return {
    sha,
    node_id,
    commit: {
      author,
      committer,
      message,
      tree,
      url: `${repoUrl(call.repo)}/git/commits/${sha}`,
      comment_count: 0,
      verification,
    },
    url,
    html_url,
    comments_url: `${url}/comments`,
    author: accountOf(author.email),
    committer: accountOf(committer.email),
    parents: parents.map((one) => ({ ...one, url: `${repoUrl(call.repo)}/commits/${one.sha}` })),
  }
}

async function compare(call: Call): Promise<Response> {
  const [baseName = '', headName = ''] = (call.params['basehead'] ?? '').split('...')
  const base = await resolveCommit(call.git, baseName)
  const head = await resolveCommit(call.git, headName)
  if (base === undefined || head === undefined) throw notFound()
  const list = async (range: string): Promise<string[]> =>
    (await git(call.git, ['rev-list', '--reverse', range])).stdout.split('\n').filter((line) => line !== '')
  const ahead = await list(`${base}..${head}`)
  const behind = await list(`${head}..${base}`)
  const merge = await git(call.git, ['merge-base', base, head], { mayFail: true })
  if (merge.code !== 0) throw notFound(`No common ancestor between ${baseName} and ${headName}.`)
  const status =
    ahead.length > 0 ? (behind.length > 0 ? 'diverged' : 'ahead') : behind.length > 0 ? 'behind' : 'identical'
  const web = `${webUrl(call.repo)}/compare/${baseName}...${headName}`
  return json({
    url: `${repoUrl(call.repo)}/compare/${baseName}...${headName}`,
    html_url: web,
    permalink_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    base_commit: await commitView(call, base),
    merge_base_commit: await commitView(call, merge.stdout.trim()),
    status,
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits: await Promise.all(ahead.slice(0, 250).map((sha) => commitView(call, sha))),
    files: [],
  })
}
