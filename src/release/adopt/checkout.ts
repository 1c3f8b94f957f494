import { copyFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { findConfigs } from '../../config/find.ts'
import { TagonceError } from '../../core/errors.ts'
import { inside } from '../../core/paths.ts'
import { gitIn } from '../../external/git.ts'

export interface CheckoutOptions {
  /** The project. */
  root: string
  tag: string
  /** The config that was named; looked up unless set. */
  config?: string
  /** A private folder that does not exist yet. */
  folder: string
  env: Record<string, string | undefined>
  signal: AbortSignal
}

/**
 * The project as it stood at a tag, with the config of today: what publishes to the package managers may have been written after
 * the release. The repository itself is only read. Gives the project's folder in the copy.
 */
export async function checkoutTag(options: CheckoutOptions): Promise<string> {
  const { root, tag, folder, env, signal } = options
  const git = gitIn(root, env, signal)
  const top = await git.ask(['rev-parse', '--show-toplevel'])
  if (top === undefined)
    throw new TagonceError('source', `${root} is not in a git repository`, { hint: 'name the folder with --dir' })
  const prefix = (await git.ask(['rev-parse', '--show-prefix'])) ?? ''
  const commit = await git.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `refs/tags/${tag}^{commit}`])
  if (commit === undefined)
    throw new TagonceError('source', `this repository has no tag ${tag}`, { hint: 'git fetch --tags' })
  const must = async (at: ReturnType<typeof gitIn>, args: string[], what: string): Promise<void> => {
    const { code, stderr } = await at.run(args)
    if (code !== 0) throw new TagonceError('source', what, { output: stderr })
  }
  await must(
    git,
    ['clone', '--quiet', '--no-local', '--no-checkout', top, folder],
    'the repository could not be copied',
  )
  const copy = gitIn(folder, env, signal)
  await must(copy, ['checkout', '--quiet', '--detach', commit], `the commit of ${tag} could not be checked out`)
  const remote = await git.ask(['config', '--get', 'remote.origin.url'])
  if (remote !== undefined) await must(copy, ['remote', 'set-url', 'origin', remote], 'the copy could not be set up')
  const project = join(folder, prefix)
  const [config = options.config] = options.config === undefined ? findConfigs(root) : [options.config]
  const beside = config === undefined || config.startsWith('.config/') ? '' : dirname(config)
  for (const name of [config, join(beside, 'tagonce.yaml'), join(beside, 'tagonce.yml')]) {
    if (name === undefined) continue
    const target = inside(project, name)
    await mkdir(dirname(target), { recursive: true })
    await copyFile(inside(root, name), target).catch((error: NodeJS.ErrnoException) => {
      // Read as missing by who reads the config.
      if (error.code !== 'ENOENT') throw error
    })
  }
  return project
}
