import type { Plan } from '../plan/plan.ts'
import type { AnySpoke } from '../spokes/spoke.ts'
import { seedGithub } from './github/seed.ts'
import { writeHosts } from './hosts.ts'

/**
 * What stands in the local world before the release: the hub's repository with its tags, the repositories that spokes publish to,
 * and a token for each credential. Every credential of a rehearsal is made up here; none of the user's is read.
 */
export async function seedWorld(
  world: { folder: string },
  plan: Plan,
  spokes: AnySpoke[],
  cloned: string,
): Promise<Record<string, string>> {
  const seed = seedGithub(world.folder)
  const { owner, repo, tokenEnv } = plan.hub
  const entries = plan.spokes.flatMap((one) => {
    const spoke = spokes.find((known) => known.name === one.spoke)
    return spoke === undefined || one.skip !== undefined ? [] : [{ spoke, settings: one.settings }]
  })
  const made = (name: string): string => `rehearsal-${name.toLowerCase().replaceAll('_', '-')}`
  const credentials: Record<string, string> = { [tokenEnv]: made(tokenEnv) }
  const { tag, commit } = plan.source
  const release = { repository: `${owner}/${repo}`, tag, commit }
  for (const { spoke, settings } of entries) {
    for (const name of [...spoke.credentials(settings), ...(spoke.world.logins?.(settings) ?? [])])
      credentials[name] ??= spoke.world.credential?.(name, release) ?? made(name)
  }
  for (const token of Object.values(credentials)) seed.token({ token, login: owner })
  await seed.repository({ name: `${owner}/${repo}`, from: cloned, defaultBranch: plan.source.branch || 'main' })
  writeHosts(
    world.folder,
    entries.flatMap(({ spoke, settings }) => {
      const first = spoke.world.server?.hosts[0]
      return first === undefined ? [] : (spoke.world.hosts?.(settings) ?? []).map((host) => ({ host, server: first }))
    }),
  )
  const others = new Set(entries.flatMap(({ spoke, settings }) => spoke.world.repositories?.(settings) ?? []))
  for (const one of [...others].toSorted()) {
    const [name = '', defaultBranch] = one.split('#')
    if (name === `${owner}/${repo}`) continue
    await seed.repository({
      name,
      files: { 'README.md': `# ${name}\n` },
      collaborators: { [owner]: 'write' },
      ...(defaultBranch === undefined ? {} : { defaultBranch }),
    })
  }
  return credentials
}
