import { posix } from 'node:path'
import type { ProjectFiles } from '../../plan/go-source.ts'
import { FileTree } from './dockerfile/file-tree.ts'
import type { TreeNode } from './dockerfile/file-tree.ts'
import { dockerIgnore } from './dockerfile/ignore.ts'
import { contextPath } from './flags.ts'
import type { ImageSettings } from './settings.ts'

/** A file of the project that goes into build contexts. */
export interface ProjectText {
  path: string
  executable: boolean
  bytes: Buffer
}

/** Adds a file to a tree with the folders on its way. */
export function addFile(tree: FileTree, path: string, node: TreeNode): void {
  const folder = posix.dirname(path)
  if (folder !== '.' && tree.get(folder) === undefined)
    addFile(tree, folder, { type: 'directory', mode: 0o755, uid: 0, gid: 0 })
  tree.set(path, node)
}

/** The Dockerfile among the texts that are sealed. */
export function dockerfileOf(texts: readonly ProjectText[]): string {
  return texts.find((one) => one.path === 'Dockerfile')?.bytes.toString() ?? ''
}

/**
 * The build context as GoReleaser lays it out: the Dockerfile, `extra_files` at their own paths, and programs and packages; what
 * `.dockerignore` names is not in it.
 */
export function contextTree(settings: ImageSettings, texts: readonly ProjectText[]): FileTree {
  const tree = new FileTree()
  const ignored = ignoreOf(texts)
  const add = (path: string, mode: number): void => {
    if (!ignored(path)) addFile(tree, path, { type: 'file', mode, uid: 0, gid: 0, source: { from: 'context', path } })
  }
  for (const { path, executable } of texts) add(path, executable ? 0o755 : 0o644)
  for (const { files } of settings.platforms)
    for (const { path, program } of files) add(path, program === undefined ? 0o644 : 0o755)
  return tree
}

function ignoreOf(texts: readonly ProjectText[]): (path: string) => boolean {
  const own =
    texts.find((one) => one.path === 'Dockerfile.dockerignore') ?? texts.find((one) => one.path === '.dockerignore')
  return own === undefined ? () => false : dockerIgnore(own.bytes.toString())
}

/** What of the project is there while it is planned; a file that is not there yet may be written by a hook. */
export function plannedTexts(
  settings: ImageSettings,
  files: ProjectFiles,
): { texts: ProjectText[]; lacking: string[] } {
  const texts: ProjectText[] = []
  const lacking: string[] = []
  const read = (path: string, as: string): void => {
    const inner = files.list(path)
    if (inner !== undefined) {
      for (const { name } of inner) read(`${path}/${name}`, `${as}/${name}`)
      return
    }
    const text = files.read(path)
    if (text === undefined) lacking.push(path)
    else texts.push({ path: as, executable: false, bytes: Buffer.from(text) })
  }
  read(contextPath(settings.dockerfile), 'Dockerfile')
  for (const path of settings.extraFiles) read(contextPath(path), contextPath(path))
  return { texts, lacking }
}
