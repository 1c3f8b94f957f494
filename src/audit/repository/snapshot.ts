import { readFileSync, statSync } from 'node:fs'
import { inside } from '../../core/paths.ts'
import { run } from '../../external/process.ts'
import { gitEnv, type Git } from '../../external/git.ts'

/** The files of one commit (or of the working tree), as the audit reads them. */
export interface Snapshot {
  /** Whole hash, or `worktree`. */
  commit: string
  /** Every path of the tree, sorted. */
  paths: string[]
  /** Text of a file; undefined when it is not there, binary or too large. */
  read(path: string): string | undefined
  /** Identity of the content: equal texts have equal ids. */
  id(path: string): string | undefined
  /** Whether the file has its executable bit. */
  executable(path: string): boolean
}

/** Contents by blob id, so that each content is read once however many commits hold it. */
export type Blobs = Map<string, string | undefined>

const LARGEST = 6 * 1024 * 1024

interface Entry {
  mode: string
  blob: string
}

/**
 * Reads a commit: the list of its files, and the contents of those that are wanted, in two processes.
 * @example await snapshotAt('/repo', git, 'HEAD', isReleaseFile, new Map())
 */
export async function snapshotAt(
  root: string,
  git: Git,
  commit: string,
  wanted: (path: string, mode: string) => boolean,
  blobs: Blobs,
  env: Record<string, string | undefined>,
): Promise<Snapshot> {
  const listed = await git.run(['ls-tree', '-r', '-z', '--full-tree', commit])
  const entries = new Map<string, Entry>()
  for (const line of listed.stdout.split('\0')) {
    const found = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(line)
    if (found !== null) entries.set(found[3] ?? '', { mode: found[1] ?? '', blob: found[2] ?? '' })
  }
  const missing = new Set<string>()
  for (const [path, entry] of entries) if (wanted(path, entry.mode) && !blobs.has(entry.blob)) missing.add(entry.blob)
  await readBlobs(root, [...missing], blobs, env)
  return {
    commit,
    paths: [...entries.keys()].sort(),
    read: (path) => blobs.get(entries.get(path)?.blob ?? ''),
    id: (path) => entries.get(path)?.blob,
    executable: (path) => entries.get(path)?.mode === '100755',
  }
}

async function readBlobs(
  root: string,
  ids: string[],
  blobs: Blobs,
  env: Record<string, string | undefined>,
): Promise<void> {
  if (ids.length === 0) return
  const { bytes } = await run(['git', 'cat-file', '--batch'], {
    cwd: root,
    env: gitEnv(env),
    input: `${ids.join('\n')}\n`,
    limit: 1024 * 1024 * 1024,
  })
  let at = 0
  while (at < bytes.length) {
    const end = bytes.indexOf(10, at)
    const header = /^([0-9a-f]+) (\w+)(?: (\d+))?$/.exec(bytes.toString('latin1', at, end))
    if (header === null || end === -1) break
    const size = Number(header[3] ?? 0)
    const content = bytes.subarray(end + 1, end + 1 + size)
    blobs.set(header[1] ?? '', asText(content))
    at = end + 1 + size + (header[3] === undefined ? 0 : 1)
  }
}

/** The working tree: what git tracks and what it does not ignore, read from disk when asked for. */
export async function worktree(root: string, git: Git): Promise<Snapshot> {
  const listed = await git.run(['ls-files', '-z', '--cached', '--others', '--exclude-standard'])
  const paths = [...new Set(listed.stdout.split('\0').filter((path) => path !== ''))].sort()
  const known = new Set(paths)
  const texts = new Map<string, string | undefined>()
  const read = (path: string): string | undefined => {
    if (!known.has(path)) return undefined
    if (!texts.has(path)) texts.set(path, fromDisk(root, path))
    return texts.get(path)
  }
  return {
    commit: 'worktree',
    paths: paths.filter((path) => exists(root, path)),
    read,
    id: read,
    executable: (path) => (mode(root, path) & 0o111) !== 0,
  }
}

function fromDisk(root: string, path: string): string | undefined {
  try {
    const file = inside(root, path)
    const stat = statSync(file)
    return stat.isFile() && stat.size <= LARGEST ? asText(readFileSync(file)) : undefined
  } catch {
    return undefined
  }
}

function exists(root: string, path: string): boolean {
  return mode(root, path) !== 0
}

function mode(root: string, path: string): number {
  try {
    return statSync(inside(root, path)).mode
  } catch {
    return 0
  }
}

function asText(content: Buffer): string | undefined {
  return content.length > LARGEST || content.subarray(0, 8000).includes(0) ? undefined : content.toString('utf8')
}

/** Files that say what a release does: workflows, configs, scripts, Makefiles. Enough for history. */
export function isReleaseFile(path: string, mode: string): boolean {
  return (
    path.startsWith('.github/') ||
    mode === '100755' ||
    /(^|\/)(Makefile|makefile|GNUmakefile|package\.json|tagonce\.yaml|\.?goreleaser\.ya?ml)$/.test(path) ||
    /\.(sh|bash|zsh|ps1)$/.test(path)
  )
}

/** Files that an audit of one commit may read. */
export function isAnyText(path: string): boolean {
  return (
    !/\.(png|jpe?g|gif|ico|svg|pdf|zip|gz|xz|zst|tar|exe|dll|so|dylib|woff2?|ttf|mp4|wasm|jar|bin|lock|sum)$/i.test(
      path,
    ) && !/(^|\/)(node_modules|vendor)\//.test(path)
  )
}

/** A workflow file: `.yml` or `.yaml` straight in `.github/workflows`. */
export function isWorkflow(path: string): boolean {
  return /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)
}
