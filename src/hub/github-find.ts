import { TagonceError } from '../core/errors.ts'
import type { Task } from '../core/events.ts'
import type { Asset } from '../external/github-assets.ts'
import type { Release, ReleaseChange } from '../external/github-releases.ts'
import type { Found, HubContext } from './context.ts'
import { digestOfFile } from './compare.ts'
import type { HubFile } from './hub.ts'
import { readUntil } from './wait.ts'

/**
 * The release of a tag: the published one, else the draft that holds most of our files. A failing answer throws; only
 * a real 404 and an empty list mean that there is none.
 */
export async function findRelease(
  { github, at }: HubContext,
  tag: string,
  files: HubFile[],
  say: (line: string) => void,
): Promise<Found | null> {
  const listed = draftsOf({ github, at }, tag)
  listed.catch(() => {})
  const published = await github.releases.readByTag(at, tag)
  if (published !== null)
    return { release: published, assets: await github.assets.list(at, published.id), fresh: false }
  const drafts = await listed
  if (drafts.length === 0) return null
  const candidates = await Promise.all(
    drafts.map(async (release) => ({ release, assets: await github.assets.list(at, release.id), fresh: false })),
  )
  const ranked = candidates
    .map((one) => ({ ...one, matching: matching(files, one.assets) }))
    .sort((a, b) => b.matching - a.matching || a.release.id - b.release.id)
  const [best, ...others] = ranked
  if (best === undefined) return null
  if (others.length > 0) {
    const rest = others.map(({ release }) => release.id).join(', ')
    say(
      `${drafts.length} drafts for ${tag}: goes on with ${best.release.id} (${best.matching} files fit), leaves ${rest}`,
    )
  }
  // The list may show a published release as a draft for minutes.
  return { ...best, release: (await github.releases.read(at, best.release.id)) ?? best.release }
}

/**
 * Makes the draft, once: an answer that got lost is looked for, and when another writer made one at the same moment, the
 * older one is used by both.
 */
export async function createDraft(context: HubContext, draft: ReleaseChange, task: Task): Promise<Found> {
  const { github, at } = context
  const made = await createOnce(context, draft)
  // Before anything is sent to it, everybody has to see it.
  const seen = await readUntil(
    context,
    () => github.releases.read(at, made.id),
    (release) => release !== null,
  )
  if (seen === null) throw new TagonceError('network', `the draft ${made.id} was made, but GitHub does not show it yet`)
  const rival = (await draftsOf(context, draft.tag_name)).find((one) => one.id < made.id)
  if (rival === undefined) return { release: seen, assets: [], fresh: true }
  task.log(`another writer made the draft ${rival.id} for ${draft.tag_name}; uses that one`)
  await github.releases.delete(at, made.id)
  return { release: rival, assets: await github.assets.list(at, rival.id), fresh: true }
}

async function createOnce(context: HubContext, draft: ReleaseChange): Promise<Release> {
  const { github, at } = context
  try {
    return await github.releases.create(at, draft)
  } catch (error) {
    if (!(error instanceof TagonceError && error.code === 'network')) throw error
    // It may have been made all the same.
    const [found] = await readUntil(
      context,
      () => draftsOf(context, draft.tag_name),
      (drafts) => drafts.length > 0,
    )
    if (found === undefined) throw error
    return found
  }
}

/** Drafts of a tag, oldest first. */
async function draftsOf({ github, at }: Pick<HubContext, 'github' | 'at'>, tag: string): Promise<Release[]> {
  const all = await github.releases.list(at)
  return all.filter((one) => one.draft && one.tag === tag).sort((a, b) => a.id - b.id)
}

/** How many files stand there already; enough to choose a draft, no proof. */
function matching(files: HubFile[], assets: Asset[]): number {
  const there = new Map(assets.map((asset) => [asset.name, asset]))
  return files.filter((file) => {
    const asset = there.get(file.name)
    return (
      asset?.state === 'uploaded' &&
      asset.size === file.size &&
      (asset.digest ?? digestOfFile(file)) === digestOfFile(file)
    )
  }).length
}
