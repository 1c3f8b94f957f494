import { readdir } from 'node:fs/promises'
import { join, posix } from 'node:path'
import picomatch from 'picomatch'
import { TagonceError } from '../core/errors.ts'

/** Whether a path is a pattern: it has a character that stands for others. */
export function isPattern(path: string): boolean {
  return /[*?[\]{}!]/.test(path)
}

/**
 * Files and links that match a pattern, relative to the root with forward slashes, sorted. As with GoReleaser, a folder that matches gives
 * all that is in it, names with a dot in front are like others, and links to folders are not followed.
 * @example await matchingFiles('/repo', 'docs/*.md') // ['docs/a.md', 'docs/b.md']
 */
export async function matchingFiles(root: string, pattern: string): Promise<string[]> {
  const parts = pattern.split('/')
  const fixed = parts.slice(0, Math.max(0, parts.findIndex(isPattern))).join('/')
  // There `**/` stands for one folder at least.
  const matches = picomatch(pattern.replaceAll(/(^|\/)\*\*\//g, '$1*/**/'), {
    dot: true,
    noextglob: true,
    nonegate: true,
  })
  // Without `**` nothing deeper than the pattern can match.
  const depth = pattern.includes('**') ? Infinity : parts.length
  return walk(root, fixed === '' ? '.' : fixed, depth, matches)
}

/** The files and links below a folder that match, or that lie in a folder which does. */
export async function walk(
  root: string,
  folder: string,
  depth: number,
  matches: (path: string) => boolean,
): Promise<string[]> {
  const found: string[] = []
  const visit = async (path: string, taken: boolean): Promise<void> => {
    if (!taken && path !== '.' && path.split('/').length >= depth) return
    const entries = await readdir(join(root, path), { withFileTypes: true }).catch(none)
    for (const entry of entries) {
      const inner = posix.join(path, entry.name)
      const hit = taken || matches(inner)
      if (entry.isDirectory()) await visit(inner, hit)
      else if (hit) found.push(inner)
    }
  }
  await visit(folder, folder !== '.' && matches(folder))
  return found.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

/** The fixed part of a pattern may name a folder that is not there, or a file. */
function none(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
  throw new TagonceError('pack', `${error.path ?? 'a folder'} could not be read: ${error.code ?? error.message}`, {
    cause: error,
  })
}
