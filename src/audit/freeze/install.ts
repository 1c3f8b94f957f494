import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { TagonceError } from '../../core/errors.ts'
import type { OpenRepository } from '../repository/facts.ts'
import { CHAINED, FROZEN, hookText, isOurs } from './hook.ts'

/** Where a hook stands and what became of it. */
export interface HookState {
  path: string
  /** A hook that was there before runs after ours. */
  chained: boolean
  /** The folder of hooks lies outside the repository (`core.hooksPath`): other repositories use it, too. */
  shared: boolean
}

/**
 * Puts the hook where git looks for it (`core.hooksPath` and worktrees respected), and keeps the one that is there working.
 * Never is there a moment without a hook. May be repeated.
 */
export async function installHook(repository: OpenRepository): Promise<HookState> {
  const { path, shared } = await placeOf(repository)
  const folder = dirname(path)
  const before = join(folder, CHAINED)
  await mkdir(folder, { recursive: true })
  const there = await kindOf(path)
  if (there === 'other') {
    if ((await kindOf(before)) !== 'none') {
      throw new TagonceError('audit', `${path} is not ours, and ${CHAINED} beside it is taken`, {
        hint: 'make one hook of the two, then freeze again',
      })
    }
    await copyHook(path, before)
  }
  const fresh = `${path}.tagonce-new`
  await writeFile(fresh, hookText(), { mode: 0o755 })
  await chmod(fresh, 0o755)
  await rename(fresh, path)
  await repository.git.run(['config', '--local', FROZEN, 'true'])
  return { path, chained: (await kindOf(before)) !== 'none', shared }
}

/** What `thaw` did to the hook. */
export type Thawed = 'removed' | 'restored' | 'left' | 'none'

/**
 * Lifts the freeze: the hook that was there before stands in its place again. A hook in a folder that other repositories
 * use stays (`left`): it does nothing where nothing is frozen.
 */
export async function removeHook(repository: OpenRepository): Promise<{ path: string; hook: Thawed }> {
  const { path, shared } = await placeOf(repository)
  await repository.git.run(['config', '--local', '--unset-all', FROZEN])
  if ((await kindOf(path)) !== 'ours') return { path, hook: 'none' }
  if (shared) return { path, hook: 'left' }
  const before = join(dirname(path), CHAINED)
  if ((await kindOf(before)) === 'none') {
    await rm(path)
    return { path, hook: 'removed' }
  }
  await rename(before, path)
  return { path, hook: 'restored' }
}

async function placeOf({ git, top }: OpenRepository): Promise<{ path: string; shared: boolean }> {
  const folder = resolve(top, (await git.ask(['rev-parse', '--git-path', 'hooks'])) ?? '.git/hooks')
  const common = resolve(top, (await git.ask(['rev-parse', '--git-common-dir'])) ?? '.git')
  const real = await realpath(folder).catch(() => folder)
  const roots = await Promise.all([top, common].map((root) => realpath(root)))
  return { path: join(folder, 'pre-push'), shared: roots.every((root) => relative(root, real).startsWith('..')) }
}

async function kindOf(path: string): Promise<'none' | 'ours' | 'other'> {
  if ((await lstat(path).catch(() => undefined)) === undefined) return 'none'
  return isOurs(await readFile(path, 'utf8').catch(() => '')) ? 'ours' : 'other'
}

/** A link stays a link: what it leads to may look beside itself. */
async function copyHook(from: string, to: string): Promise<void> {
  const stat = await lstat(from)
  if (stat.isSymbolicLink()) return symlink(await readlink(from), to)
  await copyFile(from, to)
  await chmod(to, stat.mode & 0o777)
}
