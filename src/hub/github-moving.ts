import { TagonceError } from '../core/errors.ts'
import type { Task } from '../core/events.ts'
import type { HubContext } from './context.ts'
import type { ReleaseText } from './hub.ts'

/**
 * Brings a tag that moves (a nightly's) to the commit of this release. A release that stands there for another commit is taken away
 * first, when that is allowed; killed at any moment, the next run goes on.
 */
export async function makeWay(context: HubContext, text: ReleaseText, task: Task): Promise<void> {
  const { github, at } = context
  const { tag, commit, moving } = text
  if (moving === undefined) return
  const stands = await github.gitData.readTagCommit(at, tag)
  if (stands === commit) return
  const all = await github.releases.list(at)
  const before = all.filter((one) => one.tag === tag)
  if (before.some((one) => !one.draft) && !moving.replace) {
    throw new TagonceError('hub', `${tag} is the release of ${stands ?? 'another commit'} already`, {
      hint: 'set nightly.keep_single_release: true, or give each nightly a tag of its own: nightly.tag_name: "nightly-{{ .ShortCommit }}"',
    })
  }
  for (const one of before) {
    await github.releases.delete(at, one.id)
    task.log(`the release ${tag} of ${(stands ?? 'another commit').slice(0, 7)} is taken away`)
  }
  if (stands !== null) await github.gitData.deleteRef(at, `tags/${tag}`)
  await github.gitData.createRef(at, `tags/${tag}`, commit)
}
