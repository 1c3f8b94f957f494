import { isAbsolute, relative, resolve, sep } from 'node:path'
import { TagonceError } from './errors.ts'

/**
 * A path from a config or an archive, resolved inside a root; anything that would leave it is refused.
 * @example inside('/repo', 'dist/a') // '/repo/dist/a'
 */
export function inside(root: string, path: string): string {
  const whole = resolve(root, path)
  const way = relative(root, whole)
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way) || path.includes('\0')) {
    throw new TagonceError('config', `${path} leaves the folder it belongs to`, { hint: 'use a path below it' })
  }
  return whole
}
