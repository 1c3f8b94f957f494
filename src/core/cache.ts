import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * The user's own cache folder of tagonce; what lies there may be deleted at any time.
 * @example cacheFolder({ XDG_CACHE_HOME: '/home/ann/.cache' }) // '/home/ann/.cache/tagonce'
 */
export function cacheFolder(env: Record<string, string | undefined>): string {
  const home = env['HOME'] || homedir()
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'tagonce')
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches', 'tagonce')
  if (process.platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'tagonce')
  return join(home, '.cache', 'tagonce')
}
