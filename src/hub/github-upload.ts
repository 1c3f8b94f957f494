import pLimit from 'p-limit'
import { TagonceError } from '../core/errors.ts'
import type { Task } from '../core/events.ts'
import type { Asset } from '../external/github-assets.ts'
import { hasEntry, statusOf } from '../external/github-error.ts'
import { backoff } from '../external/retry.ts'
import { differences } from './compare.ts'
import type { Comparison } from './compare.ts'
import { compareWith } from './context.ts'
import type { Found, HubContext } from './context.ts'
import type { HubFile } from './hub.ts'
import { readUntil } from './wait.ts'

const AT_ONCE = 6
const TRIES = 6

/**
 * Brings what lacks into a release, six at a time, and reads everything back: afterwards all files stand there with
 * their digests. What is equal is not sent again; cut uploads are replaced, and in a draft what differs, too.
 */
export async function fill(context: HubContext, found: Found, files: HubFile[], task: Task): Promise<void> {
  const { github, at, signal } = context
  const { draft, id } = found.release
  const seen = await compareWith(context, files, found.assets)
  if (seen.extra.length > 0) task.log(`not ours, left alone: ${seen.extra.map((one) => one.name).join(', ')}`)
  const replaced = draft ? [...seen.cut, ...seen.differing] : seen.cut
  for (const { file, asset } of replaced) {
    task.log(`${file.name} was ${asset.state === 'uploaded' ? 'different' : 'cut'} in the draft; replaced`)
    await github.assets.delete(at, asset.id)
  }
  if (replaced.length > 0)
    await waitGone(
      context,
      id,
      replaced.map(({ asset }) => asset),
    )
  const wanted = [...seen.lacking, ...replaced.map(({ file }) => file)]
  let done = 0
  const lane = pLimit(AT_ONCE)
  const stop = new AbortController()
  const uploads = wanted.map((file) =>
    lane(async () => {
      // After a failure nothing new is begun.
      if (stop.signal.aborted) return
      signal.throwIfAborted()
      try {
        await upload(context, found, file)
      } catch (error) {
        stop.abort()
        throw error
      }
      done += 1
      task.progress(`${done} of ${wanted.length} uploaded`)
    }),
  )
  const results = await Promise.allSettled(uploads)
  for (const result of results) if (result.status === 'rejected') throw result.reason
  const after = wanted.length === 0 ? seen : await readBack(context, id, files)
  if (after.differing.length > 0) throw new TagonceError('hub', differences(after.differing))
  const missing = [...after.lacking, ...after.cut.map(({ file }) => file)]
  if (missing.length > 0) {
    throw new TagonceError(
      'network',
      `uploaded, but GitHub does not show yet: ${missing.map((one) => one.name).join(', ')}`,
      {
        hint: 'run the same command again; it goes on from here',
      },
    )
  }
  task.note(`${wanted.length} uploaded, ${seen.equal.length} were there`)
}

/** The list of assets may lag behind the uploads. */
function readBack(context: HubContext, id: number, files: HubFile[]): Promise<Comparison> {
  const { github, at } = context
  const read = async (): Promise<Comparison> => compareWith(context, files, await github.assets.list(at, id))
  return readUntil(context, read, (seen) => seen.lacking.length + seen.cut.length === 0)
}

/** Sends one file. A try that failed may have left something: equal is done, a cut one is removed before the next try. */
async function upload(context: HubContext, { release, fresh }: Found, file: HubFile): Promise<void> {
  const { github, at, clock, signal } = context
  for (let attempt = 1; ; attempt++) {
    try {
      await github.assets.upload(at, release.id, file)
      return
    } catch (error) {
      if (attempt === TRIES || !mayPass(error, fresh)) throw error
      await clock.sleep(backoff(attempt), signal)
    }
    const assets = await github.assets.list(at, release.id)
    const seen = await compareWith(context, [file], assets)
    if (seen.equal.length === 1) return
    if (seen.differing.length > 0 && !release.draft) throw new TagonceError('hub', differences(seen.differing))
    for (const { asset } of [...seen.cut, ...seen.differing]) {
      await github.assets.delete(at, asset.id)
      await waitGone(context, release.id, [asset])
    }
  }
}

function mayPass(error: unknown, fresh: boolean): boolean {
  if (error instanceof TagonceError && error.code === 'network') return true
  // A delete is seen late (422), a new draft as well (404).
  return hasEntry(error, 'already_exists') || (fresh && statusOf(error) === 404)
}

async function waitGone(context: HubContext, release: number, assets: Asset[]): Promise<void> {
  const { github, at } = context
  const ids = new Set(assets.map((asset) => asset.id))
  const read = (): Promise<Asset[]> => github.assets.list(at, release)
  await readUntil(context, read, (seen) => !seen.some((asset) => ids.has(asset.id)))
}
