import { createHash } from 'node:crypto'
import { gitEnv } from '../../external/git.ts'
import { run } from '../../external/process.ts'
import { isWorkflow, type Blobs, type Snapshot } from '../repository/snapshot.ts'

interface Entry {
  name: string
  mode: string
  id: string
}

/** One object of `git cat-file --batch`; undefined where the clone lacks it. */
interface GitObject {
  id: string
  content: Buffer
}

const TREE = '40000'
const FOLDER = '.github/workflows'
const LARGEST = 6 * 1024 * 1024

/**
 * The files of many commits: each tree and each wanted content is read once, however many commits hold it, in one
 * process for each level of folders. Commits that the clone lacks are left out.
 * @example (await snapshotsOf('/repo', process.env, [head], isReleaseFile, new Map())).get(head)?.read('Makefile')
 */
export async function snapshotsOf(
  top: string,
  env: Record<string, string | undefined>,
  commits: string[],
  wanted: (path: string, mode: string) => boolean,
  blobs: Blobs,
): Promise<Map<string, PastSnapshot>> {
  const read = (names: string[]): Promise<(GitObject | undefined)[]> => objects(top, env, names)
  const trees = new Map<string, Entry[]>()
  const roots = await read(commits.map((commit) => `${commit}^{tree}`))
  let level = roots
  while (level.length > 0) {
    const below = new Set<string>()
    for (const tree of level) {
      if (tree === undefined || trees.has(tree.id)) continue
      const entries = entriesOf(tree)
      trees.set(tree.id, entries)
      for (const { mode, id } of entries) if (mode === TREE && !trees.has(id)) below.add(id)
    }
    level = await read([...below])
  }
  const missing = new Set<string>()
  const all = printer(trees, (path, entry) => {
    if (!wanted(path, entry.mode)) return false
    if (!blobs.has(entry.id)) missing.add(entry.id)
    return true
  })
  const others = printer(trees, (path, entry) => !isWorkflow(path) && wanted(path, entry.mode))
  for (const root of roots) if (root !== undefined) all(root.id, '')
  for (const blob of await read([...missing])) if (blob !== undefined) blobs.set(blob.id, asText(blob.content))
  return new Map(
    commits.flatMap((commit, at) => {
      const root = roots[at]
      if (root === undefined) return []
      const prints = { print: all(root.id, ''), otherPrint: others(root.id, '') }
      return [[commit, snapshotIn(commit, root.id, prints, trees, blobs)] as const]
    }),
  )
}

/** Tells of a folder one text that is the same as long as the files that count in it are; each folder is walked once. */
function printer(
  trees: Map<string, Entry[]>,
  counts: (path: string, entry: Entry) => boolean,
): (id: string, prefix: string) => string {
  const prints = new Map<string, string>()
  const look = (id: string, prefix: string): string => {
    const key = `${id} ${prefix}`
    const known = prints.get(key)
    if (known !== undefined) return known
    const parts: string[] = []
    for (const entry of trees.get(id) ?? []) {
      const path = prefix + entry.name
      if (entry.mode === TREE) parts.push(look(entry.id, `${path}/`))
      else if (entry.mode.startsWith('100') && counts(path, entry)) parts.push(`${path}\0${entry.mode}\0${entry.id}`)
    }
    const print = parts.every((part) => part === '') ? '' : createHash('sha256').update(parts.join('\0')).digest('hex')
    prints.set(key, print)
    return print
  }
  return look
}

/** A commit as history reads it. */
export interface PastSnapshot extends Snapshot {
  /** The same for commits whose wanted files are the same. */
  print: string
  /** The same for commits that differ in workflows only. */
  otherPrint: string
  /** Those of `paths` that lie in `.github/workflows`, found without walking the whole tree. */
  workflowPaths: string[]
}

function snapshotIn(
  commit: string,
  root: string,
  prints: Pick<PastSnapshot, 'print' | 'otherPrint'>,
  trees: Map<string, Entry[]>,
  blobs: Blobs,
): PastSnapshot {
  const find = (path: string): Entry | undefined => {
    let at: Entry | undefined = { name: '', mode: TREE, id: root }
    for (const part of path.split('/')) at = trees.get(at?.id ?? '')?.find((entry) => entry.name === part)
    return at
  }
  const isFile = (entry: Entry | undefined): boolean => entry?.mode.startsWith('100') === true
  const walk = (id: string, prefix: string): string[] =>
    (trees.get(id) ?? []).flatMap((entry) =>
      entry.mode === TREE ? walk(entry.id, `${prefix}${entry.name}/`) : isFile(entry) ? [prefix + entry.name] : [],
    )
  let all: string[] | undefined
  return {
    commit,
    ...prints,
    get paths() {
      all ??= walk(root, '').sort()
      return all
    },
    workflowPaths: walk(find(FOLDER)?.id ?? '', `${FOLDER}/`)
      .filter(isWorkflow)
      .sort(),
    read: (path) => blobs.get(find(path)?.id ?? ''),
    id: (path) => {
      const entry = find(path)
      return isFile(entry) ? entry?.id : undefined
    },
    executable: (path) => find(path)?.mode === '100755',
  }
}

/** Names in the order they were asked for; what is not there is undefined. */
async function objects(
  top: string,
  env: Record<string, string | undefined>,
  names: string[],
): Promise<(GitObject | undefined)[]> {
  if (names.length === 0) return []
  const { bytes } = await run(['git', 'cat-file', '--batch'], {
    cwd: top,
    env: gitEnv(env),
    input: `${names.join('\n')}\n`,
    limit: 1024 * 1024 * 1024,
  })
  const found: (GitObject | undefined)[] = []
  let at = 0
  while (at < bytes.length) {
    const end = bytes.indexOf(10, at)
    if (end === -1) break
    const header = /^([0-9a-f]+) \w+ (\d+)$/.exec(bytes.toString('latin1', at, end))
    if (header === null) {
      found.push(undefined)
      at = end + 1
      continue
    }
    const size = Number(header[2])
    found.push({ id: header[1] ?? '', content: bytes.subarray(end + 1, end + 1 + size) })
    at = end + 2 + size
  }
  return found
}

/** gitformat: `mode SP name NUL id` for each entry, where the id is as long as the repository's hash. */
function entriesOf({ id, content }: GitObject): Entry[] {
  const length = id.length / 2
  const entries: Entry[] = []
  let at = 0
  while (at < content.length) {
    const space = content.indexOf(32, at)
    const zero = content.indexOf(0, space)
    if (space === -1 || zero === -1) break
    entries.push({
      mode: content.toString('latin1', at, space),
      name: content.toString('utf8', space + 1, zero),
      id: content.toString('hex', zero + 1, zero + 1 + length),
    })
    at = zero + 1 + length
  }
  return entries
}

function asText(content: Buffer): string | undefined {
  return content.length > LARGEST || content.subarray(0, 8000).includes(0) ? undefined : content.toString('utf8')
}
