import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Channel, fakeSpoke } from '../converge/testing.ts'
import { redact } from '../core/secrets.ts'
import { planOf, told } from '../plan/test-plan.ts'
import { planSpokes, spokeNamed } from '../release/spokes.ts'
import { announce } from './announce/index.ts'
import { blobs } from './blobs/index.ts'
import { afterWorld, rows } from './testing/world.ts'
import { signS3 } from '../external/sigv4.ts'
import { ACTIONS_VARIABLES } from '../spokes/shared/workflow-identity.ts'
import { identityCredential, madeUpClaims } from '../spokes/shared/world-identity.ts'

const ARCHIVE = 'hello_1.2.3_linux_amd64.tar.gz'

test('uploads: each file is put where its template says, once, with its secret in no manifest', async () => {
  const yaml = `uploads:
  - name: files
    target: "https://files.example.org/{{ .ProjectName }}/{{ .Version }}/{{ .Os }}/{{ .Arch }}/"
    username: ann
    checksum: false
    checksum_header: X-Sum
    custom_headers: { X-Key: "{{ .Env.FILES_API_KEY }}" }
`
  await using world = await afterWorld(yaml, {
    env: { UPLOAD_FILES_SECRET: 'pass-word-of-ann', FILES_API_KEY: 'key-of-files' },
  })
  expect(told(world.plan)).toEqual([])
  expect(JSON.stringify(world.manifest)).not.toMatch(/pass-word-of-ann|key-of-files/)
  expect(rows(await world.run())).toEqual([`uploads:files/${ARCHIVE} live published, verified`])
  const put = world.sent.find((one) => one.method === 'PUT')
  expect(put?.url).toBe(`https://files.example.org/hello/1.2.3/linux/amd64/${ARCHIVE}`)
  expect(put?.headers.get('authorization')).toBe(`Basic ${Buffer.from('ann:pass-word-of-ann').toString('base64')}`)
  expect([put?.headers.get('x-key'), put?.headers.get('x-sum')]).toEqual([
    'key-of-files',
    world.manifest.artifacts[1]?.sha256,
  ])
  world.sent.length = 0
  expect(rows(await world.run())).toEqual([`uploads:files/${ARCHIVE} live nothing to do, verified`])
  expect(world.sent.map((one) => one.method)).toEqual(['HEAD'])
  // Other bytes where a version is named are never written over.
  await writeFile(join(world.folder, ARCHIVE), 'tampered!!!')
  const other = world.manifest.artifacts[1]
  if (other !== undefined) other.sha256 = '0'.repeat(64)
  expect(rows(await world.run())).toEqual([`uploads:files/${ARCHIVE} mismatch stopped`])
})

test('artifactories: a refusal is told with its words and without the secret', async () => {
  const yaml = `artifactories: [{ name: prod, target: "https://files.example.org/repo/{{ .Version }}/", username: ann }]\n`
  const answer = ({ host, method }: { host: string; method: string }): Response | undefined =>
    host === 'files.example.org' && method === 'PUT'
      ? new Response('{"errors":[{"status":403}]}', { status: 403 })
      : undefined
  await using world = await afterWorld(yaml, { env: { ARTIFACTORY_PROD_SECRET: 'artifactory-secret' }, answer })
  const report = await world.run()
  expect(rows(report)).toEqual([`artifactories:prod/${ARCHIVE} absent failed`])
  expect(report.exitCode).toBe(1)
  expect(redact(JSON.stringify(report))).not.toContain('artifactory-secret')
})

test('blobs: by the protocol of S3, signed, and looked at before', async () => {
  const yaml = `blobs: [{ provider: s3, bucket: releases, endpoint: "https://bucket.example.org", acl: public-read, directory: "d/{{ .Tag }}" }]\n`
  const env = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
  await using world = await afterWorld(yaml, { env })
  expect(told(world.plan)).toEqual([])
  expect(rows(await world.run())).toEqual([
    'blobs:releases/d/v1.2.3/checksums.txt live published, verified',
    `blobs:releases/d/v1.2.3/${ARCHIVE} live published, verified`,
  ])
  const put = world.sent.find((one) => one.method === 'PUT' && one.url.endsWith('.gz'))
  expect(put?.url).toBe(`https://bucket.example.org/releases/d/v1.2.3/${ARCHIVE}`)
  expect(put?.headers.get('authorization')).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20260102\/us-east-1\/s3\/aws4_request, SignedHeaders=content-disposition;content-type;host;x-amz-acl;/,
  )
  expect(put?.headers.get('content-disposition')).toBe(`attachment;filename=${ARCHIVE}`)
  world.sent.length = 0
  await world.run()
  expect(new Set(world.sent.map((one) => one.method))).toEqual(new Set(['HEAD']))
})

test('blobs at Google and Azure: by their own protocols, with a token or a signature, and looked at before', async () => {
  const yaml = `blobs: [{ provider: gs, bucket: hello, acl: private }, { provider: azblob, bucket: hello, cache_control: [no-cache] }]\n`
  const env = {
    GOOGLE_APPLICATION_CREDENTIALS: blobs.world.credential?.('GOOGLE_APPLICATION_CREDENTIALS') ?? '',
    AZURE_STORAGE_ACCOUNT: 'acme',
    AZURE_STORAGE_KEY: Buffer.from('a key of the account').toString('base64'),
  }
  await using world = await afterWorld(yaml, { env })
  expect(told(world.plan)).toEqual([])
  expect(told(world.plan, 'warning').join()).toContain('`acl` is for the provider s3, and does nothing for gs')
  expect(world.plan.spokes.map(({ spoke, settings }) => spokeNamed(spoke).credentials(settings))).toEqual([
    ['GOOGLE_APPLICATION_CREDENTIALS'],
    ['AZURE_STORAGE_KEY'],
  ])
  const all = ['gs', 'azblob'].flatMap((at) =>
    ['checksums.txt', ARCHIVE].map((name) => `blobs:${at}://hello/hello/v1.2.3/${name} live`),
  )
  expect(rows(await world.run())).toEqual(all.map((one) => `${one} published, verified`))
  // One token for all.
  expect(world.sent.filter((one) => one.url.startsWith('https://oauth2.googleapis.com/'))).toHaveLength(1)
  const put = world.sent.find((one) => one.method === 'PUT')
  expect(put?.url).toMatch(/^https:\/\/acme\.blob\.core\.windows\.net\/hello\/hello\/v1\.2\.3\//)
  expect(put?.headers.get('authorization')).toMatch(/^SharedKey acme:/)
  expect(put?.headers.get('x-ms-blob-cache-control')).toBe('no-cache')
  const posted = world.sent.find((one) => one.url.includes('/upload/'))
  expect(posted?.headers.get('authorization')).toBe('Bearer rehearsal-access-token')
  expect(posted?.body).toContain('"contentDisposition":"attachment;filename=')
  world.sent.length = 0
  expect(rows(await world.run())).toEqual(all.map((one) => `${one} nothing to do, verified`))
  expect(new Set(world.sent.map((one) => one.method))).toEqual(new Set(['GET', 'HEAD', 'POST']))
  expect(world.sent.filter((one) => one.method === 'POST').map((one) => new URL(one.url).host)).toEqual([
    'oauth2.googleapis.com',
  ])
})

test('blobs at Google: what a refusal says is told, with its mend', async () => {
  const message = 'releaser@acme.iam.gserviceaccount.com does not have storage.objects.create access'
  const answer = ({ host, method }: { host: string; method: string }): Response | undefined =>
    host === 'storage.googleapis.com' && method === 'POST'
      ? Response.json({ error: { code: 403, message } }, { status: 403 })
      : undefined
  const env = { GOOGLE_APPLICATION_CREDENTIALS: blobs.world.credential?.('GOOGLE_APPLICATION_CREDENTIALS') ?? '' }
  await using world = await afterWorld('blobs: [{ provider: gs, bucket: hello }]\n', { env, answer })
  const said = JSON.stringify(await world.run())
  expect(said).toContain(message)
  expect(said).toContain('roles/storage.objectUser')
})

test('blobs at Azure: an application of Entra logs in once', async () => {
  const env = { AZURE_STORAGE_ACCOUNT: 'acme', AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'app-of-releases' }
  await using world = await afterWorld('blobs: [{ provider: azblob, bucket: hello }]\n', {
    env: { ...env, AZURE_CLIENT_SECRET: 'secret-of-app' },
  })
  const report = await world.run()
  expect(rows(report).every((row) => row.endsWith('live published, verified'))).toBe(true)
  const logins = world.sent.filter((one) => one.url === 'https://login.microsoftonline.com/tenant/oauth2/v2.0/token')
  expect(logins.map((one) => Object.fromEntries(new URLSearchParams(one.body)))).toEqual([
    {
      grant_type: 'client_credentials',
      client_id: 'app-of-releases',
      client_secret: 'secret-of-app',
      scope: 'https://storage.azure.com/.default',
    },
  ])
  const put = world.sent.find((one) => one.method === 'PUT')
  expect(put?.headers.get('authorization')).toBe('Bearer rehearsal-access-token')
  expect(JSON.stringify([report, world.manifest])).not.toContain('secret-of-app')
})

test('a request to S3 is signed as in the example of Amazon', () => {
  // docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "GET Object"
  const signed = signS3(
    {
      method: 'GET',
      url: new URL('https://examplebucket.s3.amazonaws.com/test.txt'),
      headers: { Range: 'bytes=0-9' },
      sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    },
    { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', region: 'us-east-1' },
    new Date('2013-05-24T00:00:00Z'),
  )
  expect(signed['authorization']).toContain(
    'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  )
})

test('milestones: an open one is closed, a closed one is left, and one that is not there is told', async () => {
  const state = { number: 3, title: 'v1.2.3', state: 'open' }
  const writes: string[] = []
  const answer = ({ path, method, host }: { path: string; method: string; host: string }): Response | undefined => {
    if (host !== 'api.github.com' || !path.startsWith('/repos/acme/hello/milestones')) return undefined
    if (method !== 'PATCH') return Response.json([state])
    writes.push(path)
    state.state = 'closed'
    return Response.json(state)
  }
  await using world = await afterWorld('milestones: [{ close: true }, { close: true, name_template: other }, {}]\n', {
    answer,
  })
  const first = await world.run()
  expect(rows(first)).toEqual([
    'milestones:acme/hello/v1.2.3 live published, verified',
    'milestones:acme/hello/other live nothing to do, verified',
  ])
  expect(first.channels[2]?.skip).toBe('`close` is not set')
  expect(first.channels[1]?.units[0]?.observation.reason).toContain('there is no milestone other')
  await world.run()
  expect(writes).toEqual(['/repos/acme/hello/milestones/3'])
})

test('publishers: a command for each file, with nothing of the environment but what is named, and once', async () => {
  const yaml = `publishers:
  - name: copy
    checksum: true
    cmd: sh -c 'echo "{{ .ArtifactName }} {{ .Os }} $TOKEN \${GITHUB_TOKEN:-none}" >> "$OUT"; test -f "{{ .ArtifactPath }}"'
    env: ["TOKEN={{ .Env.COPY_TOKEN }}", "OUT={{ .Env.OUT }}"]
`
  const out = join((await import('node:os')).tmpdir(), `tagonce-publishers-${process.pid}`)
  await using world = await afterWorld(yaml, { env: { COPY_TOKEN: 'token-of-copy', OUT: out } })
  expect(told(world.plan)).toEqual([])
  expect(JSON.stringify(world.manifest)).not.toContain('token-of-copy')
  const rehearsed = await world.run({ stripSecrets: true })
  expect(rehearsed.channels[0]?.units[0]?.observation).toMatchObject({
    state: 'staged',
    reason: expect.stringContaining('rehearsal'),
  })
  const done = ['publishers:copy/checksums.txt', `publishers:copy/${ARCHIVE}`]
  expect(rows(await world.run())).toEqual(done.map((one) => `${one} live published, verified`))
  expect(rows(await world.run())).toEqual(done.map((one) => `${one} live nothing to do, verified`))
  const lines = (await readFile(out, 'utf8')).trim().split('\n').toSorted()
  expect(lines).toEqual(['checksums.txt  token-of-copy none', `${ARCHIVE} linux token-of-copy none`])
  expect(await world.refs()).toHaveLength(2)
})

const SERVICES = `announce:
  bluesky: { enabled: true, username: ann.example.org }
  discord: { enabled: true }
  discourse: { enabled: true, server: "https://forum.example.org", category_id: 4 }
  linkedin: { enabled: true }
  mastodon: { enabled: true, server: "https://mastodon.example.org" }
  mattermost: { enabled: true }
  opencollective: { enabled: true, slug: hello }
  reddit: { enabled: true, application_id: app, username: ann, sub: hello }
  slack: { enabled: true, blocks: [{ type: section, text: { type: mrkdwn, text: "{{ .Tag }}" } }] }
  teams: { enabled: true }
  telegram: { enabled: true, chat_id: "@hello" }
  twitter: { enabled: true }
  webhook: { enabled: true, endpoint_url: "https://files.example.org/hook/{{ .Env.HOOK_KEY }}", headers: { X-A: b } }
`
const SECRETS = {
  BLUESKY_APP_PASSWORD: 'secret-bluesky',
  DISCORD_WEBHOOK_ID: '12345678',
  DISCORD_WEBHOOK_TOKEN: 'secret-discord',
  DISCOURSE_API_KEY: 'secret-discourse',
  LINKEDIN_ACCESS_TOKEN: 'secret-linkedin',
  MASTODON_ACCESS_TOKEN: 'secret-mastodon',
  MATTERMOST_WEBHOOK: 'https://chat.example.org/hooks/secret-mattermost',
  OPENCOLLECTIVE_TOKEN: 'secret-collective',
  REDDIT_SECRET: 'secret-reddit',
  REDDIT_PASSWORD: 'secret-reddit-too',
  SLACK_WEBHOOK: 'https://hooks.slack.com/services/secret-slack',
  TEAMS_WEBHOOK: 'https://chat.example.org/teams/secret-teams',
  TELEGRAM_TOKEN: 'secret-telegram',
  TWITTER_CONSUMER_KEY: 'secret-tw-a',
  TWITTER_CONSUMER_SECRET: 'secret-tw-b',
  TWITTER_ACCESS_TOKEN: 'secret-tw-c',
  TWITTER_ACCESS_TOKEN_SECRET: 'secret-tw-d',
  HOOK_KEY: 'secret-hook',
}

test('announce: thirteen services are told once, whatever one of them says, and no secret is shown', async () => {
  let down = true
  const answer = ({ host }: { host: string }): Response | undefined =>
    host === 'discord.com' && down ? new Response('no', { status: 400 }) : undefined
  await using world = await afterWorld(SERVICES, { env: SECRETS, answer })
  expect(told(world.plan)).toEqual([])
  expect(JSON.stringify(world.manifest)).not.toContain('secret-')
  const report = await world.run()
  expect(JSON.stringify(report)).not.toContain('secret-')
  expect(rows(report).filter((one) => !one.endsWith('live published, verified'))).toEqual([
    'announce:discord absent failed',
  ])
  const body = (part: string): unknown => JSON.parse(world.sent.find((one) => one.url.includes(part))?.body ?? 'null')
  const text = 'hello v1.2.3 is out! Check it out at https://github.com/acme/hello/releases/tag/v1.2.3'
  expect(body('hooks.slack.com')).toMatchObject({
    username: 'GoReleaser',
    text,
    blocks: [{ text: { text: 'v1.2.3' } }],
  })
  expect(body('/teams/')).toMatchObject({
    '@type': 'MessageCard',
    themeColor: '#2D313E',
    sections: [{ activityText: text }],
  })
  expect(body('sendMessage')).toMatchObject({
    chat_id: '@hello',
    parse_mode: 'MarkdownV2',
    text: expect.stringContaining(String.raw`v1\.2\.3`),
  })
  expect(body('/hook/secret-hook')).toEqual({ message: text })
  expect(body('createRecord')).toMatchObject({ record: { facets: [{ index: { byteStart: 37, byteEnd: 86 } }] } })
  expect(body('/v2/shares')).toEqual({ text: { text }, owner: 'urn:li:person:rehearsal' })
  expect(new URLSearchParams(world.sent.find((one) => one.url.endsWith('/api/v1/statuses'))?.body).get('status')).toBe(
    text,
  )
  expect(world.sent.find((one) => one.url.includes('api.twitter.com'))?.headers.get('authorization')).toMatch(
    /oauth_signature="[^"]+"$/,
  )
  expect(world.sent.find((one) => one.url.includes('/posts.json'))?.headers.get('api-username')).toBe('system')
  down = false
  world.sent.length = 0
  await world.run()
  expect(world.sent.map((one) => new URL(one.url).host)).toEqual(['discord.com'])
  expect(await world.refs()).toHaveLength(13)
})

test('nothing is announced before all else is settled', async () => {
  const channel = new Channel()
  const slow = fakeSpoke('slow', channel, [{ id: 'slow:hello' }], {
    publish: async () => Promise.reject(new Error('not today')),
  })
  await using world = await afterWorld('announce: { slack: { enabled: true } }\n', {
    env: SECRETS,
    spokes: [slow, announce],
  })
  world.manifest.spokes.push({ spoke: 'slow', entry: 'hello', settings: {}, pins: {} })
  const report = await world.run()
  expect(rows(report)).toEqual(['announce:slack deferred waits', 'slow:hello absent failed'])
  expect(world.sent).toEqual([])
  channel.live.add('slow:hello')
  expect(rows(await world.run())[0]).toBe('announce:slack live published, verified')
})

test('mcp: what the registry takes, and takes once', async () => {
  const yaml = `mcp:
  name: io.github.acme/hello
  title: Hello
  description: says hello
  repository: { url: "https://github.com/acme/hello", source: github }
  auth: { type: github, token: "{{ .Env.MCP_TOKEN }}" }
  packages: [{ registry_type: oci, identifier: "ghcr.io/acme/hello:{{ .Version }}", transport: { type: stdio } }, { registry_type: npm, identifier: hello, transport: { type: stdio } }]
`
  let listed = false
  const answer = ({ host, path }: { host: string; path: string }): Response | undefined => {
    if (host !== 'registry.modelcontextprotocol.io') return undefined
    if (path === '/v0/publish') listed = true
    return path.startsWith('/v0/servers/') && listed ? Response.json({}) : undefined
  }
  await using world = await afterWorld(yaml, { env: { MCP_TOKEN: 'ghp_token_for_mcp' }, answer })
  expect(told(world.plan)).toEqual([])
  expect(rows(await world.run())).toEqual(['mcp:io.github.acme/hello@1.2.3 live published, verified'])
  const published = world.sent.find((one) => one.url.endsWith('/v0/publish'))
  expect(JSON.parse(published?.body ?? '')).toMatchObject({
    name: 'io.github.acme/hello',
    version: '1.2.3',
    packages: [
      { registryType: 'oci', identifier: 'ghcr.io/acme/hello:1.2.3' },
      { registryType: 'npm', version: '1.2.3' },
    ],
  })
  expect(published?.headers.get('authorization')).toBe('Bearer rehearsal')
  await world.run()
  expect(world.sent.filter((one) => one.url.endsWith('/v0/publish'))).toHaveLength(1)
})

test('mcp: the workflow logs in by an identity that is for the registry alone', async () => {
  let listed = false
  const answer = ({ path }: { path: string }): Response | undefined => {
    if (path === '/v0/publish') listed = true
    return path.startsWith('/v0/servers/') && listed ? Response.json({}) : undefined
  }
  const env = Object.fromEntries(ACTIONS_VARIABLES.map((name) => [name, identityCredential(name)]))
  await using world = await afterWorld('mcp: { name: io.github.acme/hello, auth: { type: github-oidc } }', {
    env,
    answer,
  })
  expect(rows(await world.run())).toEqual(['mcp:io.github.acme/hello@1.2.3 live published, verified'])
  const login = world.sent.find((one) => one.url.endsWith('/v0/auth/github-oidc'))
  const { oidc_token: token } = JSON.parse(login?.body ?? '') as { oidc_token: string }
  expect(madeUpClaims(token)).toMatchObject({ aud: 'mcp-registry', repository: 'acme/hello' })
})

test.each([
  ['uploads: [{ name: a }]', 'needs a `target`'],
  [
    'uploads: [{ name: a, target: "https://a.example", username: u, password: open }]',
    'a password does not stand in a config',
  ],
  [
    'uploads: [{ name: a, target: "https://a.example/{{ .Env.MY_TOKEN | urlPathEscape }}" }]',
    'goes through a function',
  ],
  ['uploads: [{ name: a, target: "https://a.example", extra_files: [{ glob: x }] }]', 'not carried out yet'],
  ['blobs: [{ provider: azure, bucket: b }]', 'azure is no provider of blobs'],
  ['blobs: [{ provider: azblob, bucket: a.b }]', 'a.b is no name of a bucket'],
  ['blobs: [{ provider: s3 }]', 'need a `bucket`'],
  ['blobs: [{ provider: s3, bucket: b, acl: all }]', 'all is no acl'],
  ['publishers: [{ name: a }]', 'needs a `cmd`'],
  ['announce: { webhook: { enabled: true } }', 'needs `endpoint_url`'],
  ['announce: { smtp: { enabled: true } }', 'announce.smtp needs `host`'],
  ['announce: { smtp: { enabled: true, host: a, port: 25, username: b, from: c } }', 'announce.smtp needs `to`'],
  ['mcp: { name: a, auth: { type: github, token: abc } }', 'a token does not stand in a config'],
])('%s is told before anything is built', async (yaml, message) => {
  const plan = await planOf(`version: 2\nproject_name: hello\n${yaml}\n`, {
    planSpokes: (config) => planSpokes(config, new Set()),
  })
  expect(told(plan).join('\n')).toContain(message)
})

test('a snapshot has none of it', async () => {
  const plan = await planOf(`version: 2\nproject_name: hello\n${SERVICES}uploads: [{ name: a }]\n`, {
    source: { snapshot: true },
    planSpokes: (config) => planSpokes(config, new Set()),
  })
  expect(told(plan)).toEqual([])
  expect(plan.spokes).toEqual([])
})
