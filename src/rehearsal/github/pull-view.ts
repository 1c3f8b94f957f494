import { git, resolveRef } from './git.ts'
import type { Call } from './route.ts'
import type { PullState, RepositoryState } from './state.ts'
import { nodeId, repositoryView, repoUrl, userView, webUrl, type Schemas } from './views.ts'

type Side = Schemas['pull-request']['head']

/** A pull request as `GET /repos/{owner}/{repo}/pulls/{pull_number}` shows it. */
export async function pullView(call: Call, pull: PullState): Promise<Schemas['pull-request']> {
  const { repo, state } = call
  const url = `${repoUrl(repo)}/pulls/${pull.number}`
  const issue = `${repoUrl(repo)}/issues/${pull.number}`
  const html = `${webUrl(repo)}/pull/${pull.number}`
  const [owner = '', name = ''] = pull.head.repository.split('/')
  const headSha = (await resolveRef(call.git, `refs/pull/${pull.number}/head`)) ?? ''
  const baseSha = (await resolveRef(call.git, `refs/heads/${pull.base}`)) ?? ''
  const range = `${baseSha}...${headSha}`
  const files = (await git(call.git, ['diff', '--numstat', range], { mayFail: true })).stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t').map((part) => Number(part) || 0))
  const commits = (await git(call.git, ['rev-list', '--count', `${baseSha}..${headSha}`], { mayFail: true })).stdout
  const side = (of: RepositoryState, ref: string, sha: string): Side => ({
    label: `${of.owner}:${ref}`,
    ref,
    sha,
    user: userView(state.account(of.owner)),
    // The full form has all that the short one asks for.
    repo: repositoryView(state, of, call.token) as Side['repo'],
  })
  const links = {
    self: url,
    html,
    issue,
    comments: `${issue}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${repoUrl(repo)}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${repoUrl(repo)}/statuses/${headSha}`,
  }
  const href = (to: string): { href: string } => ({ href: to })
  return {
    url,
    id: pull.id,
    node_id: nodeId('PR', pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: userView(state.account(pull.user)),
    body: pull.body,
    labels: [],
    milestone: null,
    created_at: pull.createdAt,
    updated_at: pull.createdAt,
    closed_at: pull.state === 'closed' ? pull.createdAt : null,
    merged_at: pull.merged ? pull.createdAt : null,
    merge_commit_sha: null,
    assignee: null,
    head: side(state.repository(owner, name) ?? repo, pull.head.ref, headSha),
    base: side(repo, pull.base, baseSha),
    _links: {
      self: href(links.self),
      html: href(links.html),
      issue: href(links.issue),
      comments: href(links.comments),
      review_comments: href(links.review_comments),
      review_comment: href(links.review_comment),
      commits: href(links.commits),
      statuses: href(links.statuses),
    },
    author_association: 'CONTRIBUTOR',
    auto_merge: null,
    draft: pull.draft,
    merged: pull.merged,
    mergeable: true,
    mergeable_state: 'clean',
    merged_by: null,
    comments: 0,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: Number(commits),
    additions: files.reduce((sum, [added = 0]) => sum + added, 0),
    deletions: files.reduce((sum, [, removed = 0]) => sum + removed, 0),
    changed_files: files.length,
  }
}
