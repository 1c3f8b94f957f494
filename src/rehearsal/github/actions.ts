import { isoSeconds } from './git-text.ts'
import { git } from './git.ts'
import { notFound } from './refuse.ts'
import { json, type Call, type Json, type Route } from './route.ts'
import type { GithubState, RepositoryState } from './state.ts'
import { nodeId, repositoryView, repoUrl, userView, webUrl } from './views.ts'

/** A run that is said to have been. */
export interface RunState {
  workflow: string
  name: string
  ref: string
  commit: string
  event: string
  conclusion: string
  at: string
  attempt: number
}

interface WorkflowState {
  id: number
  path: string
  state: 'active' | 'disabled_manually'
}

const DOC = 'actions/workflows'
const ONE = '/repos/{owner}/{repo}/actions/workflows/{workflow_id}'

/** Workflows and runs: https://docs.github.com/en/rest/actions. Nothing is ever run. */
export const actionRoutes: Route[] = [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/actions/workflows',
    doc: `${DOC}#list-repository-workflows`,
    async run(call) {
      const all = await workflowsOf(call)
      return paged(
        call,
        'workflows',
        all.map((one) => viewWorkflow(call, one)),
      )
    },
  },
  change('disable', 'disabled_manually'),
  change('enable', 'active'),
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/actions/runs',
    doc: 'actions/workflow-runs#list-workflow-runs-for-a-repository',
    async run(call) {
      const { query } = call.request
      const wanted = (name: string, value: string): boolean => (query.get(name) ?? value) === value
      const workflows = await workflowsOf(call)
      const all = runsOf(call.state, call.repo)
        .map((run, at) => ({ run, id: at + 1 }))
        .filter(({ run }) => wanted('branch', run.ref) && wanted('event', run.event) && wanted('head_sha', run.commit))
        .toReversed()
      const id = (path: string): number => workflows.find((one) => one.path === path)?.id ?? 1
      return paged(
        call,
        'workflow_runs',
        all.map(({ run, id: own }) => viewRun(call, run, own, id(run.workflow))),
      )
    },
  },
]

function change(verb: 'disable' | 'enable', state: WorkflowState['state']): Route {
  return {
    method: 'PUT',
    path: `${ONE}/${verb}`,
    doc: `${DOC}#${verb}-a-workflow`,
    needs: 'actions',
    async run(call) {
      const all = await workflowsOf(call)
      const found = all.find((one) => String(one.id) === call.params['workflow_id'])
      if (found === undefined) throw notFound()
      const changed = all.map((one) => (one === found ? { ...one, state } : one))
      call.state.store.write(`workflows/${call.repo.id}`, changed)
      return new Response(null, { status: 204 })
    },
  }
}

/** Those of any branch or tag, and those that are known from before: GitHub forgets none that has run. */
async function workflowsOf(call: Call): Promise<WorkflowState[]> {
  const key = `workflows/${call.repo.id}`
  const known = call.state.store.read<WorkflowState[]>(key) ?? []
  const refs = await git(call.git, ['for-each-ref', '--format=%(objectname)'])
  const paths = new Set(runsOf(call.state, call.repo).map((run) => run.workflow))
  for (const commit of new Set(refs.stdout.split('\n').filter(Boolean))) {
    const listed = await git(call.git, ['ls-tree', '--name-only', commit, '.github/workflows/'])
    for (const path of listed.stdout.split('\n')) if (/\.ya?ml$/.test(path)) paths.add(path)
  }
  const added = [...paths]
    .filter((path) => known.every((one) => one.path !== path))
    .map((path): WorkflowState => ({ id: call.state.nextId(), path, state: 'active' }))
  if (added.length > 0) call.state.store.write(key, [...known, ...added])
  return [...known, ...added]
}

function runsOf(state: GithubState, repo: RepositoryState): RunState[] {
  return state.store.read<RunState[]>(`runs/${repo.id}`) ?? []
}

/** Says that these runs have been, the oldest first. */
export function seedRuns(state: GithubState, repo: RepositoryState, runs: RunState[]): void {
  state.store.write(`runs/${repo.id}`, runs)
}

function paged(call: Call, name: string, all: unknown[]): Response {
  const { query } = call.request
  const size = Math.min(100, Number(query.get('per_page') ?? 30) || 30)
  const page = Math.max(1, Number(query.get('page') ?? 1) || 1)
  const body: Json = { total_count: all.length, [name]: all.slice((page - 1) * size, page * size) }
  return json(body)
}

function viewWorkflow(call: Call, { id, path, state }: WorkflowState): unknown {
  const { createdAt } = call.repo
  return {
    id,
    node_id: nodeId('W', id),
    name: path,
    path,
    state,
    created_at: createdAt,
    updated_at: createdAt,
    url: `${repoUrl(call.repo)}/actions/workflows/${id}`,
    html_url: `${webUrl(call.repo)}/blob/${call.repo.defaultBranch}/${path}`,
    badge_url: `${webUrl(call.repo)}/workflows/${encodeURIComponent(path)}/badge.svg`,
  }
}

function viewRun(call: Call, run: RunState, id: number, workflow: number): unknown {
  const url = `${repoUrl(call.repo)}/actions/runs/${id}`
  const repository = repositoryView(call.state, call.repo, undefined)
  const owner = userView(call.state.account(call.repo.owner))
  const person = { name: call.repo.owner, email: `${call.repo.owner}@example.com` }
  return {
    id,
    node_id: nodeId('WFR', id),
    name: run.name,
    display_title: run.name,
    path: run.workflow,
    head_branch: run.ref,
    head_sha: run.commit,
    run_number: id,
    run_attempt: run.attempt,
    event: run.event,
    status: 'completed',
    conclusion: run.conclusion,
    workflow_id: workflow,
    url,
    html_url: `${webUrl(call.repo)}/actions/runs/${id}`,
    pull_requests: [],
    created_at: run.at,
    updated_at: run.at,
    run_started_at: run.at,
    actor: owner,
    triggering_actor: owner,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${repoUrl(call.repo)}/check-suites/${id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    workflow_url: `${repoUrl(call.repo)}/actions/workflows/${workflow}`,
    head_commit: {
      id: run.commit,
      tree_id: run.commit,
      message: run.name,
      timestamp: isoSeconds(new Date(run.at)),
      author: person,
      committer: person,
    },
    repository,
    head_repository: repository,
  }
}
