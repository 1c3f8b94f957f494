import { randomBytes } from 'node:crypto'
import { isoSeconds } from './git-text.ts'
import { git, isRefName, listRefs, resolveCommit, resolveRef } from './git.ts'
import { invalid, type FieldError } from './refuse.ts'
import type { Call } from './route.ts'
import type { GithubState, ReleaseState, RepositoryState } from './state.ts'

/** The longest release body GitHub takes, in characters. */
export const BODY_LIMIT = 125_000

/** A draft's name in addresses. */
export function untaggedName(): string {
  return `untagged-${randomBytes(10).toString('hex')}`
}

/** The commit of a target: a branch or a full commit id, and nothing else; `undefined` when it is neither. */
async function targetCommit(folder: string, target: string): Promise<string | undefined> {
  if (/^[0-9a-f]{40}$/.test(target)) return resolveCommit(folder, target)
  return target === '' ? undefined : resolveRef(folder, `refs/heads/${target}`)
}

/**
 * Checks the tag and the target of a release as GitHub does, all field errors at once.
 * The commit that the tag has, or would get.
 */
export async function checkTag(
  call: Call,
  tag: string,
  target: string | undefined,
  draft: boolean,
): Promise<{ commit: string; exists: boolean }> {
  const { git: folder, repo } = call
  const tagged = await resolveCommit(folder, `refs/tags/${tag}`)
  const wanted = await targetCommit(folder, target ?? repo.defaultBranch)
  const errors: FieldError[] = []
  if (!(await isRefName(folder, `refs/tags/${tag}`))) {
    errors.push({ resource: 'Release', code: 'custom', field: 'tag_name', message: 'tag_name is not well-formed' })
  }
  const badTarget = target !== undefined && wanted === undefined
  if (tagged === undefined && (errors.length > 0 || wanted === undefined) && !draft) {
    errors.push(
      { resource: 'Release', code: 'custom', field: 'tag_name', message: 'tag_name is not a valid tag' },
      { resource: 'Release', code: 'custom', message: 'Published releases must have a valid tag' },
    )
  }
  if (badTarget) errors.push({ resource: 'Release', code: 'invalid', field: 'target_commitish' })
  if (errors.length > 0) throw invalid(...errors)
  const commit = tagged ?? wanted
  if (commit === undefined) throw invalid({ resource: 'Release', code: 'invalid', field: 'target_commitish' })
  return { commit, exists: tagged !== undefined }
}

/** Refuses a tag that another published release has, or that an immutable release has burnt. */
export function checkTaken(call: Call, release: { id: number; tag: string }): void {
  const published = call.state.releases(call.repo).filter((one) => !one.draft && one.id !== release.id)
  if (published.some((one) => one.tag === release.tag)) {
    throw invalid({ resource: 'Release', code: 'already_exists', field: 'tag_name' })
  }
  if (call.repo.burntTags.includes(release.tag)) {
    throw invalid({
      resource: 'Release',
      code: 'custom',
      field: 'tag_name',
      message: 'tag_name was used by an immutable release',
    })
  }
}

/** The date of a commit, as `created_at` of a release shows it. */
export async function commitDate(folder: string, commit: string): Promise<string> {
  const { stdout } = await git(folder, ['show', '-s', '--format=%ct', commit])
  return isoSeconds(new Date(Number(stdout.trim()) * 1000))
}

/** The latest release: the marked one, else the newest by commit date, then by version. Never a draft or prerelease. */
export function latestOf(state: GithubState, repo: RepositoryState): ReleaseState | undefined {
  const candidates = state.releases(repo).filter((one) => !one.draft && !one.prerelease)
  return (
    candidates.find((one) => one.id === repo.latest) ??
    candidates.sort((a, b) => b.createdAt.localeCompare(a.createdAt) || compareTags(b.tag, a.tag))[0]
  )
}

function compareTags(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

/** What follows when tags were deleted under releases: published ones become drafts, drafts lose their tag's name. */
export async function followTags(state: GithubState, repo: RepositoryState, before: Set<string>): Promise<void> {
  const now = new Set((await listRefs(state.gitFolder(repo), 'refs/tags/')).map((one) => one.ref))
  for (const release of state.releases(repo)) {
    const ref = `refs/tags/${release.tag}`
    if (!before.has(ref) || now.has(ref)) continue
    if (release.draft) state.saveRelease(repo, { ...release, tag: release.untagged })
    else state.saveRelease(repo, { ...release, draft: true })
  }
}
