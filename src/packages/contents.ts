import { lstat, readlink, realpath, readdir, stat } from 'node:fs/promises'
import { dirname, join, posix, relative, sep } from 'node:path'
import { TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import { passingChunks } from '../formats/file-chunks.ts'
import { hashFile } from '../formats/hash.ts'
import type { FileDigests, PackageEntry } from '../formats/package-entry.ts'
import { isPattern, matchingFiles, walk } from '../pack/glob.ts'
import { ownedBySystem } from './filesystem.ts'
import type { PlannedContent, TreeOf } from './planned.ts'
import { Tree } from './tree.ts'

/** Digests of a file by its absolute path; a file that goes into many packages is read once. */
export type Digests = Map<string, Promise<{ size: number; digests: FileDigests }>>

export interface ContentsIO {
  /** Absolute path of the project. */
  root: string
  digests: Digests
}

/**
 * Everything that a package installs, sorted by path, with the folders that lead there. As with GoReleaser, a pattern's matches go below `dst`
 * without the folder they share, and below it by their own name where `dst` ends with a slash; two things at one path are an error.
 *
 * The mode is 0755 for what its owner may run, else 0644 (so a umask has no influence), unless `file_info` says otherwise.
 */
export async function packageTree(planned: TreeOf, io: ContentsIO): Promise<Tree> {
  const tree = new Tree(planned)
  for (const content of planned.contents) {
    if (content.type === 'tree') await addTree(tree, content, planned, io)
    else if (content.type === 'dir') tree.add(entryOf(content, content.destination, planned, 'dir'))
    else if (content.type === 'symlink') tree.add(linkOf(content, content.destination, content.source, planned))
    else if (content.type === 'ghost') tree.add(entryOf(content, content.destination, planned, 'ghost'))
    else await addFiles(tree, content, planned, io)
  }
  return tree
}

/** The digests of a file, made once. */
export function digestsOf(path: string, io: ContentsIO): Promise<{ size: number; digests: FileDigests }> {
  const known = io.digests.get(path)
  if (known !== undefined) return known
  const made = hashFile(path, ['md5', 'sha1', 'sha256'])
  io.digests.set(path, made)
  // Awaited by whoever asked; a failure must not count as unhandled before.
  made.catch(() => {})
  return made
}

async function addFiles(tree: Tree, content: PlannedContent, planned: TreeOf, io: ContentsIO): Promise<void> {
  const { sources, prefix } = await find(content, planned, io)
  for (const source of sources) {
    const path = join(io.root, source)
    // A link to a folder is passed over.
    if ((await stat(path).catch(() => undefined))?.isDirectory() === true) continue
    const destination = content.destination.endsWith('/')
      ? posix.join(content.destination, posix.basename(source))
      : posix.join(content.destination, posix.relative(prefix, source))
    await refuseOutside(source, io)
    const found = await lstat(path)
    if (found.isSymbolicLink()) {
      tree.add(linkOf(content, destination, toSlash(await readlink(path)), planned), content)
    } else {
      tree.add(await fileOf(content, destination, source, (found.mode & 0o100) !== 0, planned, io), content)
    }
  }
}

/** What an entry's source stands for, and the folder that its destination replaces. */
async function find(
  content: PlannedContent,
  planned: TreeOf,
  io: ContentsIO,
): Promise<{ sources: string[]; prefix: string }> {
  const pattern = posix.normalize(toSlash(relative(io.root, inside(io.root, content.source))) || '.')
  const missing = (hint: string): TagonceError =>
    new TagonceError('pack', `${planned.name}: no file matches ${content.source}`, { hint })
  if (!isPattern(pattern)) {
    const found = await lstat(join(io.root, pattern)).catch(() => undefined)
    if (found === undefined) throw missing('mend its `src`, or make the file before')
    if (!found.isDirectory()) return { sources: [pattern], prefix: pattern }
    return { sources: await walk(io.root, pattern, Infinity, () => true), prefix: pattern }
  }
  const sources = await matchingFiles(io.root, pattern)
  if (sources.length === 0) throw missing('mend its `src`, or remove the entry')
  let common = sources[0] ?? ''
  for (const source of sources) while (!source.startsWith(common)) common = common.slice(0, -1)
  return { sources, prefix: common.endsWith('/') ? common.slice(0, -1) : posix.dirname(common) }
}

/** A whole folder with its own folders; those of the system are left to it. */
async function addTree(tree: Tree, content: PlannedContent, planned: TreeOf, io: ContentsIO): Promise<void> {
  const visit = async (source: string, destination: string): Promise<void> => {
    const path = inside(io.root, source)
    await refuseOutside(source, io)
    const found = await lstat(path).catch(() => undefined)
    if (found === undefined) {
      const hint = 'mend its `src`, or make the folder before'
      throw new TagonceError('pack', `${planned.name}: ${content.source} does not exist`, { hint })
    }
    const owned = ownedBySystem(destination)
    const own = owned ? { ...content, owner: '', group: '' } : content
    if (found.isDirectory()) {
      const entry = entryOf(own, destination, planned, 'dir')
      const mode = content.mode ?? 0o755 & ~planned.umask
      tree.replace({ ...entry, mode, body: { type: 'directory', implicit: owned } })
      for (const name of (await readdir(path)).toSorted()) {
        await visit(posix.join(source, name), posix.join(destination, name))
      }
    } else if (found.isSymbolicLink()) {
      tree.replace(linkOf(own, destination, toSlash(await readlink(path)), planned))
    } else {
      tree.replace(await fileOf(own, destination, source, (found.mode & 0o100) !== 0, planned, io))
    }
  }
  tree.refuseTaken(content)
  tree.addParents(content.destination, content)
  await visit(toSlash(relative(io.root, inside(io.root, content.source))) || '.', trimmed(content.destination))
}

function entryOf(content: PlannedContent, path: string, planned: TreeOf, type: 'dir' | 'ghost'): PackageEntry {
  const isFolder = type === 'dir'
  return {
    ...commonOf(content, path, planned),
    mode: content.mode ?? (isFolder ? 0o755 : 0o644),
    body: isFolder ? { type: 'directory', implicit: false } : { type: 'ghost' },
  }
}

function linkOf(content: PlannedContent, path: string, target: string, planned: TreeOf): PackageEntry {
  return { ...commonOf(content, path, planned), mode: 0o777, body: { type: 'symlink', target } }
}

function commonOf(content: PlannedContent, path: string, planned: TreeOf) {
  return {
    path: trimmed(path),
    mtime: content.mtime ?? planned.facts.mtime,
    owner: content.owner || 'root',
    group: content.group || 'root',
  }
}

function trimmed(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') || '/' : path
}

const ROLES: Record<string, PackageEntry['role']> = {
  config: 'config',
  'config|noreplace': 'config|noreplace',
  'config|missingok': 'config|missingok',
  doc: 'doc',
  licence: 'license',
  license: 'license',
  readme: 'readme',
}

async function fileOf(
  content: PlannedContent,
  destination: string,
  source: string,
  executable: boolean,
  planned: TreeOf,
  io: ContentsIO,
): Promise<PackageEntry> {
  const path = inside(io.root, source)
  const { size, digests } = await digestsOf(path, io)
  const role = ROLES[content.type]
  return {
    ...commonOf(content, destination, planned),
    mode: content.mode ?? (executable ? 0o755 : 0o644) & ~planned.umask,
    ...(role === undefined ? {} : { role }),
    body: { type: 'file', size, digests, content: () => passingChunks(path, size) },
  }
}

/** A folder on the way may be a link to elsewhere, and a link may point there. */
async function refuseOutside(source: string, io: ContentsIO): Promise<void> {
  const root = await realpath(io.root)
  inside(root, await realpath(dirname(inside(io.root, source))))
}

function toSlash(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/')
}
