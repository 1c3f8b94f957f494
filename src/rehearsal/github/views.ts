import type { components } from '@octokit/openapi-types'
import { canPush } from './access.ts'
import type { Call } from './route.ts'
import type { AccountState, AssetState, GithubState, ReleaseState, RepositoryState, TokenState } from './state.ts'

/** The shapes of GitHub's answers, from its own description. */
export type Schemas = components['schemas']

const API = 'https://api.github.com'

/** The API address of a repository. */
export function repoUrl(repo: RepositoryState): string {
  return `${API}/repos/${repo.owner}/${repo.name}`
}

/** The address of a repository in a browser. */
export function webUrl(repo: RepositoryState): string {
  return `https://github.com/${repo.owner}/${repo.name}`
}

export function nodeId(kind: string, id: number | string): string {
  return `${kind}_${Buffer.from(String(id)).toString('base64url')}`
}

export function userView(account: AccountState): Schemas['simple-user'] {
  // `github-actions[bot]` stands in addresses encoded.
  const url = `${API}/users/${encodeURIComponent(account.login)}`
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId('U', account.id),
    avatar_url: `https://avatars.githubusercontent.com/u/${account.id}?v=4`,
    gravatar_id: '',
    url,
    html_url: `https://github.com/${encodeURIComponent(account.login)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    site_admin: false,
  }
}

/** A tag as it stands in an address. */
export function tagInUrl(tag: string): string {
  return tag.split('/').map(encodeURIComponent).join('/')
}

/** The part of addresses that names the release: its tag, or `untagged-…` while it is a draft. */
function releaseSlug(release: ReleaseState): string {
  return release.draft ? release.untagged : tagInUrl(release.tag)
}

export function assetView(
  state: GithubState,
  repo: RepositoryState,
  release: ReleaseState,
  asset: AssetState,
): Schemas['release-asset'] {
  return {
    url: `${repoUrl(repo)}/releases/assets/${asset.id}`,
    browser_download_url: `${webUrl(repo)}/releases/download/${releaseSlug(release)}/${encodeURIComponent(asset.name)}`,
    id: asset.id,
    node_id: nodeId('RA', asset.id),
    name: asset.name,
    label: asset.label,
    // The description knows `uploaded` and `open`; what a cut upload really leaves is `starter`.
    state: asset.state as 'uploaded',
    content_type: asset.contentType,
    size: asset.size,
    digest: asset.state === 'uploaded' ? `sha256:${asset.sha256}` : null,
    download_count: asset.downloads,
    created_at: asset.createdAt,
    updated_at: asset.createdAt,
    uploader: userView(state.account(asset.uploader)),
  }
}

function releaseView(state: GithubState, repo: RepositoryState, release: ReleaseState): Schemas['release'] {
  const url = `${repoUrl(repo)}/releases/${release.id}`
  const tarball = (kind: string): string | null =>
    release.draft ? null : `${repoUrl(repo)}/${kind}/${tagInUrl(release.tag)}`
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `https://uploads.github.com/repos/${repo.owner}/${repo.name}/releases/${release.id}/assets{?name,label}`,
    html_url: `${webUrl(repo)}/releases/tag/${releaseSlug(release)}`,
    id: release.id,
    author: userView(state.account(release.author)),
    node_id: nodeId('RE', release.id),
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    draft: release.draft,
    immutable: release.immutable,
    prerelease: release.prerelease,
    created_at: release.createdAt,
    updated_at: release.updatedAt,
    published_at: release.publishedAt,
    assets: release.assets.map((asset) => assetView(state, repo, release, asset)),
    tarball_url: tarball('tarball'),
    zipball_url: tarball('zipball'),
    body: release.body,
  }
}

const REPOSITORY_LINKS = {
  archive_url: '{archive_format}{/ref}',
  assignees_url: 'assignees{/user}',
  blobs_url: 'git/blobs{/sha}',
  branches_url: 'branches{/branch}',
  collaborators_url: 'collaborators{/collaborator}',
  comments_url: 'comments{/number}',
  commits_url: 'commits{/sha}',
  compare_url: 'compare/{base}...{head}',
  contents_url: 'contents/{+path}',
  contributors_url: 'contributors',
  deployments_url: 'deployments',
  downloads_url: 'downloads',
  events_url: 'events',
  forks_url: 'forks',
  git_commits_url: 'git/commits{/sha}',
  git_refs_url: 'git/refs{/sha}',
  git_tags_url: 'git/tags{/sha}',
  hooks_url: 'hooks',
  issue_comment_url: 'issues/comments{/number}',
  issue_events_url: 'issues/events{/number}',
  issues_url: 'issues{/number}',
  keys_url: 'keys{/key_id}',
  labels_url: 'labels{/name}',
  languages_url: 'languages',
  merges_url: 'merges',
  milestones_url: 'milestones{/number}',
  notifications_url: 'notifications{?since,all,participating}',
  pulls_url: 'pulls{/number}',
  releases_url: 'releases{/id}',
  stargazers_url: 'stargazers',
  statuses_url: 'statuses/{sha}',
  subscribers_url: 'subscribers',
  subscription_url: 'subscription',
  tags_url: 'tags',
  teams_url: 'teams',
  trees_url: 'git/trees{/sha}',
} as const

type Links = Record<keyof typeof REPOSITORY_LINKS, string>

/** A repository as `GET /repos/{owner}/{repo}` shows it; without `parent`, it is also the short form. */
export function repositoryView(
  state: GithubState,
  repo: RepositoryState,
  token: TokenState | undefined,
): Schemas['full-repository'] {
  const url = repoUrl(repo)
  const web = webUrl(repo)
  const push = canPush(repo, token)
  const links = Object.fromEntries(
    Object.entries(REPOSITORY_LINKS).map(([name, path]) => [name, `${url}/${path}`]),
  ) as Links
  return {
    ...links,
    id: repo.id,
    node_id: nodeId('R', repo.id),
    name: repo.name,
    full_name: `${repo.owner}/${repo.name}`,
    owner: userView(state.account(repo.owner)),
    private: repo.private,
    html_url: web,
    description: repo.description,
    fork: repo.parent !== undefined,
    url,
    git_url: `git://github.com/${repo.owner}/${repo.name}.git`,
    ssh_url: `git@github.com:${repo.owner}/${repo.name}.git`,
    clone_url: `${web}.git`,
    svn_url: web,
    mirror_url: null,
    homepage: null,
    language: null,
    forks_count: 0,
    stargazers_count: 0,
    watchers_count: 0,
    size: 0,
    default_branch: repo.defaultBranch,
    open_issues_count: 0,
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: repo.archived,
    disabled: false,
    visibility: repo.private ? 'private' : 'public',
    pushed_at: repo.pushedAt,
    created_at: repo.createdAt,
    updated_at: repo.pushedAt,
    ...(token === undefined
      ? {}
      : {
          permissions: {
            admin: push && token.login === repo.owner,
            maintain: push,
            push,
            triage: push,
            pull: true,
          },
        }),
    subscribers_count: 0,
    network_count: 0,
    license: null,
    forks: 0,
    open_issues: 0,
    watchers: 0,
  }
}

/** A release as the caller sees it. */
export function viewRelease(call: Call, release: ReleaseState): Schemas['release'] {
  return releaseView(call.state, call.repo, release)
}
