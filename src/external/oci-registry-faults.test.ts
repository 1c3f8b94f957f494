import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { ociRegistry } from './oci-registry.ts'
import { challengeOf } from './oci-registry-challenge.ts'
import { loopback, thrown } from './testing.ts'
import type { Seen } from './testing.ts'

const sha256 = (bytes: Buffer | string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
const HOSTS = ['ghcr.io', 'auth.example.org', 'storage.example.org']
const LOGIN = { username: 'octo', password: 'ghp_spring-onion' }
const BEARER = 'Bearer realm="https://auth.example.org/token",service="ghcr.io"'

const scopesOf = ({ url }: Seen): string[] => new URL(url, 'https://x').searchParams.getAll('scope')
const isToken = ({ url }: Seen): boolean => url.startsWith('/token')

test.each([
  [
    'Bearer realm="https://a.b/t",service="s",scope="repository:x:pull,push"',
    { realm: 'https://a.b/t', service: 's', scope: ['repository:x:pull,push'] },
  ],
  ['Basic realm="x, y", Bearer realm="https://a.b/t"', { realm: 'https://a.b/t', service: undefined, scope: [] }],
  ['bearer realm="https://a.b/\\"t" , service=s', { realm: 'https://a.b/"t', service: 's', scope: [] }],
])('%s is a token to be had', (header, wanted) => {
  expect(challengeOf(header)).toEqual({ scheme: 'bearer', ...wanted })
})

test('a password is asked for where no token is; other schemes are not for us', () => {
  expect(challengeOf('Basic realm="judge"')).toEqual({ scheme: 'basic' })
  expect(challengeOf('Negotiate abc==')).toBeUndefined()
  expect(challengeOf('')).toBeUndefined()
})

test('the login goes to the token server only, with the scope that is needed; one token serves many requests', async () => {
  await using server = await loopback(HOSTS, (seen, response) => {
    if (isToken(seen)) response.end('{"token":"abcdefgh","expires_in":300}')
    else if (seen.headers.authorization === 'Bearer abcdefgh') response.writeHead(404).end('{}')
    else response.writeHead(401, { 'www-authenticate': BEARER }).end()
  })
  const registry = ociRegistry('ghcr.io', { ...server, credentials: LOGIN })
  expect(await registry.manifest('octo/hello', 'v1')).toBeUndefined()
  const others = [
    registry.manifest('octo/hello', 'v2'),
    registry.hasBlob('octo/hello', sha256('a')),
    registry.tags('octo/hello'),
  ]
  expect(await Promise.all(others)).toEqual([undefined, false, []])
  const tokens = server.seen.filter(isToken)
  expect(tokens.map(scopesOf)).toEqual([['repository:octo/hello:pull']])
  expect(tokens[0]?.headers.authorization).toBe(`Basic ${Buffer.from('octo:ghp_spring-onion').toString('base64')}`)
  const basic = server.seen.filter((one) => !isToken(one) && one.headers.authorization?.startsWith('Basic') === true)
  expect(basic).toEqual([])
  expect(JSON.stringify(server.events)).not.toMatch(/spring-onion|abcdefgh/)
})

test('without a login an anonymous token is asked for', async () => {
  await using server = await loopback(HOSTS, (seen, response) => {
    if (isToken(seen)) response.end('{"access_token":"anonymous-token"}')
    else if (seen.headers.authorization === 'Bearer anonymous-token') response.end('{}')
    else response.writeHead(401, { 'www-authenticate': BEARER }).end()
  })
  await ociRegistry('ghcr.io', server).ping()
  expect(server.seen.find(isToken)?.headers.authorization).toBeUndefined()
})

test('a token that ended while it was used is made anew; what was sent is sent again', async () => {
  let made = 0
  const bytes = Buffer.from('layer')
  await using server = await loopback(HOSTS, (seen, response) => {
    const mine = seen.headers.authorization === `Bearer token-number-${made}`
    if (isToken(seen)) {
      made += 1
      response.end(`{"token":"token-number-${made}","expires_in":300}`)
    } else if (!mine) response.writeHead(401, { 'www-authenticate': `${BEARER},error="invalid_token"` }).end()
    else if (seen.method === 'HEAD') response.writeHead(404).end()
    else if (seen.method === 'POST') {
      made += 10
      response.writeHead(202, { location: '/v2/octo/hello/blobs/uploads/1?state=x' }).end()
    } else response.writeHead(201).end()
  })
  await ociRegistry('ghcr.io', { ...server, credentials: LOGIN }).pushBlob('octo/hello', {
    bytes,
    digest: sha256(bytes),
  })
  const puts = server.seen.filter((one) => one.method === 'PUT')
  const url = `/v2/octo/hello/blobs/uploads/1?state=x&digest=${encodeURIComponent(sha256(bytes))}`
  expect(puts.map((one) => [one.body.toString(), one.url])).toEqual([
    ['layer', url],
    ['layer', url],
  ])
})

test('a token for less than was asked, given with 200, is a refusal that names the right', async () => {
  await using server = await loopback(HOSTS, (seen, response) => {
    if (isToken(seen)) response.end('{"token":"pull-only-token"}')
    else {
      const headers = {
        'www-authenticate': `${BEARER},scope="repository:octo/hello:pull,push",error="insufficient_scope"`,
      }
      response.writeHead(401, headers).end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}')
    }
  })
  const error = await thrown(ociRegistry('ghcr.io', { ...server, credentials: LOGIN }).canPush('octo/hello'))
  expect(error.code).toBe('credentials')
  expect(error.message).toBe('ghcr.io does not let us write octo/hello: 401 UNAUTHORIZED: authentication required')
  expect(server.seen.filter(isToken)).toHaveLength(1)
})

test('a registry that wants another scope than ours gets it', async () => {
  await using server = await loopback(HOSTS, (seen, response) => {
    if (isToken(seen)) response.end(`{"token":"token-for-${scopesOf(seen).length}"}`)
    else if (seen.headers.authorization === 'Bearer token-for-2') response.writeHead(404).end()
    else response.writeHead(401, { 'www-authenticate': `${BEARER},scope="repository:tenant/octo/hello:pull"` }).end()
  })
  expect(await ociRegistry('ghcr.io', server).manifest('octo/hello', 'v1')).toBeUndefined()
})

test('a login is not sent to a token server without TLS', async () => {
  await using server = await loopback(HOSTS, (_, response) => {
    response.writeHead(401, { 'www-authenticate': 'Bearer realm="http://auth.example.org/token"' }).end()
  })
  const error = await thrown(ociRegistry('ghcr.io', { ...server, credentials: LOGIN }).ping())
  expect(error.message).toContain('without TLS')
})

test('a blob in signed storage is fetched without the login, and refused when it is another', async () => {
  await using folder = await tempFolder('oci')
  const path = join(folder.path, 'blob')
  await using server = await loopback(HOSTS, (seen, response) => {
    if (isToken(seen)) response.end('{"token":"some-token"}')
    else if (seen.url.startsWith('/store')) response.end('layer')
    else if (seen.headers.authorization === undefined) response.writeHead(401, { 'www-authenticate': BEARER }).end()
    else response.writeHead(307, { location: 'https://storage.example.org/store?sig=s3cret' }).end()
  })
  const registry = ociRegistry('ghcr.io', { ...server, credentials: LOGIN })
  await registry.blob('octo/hello', sha256('layer'), path)
  expect(await readFile(path, 'utf8')).toBe('layer')
  expect(server.seen.find((one) => one.url.startsWith('/store'))?.headers.authorization).toBeUndefined()
  expect(await registry.hasBlob('octo/hello', sha256('layer'))).toBe(true)
  const error = await thrown(registry.blob('octo/hello', sha256('other'), path))
  expect(error.message).toContain(`gave ${sha256('layer')} when asked for ${sha256('other')}`)
  // What was fetched before stays as it was, and nothing half done lies beside it.
  expect(await readdir(folder.path)).toEqual(['blob'])
  expect(await readFile(path, 'utf8')).toBe('layer')
})

test('an upload that was cut goes on where the registry stands', async () => {
  await using folder = await tempFolder('oci')
  const bytes = randomBytes(200_000)
  const path = join(folder.path, 'blob')
  await writeFile(path, bytes)
  let had: Buffer = Buffer.alloc(0)
  await using server = await loopback(HOSTS, (seen, response, count) => {
    const location = { location: `/v2/octo/hello/blobs/uploads/${count}` }
    if (seen.method === 'HEAD') response.writeHead(404).end()
    else if (seen.method === 'POST') response.writeHead(202, location).end()
    else if (seen.method === 'GET') response.writeHead(204, { ...location, range: `0-${had.length - 1}` }).end()
    else if (seen.method === 'PATCH') {
      had = Buffer.concat([had, seen.body])
      response.writeHead(202, location).end()
    } else if (had.length === 0) {
      had = seen.body.subarray(0, 70_000)
      response.destroy()
    } else response.writeHead(201).end()
  })
  await ociRegistry('ghcr.io', server).pushBlob('octo/hello', { path, size: bytes.length, digest: sha256(bytes) })
  expect(had.equals(bytes)).toBe(true)
  const patch = server.seen.find((one) => one.method === 'PATCH')
  expect(patch?.headers['content-range']).toBe('70000-199999')
})

test('an upload that the registry has forgotten begins anew', async () => {
  let uploads = 0
  await using server = await loopback(HOSTS, (seen, response) => {
    if (seen.method === 'HEAD') response.writeHead(404).end()
    else if (seen.method === 'POST') {
      uploads += 1
      response.writeHead(202, { location: `/v2/octo/hello/blobs/uploads/${uploads}` }).end()
    } else if (seen.url.includes('/uploads/1'))
      response.writeHead(404).end('{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}')
    else response.writeHead(201).end()
  })
  await ociRegistry('ghcr.io', server).pushBlob('octo/hello', { bytes: Buffer.from('layer'), digest: sha256('layer') })
  expect(uploads).toBe(2)
})

test('what is too much for one request goes in pieces', async () => {
  const bytes = randomBytes(20_000_000)
  const pieces: Buffer[] = []
  await using server = await loopback(HOSTS, (seen, response) => {
    const location = { location: `http://ghcr.io/v2/octo/hello/blobs/uploads/1`, 'oci-chunk-min-length': '9000000' }
    if (seen.method === 'HEAD') response.writeHead(404).end()
    else if (seen.method === 'PUT' && seen.body.length > 0)
      response.writeHead(413).end('<html><title>413 Too Large</title>')
    else if (seen.method === 'PATCH') {
      pieces.push(seen.body)
      response.writeHead(202, location).end()
    } else response.writeHead(seen.method === 'PUT' ? 201 : 202, location).end()
  })
  await ociRegistry('ghcr.io', server).pushBlob('octo/hello', { bytes, digest: sha256(bytes) })
  expect(pieces.map((one) => one.length)).toEqual([9_000_000, 9_000_000, 2_000_000])
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true)
})

test('429 waits as long as it is told, and then goes on', async () => {
  await using server = await loopback(HOSTS, (_, response, count) => {
    if (count === 0) response.writeHead(429, { 'retry-after': '7' }).end('{"errors":[{"code":"TOOMANYREQUESTS"}]}')
    else response.writeHead(404).end()
  })
  expect(await ociRegistry('ghcr.io', server).manifest('octo/hello', 'v1')).toBeUndefined()
  expect(server.clock.waits).toEqual([7000])
})

test('a manifest whose digest is not said is hashed; one that is not what was asked for is refused', async () => {
  const text = '{"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}'
  await using server = await loopback(HOSTS, ({ url }, response) => {
    const said = url.endsWith('/lies') ? { 'docker-content-digest': sha256('other') } : {}
    response.writeHead(200, { 'content-type': 'application/octet-stream', ...said }).end(text)
  })
  const registry = ociRegistry('ghcr.io', server)
  const mediaType = 'application/vnd.oci.image.index.v1+json'
  expect(await registry.manifest('octo/hello', 'v1')).toEqual({
    bytes: Buffer.from(text),
    mediaType,
    digest: sha256(text),
  })
  expect((await thrown(registry.manifest('octo/hello', 'lies'))).message).toContain(sha256('other'))
  expect((await thrown(registry.manifest('octo/hello', sha256('x')))).message).toContain(sha256('x'))
})

test('a web page in place of an answer is no answer', async () => {
  await using server = await loopback(HOSTS, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in to the wireless network')
  })
  const registry = ociRegistry('ghcr.io', server)
  const all = [
    () => registry.ping(),
    () => registry.manifest('a/b', 'v1'),
    () => registry.hasBlob('a/b', sha256('a')),
    () => registry.tags('a/b'),
  ]
  for (const ask of all) {
    const error = await thrown(ask())
    expect(error.code).toBe('network')
    expect(error.message).toContain('web page')
  }
})

test('tags come in pages', async () => {
  await using server = await loopback(HOSTS, ({ url }, response) => {
    const more = url.includes('last=b')
    const headers = more ? {} : { link: '</v2/octo/hello/tags/list?last=b&n=2>; rel="next"' }
    response.writeHead(200, headers).end(more ? '{"tags":["c"]}' : '{"tags":["a","b"]}')
  })
  expect(await ociRegistry('ghcr.io', server).tags('octo/hello')).toEqual(['a', 'b', 'c'])
})

test('refusals of GitHub say how they are mended', async () => {
  await using server = await loopback(HOSTS, (_, response) => {
    response.writeHead(403).end('{"errors":[{"code":"DENIED","message":"permission_denied: write_package"}]}')
  })
  const error = await thrown(ociRegistry('ghcr.io', server).canPush('octo/hello'))
  expect(error.message).toContain('DENIED: permission_denied: write_package')
  expect(error.hint).toContain('Manage Actions access')
})
