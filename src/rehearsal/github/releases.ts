import { isoSeconds } from './git-text.ts'
import { git, resolveRef } from './git.ts'
import { generateNotes } from './notes.ts'
import { invalid, notFound, Refused, unprocessable } from './refuse.ts'
import { BODY_LIMIT, checkTag, checkTaken, commitDate, latestOf, untaggedName } from './release-rules.ts'
import { bodyOf, flag, json, page, releaseOf, required, text, type Call, type Json, type Route } from './route.ts'
import type { ReleaseState } from './state.ts'
import { checkTagRules } from './rulesets.ts'
import { repoUrl, viewRelease } from './views.ts'

const DOC = 'releases/releases'

/** Releases: https://docs.github.com/en/rest/releases/releases */
export const releaseRoutes: Route[] = [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/releases',
    doc: `${DOC}#list-releases`,
    run: (call) => page(call, visible(call), (release) => viewRelease(call, release)),
  },
  { method: 'POST', path: '/repos/{owner}/{repo}/releases', doc: `${DOC}#create-a-release`, run: create },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/releases/generate-notes',
    doc: `${DOC}#generate-release-notes-content-for-a-release`,
    async run(call) {
      const body = await bodyOf(call)
      return json(
        await generateNotes(
          call,
          required(body, 'tag_name'),
          text(body, 'previous_tag_name'),
          text(body, 'target_commitish'),
        ),
      )
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/releases/latest',
    doc: `${DOC}#get-the-latest-release`,
    run(call) {
      const latest = latestOf(call.state, call.repo)
      if (latest === undefined) throw notFound()
      return json(viewRelease(call, latest))
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/releases/tags/{tag}',
    doc: `${DOC}#get-a-release-by-tag-name`,
    run(call) {
      const found = call.state.releases(call.repo).find((one) => !one.draft && one.tag === call.params['tag'])
      if (found === undefined) throw notFound()
      return json(viewRelease(call, found))
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/releases/{release_id}',
    doc: `${DOC}#get-a-release`,
    run: (call) => json(viewRelease(call, releaseOf(call))),
  },
  {
    method: 'PATCH',
    path: '/repos/{owner}/{repo}/releases/{release_id}',
    doc: `${DOC}#update-a-release`,
    run: update,
  },
  {
    method: 'DELETE',
    path: '/repos/{owner}/{repo}/releases/{release_id}',
    doc: `${DOC}#delete-a-release`,
    run(call) {
      // The tag stays; that of an immutable release stays burnt.
      call.state.removeRelease(call.repo, releaseOf(call))
      return new Response(null, { status: 204 })
    },
  },
]

/** Drafts only for those who may push; what is still late is left out, one read less late. */
function visible(call: Call): ReleaseState[] {
  const seen: ReleaseState[] = []
  for (const release of call.state.releases(call.repo)) {
    if (release.draft && !call.canPush) continue
    if (release.lateReads === 0) seen.push(release)
    else call.state.saveRelease(call.repo, { ...release, lateReads: release.lateReads - 1 })
  }
  return seen
}

async function create(call: Call): Promise<Response> {
  const body = await bodyOf(call)
  const tag = required(body, 'tag_name')
  const draft = flag(body, 'draft') ?? false
  const target = text(body, 'target_commitish')
  checkText(body)
  return call.alone(async () => {
    const { commit } = await checkTag(call, tag, target, draft)
    const now = isoSeconds(new Date())
    const release: ReleaseState = {
      id: call.state.nextId(),
      tag,
      untagged: untaggedName(),
      target: target ?? call.repo.defaultBranch,
      name: text(body, 'name') ?? null,
      body: text(body, 'body') ?? null,
      draft: true,
      prerelease: flag(body, 'prerelease') ?? false,
      immutable: false,
      createdAt: await commitDate(call.git, commit),
      publishedAt: null,
      updatedAt: now,
      author: call.login,
      assets: [],
      lateReads: call.state.lateReads(),
    }
    if (flag(body, 'generate_release_notes') === true) {
      const notes = await generateNotes(call, tag, undefined, target)
      release.name ??= notes.name
      release.body = release.body === null ? notes.body : `${release.body}\n\n${notes.body}`
    }
    const whole = draft ? release : await publish(call, release, commit)
    call.state.saveRelease(call.repo, whole)
    if (!draft) moveLatest(call, whole, text(body, 'make_latest') ?? 'true')
    return json(viewRelease(call, whole), 201, { location: `${repoUrl(call.repo)}/releases/${whole.id}` })
  })
}

async function update(call: Call): Promise<Response> {
  const body = await bodyOf(call)
  checkText(body)
  return call.alone(async () => {
    const before = releaseOf(call)
    if (before.immutable) refuseLocked(body, before)
    const release: ReleaseState = {
      ...before,
      tag: text(body, 'tag_name') ?? before.tag,
      target: text(body, 'target_commitish') ?? before.target,
      name: text(body, 'name') ?? before.name,
      body: text(body, 'body') ?? before.body,
      prerelease: flag(body, 'prerelease') ?? before.prerelease,
      updatedAt: isoSeconds(new Date()),
    }
    const draft = flag(body, 'draft') ?? before.draft
    let whole: ReleaseState = { ...release, draft }
    if (!draft && (before.draft || release.tag !== before.tag)) {
      const { commit } = await checkTag(call, release.tag, text(body, 'target_commitish'), false)
      whole = await publish(call, release, commit)
    } else if (draft && (body['tag_name'] !== undefined || body['target_commitish'] !== undefined)) {
      await checkTag(call, release.tag, text(body, 'target_commitish'), true)
    }
    // Assets may have come while git was asked.
    whole.assets = releaseOf(call).assets
    call.state.saveRelease(call.repo, whole)
    const mark = text(body, 'make_latest') ?? (before.draft ? 'true' : undefined)
    if (!whole.draft && mark !== undefined) moveLatest(call, whole, mark)
    return json(viewRelease(call, whole))
  })
}

/** Publishing makes the tag where there is none, and locks the release where the repository says so. */
async function publish(call: Call, release: ReleaseState, commit: string): Promise<ReleaseState> {
  checkTaken(call, release)
  const ref = `refs/tags/${release.tag}`
  if ((await resolveRef(call.git, ref)) === undefined) {
    checkMayTag(call, ref)
    await git(call.git, ['update-ref', ref, commit, '0'.repeat(40)])
  }
  if (call.repo.immutable) {
    call.repo = { ...call.repo, burntTags: [...call.repo.burntTags, release.tag] }
    call.state.saveRepository(call.repo)
  }
  return {
    ...release,
    draft: false,
    immutable: call.repo.immutable,
    // Published again after it was made a draft: the first date stays.
    publishedAt: release.publishedAt ?? isoSeconds(new Date()),
  }
}

function moveLatest(call: Call, release: ReleaseState, mark: string): void {
  if (!['true', 'false', 'legacy'].includes(mark)) {
    throw invalid({ resource: 'Release', code: 'invalid', field: 'make_latest' })
  }
  const { repo } = call
  if (mark === 'true' && !release.prerelease) call.repo = { ...repo, latest: release.id }
  else if (mark === 'legacy' || repo.latest === release.id) call.repo = { ...repo, latest: null }
  call.state.saveRepository(call.repo)
}

function checkText(body: Json): void {
  if ((text(body, 'body') ?? '').length > BODY_LIMIT) {
    throw invalid({
      resource: 'Release',
      code: 'custom',
      field: 'body',
      message: `body is too long (maximum is ${BODY_LIMIT} characters)`,
    })
  }
}

/** A ruleset that forbids the tag, in the words of a release. */
function checkMayTag(call: Call, ref: string): void {
  try {
    checkTagRules(call, ref, 'creation')
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    throw invalid(
      { resource: 'Release', code: 'custom', field: 'pre_receive', message: `pre_receive ${error.message}` },
      { resource: 'Release', code: 'custom', message: 'Published releases must have a valid tag' },
    )
  }
}

/** Title, notes, prerelease and make_latest of an immutable release may change; the rest may not. */
function refuseLocked(body: Json, release: ReleaseState): void {
  const target = text(body, 'target_commitish')
  const tag = text(body, 'tag_name')
  if (flag(body, 'draft') === true) throw unprocessable('state cannot be changed when release is immutable')
  if (target !== undefined && target !== release.target) {
    throw unprocessable('target_commitish cannot be changed when release is immutable')
  }
  if (tag !== undefined && tag !== release.tag) {
    throw unprocessable('tag_name cannot be changed when release is immutable')
  }
}
