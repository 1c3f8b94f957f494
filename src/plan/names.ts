import { posix } from 'node:path'

/**
 * Whether a relative path with forward slashes would leave the folder it belongs to (or is absolute, or hostile).
 * @example leavesRoot('a/../../b') // true
 */
export function leavesRoot(path: string): boolean {
  const clean = posix.normalize(path.replaceAll('\\', '/'))
  return (
    clean === '..' ||
    clean.startsWith('../') ||
    posix.isAbsolute(clean) ||
    /^[A-Za-z]:/.test(clean) ||
    clean.includes('\0')
  )
}

/**
 * What is wrong with the name of an asset, or `undefined`. GitHub stores a file with any other character under another
 * name (a blank becomes a dot), so that every address of it would be wrong.
 * @example assetNameFault('hello 1.tar.gz') // 'has " ", which GitHub would replace'
 */
export function assetNameFault(name: string): string | undefined {
  if (name === '') return 'is empty'
  if (/[/\\]/.test(name)) return 'has a slash: an asset is a file without a folder'
  if (name.startsWith('.') || name.endsWith('.')) return 'begins or ends with a dot, which GitHub would take away'
  if (name.startsWith('-')) return 'begins with a dash, which commands read as an option'
  const odd = /[^A-Za-z0-9._+@-]/.exec(name)
  if (odd !== null) return `has ${JSON.stringify(odd[0])}, which GitHub would replace`
  return undefined
}
