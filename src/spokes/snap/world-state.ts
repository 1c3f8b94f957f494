import { authorizationOf, macaroonV1, parseSnapCredentials } from '../../external/snap-macaroon.ts'
import type { SnapRelease, SnapRevision } from '../../external/snap-store.ts'
import type { WorldRequest, WorldStore } from '../world.ts'

/** A snap as the local store keeps it. */
export interface StoredSnap {
  name: string
  owner: string
  private?: boolean
  revisions: (SnapRevision & { grade: string; confinement: string; created_at: string })[]
  /** The newest first. */
  releases: SnapRelease[]
}

/** Document `review`: what becomes of uploads. Without it the store's machine approves them at once. */
export interface Review {
  /** Status of what is uploaded from now on: ManualReviewPending, Rejected, … */
  status?: string
  /** Answers of `being_processed` before a review ends. */
  looks?: number
  /** A review that ends as failed, with these words; empty = none. */
  error?: string
}

/** Document `account`: whose the credentials are. */
export interface Account {
  username?: string
  permissions?: string[]
  channels?: string[]
  expires?: string
  /** The credentials are not taken: revoked, or expired. */
  revoked?: boolean
  /** Every answer is a page of HTML. */
  maintenance?: boolean
  /** The discharge has to be renewed first. */
  stale?: boolean
  /** Names that are not registered, or belong to others; all others are registered to us. */
  names?: Record<string, 'unregistered' | 'foreign'>
}

export const reviewOf = (store: WorldStore): Review => store.read<Review>('review') ?? {}
export const accountOf = (store: WorldStore): Account => store.read<Account>('account') ?? {}
export const ownerName = (store: WorldStore): string => accountOf(store).username ?? 'maintainer'

export function load(store: WorldStore, name: string): StoredSnap | undefined {
  return store.read<StoredSnap>(`snaps/${name}`)
}

export function save(store: WorldStore, snap: StoredSnap): void {
  store.write(`snaps/${snap.name}`, snap)
}

/** Stands for the id that the store gives a snap. */
export function idOf(name: string): string {
  return Buffer.from(name).toString('hex').padEnd(32, '0').slice(0, 32)
}

const root = macaroonV1('api.snapcraft.io', 'rehearsal', Buffer.alloc(32, 7))
const discharge = macaroonV1('login.ubuntu.com', 'rehearsal', Buffer.alloc(32, 9))
const renewed = macaroonV1('login.ubuntu.com', 'rehearsal, renewed', Buffer.alloc(32, 11))
const written = (d: string): string =>
  Buffer.from(JSON.stringify({ t: 'u1-macaroon', v: { r: root, d } })).toString('base64')

/** Credentials as `snapcraft export-login` writes them; the local store takes these and no others. */
export const REHEARSAL_CREDENTIALS = written(discharge)

/** The answer to who may not come in; undefined for who may. */
export function refuseStranger(request: WorldRequest, store: WorldStore): Response | undefined {
  const given = request.headers.get('authorization')
  const { revoked, stale } = accountOf(store)
  const header = (text: string): string => authorizationOf(parseSnapCredentials(text))
  if (given === header(written(renewed))) return undefined
  const isOurs = given === header(REHEARSAL_CREDENTIALS)
  if (isOurs && stale === true) return errors(401, 'macaroon-needs-refresh', 'Expired macaroon (age: 1)')
  if (isOurs && revoked !== true) return undefined
  return errors(401, 'macaroon-authorization-required', 'Provided token is invalid or has expired.')
}

/** What the sign-on service gives for a discharge that it knows. */
export function renew(given: string | undefined): Response {
  return given === discharge ? Response.json({ discharge_macaroon: renewed }) : errors(401, 'INVALID_CREDENTIALS', 'no')
}

export function errors(status: number, code: string, message: string): Response {
  return Response.json({ error_list: [{ code, message }] }, { status })
}
