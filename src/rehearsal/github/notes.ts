import { git, resolveCommit } from './git.ts'
import { Refused } from './refuse.ts'
import type { Call } from './route.ts'
import { latestOf } from './release-rules.ts'
import { webUrl } from './views.ts'

/** Generated release notes: the address of the comparison, and the subjects of the commits that it shows. */
export async function generateNotes(
  call: Call,
  tag: string,
  previous: string | undefined,
  target: string | undefined,
): Promise<{ name: string; body: string }> {
  const head =
    (await resolveCommit(call.git, `refs/tags/${tag}`)) ??
    (await resolveCommit(call.git, target ?? call.repo.defaultBranch))
  if (head === undefined) throw new Refused(400, 'Invalid target_commitish parameter')
  const from = previous ?? latestOf(call.state, call.repo)?.tag
  const base = from === undefined ? undefined : await resolveCommit(call.git, `refs/tags/${from}`)
  if (previous !== undefined && base === undefined) throw new Refused(400, 'Invalid previous_tag parameter')
  const range = base === undefined ? head : `${base}..${head}`
  const { stdout } = await git(call.git, ['log', '--format=* %s', range])
  const link =
    base === undefined ? `${webUrl(call.repo)}/commits/${tag}` : `${webUrl(call.repo)}/compare/${from ?? ''}...${tag}`
  return { name: tag, body: `## What's Changed\n${stdout}\n\n**Full Changelog**: ${link}` }
}
