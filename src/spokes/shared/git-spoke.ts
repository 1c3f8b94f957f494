import type { Spoke } from '../spoke.ts'
import { observeFiles, oneCommit, verifyFiles, type VersionIn } from './git-channel.ts'
import { probeRepository } from './git-probe.ts'
import { actGitRetract, planGitRetract, type GitRetractStep } from './git-retract.ts'
import type { GitUnit } from './git-unit.ts'
import type { RepositorySettings } from './repository.ts'

type Done = 'credentials' | 'probe' | 'observe' | 'publish' | 'together' | 'verify' | 'retract'

/** What spokes whose channel is a repository on GitHub do alike. */
export function gitSpoke(
  name: string,
  versionIn: VersionIn,
): Required<Pick<Spoke<RepositorySettings & { name: string }, GitUnit>, Done>> {
  const together = oneCommit(versionIn)
  return {
    credentials: (settings) => [settings.repository.tokenEnv],
    probe: (settings, io) => probeRepository(name, settings, io),
    observe: (unit, _hub, io) => observeFiles(unit, io, versionIn),
    publish: (unit, seen, hub, io) => together.publish([{ unit, seen }], hub, io),
    together,
    verify: (unit, hub, io, seen) => verifyFiles(unit, hub, io, versionIn, seen),
    retract: { plan: planGitRetract, act: (step, io) => actGitRetract(step as GitRetractStep, io, versionIn) },
  }
}

/** The repositories that must stand in the local GitHub before a rehearsal. A fork is made by the release itself. */
export function repositoriesOf(settings: unknown): string[] {
  const { repository, pullRequest } = settings as RepositorySettings
  const { owner, name } = pullRequest ?? repository
  return name === '' ? [] : [`${owner}/${name}`]
}
