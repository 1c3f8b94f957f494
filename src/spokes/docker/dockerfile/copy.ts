import { posix } from 'node:path'
import type { FileSource, FileTree, TreeNode } from './file-tree.ts'
import { dockerIgnore, pathPattern } from './ignore.ts'
import { engineAt, faultAt } from './parse.ts'
import type { Dockerfile, Instruction } from './parse.ts'
import { listOf } from './run-config.ts'

/** What an instruction puts into a new layer. */
export interface Layer {
  /** What instruction made it, for the history. */
  by: string
  /** Paths without a slash before them. */
  nodes: Map<string, TreeNode>
  /** Archives that `ADD` unpacks: whether a file is one is seen in its bytes. Not unpacked, it lies at `path`. */
  unpack: { source: FileSource; into: string; path: string; uid: number; gid: number; mode: number }[]
}

export interface CopyScope {
  dockerfile: Dockerfile
  /** The image so far; it is changed. */
  tree: FileTree
  workdir: string
  /** Where files are taken from. */
  source: FileTree
  /** Whether the source is the build context. */
  context: boolean
  /** Whether nothing is known of the source: then nothing is missed in it. */
  unknown: boolean
  /** Numbers of a user and a group by name. */
  owner(one: Instruction, text: string, offset: number): { uid: number; gid: number }
  replace(one: Instruction, raw: string, offset: number): string
}

/** Carries out `COPY` and `ADD`. */
export function copyFiles(scope: CopyScope, one: Instruction): Layer {
  const { dockerfile } = scope
  const plan = planOf(scope, one)
  const layer: Layer = { by: one.line.text, nodes: new Map(), unpack: [] }
  const put = (path: string, node: TreeNode): void => {
    if (path === '') return
    const place = scope.tree.resolve(path, node.type === 'directory')
    const there = scope.tree.get(place)
    if (node.type !== 'directory' && there?.type === 'directory') {
      throw faultAt(
        dockerfile,
        one,
        `/${place} is a folder; a file cannot take its place`,
        'end the destination with a slash to put it inside',
      )
    }
    folders(posix.dirname(place), plan.owner)
    // A folder that is there keeps its mode and owner.
    if (node.type === 'directory' && there?.type === 'directory') return
    scope.tree.set(place, node)
    layer.nodes.set(place, node)
  }
  const folders = (path: string, owner: { uid: number; gid: number } | undefined): void => {
    if (path === '.' || path === '' || scope.tree.get(path)?.type === 'directory') return
    folders(posix.dirname(path), owner)
    const node: TreeNode = { type: 'directory', mode: 0o755, uid: owner?.uid ?? 0, gid: owner?.gid ?? 0 }
    scope.tree.set(path, node)
    layer.nodes.set(path, node)
  }
  const changed = (node: TreeNode): TreeNode => ({
    ...node,
    ...plan.owner,
    ...(plan.mode === undefined || node.type === 'symlink' ? {} : { mode: plan.mode }),
  })
  for (const { name, text } of plan.texts) {
    const path = plan.into ? joined(plan.destination, name) : plan.destination
    put(
      path,
      changed({ type: 'file', mode: 0o644, uid: 0, gid: 0, source: { from: 'text', bytes: Buffer.from(text) } }),
    )
  }
  for (const path of plan.sources) {
    const place = scope.source.resolve(path, true)
    const node = place === '' ? ({ type: 'directory', mode: 0o755, uid: 0, gid: 0 } as const) : scope.source.get(place)
    if (node === undefined) continue
    if (node.type !== 'directory') {
      const target = plan.into ? joined(plan.destination, posix.basename(path)) : plan.destination
      if (one.keyword === 'ADD' && node.type === 'file' && scope.context) {
        const { uid, gid, mode } = changed(node)
        layer.unpack.push({
          source: node.source,
          into: scope.tree.resolve(plan.destination, true),
          path: scope.tree.resolve(target, false),
          uid,
          gid,
          mode,
        })
      } else put(target, changed(node))
      continue
    }
    const inner = scope.source.below(place).filter(([name]) => !plan.excluded(name))
    put(plan.destination, changed({ type: 'directory', mode: 0o755, uid: 0, gid: 0 }))
    for (const [name, child] of inner)
      put(joined(plan.destination, place === '' ? name : name.slice(place.length + 1)), changed(child))
  }
  return layer
}

function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

interface CopyPlan {
  sources: string[]
  texts: { name: string; text: string }[]
  destination: string
  /** Whether the destination is a folder that each source goes into. */
  into: boolean
  owner: { uid: number; gid: number } | undefined
  mode: number | undefined
  excluded: (path: string) => boolean
}

function planOf(scope: CopyScope, one: Instruction): CopyPlan {
  const { dockerfile } = scope
  const words = listOf(one, dockerfile.escape).map(({ raw, offset }) => ({
    text: scope.replace(one, raw, offset),
    raw,
    offset,
  }))
  const last = words.pop()
  if (last === undefined || words.length === 0) {
    throw faultAt(dockerfile, one, `${one.keyword} needs what to copy, and where to`)
  }
  const flag = (name: string): { value: string; offset: number } | undefined => {
    const found = one.flags.find((other) => other.name === name)
    return found === undefined
      ? undefined
      : { value: scope.replace(one, found.value ?? '', found.offset), offset: found.offset }
  }
  for (const name of ['parents', 'keep-git-dir', 'checksum', 'unpack']) {
    const found = flag(name)
    if (found !== undefined)
      throw engineAt(dockerfile, one, `${one.keyword} --${name} is not carried out here`, 'leave it out', found.offset)
  }
  const chown = flag('chown')
  const chmod = flag('chmod')
  if (chmod !== undefined && !/^[0-7]{1,4}$/.test(chmod.value)) {
    throw engineAt(
      dockerfile,
      one,
      `--chmod=${chmod.value} is not carried out here`,
      'write the mode in octal: --chmod=755',
      chmod.offset,
    )
  }
  const excludes = one.flags.filter(({ name }) => name === 'exclude').map(({ value = '' }) => value)
  const texts: CopyPlan['texts'] = []
  const sources: string[] = []
  for (const { text, raw, offset } of words) {
    const heredoc = one.heredocs.find(
      ({ name }) => raw.replaceAll(/["']/g, '').replace(/^\d*<<-?/, '') === name && raw.includes('<<'),
    )
    if (heredoc !== undefined) {
      const content = heredoc.expand ? variables(scope, one, heredoc.content) : heredoc.content
      texts.push({ name: heredoc.name, text: content })
    } else sources.push(...found(scope, one, text, offset))
  }
  const into = last.text.endsWith('/') || last.text === '.' || last.text.endsWith('/.')
  const destination = scope.tree.resolve(posix.resolve(scope.workdir === '' ? '/' : scope.workdir, last.text), true)
  const several = sources.length + texts.length > 1
  if (several && !into && scope.tree.get(destination)?.type !== 'directory') {
    throw faultAt(
      dockerfile,
      one,
      `${last.text} has to be a folder, since more than one file goes there`,
      `write ${last.text}/`,
      last.offset,
    )
  }
  return {
    sources,
    texts,
    destination,
    into: into || several || scope.tree.get(destination)?.type === 'directory',
    owner: chown === undefined ? undefined : scope.owner(one, chown.value, chown.offset),
    mode: chmod === undefined ? undefined : Number.parseInt(chmod.value, 8),
    excluded: excludes.length === 0 ? () => false : dockerIgnore(excludes.join('\n')),
  }
}

/** Variables in the text of a heredoc; quotes have no meaning there. */
function variables(scope: CopyScope, one: Instruction, text: string): string {
  return text.replaceAll(/\\\$|\$(?:\{[^}]*\}|[A-Za-z_]\w*)/g, (part) =>
    part === '\\$' ? '$' : scope.replace(one, part, 0),
  )
}

/** Paths of the source that a word of `COPY` stands for. */
function found(scope: CopyScope, one: Instruction, text: string, offset: number): string[] {
  if (/^(https?|ftp):\/\//i.test(text) || /^git@|\.git(#.*)?$/.test(text)) {
    const mend = 'put the file beside the Dockerfile and name it in extra_files'
    throw engineAt(
      scope.dockerfile,
      one,
      `${one.keyword} of ${text} would depend on what lies there, and is not carried out`,
      mend,
      offset,
    )
  }
  const path = posix.resolve('/', text).slice(1)
  if (path === '') return ['']
  const there = scope.source.resolve(path, true)
  if (there === '' || scope.source.get(there) !== undefined) return [path]
  if (/[*?[]/.test(path)) {
    const pattern = pathPattern(path.replaceAll('**', '*'))
    const all = scope.source
      .below('')
      .map(([name]) => name)
      .filter((name) => pattern.test(name))
    if (all.length > 0) return all
  }
  if (scope.unknown) return []
  const held = scope.source
    .below('')
    .filter(([, node]) => node.type !== 'directory')
    .map(([name]) => name)
  const where = scope.context ? 'the build context' : 'the image that it is copied from'
  const base = posix.basename(path)
  const near = held.filter((name) => posix.basename(name) === base)
  const list =
    held.length === 0
      ? 'nothing'
      : held.length > 12
        ? `${held.slice(0, 12).join(', ')}, and ${held.length - 12} more`
        : held.join(', ')
  const platformed = scope.context && near.some((name) => /^(linux|windows)\//.test(name))
  const mend = platformed
    ? `programs lie in a folder of their platform: ARG TARGETPLATFORM and ${one.keyword} $TARGETPLATFORM/${base} …`
    : scope.context
      ? 'the context holds the programs, the packages and extra_files, and nothing else of the repository'
      : undefined
  throw faultAt(
    scope.dockerfile,
    one,
    `there is no ${text} in ${where}${scope.context ? `, which holds ${list}` : ''}`,
    mend,
    offset,
  )
}
