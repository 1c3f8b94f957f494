import { TagonceError } from '../../core/errors.ts'
import { parseSnapCredentials } from '../../external/snap-macaroon.ts'
import {
  PAGE,
  type SnapAnswer,
  type SnapRelease,
  type SnapRevision,
  type SnapStore,
  snapStore,
} from '../../external/snap-store.ts'
import type { ChannelIO } from '../spoke.ts'
import { type Held, wholeChannel } from './channel.ts'

/** The variable that snapcraft itself reads. */
export const CREDENTIALS = 'SNAPCRAFT_STORE_CREDENTIALS'

/** A client that acts as the owner of the credentials. */
export function ownerStore(io: ChannelIO): SnapStore {
  return snapStore(io.http, parseSnapCredentials(io.credentials.get(CREDENTIALS)))
}

/** What the owner sees of a snap. */
export interface OwnerView {
  revisions: SnapRevision[]
  releases: SnapRelease[]
  from: string
}

/** A store that answers without end is not asked without end. */
const MOST_PAGES = 20

/** All revisions and releases; undefined where the name is not registered, or is somebody else's. */
export async function ownerView(name: string, io: ChannelIO): Promise<OwnerView | undefined> {
  const store = ownerStore(io)
  const view: OwnerView = { revisions: [], releases: [], from: '' }
  for (let page = 1; page <= MOST_PAGES; page++) {
    const { body, ...answer } = await store.releases(name, page)
    if (answer.status === 404) return undefined
    if (body === undefined) throw refused(`reading the revisions of ${name}`, answer)
    view.from = answer.url
    view.revisions.push(...(body.revisions ?? []))
    view.releases.push(...(body.releases ?? []))
    if ((body.revisions ?? []).length < PAGE && (body.releases ?? []).length < PAGE) break
  }
  return view
}

/** What a channel holds now, by architecture: the public channel map; for a private snap what its owner sees. */
export async function heldIn(
  name: string,
  channel: string,
  io: ChannelIO,
): Promise<{ held: Held; from: string; shas: Map<string, { sha3: string; url: string }> }> {
  const answer = await snapStore(io.http).channelMap(name)
  if (answer.status !== 404 && answer.body === undefined) throw refused(`reading the channels of ${name}`, answer)
  const rows = (answer.body?.['channel-map'] ?? []).filter((one) => wholeChannel(one.channel.name) === channel)
  const held: Held = new Map(
    rows.map((one) => [one.channel.architecture, { version: one.version, revision: one.revision }]),
  )
  const shas = new Map(
    rows.map((one) => [one.channel.architecture, { sha3: one.download['sha3-384'], url: one.download.url }]),
  )
  // Closed channels and branches are in no public map, private snaps not at all.
  const isBranch = channel.split('/').length > 2
  if ((answer.status === 404 || isBranch) && io.credentials.has(CREDENTIALS)) {
    const view = await ownerView(name, io)
    if (view !== undefined) return { held: heldByOwner(view, channel), from: view.from, shas }
  }
  return { held, from: answer.url, shas }
}

/** The newest release to a channel of each architecture counts; null closed it. */
function heldByOwner({ releases, revisions }: OwnerView, channel: string): Held {
  const held: Held = new Map()
  const seen = new Set<string>()
  const mine = releases
    .filter((one) => wholeChannel(one.channel) === channel)
    .toSorted((a, b) => (b.when ?? '').localeCompare(a.when ?? ''))
  for (const { architecture, revision } of mine) {
    if (seen.has(architecture)) continue
    seen.add(architecture)
    const found = revisions.find((one) => one.revision === revision)
    if (found !== undefined) held.set(architecture, { version: found.version, revision: found.revision })
  }
  return held
}

/** The store's refusal, explained. */
export function refused(
  what: string,
  { status, code, message }: Pick<SnapAnswer<unknown>, 'status' | 'code' | 'message'>,
): TagonceError {
  const words = [code, message].filter((one) => one !== '').join(': ')
  const said = `${what}: the Snap store answered ${status}${words === '' ? '' : ` (${words})`}`
  if (status === 401) {
    const hint = `the credentials in ${CREDENTIALS} are wrong or expired: run snapcraft export-login again`
    return new TagonceError('credentials', said, { hint })
  }
  if (status === 403) {
    const hint = `the credentials in ${CREDENTIALS} may not do this: they are bound to other snaps, channels or permissions; run snapcraft export-login with --acls package_access,package_push,package_release`
    return new TagonceError('credentials', said, { hint })
  }
  if (status === 404) {
    return new TagonceError('credentials', said, { hint: 'register the name first: snapcraft register NAME' })
  }
  if (status === 429) return new TagonceError('rate-limit', said, { hint: 'run the same command again later' })
  if (status >= 500) return new TagonceError('network', said, { hint: 'run the same command again' })
  return new TagonceError('spoke', said)
}
