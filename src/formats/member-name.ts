import { FormatError } from './format-error.ts'

/**
 * The name of an archive's member, relative and with forward slashes. Names that could leave the folder they are
 * unpacked into are refused: absolute ones, drive letters, backslashes, `..`, NUL.
 * @example memberName('./bin/hello') // 'bin/hello'
 */
export function memberName(name: string): string {
  const parts = name.split('/').filter((part, index, all) => part !== '.' && !(part === '' && index === all.length - 1))
  const hostile =
    name.includes('\0') || name.includes('\\') || /^[A-Za-z]:/.test(name) || parts.includes('..') || parts.includes('')
  if (hostile || parts.length === 0)
    throw new FormatError(`the archive has a member with an unsafe name: ${JSON.stringify(name)}`)
  return parts.join('/')
}
