import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { WorldRequest, WorldServer, WorldStore } from '../world.ts'
import { wholeChannel } from './channel.ts'
import {
  accountOf,
  errors,
  idOf,
  load,
  ownerName,
  refuseStranger,
  renew,
  save,
  type StoredSnap,
} from './world-state.ts'
import { push, receive, snapBlob, statusOf } from './world-upload.ts'

/** The Snap store: uploads, reviews, the channel map, and what it refuses. The documents `review` and `account` tell it what to hold. */
export const snapServer: WorldServer = {
  hosts: ['dashboard.snapcraft.io', 'storage.snapcraftcontent.com', 'login.ubuntu.com', 'api.snapcraft.io'],
  handle: route,
}

async function route(request: WorldRequest, store: WorldStore): Promise<Response> {
  const { host, path, method } = request
  if (accountOf(store).maintenance === true) {
    const html = '<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back soon</body></html>'
    return new Response(html, { headers: { 'content-type': 'text/html' } })
  }
  if (host === 'storage.snapcraftcontent.com') {
    return method === 'POST' && path === '/unscanned-upload/' ? receive(request, store) : notFound()
  }
  if (host === 'login.ubuntu.com') {
    const body = JSON.parse((await request.body()).toString() || '{}') as { discharge_macaroon?: string }
    return path === '/api/v2/tokens/refresh' ? renew(body.discharge_macaroon) : notFound()
  }
  if (host === 'api.snapcraft.io') return publicly(request, store)
  return refuseStranger(request, store) ?? dashboard(request, store)
}

async function dashboard(request: WorldRequest, store: WorldStore): Promise<Response> {
  const { path, method, query } = request
  const parts = path.split('/').filter((one) => one !== '')
  if (path === '/api/v2/tokens/whoami') {
    const { permissions = NEEDED, channels = null, expires } = accountOf(store)
    const username = ownerName(store)
    const account = { email: 'maintainer@example.com', id: idOf(username), name: username, username }
    return Response.json({ account, permissions, channels, packages: null, expires: expires ?? null })
  }
  if (path === '/dev/api/account') {
    const names = store.list('snaps/').map((one) => one.slice('snaps/'.length))
    return Response.json({ snaps: { 16: Object.fromEntries(names.map((name) => [name, { 'snap-id': idOf(name) }])) } })
  }
  if (path === '/dev/api/snap-push/' && method === 'POST') return push(request, store)
  if (path === '/dev/api/snap-release/' && method === 'POST') return release(request, store)
  if (path.startsWith('/dev/api/snaps/statuses/')) return statusOf(store, parts.at(-1) ?? '')
  if (parts[2] === 'snaps' && parts[4] === 'close' && method === 'POST') return close(request, store, parts[3] ?? '')
  if (path.startsWith('/api/v2/snaps/') && parts[4] === 'releases') {
    const name = parts[3] ?? ''
    const whose = accountOf(store).names?.[name]
    if (whose !== undefined) return errors(404, 'resource-not-found', `Snap not found: ${name}`)
    const snap = load(store, name)
    const size = Number(query.get('size') ?? 100)
    const from = (Number(query.get('page') ?? 1) - 1) * size
    return Response.json({
      revisions: (snap?.revisions ?? [])
        .slice(from, from + size)
        .map((one) => ({ ...one, base: null, build_url: null })),
      releases: (snap?.releases ?? []).slice(from, from + size).map(releaseRow),
    })
  }
  return notFound()
}

/** A release in the form of the store's schema: https://dashboard.snapcraft.io/docs/v2/en/snaps.html#snap-releases */
function releaseRow(release: StoredSnap['releases'][number]): object {
  const [track, risk, branch = null] = wholeChannel(release.channel).split('/')
  const progressive = { paused: null, percentage: null, 'current-percentage': null }
  return { ...release, track, risk, branch, 'expiration-date': null, progressive }
}

const NEEDED = ['package_access', 'package_push', 'package_release']

async function release(request: WorldRequest, store: WorldStore): Promise<Response> {
  const body = JSON.parse((await request.body()).toString()) as { name: string; revision: string; channels: string[] }
  const snap = load(store, body.name)
  const found = snap?.revisions.find((one) => String(one.revision) === body.revision)
  if (snap === undefined || found === undefined) return errors(404, 'resource-not-found', 'no such revision')
  if (found.status !== 'Published' && found.status !== 'Unpublished') {
    return errors(400, 'resource-not-ready', `Revision ${found.revision} is not approved`)
  }
  const { channels: allowed } = accountOf(store)
  for (const channel of body.channels) {
    const whole = wholeChannel(channel)
    if (allowed !== undefined && !allowed.includes(channel) && !allowed.includes(whole)) {
      return errors(403, 'macaroon-permission-required', `Lacking permission to release to ${channel}`)
    }
    const isHigh = /\/(?:stable|candidate)(?:\/|$)/.test(whole)
    if (isHigh && (found.grade === 'devel' || found.confinement === 'devmode')) {
      return errors(400, 'invalid-field', `A revision of grade devel cannot be released to ${channel}`)
    }
  }
  found.status = 'Published'
  save(store, { ...snap, releases: [...rows(body.channels, found.architectures, found.revision), ...snap.releases] })
  return Response.json({ success: true })
}

async function close(request: WorldRequest, store: WorldStore, id: string): Promise<Response> {
  const { channels } = JSON.parse((await request.body()).toString()) as { channels: string[] }
  const name = store
    .list('snaps/')
    .map((one) => one.slice('snaps/'.length))
    .find((one) => idOf(one) === id)
  const snap = name === undefined ? undefined : load(store, name)
  if (snap === undefined) return notFound()
  const arches = [...new Set(snap.revisions.flatMap((one) => one.architectures))]
  save(store, { ...snap, releases: [...rows(channels, arches, null), ...snap.releases] })
  return Response.json({ closed_channels: channels })
}

function rows(channels: string[], arches: string[], revision: number | null): StoredSnap['releases'] {
  const when = new Date().toISOString()
  return channels.flatMap((channel) => arches.map((architecture) => ({ architecture, channel, revision, when })))
}

function publicly(request: WorldRequest, store: WorldStore): Response {
  const parts = request.path.split('/').filter((one) => one !== '')
  const file = /^\/api\/v1\/snaps\/download\/([0-9a-f]+)_(\d+)\.snap$/.exec(request.path)
  if (file !== null) {
    const name = store
      .list('snaps/')
      .map((one) => one.slice('snaps/'.length))
      .find((one) => idOf(one) === file[1])
    const found = load(store, name ?? '')?.revisions.find((one) => String(one.revision) === file[2])
    if (found === undefined) return notFound()
    const stream = createReadStream(snapBlob(store, found['sha3-384']))
    return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>)
  }
  if (!request.path.startsWith('/v2/snaps/info/')) return notFound()
  if (request.headers.get('snap-device-series') !== '16')
    return errors(400, 'missing-header', 'Snap-Device-Series is needed')
  const snap = load(store, parts[3] ?? '')
  const map = snap === undefined || snap.private === true ? [] : channelMap(snap)
  return map.length === 0
    ? errors(404, 'resource-not-found', 'No snap named like that')
    : Response.json({ 'channel-map': map })
}

/** What each channel holds: the newest release that was not closed; branches are not told. */
function channelMap(snap: StoredSnap): object[] {
  const seen = new Set<string>()
  return snap.releases.flatMap(({ architecture, channel, revision, when }) => {
    const whole = wholeChannel(channel)
    const key = `${whole} ${architecture}`
    const found = snap.revisions.find((one) => one.revision === revision)
    const first = !seen.has(key)
    seen.add(key)
    const [track = '', risk = '', branch] = whole.split('/')
    if (!first || found === undefined || branch !== undefined) return []
    const name = track === 'latest' ? risk : whole
    const url = `https://api.snapcraft.io/api/v1/snaps/download/${idOf(snap.name)}_${found.revision}.snap`
    const download = { 'sha3-384': found['sha3-384'], size: found.size, url }
    const where = { name, track, risk, architecture, 'released-at': when }
    return [{ channel: where, revision: found.revision, version: found.version, download }]
  })
}

function notFound(): Response {
  return errors(404, 'resource-not-found', 'not found')
}
