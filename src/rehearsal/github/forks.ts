import { isoSeconds } from './git-text.ts'
import { git, initBare, resolveRef } from './git.ts'
import { fetchInto, mergeCommits } from './merge.ts'
import { personOf } from './objects.ts'
import { notFound, Refused, unprocessable } from './refuse.ts'
import { bodyOf, json, page, required, text, type Call, type Route } from './route.ts'
import { UPDATE_HOOK } from './rulesets.ts'
import type { RepositoryState } from './state.ts'
import { repositoryView } from './views.ts'

/** Forks and their branches: https://docs.github.com/en/rest/repos/forks */
export const forkRoutes: Route[] = [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/forks',
    doc: 'repos/forks#list-forks',
    run: (call) => page(call, forksOf(call), (one) => repositoryView(call.state, one, call.token)),
  },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/forks',
    doc: 'repos/forks#create-a-fork',
    needs: 'administration',
    byReaders: true,
    run: fork,
  },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/merge-upstream',
    doc: 'branches/branches#sync-a-fork-branch-with-the-upstream-repository',
    run: mergeUpstream,
  },
]

function forksOf(call: Call): RepositoryState[] {
  const whole = `${call.repo.owner}/${call.repo.name}`
  return call.state.repositories().filter((one) => one.movedTo === undefined && one.parent === whole)
}

async function fork(call: Call): Promise<Response> {
  const body = await bodyOf(call)
  const owner = text(body, 'organization') ?? call.login
  return call.alone(async () => {
    const existing = forksOf(call).find((one) => one.owner.toLowerCase() === owner.toLowerCase())
    if (existing !== undefined) return json(repositoryView(call.state, existing, call.token), 202)
    if (owner.toLowerCase() === call.repo.owner.toLowerCase()) {
      throw new Refused(403, 'You cannot fork your own repository.')
    }
    const wanted = text(body, 'name') ?? call.repo.name
    let name = wanted
    for (let more = 1; call.state.repository(owner, name) !== undefined; more += 1) name = `${wanted}-${more}`
    const now = isoSeconds(new Date())
    const made: RepositoryState = {
      ...call.repo,
      id: call.state.nextId(),
      owner,
      name,
      parent: `${call.repo.owner}/${call.repo.name}`,
      // Who forks into an organization may write there.
      collaborators: owner.toLowerCase() === call.login.toLowerCase() ? {} : { [call.login]: 'admin' },
      immutable: false,
      burntTags: [],
      latest: null,
      createdAt: now,
      pushedAt: now,
    }
    const folder = call.state.gitFolder(made)
    await initBare(folder, made.defaultBranch, UPDATE_HOOK)
    const only = body['default_branch_only'] === true ? made.defaultBranch : '*'
    await fetchInto(folder, call.git, `refs/heads/${only}`, `refs/heads/${only}`)
    call.state.saveRepository(made)
    return json(repositoryView(call.state, made, call.token), 202)
  })
}

async function mergeUpstream(call: Call): Promise<Response> {
  const branch = required(await bodyOf(call), 'branch')
  const [owner = '', name = ''] = call.repo.parent?.split('/') ?? []
  const parent = call.state.repository(owner, name)
  if (parent === undefined) throw unprocessable('Repository is not a fork')
  return call.alone(async () => {
    const ref = `refs/heads/${branch}`
    const own = await resolveRef(call.git, ref)
    const theirs = await resolveRef(call.state.gitFolder(parent), ref)
    if (own === undefined || theirs === undefined) throw notFound('Branch not found')
    await fetchInto(call.git, call.state.gitFolder(parent), ref, `refs/upstream/${branch}`)
    const merged = await mergeCommits(call.git, own, theirs, {
      person: personOf(call, undefined),
      message: `Merge branch '${owner}:${branch}' into ${branch}\n`,
    })
    if (merged === undefined) throw new Refused(409, 'There are merge conflicts')
    await git(call.git, ['update-ref', ref, merged.commit, own])
    const base = `${owner}:${branch}`
    const message =
      merged.type === 'none'
        ? `This branch is not behind the upstream ${base}.`
        : `Successfully fetched and ${merged.type === 'merge' ? 'merged' : 'fast-forwarded'} from upstream ${base}.`
    return json({ message, merge_type: merged.type, base_branch: base })
  })
}
