import type { WorldStore } from '../../spokes/world.ts'

/** A token that the fake knows; any other is `Bad credentials`. */
export interface TokenState {
  token: string
  login: string
  /** `actions` is a workflow's GITHUB_TOKEN: it reaches its own repositories only. */
  kind: 'classic' | 'fine-grained' | 'actions'
  /** Of a classic token: `repo`, `public_repo`, `workflow`. */
  scopes: string[]
  /** Of the other kinds: `{ contents: 'write' }`. */
  permissions: Record<string, 'read' | 'write'>
  /** `owner/name`, lower case, that a token of the other kinds is granted; absent = all of its user. */
  repositories?: string[]
}

export interface AccountState {
  id: number
  login: string
  type: 'User' | 'Organization'
}

export interface RepositoryState {
  id: number
  owner: string
  name: string
  description: string
  private: boolean
  archived: boolean
  defaultBranch: string
  /** login → role, beside the owner. */
  collaborators: Record<string, 'admin' | 'write' | 'read'>
  /** `owner/name` of what it was forked from. */
  parent?: string
  /** `owner/name` after a renaming; the old name redirects. */
  movedTo?: string
  /** Whether releases published from now on are immutable. */
  immutable: boolean
  /** Tags that an immutable release has used. They outlive the release and the repository. */
  burntTags: string[]
  /** The release marked as latest; `null` when the dates decide. */
  latest: number | null
  createdAt: string
  pushedAt: string
}

export interface AssetState {
  id: number
  name: string
  label: string
  /** `starter`: an upload that was cut; it blocks the name. */
  state: 'starter' | 'uploaded'
  contentType: string
  size: number
  sha256: string
  downloads: number
  createdAt: string
  uploader: string
  /** The unguessable part of its storage address. */
  key: string
  /** How many list reads still lack it. */
  lateReads: number
}

export interface ReleaseState {
  id: number
  tag: string
  /** `untagged-<hex>`: stands in addresses while it is a draft. */
  untagged: string
  target: string
  name: string | null
  body: string | null
  draft: boolean
  prerelease: boolean
  immutable: boolean
  /** The commit's date. */
  createdAt: string
  publishedAt: string | null
  updatedAt: string
  author: string
  assets: AssetState[]
  lateReads: number
}

export interface PullState {
  number: number
  id: number
  title: string
  body: string | null
  state: 'open' | 'closed'
  merged: boolean
  draft: boolean
  user: string
  /** `owner/name` and branch. */
  head: { repository: string; ref: string }
  base: string
  createdAt: string
}

/** The documents of the fake, by name. Read from disk each time: another process may have written them. */
export class GithubState {
  readonly store: WorldStore
  constructor(store: WorldStore) {
    this.store = store
  }

  /** A number that no other thing has. */
  nextId(): number {
    const next = (this.store.read<number>('next-id') ?? 1000) + 1
    this.store.write('next-id', next)
    return next
  }

  account(login: string): AccountState {
    const name = `accounts/${login.toLowerCase()}`
    const known = this.store.read<AccountState>(name)
    if (known !== undefined) return known
    const account: AccountState = { id: this.nextId(), login, type: 'User' }
    this.store.write(name, account)
    return account
  }

  knownAccount(login: string): AccountState | undefined {
    return this.store.read<AccountState>(`accounts/${login.toLowerCase()}`)
  }

  saveAccount(account: AccountState): void {
    this.store.write(`accounts/${account.login.toLowerCase()}`, account)
  }

  tokens(): TokenState[] {
    return this.store.read<TokenState[]>('tokens') ?? []
  }

  saveToken(token: TokenState): void {
    this.store.write('tokens', [...this.tokens().filter((one) => one.token !== token.token), token])
  }

  repository(owner: string, name: string): RepositoryState | undefined {
    return this.store.read<RepositoryState>(`repositories/${keyOf(owner, name)}`)
  }

  saveRepository(repo: RepositoryState): void {
    this.store.write(`repositories/${keyOf(repo.owner, repo.name)}`, repo)
  }

  repositories(): RepositoryState[] {
    return this.store.list('repositories/').flatMap((name) => this.store.read<RepositoryState>(name) ?? [])
  }

  /** The bare git repository. */
  gitFolder(repo: RepositoryState): string {
    return this.store.blob(`git/${keyOf(repo.owner, repo.name)}.git`)
  }

  /** All releases, newest first. */
  releases(repo: RepositoryState): ReleaseState[] {
    return this.store
      .list(`releases/${repo.id}/`)
      .flatMap((name) => this.store.read<ReleaseState>(name) ?? [])
      .sort((a, b) => b.id - a.id)
  }

  release(repo: RepositoryState, id: number): ReleaseState | undefined {
    return this.store.read<ReleaseState>(`releases/${repo.id}/${id}`)
  }

  saveRelease(repo: RepositoryState, release: ReleaseState): void {
    this.store.write(`releases/${repo.id}/${release.id}`, release)
  }

  removeRelease(repo: RepositoryState, release: ReleaseState): void {
    this.store.remove(`releases/${repo.id}/${release.id}`)
  }

  pulls(repo: RepositoryState): PullState[] {
    return this.store
      .list(`pulls/${repo.id}/`)
      .flatMap((name) => this.store.read<PullState>(name) ?? [])
      .sort((a, b) => b.number - a.number)
  }

  savePull(repo: RepositoryState, pull: PullState): void {
    this.store.write(`pulls/${repo.id}/${pull.number}`, pull)
  }

  /** The file of an asset's bytes. */
  assetFile(asset: AssetState): string {
    return this.store.blob(`assets/${asset.id}`)
  }

  /** How many list reads lack what was just made. */
  lateReads(): number {
    return this.store.read<number>('late-reads') ?? 0
  }
}

/** GitHub's names are equal whatever their case; those that could not be a name lead nowhere. */
function keyOf(owner: string, name: string): string {
  const safe = (part: string): string => (/^\.{0,2}$|[^\w.-]/.test(part) ? 'no-such-name' : part.toLowerCase())
  return `${safe(owner)}/${safe(name)}`
}
