import { TagonceError } from '../../core/errors.ts'
import type { Observation } from '../../core/states.ts'
import type { ChannelIO, RetractStep } from '../spoke.ts'
import { githubFor, observeFiles, pullOf, type VersionIn } from './git-channel.ts'
import { commitFiles, readText, repositoryOf, textBefore, type Change } from './git-files.ts'
import type { GitUnit } from './git-unit.ts'

/** A step that can be carried out without the manifest. */
export interface GitRetractStep extends RetractStep {
  of: GitUnit
}

/** Only the files of this release are taken back: to the version before it, or away; a pull request is closed. */
export function planGitRetract(unit: GitUnit, seen: Observation): GitRetractStep[] {
  const channel = unit.pullRequest ?? unit.place
  const where = `${channel.owner}/${channel.name}`
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
  if (!io.credentials.has(unit.tokenEnv)) throw new TagonceError('credentials', `${unit.tokenEnv} is not set`)
  const github = githubFor(unit, io)
  if (unit.pullRequest !== null) {
    const pull = await pullOf(github, unit)
    if (pull?.state === 'open') await github.pulls.close(repositoryOf(unit.pullRequest), pull.number)
  } else {
    await commitFiles(
      github,
      unit.place,
      async (head): Promise<Change[]> => {
        const changes: Change[] = []
        for (const { path, content } of unit.files) {
          const text = await readText(github, unit.place, path, head.exists ? head.commit : null)
          if (head.commit === null || text !== content) continue
          const isOurs = (one: string): boolean => versionIn(one) === unit.version
          changes.push({ path, content: await textBefore(github, unit.place, path, head.commit, isOurs) })
        }
        return changes
      },
      { message: `Take back ${unit.files[0]?.path ?? ''} ${unit.version}`, author: unit.author },
      io.signal,
    )
  }
  const { state, evidence } = await observeFiles(unit, io, versionIn)
  if (state === 'live' || state === 'pending') return { state, reason: 'not taken back yet', evidence }
  return { state: 'retracted', evidence }
}
