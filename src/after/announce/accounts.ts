import { createHmac, randomBytes } from 'node:crypto'
import { TagonceError } from '../../core/errors.ts'
import type { ChannelIO } from '../../spokes/spoke.ts'
import { need, post } from './post.ts'
import type { Send } from './webhooks.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** Services where an account posts: a login first, or a signature. */
export const accounts: Record<string, Send> = {
  async mastodon({ text, facts }, io) {
    const headers = { ...FORM, authorization: `Bearer ${io.credentials.get('MASTODON_ACCESS_TOKEN')}` }
    const body = new URLSearchParams({ status: text }).toString()
    await post(
      `${(facts['server'] ?? '').replace(/\/$/, '')}/api/v1/statuses`,
      { shown: 'Mastodon', body, headers },
      io,
    )
  },
  async bluesky({ text, facts, releaseUrl }, io) {
    const api = 'https://bsky.social/xrpc'
    const login = { identifier: facts['username'], password: io.credentials.get('BLUESKY_APP_PASSWORD') }
    const session = await post(`${api}/com.atproto.server.createSession`, { shown: 'Bluesky (login)', body: login }, io)
    const at = text.indexOf(releaseUrl)
    // Places in a text are told in bytes of UTF-8 (atproto.com, app.bsky.richtext.facet).
    const start = Buffer.byteLength(text.slice(0, Math.max(0, at)))
    const link = { $type: 'app.bsky.richtext.facet#link', uri: releaseUrl }
    const facets = [{ index: { byteStart: start, byteEnd: start + Buffer.byteLength(releaseUrl) }, features: [link] }]
    const record = {
      $type: 'app.bsky.feed.post',
      createdAt: io.clock().toISOString(),
      text,
      ...(at < 0 ? {} : { facets }),
    }
    const headers = { authorization: `Bearer ${need(session, 'accessJwt', 'Bluesky')}` }
    const body = { collection: 'app.bsky.feed.post', repo: need(session, 'did', 'Bluesky'), record }
    await post(`${api}/com.atproto.repo.createRecord`, { shown: 'Bluesky', body, headers }, io)
  },
  async reddit({ title, facts }, io) {
    const basic = Buffer.from(`${facts['application']}:${io.credentials.get('REDDIT_SECRET')}`).toString('base64')
    const login = new URLSearchParams({
      grant_type: 'password',
      username: facts['username'] ?? '',
      password: io.credentials.get('REDDIT_PASSWORD'),
    })
    const way = {
      shown: 'Reddit (login)',
      body: login.toString(),
      headers: { ...FORM, authorization: `Basic ${basic}` },
    }
    const token = need(await post('https://www.reddit.com/api/v1/access_token', way, io), 'access_token', 'Reddit')
    const link = new URLSearchParams({
      api_type: 'json',
      kind: 'link',
      resubmit: 'true',
      sr: facts['sub'] ?? '',
      title,
      url: facts['url'] ?? '',
    })
    const headers = { ...FORM, authorization: `Bearer ${token}` }
    const answer = await post(
      'https://oauth.reddit.com/api/submit',
      { shown: 'Reddit', body: link.toString(), headers },
      io,
    )
    const errors = (answer['json'] as { errors?: unknown[] } | undefined)?.errors ?? []
    if (errors.length > 0) throw new TagonceError('spoke', `Reddit took it not: ${JSON.stringify(errors)}`)
  },
  async twitter({ text }, io) {
    const url = 'https://api.twitter.com/1.1/statuses/update.json'
    const body = `status=${percent(text)}`
    await post(
      url,
      { shown: 'Twitter', body, headers: { ...FORM, authorization: oauth1(url, { status: text }, io) } },
      io,
    )
  },
  async linkedin({ text }, io) {
    const headers = { authorization: `Bearer ${io.credentials.get('LINKEDIN_ACCESS_TOKEN')}` }
    const get = async (path: string): Promise<Response> =>
      io.http.request(`https://api.linkedin.com${path}`, { headers, signal: io.signal })
    let profile = await get('/v2/userinfo')
    // Older tokens may not read it.
    const legacy = profile.status === 403
    if (legacy) profile = await get('/v2/me')
    if (profile.status !== 200)
      throw new TagonceError('spoke', `LinkedIn answers ${profile.status}`, {
        hint: 'LINKEDIN_ACCESS_TOKEN may have run out',
      })
    const owner = `urn:li:person:${need((await profile.json()) as Record<string, unknown>, legacy ? 'id' : 'sub', 'LinkedIn')}`
    await post(
      'https://api.linkedin.com/v2/shares',
      { shown: 'LinkedIn', body: { text: { text }, owner }, headers },
      io,
    )
  },
  async opencollective({ text, title, facts }, io) {
    const headers = { 'personal-token': io.credentials.get('OPENCOLLECTIVE_TOKEN') }
    const ask = async (query: string, variables: object): Promise<{ createUpdate?: { id?: string } }> => {
      const answer = await post(
        'https://api.opencollective.com/graphql/v2',
        { shown: 'Open Collective', body: { query, variables }, headers },
        io,
      )
      const errors = (answer['errors'] ?? []) as { message: string }[]
      if (errors.length > 0)
        throw new TagonceError('spoke', `Open Collective: ${errors.map((one) => one.message).join('; ')}`)
      return answer['data'] ?? {}
    }
    const update = { title, html: text, account: { slug: facts['slug'] } }
    const made = await ask('mutation ($update: UpdateCreateInput!) { createUpdate(update: $update) { id } }', {
      update,
    })
    const id = made.createUpdate?.id
    if (id === undefined) throw new TagonceError('spoke', 'Open Collective made no update')
    await ask(
      'mutation ($id: String!, $audience: UpdateAudience) { publishUpdate(id: $id, notificationAudience: $audience) { id } }',
      { id, audience: 'ALL' },
    )
  },
}

/** RFC 5849, 3.6. */
function percent(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** OAuth 1.0 with HMAC-SHA1 (RFC 5849, 3.4). */
function oauth1(url: string, form: Record<string, string>, { credentials, clock }: ChannelIO): string {
  const own: Record<string, string> = {
    oauth_consumer_key: credentials.get('TWITTER_CONSUMER_KEY'),
    oauth_nonce: randomBytes(16).toString('hex'),
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(Math.floor(clock().getTime() / 1000)),
    oauth_token: credentials.get('TWITTER_ACCESS_TOKEN'),
    oauth_version: '1.0',
  }
  const pairs = Object.entries({ ...own, ...form }).map(([key, value]) => `${percent(key)}=${percent(value)}`)
  const base = `POST&${percent(url)}&${percent(pairs.toSorted().join('&'))}`
  const key = `${percent(credentials.get('TWITTER_CONSUMER_SECRET'))}&${percent(credentials.get('TWITTER_ACCESS_TOKEN_SECRET'))}`
  const signed = { ...own, oauth_signature: createHmac('sha1', key).update(base).digest('base64') }
  return `OAuth ${Object.entries(signed)
    .map(([name, value]) => `${name}="${percent(value)}"`)
    .join(', ')}`
}
