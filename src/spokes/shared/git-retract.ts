import { TagonceError } from '../../core/errors.ts'
import type { Observation } from '../../core/states.ts'
import type { ChannelIO, RetractStep } from '../spoke.ts'
import { withoutCredentials } from '../../external/git.ts'
import { githubFor, observeFiles, pullOf } from './git-channel.ts'
import { commitFiles, readText, repositoryOf, textBefore, type Change } from './git-files.ts'
import type { VersionIn } from './git-judge.ts'
import { commitPlain, type Before } from './git-plain.ts'
import type { GitUnit } from './git-unit.ts'

/** A step that can be carried out without the manifest. */
export interface GitRetractStep extends RetractStep {
  of: GitUnit
}

/** Only the files of this release are taken back: to the version before it, or away; a pull request is closed. */
export function planGitRetract(unit: GitUnit, seen: Observation): GitRetractStep[] {
  const channel = unit.pullRequest ?? unit.place
  const where = unit.git === null ? `${channel.owner}/${channel.name}` : withoutCredentials(unit.git.url)
  const paths = unit.files.map((one) => one.path).join(', ')
  const step = (what: string): GitRetractStep[] => [{ unit: unit.id, what, final: false, of: unit }]
  if (unit.pullRequest !== null) {
    return seen.state === 'pending' ? step(`close the pull request for ${paths} in ${where}`) : []
  }
  return seen.state === 'live' ? step(`put ${paths} of ${where} back to the version before ${unit.version}`) : []
}

/** Compare-and-set: a text that is not ours any more stays; so a second run undoes nothing. */
export async function actGitRetract(
  { of: unit }: GitRetractStep,
  io: ChannelIO,
  versionIn: VersionIn,
): Promise<Observation> {
  const isOurs = (one: string): boolean => versionIn(one) === unit.version
  const undo = (read: (path: string) => Promise<string | null>, before: Before): Promise<Change[]> =>
    undone(unit, read, (path) => before(path, isOurs))
  const message = `Take back ${unit.files[0]?.path ?? ''} ${unit.version}`
  const { author, signing, tokenEnv } = unit
  if (unit.git !== null) {
    await commitPlain(unit, undo, { message, author, signing }, io)
  } else {
    if (!io.credentials.has(tokenEnv)) throw new TagonceError('credentials', `${tokenEnv} is not set`)
    const github = githubFor(unit, io)
    if (unit.pullRequest !== null) {
      const pull = await pullOf(github, unit)
      if (pull?.state === 'open') await github.pulls.close(repositoryOf(unit.pullRequest), pull.number)
    } else {
      await commitFiles(
        github,
        unit.place,
        async ({ commit, exists }) => {
          const read = (path: string): Promise<string | null> =>
            readText(github, unit.place, path, exists ? commit : null)
          return undo(read, async (path) =>
            commit === null ? null : textBefore(github, unit.place, path, commit, isOurs),
          )
        },
        { message, author },
        io.signal,
      )
    }
  }
  const { state, evidence } = await observeFiles(unit, io, versionIn)
  if (state === 'live' || state === 'pending') return { state, reason: 'not taken back yet', evidence }
  return { state: 'retracted', evidence }
}

/** Compare-and-set: only files that still hold our text are put back. */
async function undone(
  unit: GitUnit,
  read: (path: string) => Promise<string | null>,
  before: (path: string) => Promise<string | null>,
): Promise<Change[]> {
  const changes: Change[] = []
  for (const { path, content } of unit.files) {
    if ((await read(path)) === content) changes.push({ path, content: await before(path) })
  }
  return changes
}
