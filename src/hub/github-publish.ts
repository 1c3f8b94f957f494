import { TagonceError } from '../core/errors.ts'
import type { Task } from '../core/events.ts'
import type { Observation } from '../core/states.ts'
import { hasEntry, saidBy, statusOf } from '../external/github-error.ts'
import type { Release, ReleaseChange } from '../external/github-releases.ts'
import { backoff } from '../external/retry.ts'
import type { HubContext } from './context.ts'
import type { ReleaseText } from './hub.ts'
import { decideLatest } from './latest.ts'
import type { Published } from './latest.ts'
import { mergeNotes } from './notes.ts'
import { readUntil } from './wait.ts'

const TRIES = 4

/** What publishing came to: the public release, another writer's public release, or that the tag is burnt. */
export type Outcome = { release: Release } | { other: Release } | { blocked: string }

/** A draft as it is made. The commit is the tag's, so no target_commitish: a token without `workflows` would get 404. */
export function draftOf(text: ReleaseText): ReleaseChange {
  const { tag, title, prerelease } = text
  return { tag_name: tag, name: title, body: mergeNotes('', text), prerelease, draft: true }
}

/** Title and notes of a release follow the mode; nothing is sent when nothing changes. */
export async function updateText(context: HubContext, release: Release, text: ReleaseText): Promise<void> {
  const { title, prerelease } = text
  const name = text.mode === 'keep-existing' && release.name !== '' ? release.name : title
  const body = mergeNotes(release.body, text)
  if (sameText(body, release.body) && name === release.name && prerelease === release.prerelease) return
  const latest = release.draft ? {} : { make_latest: decideLatest(text, await publishedOf(context)) }
  await context.github.releases.update(context.at, release.id, { name, body, prerelease, ...latest })
}

/** GitHub's form makes CRLF of line ends. */
function sameText(a: string, b: string): boolean {
  return a.replaceAll('\r\n', '\n').trim() === b.replaceAll('\r\n', '\n').trim()
}

/** Makes a filled draft public, once, and waits until everybody sees it. */
export async function publish(context: HubContext, draft: Release, text: ReleaseText, task: Task): Promise<Outcome> {
  const { github, at, clock, signal } = context
  // Always said (pitfalls.md: a nightly became "Latest"); the tag again, or some drafts stay `untagged-…`.
  const latest = decideLatest(text, await publishedOf(context))
  const { tag: tag_name, title: name, prerelease } = text
  const body = mergeNotes(draft.body, text)
  const topic = text.discussion === undefined ? {} : { discussion_category_name: text.discussion }
  const change = { tag_name, name, body, prerelease, draft: false, make_latest: latest, ...topic }
  for (let attempt = 1; ; attempt++) {
    try {
      await github.releases.update(at, draft.id, change)
      break
    } catch (error) {
      const refused = await refusal(context, draft, text.tag, error)
      if (refused !== undefined) return refused
      // No answer: it may be public all the same.
      const seen = await github.releases.read(at, draft.id)
      if (seen?.draft === false) break
      if (attempt === TRIES) throw error
      task.log(`publishing failed, tries again: ${(error as Error).message}`)
      await clock.sleep(backoff(attempt), signal)
    }
  }
  const release = await readUntil(
    context,
    () => github.releases.readByTag(at, text.tag),
    (seen) => seen !== null,
  )
  if (release !== null) return { release }
  throw new TagonceError('network', `${text.tag} was published, but GitHub does not show it under its tag yet`, {
    hint: 'run the same command again; it looks before it acts',
  })
}

/** What a refused publication means; undefined when there was no answer at all. Throws what has to be mended. */
async function refusal(
  { github, at }: HubContext,
  draft: Release,
  tag: string,
  error: unknown,
): Promise<Outcome | undefined> {
  if (error instanceof TagonceError && error.code === 'network') return undefined
  if (statusOf(error) !== 422) throw error
  if (/used by an immutable release/i.test(saidBy(error))) {
    return { blocked: `the tag ${tag} was used by an immutable release that is deleted; GitHub never takes it again` }
  }
  if (hasEntry(error, 'already_exists')) {
    const other = await github.releases.readByTag(at, tag)
    if (other !== null && other.id !== draft.id) return { other }
  }
  throw error
}

/** Everything public; the list may lag, so "Latest" itself is asked as well. */
async function publishedOf({ github, at }: HubContext): Promise<Published[]> {
  const [all, latest] = await Promise.all([github.releases.list(at), github.releases.readLatest(at)])
  return latest === null ? all : [...all, latest]
}

/** A live observation with its evidence. */
export function observed(
  state: Observation['state'],
  what: string,
  from: string,
  context: HubContext,
  more: { reason?: string; digest?: string } = {},
): Observation {
  const { reason, digest } = more
  const at = new Date(context.clock.now()).toISOString()
  return {
    state,
    ...(reason === undefined ? {} : { reason }),
    evidence: [{ what, from, at, ...(digest === undefined ? {} : { digest }) }],
  }
}
