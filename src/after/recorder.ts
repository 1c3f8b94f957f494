import { giveIdentity, IDENTITY_HOST } from '../spokes/shared/world-identity.ts'
import type { WorldServer } from '../spokes/world.ts'
import { azureStorage, ENTRA_HOST, GOOGLE_HOSTS, googleStorage } from './blobs/world.ts'

/** What the services say when they took something, as far as those who ask them read it. */
const ANSWERS: [path: RegExp, body: unknown][] = [
  [/\/sendMessage$/, { ok: true, result: {} }],
  [/com\.atproto\.server\.createSession$/, { accessJwt: 'rehearsal', did: 'did:plc:rehearsal', handle: 'rehearsal' }],
  [/com\.atproto\.repo\.createRecord$/, { uri: 'at://rehearsal', cid: 'rehearsal' }],
  [/\/v2\/userinfo$/, { sub: 'rehearsal' }],
  [/\/v2\/shares$/, { activity: 'urn:li:activity:1' }],
  [/\/api\/v1\/access_token$/, { access_token: 'rehearsal' }],
  [/\/api\/submit$/, { json: { errors: [], data: { url: 'https://www.reddit.com/' } } }],
  [/\/graphql\/v2/, { data: { createUpdate: { id: '1' }, publishUpdate: { id: '1' } } }],
  [/\/v0\/auth\//, { registry_token: 'rehearsal', expires_at: 0 }],
  [/\/oauth2\/v2\.0\/token$/, { access_token: 'rehearsal-access-token', expires_in: 3600 }],
  [/\/v0\/publish$/, { server: {} }],
]

/** Where a rehearsal sends what has no address of its own. */
export const RECORDER = 'recorder.tagonce.invalid'

interface Stored {
  size: number
  sha256: string
}

/**
 * Takes whatever it is sent, notes it, and gives it back: files by PUT, messages by POST. It stands for servers of the user's own and for
 * the services that are told of a release; nobody but us speaks to it, so nothing more than the shape of the answers is proven by it.
 */
export const recorder: WorldServer = {
  hosts: [
    RECORDER,
    'hooks.slack.com',
    'discord.com',
    'api.telegram.org',
    'bsky.social',
    'www.reddit.com',
    'oauth.reddit.com',
    'api.twitter.com',
    'api.linkedin.com',
    'api.opencollective.com',
    'registry.modelcontextprotocol.io',
    's3.amazonaws.com',
    ...GOOGLE_HOSTS,
    ENTRA_HOST,
    IDENTITY_HOST,
  ],
  async handle(request, store) {
    if (request.host === IDENTITY_HOST) return giveIdentity(request, store)
    if (GOOGLE_HOSTS.includes(request.host)) return googleStorage(request, store)
    if (request.headers.has('x-ms-version')) return azureStorage(request, store)
    const name = `after/${request.host}${request.path}`.replaceAll(/[^A-Za-z0-9._/-]/g, '_')
    if (request.method === 'HEAD' || request.method === 'GET') {
      const known = ANSWERS.find(([path]) => path.test(request.path))
      if (known !== undefined) return Response.json(known[1])
      const stored = store.read<Stored>(`${name}.json`)
      if (stored === undefined) return new Response(null, { status: 404 })
      const checksum = Buffer.from(stored.sha256, 'hex').toString('base64')
      const sums = { 'x-checksum-sha256': stored.sha256, 'x-amz-checksum-sha256': checksum }
      return new Response(null, { headers: { 'content-length': String(stored.size), ...sums } })
    }
    if (request.method === 'PUT') {
      const { size, sha256 } = await request.bodyFile()
      store.write(`${name}.json`, { size, sha256 } satisfies Stored)
      return new Response(null, { status: 201 })
    }
    const messages = store.read<string[]>(`${name}.messages.json`) ?? []
    store.write(`${name}.messages.json`, [...messages, (await request.body()).toString()])
    const known = ANSWERS.find(([path]) => path.test(request.path))
    return known === undefined ? Response.json({ ok: true, id: '1' }) : Response.json(known[1])
  },
}

/** The host of a URL that may hold marks; nothing where it has none. */
export function hostOf(url: string): string[] {
  const host = /^https?:\/\/([^/:\u{E000}]+)/u.exec(url)?.[1]
  return host === undefined ? [] : [host]
}
