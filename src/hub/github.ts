import type { Task } from '../core/events.ts'
import type { Observation } from '../core/states.ts'
import type { Release } from '../external/github-releases.ts'
import { MANIFEST_NAME } from '../manifest/manifest.ts'
import type { HubSettings } from '../plan/plan.ts'
import { releaseAddress } from './address.ts'
import { differences, digestOfFile } from './compare.ts'
import { checkRepository, compareWith, contextOf } from './context.ts'
import type { Found, HubContext, HubIO } from './context.ts'
import { createDraft, findRelease } from './github-find.ts'
import { observeGitHub } from './github-observe.ts'
import { draftOf, observed, publish, updateText } from './github-publish.ts'
import { readGitHub } from './github-read.ts'
import { fill } from './github-upload.ts'
import type { Hub, HubFile, ReleaseText } from './hub.ts'
import { makeWay } from './github-moving.ts'
import { checkFiles } from './names.ts'

/**
 * The hub on GitHub: one release per tag.
 * @example
 * const hub = createGitHubHub(plan.hub, { http, credentials, signal, folder })
 * const seen = await hub.store(text, files, task)
 * if (seen.state !== 'live') …
 */
export function createGitHubHub(settings: HubSettings, io: HubIO): Hub {
  return {
    observe: (tag) => observeGitHub(contextOf(settings, io), tag),
    read: (tag) => readGitHub(settings, io, tag),
    async store(text, files, task) {
      checkFiles(files)
      // Says so when there is none.
      io.credentials.get(settings.tokenEnv)
      const asked = contextOf(settings, io)
      await makeWay(asked, text, task)
      // Looked for beside the check, whose complaint is the clearer one.
      const found = findRelease(asked, text.tag, files, (line) => task.log(line))
      found.catch(() => {})
      const context = await checkRepository(asked, text.tag, text.commit)
      return storeGitHub(context, await found, text, files, task)
    },
  }
}

async function storeGitHub(
  context: HubContext,
  found: Found | null,
  text: ReleaseText,
  files: HubFile[],
  task: Task,
): Promise<Observation> {
  if (found !== null && !found.release.draft) return complete(context, found, text, files, task)
  const draft = found ?? (await createDraft(context, draftOf(text), task))
  await fill(context, draft, files, task)
  if (text.draft) return staged(context, draft.release, text, files)
  const outcome = await publish(context, draft.release, text, task)
  if ('release' in outcome) return live(context, outcome.release, text.tag, files)
  const { at, github } = context
  if ('blocked' in outcome)
    return observed('blocked', 'GitHub refuses the tag', page(context, text.tag), context, { reason: outcome.blocked })
  task.log(`another writer published ${text.tag} first`)
  if (draft.fresh) await github.releases.delete(at, draft.release.id)
  const assets = await github.assets.list(at, outcome.other.id)
  return complete(context, { release: outcome.other, assets, fresh: false }, text, files, task)
}

/** A release that is public already: what differs is told, what lacks is brought where GitHub still allows it. */
async function complete(
  context: HubContext,
  found: Found,
  text: ReleaseText,
  files: HubFile[],
  task: Task,
): Promise<Observation> {
  const { release, assets } = found
  const seen = await compareWith(context, files, assets)
  if (seen.differing.length > 0) {
    const what = `the public release holds ${seen.differing.length} files with other bytes`
    const reason = `${differences(seen.differing)}. A public file is never replaced; release under a new version`
    return observed('mismatch', what, page(context, text.tag), context, { reason })
  }
  const missing = [...seen.lacking, ...seen.cut.map(({ file }) => file)].map((file) => file.name)
  if (missing.length > 0 && release.immutable) {
    const reason = `the release is immutable and lacks ${missing.join(', ')}; release under a new version`
    return observed('blocked', `${missing.length} files are missing`, page(context, text.tag), context, { reason })
  }
  if (missing.length > 0) await fill(context, found, files, task)
  else task.note('nothing to do')
  await updateText(context, release, text)
  return live(context, release, text.tag, files)
}

async function staged(
  context: HubContext,
  release: Release,
  text: ReleaseText,
  files: HubFile[],
): Promise<Observation> {
  await updateText(context, release, text)
  const reason = 'release.draft is set: publish it by hand, then run the spokes'
  return observed(
    'staged',
    `the draft ${release.id} holds ${files.length} files, digests equal`,
    release.page,
    context,
    { reason },
  )
}

function live(context: HubContext, release: Release, tag: string, files: HubFile[]): Observation {
  const manifest = files.find((file) => file.name === MANIFEST_NAME)
  const what = `release ${release.tag} is public and holds ${files.length} files, digests equal`
  return observed(
    'live',
    what,
    page(context, tag),
    context,
    manifest === undefined ? {} : { digest: digestOfFile(manifest) },
  )
}

function page({ settings }: HubContext, tag: string): string {
  return releaseAddress(settings, tag)
}
