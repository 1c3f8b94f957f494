import { commitText, type Person } from './git-text.ts'
import { git, writeObject } from './git.ts'

/** How two lines of history were brought together. */
export interface Merged {
  type: 'none' | 'fast-forward' | 'merge'
  commit: string
}

/** Merges a commit into another, in memory of git alone; `undefined` when they conflict. No ref is moved. */
export async function mergeCommits(
  folder: string,
  into: string,
  from: string,
  by: { person: Person; message: string; always?: boolean },
): Promise<Merged | undefined> {
  const isAncestor = async (old: string, young: string): Promise<boolean> =>
    (await git(folder, ['merge-base', '--is-ancestor', old, young], { mayFail: true })).code === 0
  if (await isAncestor(from, into)) return { type: 'none', commit: into }
  if (by.always !== true && (await isAncestor(into, from))) return { type: 'fast-forward', commit: from }
  const tree = await git(folder, ['merge-tree', '--write-tree', into, from], { mayFail: true })
  if (tree.code !== 0) return undefined
  const text = commitText({
    tree: tree.stdout.split('\n')[0] ?? '',
    parents: [into, from],
    author: by.person,
    committer: by.person,
    message: by.message,
    signature: null,
  })
  return { type: 'merge', commit: await writeObject(folder, 'commit', text) }
}

/** Takes the objects behind a branch of another repository over, under a ref of this one. */
export async function fetchInto(folder: string, from: string, source: string, target: string): Promise<void> {
  await git(folder, ['fetch', '-q', '--no-auto-gc', '--no-tags', from, `+${source}:${target}`])
}
