import { gitIn } from '../external/git.ts'
import type { Context } from './context.ts'

/**
 * Whether this is to be a snapshot: asked for by `--snapshot`, or by `--auto-snapshot` where git shows changes (or shows
 * nothing at all).
 */
export async function isSnapshot(
  context: Context,
  options: { snapshot?: true | undefined; autoSnapshot?: true | undefined },
): Promise<boolean> {
  if (options.snapshot === true || options.autoSnapshot !== true) return options.snapshot === true
  const status = await gitIn(context.root, context.env, context.signal).ask(['status', '--porcelain'])
  if (status?.trim() === '') return false
  context.events.diagnostic({
    severity: 'info',
    code: 'auto-snapshot',
    message: 'the folder has changes that are not committed, so this is a snapshot (--auto-snapshot)',
  })
  return true
}
