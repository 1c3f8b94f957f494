import type { Spoke } from '../spoke.ts'
import { observeFiles, oneCommit, verifyFiles } from './git-channel.ts'
import type { VersionIn } from './git-judge.ts'
import { probeRepository } from './git-probe.ts'
import { actGitRetract, planGitRetract, type GitRetractStep } from './git-retract.ts'
import type { GitUnit } from './git-unit.ts'
import type { RepositorySettings } from './repository.ts'

type Done = 'credentials' | 'probe' | 'observe' | 'publish' | 'together' | 'verify' | 'retract'

/** What spokes whose channel is a git repository do alike. */
export function gitSpoke(
  name: string,
  versionIn: VersionIn,
): Required<Pick<Spoke<RepositorySettings & { name: string }, GitUnit>, Done>> {
  const together = oneCommit(versionIn)
  return {
    credentials: credentialsOf,
    probe: (settings, io) => probeRepository(name, settings, io),
    observe: (unit, _hub, io) => observeFiles(unit, io, versionIn),
    publish: (unit, seen, hub, io) => together.publish([{ unit, seen }], hub, io),
    together,
    verify: (unit, hub, io, seen) => verifyFiles(unit, hub, io, versionIn, seen),
    retract: { plan: planGitRetract, act: (step, io) => actGitRetract(step as GitRetractStep, io, versionIn) },
  }
}

/** The variable that opens the repository: the key's, or the token's. */
export function credentialsOf({ git, repository }: RepositorySettings): string[] {
  if (git === null) return [repository.tokenEnv]
  if (git.keyEnv !== '') return [git.keyEnv]
  return git.url.startsWith('https:') && git.keyPath === '' ? [repository.tokenEnv] : []
}

/** The repositories that must stand in the local GitHub before a rehearsal. A fork is made by the release itself. */
export function repositoriesOf(settings: unknown): string[] {
  const { repository, pullRequest, git } = settings as RepositorySettings
  const { owner, name } = pullRequest ?? repository
  // The base of a pull request has to be there; a branch of the entry's own is made by the release.
  const branch = pullRequest === null || pullRequest.branch === '' ? '' : `#${pullRequest.branch}`
  return name === '' || git !== null ? [] : [`${owner}/${name}${branch}`]
}

/** The git servers that an entry is published to by plain git. */
export function remotesOf(settings: unknown): string[] {
  const { git } = settings as RepositorySettings
  return git === null ? [] : [git.url]
}
