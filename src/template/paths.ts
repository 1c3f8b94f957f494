import { posix } from 'node:path'

/** Go's filepath.Clean. */
function clean(path: string): string {
  const normal = posix.normalize(path)
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal
}

/** Go's filepath.Dir. */
export function directoryOf(path: string): string {
  return clean(path.slice(0, path.lastIndexOf('/') + 1))
}

/** Go's filepath.Base. */
export function baseOf(path: string): string {
  if (path === '') return '.'
  let end = path.length
  while (end > 1 && path[end - 1] === '/') end--
  const bare = path.slice(0, end)
  return bare === '/' ? bare : bare.slice(bare.lastIndexOf('/') + 1)
}

/** Go's filepath.Abs. */
export function absolute(path: string, cwd: string): string {
  return clean(posix.isAbsolute(path) ? path : `${cwd}/${path}`)
}

/** Go's filepath.Join: empty parts do not count. */
export function joined(parts: readonly string[]): string {
  const present = parts.filter((part) => part !== '')
  return present.length === 0 ? '' : clean(present.join('/'))
}
