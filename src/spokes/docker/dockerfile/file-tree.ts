import { posix } from 'node:path'

/** Where the bytes of a file are. */
export type FileSource =
  /** A file of the build context, by its path in it. */
  | { from: 'context'; path: string }
  /** A member of a layer of a base image. */
  | { from: 'layer'; digest: string; member: string }
  | { from: 'text'; bytes: Buffer }

interface Owned {
  uid: number
  gid: number
  mode: number
}

export type TreeNode =
  | (Owned & { type: 'directory' })
  | (Owned & { type: 'file'; source: FileSource })
  | (Owned & { type: 'symlink'; target: string })

/** The files of an image, without their bytes. Paths have no slash at their ends; the root is the empty text. */
export class FileTree {
  readonly #nodes: Map<string, TreeNode>

  constructor(nodes: Iterable<[string, TreeNode]> = []) {
    this.#nodes = new Map(nodes)
    if (!this.#nodes.has('')) this.#nodes.set('', { type: 'directory', uid: 0, gid: 0, mode: 0o755 })
  }

  copy(): FileTree {
    return new FileTree(this.#nodes)
  }

  get(path: string): TreeNode | undefined {
    return this.#nodes.get(path)
  }

  set(path: string, node: TreeNode): void {
    // What takes the place of a folder takes all that is in it.
    if (node.type !== 'directory' && this.#nodes.get(path)?.type === 'directory') this.remove(path)
    this.#nodes.set(path, node)
  }

  remove(path: string): void {
    this.#nodes.delete(path)
    for (const inner of this.#below(path)) this.#nodes.delete(inner)
  }

  /** Removes what is in a folder, and keeps the folder. */
  clear(path: string): void {
    for (const inner of this.#below(path)) this.#nodes.delete(inner)
  }

  /** Paths below a folder with their nodes, sorted. */
  below(path: string): [string, TreeNode][] {
    return this.#below(path)
      .toSorted()
      .flatMap((inner) => {
        const node = this.#nodes.get(inner)
        return node === undefined ? [] : [[inner, node] as [string, TreeNode]]
      })
  }

  /**
   * A path with every link on its way followed, also at its end where `last` is true. A link that leads out of the root ends at the
   * root, as it does in a container; one that leads nowhere is followed as far as it goes.
   */
  resolve(path: string, last: boolean): string {
    let left = path.split('/').filter((part) => part !== '' && part !== '.')
    let done = ''
    for (let hops = 0; left.length > 0;) {
      const [part = '', ...rest] = left
      left = rest
      if (part === '..') {
        done = posix.dirname(done) === '.' ? '' : posix.dirname(done)
        continue
      }
      const next = done === '' ? part : `${done}/${part}`
      const node = this.#nodes.get(next)
      if (node?.type !== 'symlink' || (rest.length === 0 && !last) || ++hops > 64) {
        done = next
        continue
      }
      left = [...node.target.split('/').filter((one) => one !== '' && one !== '.'), ...rest]
      if (node.target.startsWith('/')) done = ''
    }
    return done
  }

  #below(path: string): string[] {
    return [...this.#nodes.keys()].filter((one) => one !== '' && (path === '' || one.startsWith(`${path}/`)))
  }
}
