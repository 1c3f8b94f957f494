import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { git, readObject, writeObject } from './git.ts'
import { notFound, unprocessable } from './refuse.ts'
import { bodyOf, json, required, text, type Call, type Json, type Route } from './route.ts'
import { repoUrl, type Schemas } from './views.ts'

/** Trees: https://docs.github.com/en/rest/git/trees */
export const treeRoutes: Route[] = [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/trees/{tree_sha}',
    doc: 'git/trees#get-a-tree',
    async run(call) {
      const sha = await treeOf(call, call.params['tree_sha'] ?? '')
      if (sha === undefined) throw notFound()
      const recursive = call.request.query.get('recursive')
      return json(await treeView(call, sha, recursive !== null && recursive !== ''))
    },
  },
  { method: 'POST', path: '/repos/{owner}/{repo}/git/trees', doc: 'git/trees#create-a-tree', run: create },
]

export interface TreeEntry {
  path: string
  mode: string
  type: string
  sha: string
  size?: number
}

/** The entries of a tree, flat when recursive. */
export async function listTree(folder: string, tree: string, recursive: boolean): Promise<TreeEntry[]> {
  const { stdout } = await git(folder, ['ls-tree', '-z', '-l', ...(recursive ? ['-r', '-t'] : []), tree])
  return stdout
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const tab = line.indexOf('\t')
      const [mode = '', type = '', sha = '', size = '-'] = line.slice(0, tab).split(/\s+/)
      return { path: line.slice(tab + 1), mode, type, sha, ...(size === '-' ? {} : { size: Number(size) }) }
    })
}

/** One change to a tree: an object at a path, or nothing there. */
export interface TreeChange {
  path: string
  mode: string
  /** `null` takes the path away. */
  sha: string | null
}

/** A tree made from another by changes, or from nothing. Its id. */
export async function changeTree(folder: string, base: string | undefined, changes: TreeChange[]): Promise<string> {
  const index = join(folder, `index-${randomUUID()}`)
  const env = { GIT_INDEX_FILE: index }
  try {
    if (base !== undefined) await git(folder, ['read-tree', base], { env })
    const lines: string[] = []
    for (const change of changes) {
      if (change.sha === null) lines.push(`0 ${'0'.repeat(40)}\t${change.path}`)
      else if (change.mode === '040000') {
        const inner = (await listTree(folder, change.sha, true)).filter((one) => one.type !== 'tree')
        lines.push(...inner.map((one) => `${one.mode} ${one.sha}\t${change.path}/${one.path}`))
      } else lines.push(`${change.mode} ${change.sha}\t${change.path}`)
    }
    await git(folder, ['update-index', '-z', '--index-info'], { env, input: lines.map((line) => `${line}\0`).join('') })
    return (await git(folder, ['write-tree'], { env })).stdout.trim()
  } finally {
    rmSync(index, { force: true })
  }
}

async function create(call: Call): Promise<Response> {
  const body = await bodyOf(call)
  const entries = Array.isArray(body['tree']) ? (body['tree'] as Json[]) : undefined
  if (entries === undefined) required(body, 'tree')
  const base = text(body, 'base_tree')
  const baseTree = base === undefined ? undefined : await treeOf(call, base)
  if (base !== undefined && baseTree === undefined) throw unprocessable('base_tree is not a valid tree oid')
  const known = baseTree === undefined ? [] : await listTree(call.git, baseTree, true)
  const changes: TreeChange[] = []
  for (const entry of entries ?? []) {
    const path = required(entry, 'path')
    if (path === '' || path.startsWith('/') || path.split('/').some((part) => ['', '.', '..', '.git'].includes(part))) {
      throw unprocessable('tree.path contains a malformed path component')
    }
    const mode = text(entry, 'mode') ?? '100644'
    const content = text(entry, 'content')
    if (entry['sha'] === null) {
      if (!known.some((one) => one.path === path)) throw unprocessable('GitRPC::BadObjectState')
      const below = known.filter((one) => one.type !== 'tree' && (one.path === path || one.path.startsWith(`${path}/`)))
      changes.push(...below.map((one) => ({ path: one.path, mode, sha: null })))
    } else if (content !== undefined) {
      changes.push({ path, mode, sha: await writeObject(call.git, 'blob', content) })
    } else {
      const sha = required(entry, 'sha')
      const type = mode === '040000' ? 'tree' : mode === '160000' ? 'commit' : 'blob'
      const object = /^[0-9a-f]{40}$/.test(sha) ? await readObject(call.git, sha) : undefined
      if (type !== 'commit' && object?.type !== type) throw unprocessable(`tree.sha ${sha} is not a valid ${type}`)
      changes.push({ path, mode, sha })
    }
  }
  const view = await treeView(call, await changeTree(call.git, baseTree, changes), false)
  return json(view, 201, view.url === undefined ? {} : { location: view.url })
}

async function treeView(call: Call, sha: string, recursive: boolean): Promise<Schemas['git-tree']> {
  const url = repoUrl(call.repo)
  const entries = await listTree(call.git, sha, recursive)
  return {
    sha,
    url: `${url}/git/trees/${sha}`,
    tree: entries.map((one) => ({
      ...one,
      ...(one.type === 'commit' ? {} : { url: `${url}/git/${one.type}s/${one.sha}` }),
    })),
    truncated: false,
  }
}

/** The tree behind a tree's id, a commit's id, a branch or a tag. */
async function treeOf(call: Call, name: string): Promise<string | undefined> {
  const names = /^[0-9a-f]{40}$/.test(name) ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`]
  for (const one of names) {
    const found = await git(call.git, ['rev-parse', '--verify', '-q', `${one}^{tree}`], { mayFail: true })
    if (found.code === 0) return found.stdout.trim()
  }
  return undefined
}
