import { compareBuild, valid } from 'semver'
import type { WorldStore } from '../world.ts'

/** A version as the local feed keeps it. */
export interface StoredPackage {
  id: string
  version: string
  title: string
  authors: string
  description: string
  tags: string
  owner: string
  size: number
  /** Base64, as feeds tell it. */
  sha512: string
  status: 'Submitted' | 'Approved' | 'Rejected' | 'Exempted'
  submitted: 'Pending' | 'Ready' | 'Waiting' | 'Responded' | 'Updated'
  listed: boolean
}

/** Document `moderation`: what the feed does with what comes in. Without it every version is approved at once, as a trusted package's is. */
export interface Moderation {
  /** Status of what is pushed from now on. */
  status?: StoredPackage['status']
  submitted?: StoredPackage['submitted']
  /** Versions in moderation have a page, but no entry in the feed. */
  hidden?: boolean
  /** Requests to unlist are not taken. */
  noUnlist?: boolean
  /** Reads are answered with a page of HTML. */
  maintenance?: boolean
}

/** Document `accounts`: without it every key belongs to one user. */
interface Accounts {
  keys?: Record<string, { name: string; expired?: boolean }>
}

export function moderationOf(store: WorldStore): Moderation {
  return store.read<Moderation>('moderation') ?? {}
}

/** Who a key belongs to; undefined for a key that is refused. */
export function ownerOf(key: string, store: WorldStore): string | undefined {
  const { keys } = store.read<Accounts>('accounts') ?? {}
  if (keys === undefined) return 'maintainer'
  const known = keys[key]
  return known === undefined || known.expired === true ? undefined : known.name
}

const documentOf = (id: string, version: string): string => `packages/${id.toLowerCase()}/${version.toLowerCase()}`

export function load(store: WorldStore, id: string, version: string): StoredPackage | undefined {
  return store.read<StoredPackage>(documentOf(id, version))
}

export function save(store: WorldStore, one: StoredPackage): void {
  store.write(documentOf(one.id, one.version), one)
}

/** Path of a package's bytes. */
export function blobOf(store: WorldStore, one: Pick<StoredPackage, 'id' | 'version'>): string {
  return store.blob(`${one.id.toLowerCase()}/${one.version.toLowerCase()}.nupkg`)
}

/** All versions of one package, or of all; the oldest first. */
export function versionsOf(store: WorldStore, id = ''): StoredPackage[] {
  return store
    .list(id === '' ? 'packages/' : `packages/${id.toLowerCase()}/`)
    .flatMap((name) => store.read<StoredPackage>(name) ?? [])
    .toSorted((a, b) => (a.id === b.id ? older(a.version, b.version) : a.id < b.id ? -1 : 1))
}

/** Whether everybody sees it. */
export function isPublic({ status, listed }: StoredPackage): boolean {
  return listed && (status === 'Approved' || status === 'Exempted')
}

/** The version that an install without a number gives; feeds compute it. */
export function latestOf(all: StoredPackage[], withPrereleases: boolean): string | undefined {
  return all.findLast((one) => isPublic(one) && (withPrereleases || !isPrerelease(one.version)))?.version
}

export function isPrerelease(version: string): boolean {
  return version.includes('-')
}

function older(a: string, b: string): number {
  return compareBuild(valid(a) ?? '0.0.0', valid(b) ?? '0.0.0')
}
