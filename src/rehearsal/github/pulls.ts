import { isoSeconds } from './git-text.ts'
import { git, resolveRef } from './git.ts'
import { fetchInto, mergeCommits } from './merge.ts'
import { personOf } from './objects.ts'
import { invalid, notFound, Refused } from './refuse.ts'
import { bodyOf, flag, json, page, required, text, type Call, type Route } from './route.ts'
import type { PullState, RepositoryState } from './state.ts'
import { pullView } from './pull-view.ts'

const DOC = 'pulls/pulls'

/** Pull requests: https://docs.github.com/en/rest/pulls/pulls */
export const pullRoutes: Route[] = [
  { method: 'GET', path: '/repos/{owner}/{repo}/pulls', doc: `${DOC}#list-pull-requests`, run: list },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/pulls',
    doc: `${DOC}#create-a-pull-request`,
    needs: 'pull_requests',
    byReaders: true,
    run: create,
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}',
    doc: `${DOC}#get-a-pull-request`,
    run: async (call) => json(await pullView(call, pullOf(call))),
  },
  {
    method: 'PATCH',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}',
    doc: `${DOC}#update-a-pull-request`,
    needs: 'pull_requests',
    byReaders: true,
    async run(call) {
      const body = await bodyOf(call)
      const pull = pullOf(call)
      const state = text(body, 'state') ?? pull.state
      if (state !== 'open' && state !== 'closed') {
        throw invalid({ resource: 'PullRequest', code: 'invalid', field: 'state' })
      }
      const changed: PullState = {
        ...pull,
        state,
        title: text(body, 'title') ?? pull.title,
        body: text(body, 'body') ?? pull.body,
      }
      call.state.savePull(call.repo, changed)
      return json(await pullView(call, changed))
    },
  },
  {
    method: 'PUT',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/merge',
    doc: `${DOC}#merge-a-pull-request`,
    run: merge,
  },
]

function pullOf(call: Call): PullState {
  const number = Number(call.params['pull_number'])
  const pull = call.state.pulls(call.repo).find((one) => one.number === number)
  if (pull === undefined) throw notFound()
  return pull
}

async function list(call: Call): Promise<Response> {
  const { query } = call.request
  const state = query.get('state') ?? 'open'
  const head = query.get('head')
  const found = call.state.pulls(call.repo).filter(
    (one) =>
      (state === 'all' || one.state === state) &&
      // A head without its owner filters nothing.
      (head === null || !head.includes(':') || head === labelOf(one)) &&
      (query.get('base') === null || query.get('base') === one.base),
  )
  const views = await Promise.all(found.map((one) => pullView(call, one)))
  return page(call, views, (one) => one)
}

function labelOf(pull: PullState): string {
  return `${pull.head.repository.split('/')[0] ?? ''}:${pull.head.ref}`
}

/** Where `branch`, `owner:branch` and `owner:repo:branch` lead. */
function headOf(call: Call, head: string): { repo: RepositoryState; ref: string } | undefined {
  const parts = head.split(':')
  const ref = parts.at(-1) ?? ''
  const own = `${call.repo.owner}/${call.repo.name}`
  const owner = parts.length > 1 ? (parts[0] ?? '') : call.repo.owner
  const network = call.state
    .repositories()
    .filter((one) => one.movedTo === undefined && (`${one.owner}/${one.name}` === own || one.parent === own))
  const repo = network.find(
    (one) => one.owner.toLowerCase() === owner.toLowerCase() && (parts.length < 3 || one.name === parts[1]),
  )
  return repo === undefined ? undefined : { repo, ref }
}

async function create(call: Call): Promise<Response> {
  const body = await bodyOf(call)
  const given = required(body, 'head')
  const base = required(body, 'base')
  const title = required(body, 'title')
  if (call.token?.kind === 'actions') {
    throw new Refused(403, 'GitHub Actions is not permitted to create or approve pull requests.')
  }
  return call.alone(async () => {
    const head = headOf(call, given)
    const headFolder = head === undefined ? '' : call.state.gitFolder(head.repo)
    const headSha = head === undefined ? undefined : await resolveRef(headFolder, `refs/heads/${head.ref}`)
    const baseSha = await resolveRef(call.git, `refs/heads/${base}`)
    const errors = [
      ...(head === undefined || headSha === undefined
        ? [{ resource: 'PullRequest', code: 'invalid', field: 'head' }]
        : []),
      ...(baseSha === undefined ? [{ resource: 'PullRequest', code: 'invalid', field: 'base' }] : []),
    ]
    if (head === undefined || headSha === undefined || baseSha === undefined) throw invalid(...errors)
    const number = Math.max(0, ...call.state.pulls(call.repo).map((one) => one.number)) + 1
    const pull: PullState = {
      number,
      id: call.state.nextId(),
      title,
      body: text(body, 'body') ?? null,
      state: 'open',
      merged: false,
      draft: flag(body, 'draft') ?? false,
      user: call.login,
      head: { repository: `${head.repo.owner}/${head.repo.name}`, ref: head.ref },
      base,
      createdAt: isoSeconds(new Date()),
    }
    const label = labelOf(pull)
    const taken = call.state
      .pulls(call.repo)
      .some((one) => one.state === 'open' && labelOf(one) === label && one.base === base)
    if (taken) throw custom(`A pull request already exists for ${label}.`)
    await fetchInto(call.git, headFolder, `refs/heads/${head.ref}`, `refs/pull/${number}/head`)
    const { stdout } = await git(call.git, ['rev-list', '--count', `${baseSha}..${headSha}`])
    if (stdout.trim() === '0') {
      await git(call.git, ['update-ref', '-d', `refs/pull/${number}/head`])
      throw custom(`No commits between ${call.repo.owner}:${base} and ${label}`)
    }
    call.state.savePull(call.repo, pull)
    const view = await pullView(call, pull)
    return json(view, 201, { location: view.url })
  })
}

async function merge(call: Call): Promise<Response> {
  const body = await bodyOf(call)
  return call.alone(async () => {
    const pull = pullOf(call)
    const ref = `refs/heads/${pull.base}`
    const into = await resolveRef(call.git, ref)
    const from = await resolveRef(call.git, `refs/pull/${pull.number}/head`)
    if (pull.state !== 'open' || into === undefined || from === undefined) {
      throw new Refused(405, 'Pull Request is not mergeable')
    }
    const title = text(body, 'commit_title') ?? `Merge pull request #${pull.number} from ${labelOf(pull)}`
    const merged = await mergeCommits(call.git, into, from, {
      person: personOf(call, undefined),
      message: `${title}\n\n${text(body, 'commit_message') ?? pull.title}\n`,
      always: true,
    })
    if (merged === undefined) throw new Refused(405, 'Pull Request is not mergeable')
    await git(call.git, ['update-ref', ref, merged.commit, into])
    call.state.savePull(call.repo, { ...pull, state: 'closed', merged: true })
    return json({ sha: merged.commit, merged: true, message: 'Pull Request successfully merged' })
  })
}

function custom(message: string): Refused {
  return invalid({ resource: 'PullRequest', code: 'custom', message })
}
