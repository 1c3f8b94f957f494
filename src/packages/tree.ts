import { posix } from 'node:path'
import { TagonceError } from '../core/errors.ts'
import type { PackageEntry } from '../formats/package-entry.ts'
import { ownedBySystem } from './filesystem.ts'
import type { TreeOf } from './planned.ts'

/** Whose the folders are that lead to a file. */
interface Owner {
  owner: string
  group: string
}

/** The files of a package by their path, with the folders that lead to them. */
export class Tree {
  readonly #planned: TreeOf
  readonly #entries = new Map<string, PackageEntry>()

  constructor(planned: TreeOf) {
    this.#planned = planned
  }

  /** Adds an entry; what is there already is a clash, unless it is a folder that nobody asked for. */
  add(entry: PackageEntry, owner?: Owner): void {
    const there = this.#entries.get(entry.path)
    if (there !== undefined && !(isImplicit(there) && entry.body.type === 'directory')) this.#clash(entry.path)
    this.addParents(entry.path, owner)
    this.#entries.set(entry.path, entry)
  }

  /** Adds an entry of a tree, whose own folders may be there already. */
  replace(entry: PackageEntry): void {
    const there = this.#entries.get(entry.path)
    if (there !== undefined && there.body.type !== 'directory') this.#clash(entry.path)
    if (entry.path !== '/') this.#entries.set(entry.path, entry)
  }

  refuseTaken({ destination }: { destination: string }): void {
    const there = this.#entries.get(posix.join('/', destination).replace(/\/$/, ''))
    if (there !== undefined && !isImplicit(there)) this.#clash(there.path)
  }

  /** The folders above a path; they are the owner's, but for those of the system. */
  addParents(path: string, owner?: Owner): void {
    for (let at = posix.dirname(path.replace(/\/+$/, '')); at !== '/' && at !== '.'; at = posix.dirname(at)) {
      const there = this.#entries.get(at)
      if (there?.body.type === 'directory') continue
      if (there !== undefined) this.#clash(at)
      const own = ownedBySystem(at) ? undefined : owner
      this.#entries.set(at, {
        path: at,
        mode: 0o755,
        mtime: this.#planned.facts.mtime,
        owner: own?.owner || 'root',
        group: own?.group || 'root',
        body: { type: 'directory', implicit: true },
      })
    }
  }

  /** By the bytes of their paths, where that of a folder ends with a slash. */
  sorted(): PackageEntry[] {
    const key = ({ path, body }: PackageEntry): Buffer => Buffer.from(body.type === 'directory' ? `${path}/` : path)
    return [...this.#entries.values()]
      .map((entry) => [key(entry), entry] as const)
      .toSorted(([a], [b]) => Buffer.compare(a, b))
      .map(([, entry]) => entry)
  }

  #clash(path: string): never {
    throw new TagonceError('pack', `${this.#planned.name} would hold ${path} twice`, {
      hint: 'mend `dst` of one of `nfpms[].contents`, or give the builds different `binary` names',
    })
  }
}

function isImplicit({ body }: PackageEntry): boolean {
  return body.type === 'directory' && body.implicit
}
