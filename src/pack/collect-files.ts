import { lstat, readlink, realpath } from 'node:fs/promises'
import { dirname, join, posix, relative, sep } from 'node:path'
import { TagonceError } from '../core/errors.ts'
import type { Diagnostic } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import { passingChunks } from '../formats/file-chunks.ts'
import type { ArchiveEntry } from '../formats/tar.ts'
import type { PlannedFiles } from '../plan/plan.ts'
import { isPattern, matchingFiles, walk } from './glob.ts'

interface Found {
  /** Relative to the root, forward slashes. */
  source: string
  destination: string
  info: PlannedFiles['info']
}

/**
 * The files of an archive beside its binaries, as GoReleaser finds them: a pattern that matches a folder takes all that is in it;
 * sorted by destination, and of two with the same one the first stays. Names are without the wrap directory.
 *
 * The mode is 0755 for what its owner may run, else 0644 (so a umask has no influence), unless `info` says otherwise.
 */
export async function collectFiles(
  files: PlannedFiles[],
  io: { root: string; commitTimestamp: number; warn: (diagnostic: Diagnostic) => void },
): Promise<ArchiveEntry[]> {
  const found: Found[] = []
  for (const one of files) found.push(...(await find(one, io)))
  found.sort((a, b) => Buffer.compare(Buffer.from(a.destination), Buffer.from(b.destination)))
  const entries: ArchiveEntry[] = []
  let last: Found | undefined
  for (const one of found) {
    if (last?.destination !== one.destination) {
      entries.push(await entryOf(one, io))
      last = one
    } else if (last.source !== one.source) {
      const message = `${one.source} is left out of the archive: ${last.source} is there as ${one.destination}`
      io.warn({ severity: 'warning', code: 'duplicate-file', message })
    }
  }
  return entries
}

async function find(
  file: PlannedFiles,
  io: { root: string; warn: (diagnostic: Diagnostic) => void },
): Promise<Found[]> {
  const { base, ...rest } = file
  if (base !== undefined) {
    const below = { ...rest, src: posix.join(base, file.src), optional: true }
    const found = await find(below, io)
    const named = (one: Found): string =>
      rest.dst === '' && !rest.stripParent ? posix.relative(base, one.destination) : one.destination
    if (found.length > 0) return found.map((one) => ({ ...one, destination: named(one) }))
    return find(rest, io)
  }
  const pattern = posix.normalize(toSlash(relative(io.root, inside(io.root, file.src))) || '.')
  const sources = isPattern(pattern) ? await matchingFiles(io.root, pattern) : await literal(io.root, pattern, file)
  if (sources.length === 0 && !file.optional) {
    io.warn({
      severity: 'warning',
      code: 'no-match',
      message: `no file matches ${file.src}`,
      mend: 'remove the entry, or mend its `src`',
      ...(file.where === undefined ? {} : { where: file.where }),
    })
  }
  const prefix = await prefixOf(io.root, pattern, sources)
  return sources.map((source) => ({ source, destination: destinationOf(file, prefix, source), info: file.info }))
}

async function literal(root: string, path: string, file: PlannedFiles): Promise<string[]> {
  const stat = await lstat(join(root, path)).catch(() => undefined)
  if (stat === undefined) {
    if (file.optional) return []
    const message = `${file.src} does not exist`
    const mend = 'remove it from `archives.files`, or create it before'
    const { where } = file
    const place =
      where === undefined ? [] : [{ severity: 'error' as const, code: 'missing-file', message, where, mend }]
    throw new TagonceError('pack', message, { hint: mend, diagnostics: place })
  }
  return stat.isDirectory() ? walk(root, path, Infinity, () => true) : [path]
}

/** The folder that `dst` replaces: the pattern itself where it is a path, else the deepest folder that all matches share. */
async function prefixOf(root: string, pattern: string, sources: string[]): Promise<string> {
  if (!isPattern(pattern) && (await lstat(join(root, pattern)).catch(() => undefined)) !== undefined) return pattern
  let common = sources[0] ?? ''
  for (const source of sources) {
    let length = 0
    while (length < common.length && common[length] === source[length]) length += 1
    common = common.slice(0, length)
  }
  return common.endsWith('/') ? common.slice(0, -1) : posix.dirname(common)
}

function destinationOf(file: PlannedFiles, prefix: string, source: string): string {
  if (file.stripParent) return posix.join(toSlash(file.dst), posix.basename(source))
  if (file.dst !== '') return posix.join(toSlash(file.dst), posix.relative(prefix, source))
  return source
}

async function entryOf(found: Found, io: { root: string; commitTimestamp: number }): Promise<ArchiveEntry> {
  const path = inside(io.root, found.source)
  const root = await realpath(io.root)
  // A folder on the way may be a link to elsewhere; this throws when it is.
  const folder = inside(root, await realpath(dirname(path)))
  const stat = await lstat(path)
  const common = {
    name: found.destination,
    mtime: found.info.mtime ?? io.commitTimestamp,
    owner: found.info.owner,
    group: found.info.group,
  }
  if (stat.isSymbolicLink()) {
    const target = await readlink(path)
    if (!isInside(root, join(folder, target)) || target.startsWith('/')) {
      throw new TagonceError('pack', `${found.source} is a link to ${target}, which is outside the project`, {
        hint: 'put a copy in its place: in the archive the link would point nowhere',
      })
    }
    return { ...common, mode: 0o777, body: { type: 'symlink', target: toSlash(target) } }
  }
  if (!stat.isFile()) throw new TagonceError('pack', `${found.source} is neither a file nor a link`)
  const mode = found.info.mode ?? ((stat.mode & 0o100) === 0 ? 0o644 : 0o755)
  return { ...common, mode, body: { type: 'file', size: stat.size, content: () => passingChunks(path, stat.size) } }
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path)
  return way !== '..' && !way.startsWith(`..${sep}`)
}

function toSlash(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/')
}
