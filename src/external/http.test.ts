import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { Events } from '../core/events.ts'
import { tempFolder } from '../core/temp.ts'
import { createHttp } from './http.ts'
import { loopback, thrown } from './testing.ts'

const API = 'https://api.example.org'

test('a route leads a public address to loopback; the Host and the address of the answer stay public', async () => {
  await using server = await loopback(['api.example.org'], (_, response) => response.end('ok'))
  const response = await server.http.request(`${API}/a%20b?c=d`)
  expect(await response.text()).toBe('ok')
  expect(response.url).toBe(`${API}/a%20b?c=d`)
  expect(server.seen[0]).toMatchObject({ method: 'GET', url: '/a%20b?c=d' })
  expect(server.seen[0]?.headers.host).toBe('api.example.org')
  expect(server.http.route(`${API}/x?y`)).toBe(`${server.origin}/x?y`)
})

test('a host without a route is refused and never dialled; loopback itself is reached', async () => {
  await using server = await loopback([], (_, response) => response.end('ok'))
  const error = await thrown(server.http.request('https://other.example.org/'))
  expect(error.message).toBe('other.example.org has no route here and is not dialled: https://other.example.org/')
  expect(server.clock.waits).toEqual([])
  expect((await server.http.request(`${server.origin}/direct`)).status).toBe(200)
})

test('a redirect to a host without a route is refused as well', async () => {
  await using server = await loopback(['api.example.org'], (_, response) => {
    response.writeHead(302, { location: 'https://elsewhere.example.org/' }).end()
  })
  expect((await thrown(server.http.request(API))).message).toContain('elsewhere.example.org has no route')
})

test('credentials stay with their origin when a redirect leaves it', async () => {
  await using server = await loopback(['api.example.org', 'storage.example.org'], ({ url }, response) => {
    if (url === '/same') response.writeHead(302, { location: '/away' }).end()
    else if (url === '/away') response.writeHead(302, { location: 'https://storage.example.org/b?sig=s3cret' }).end()
    else response.end('bytes')
  })
  const response = await server.http.request(`${API}/same`, { headers: { Authorization: 'token abc', accept: 'x/y' } })
  expect(await response.text()).toBe('bytes')
  expect(server.seen.map(({ headers }) => [headers.authorization, headers.accept])).toEqual([
    ['token abc', 'x/y'],
    ['token abc', 'x/y'],
    [undefined, 'x/y'],
  ])
})

test('nothing goes from https to plain http', async () => {
  await using server = await loopback(['api.example.org'], (_, response) => {
    response.writeHead(301, { location: 'http://api.example.org/' }).end()
  })
  expect((await thrown(server.http.request(API))).message).toContain('without TLS')
})

test('a redirect loop ends', async () => {
  await using server = await loopback(['api.example.org'], (_, response) => {
    response.writeHead(302, { location: '/again' }).end()
  })
  expect((await thrown(server.http.request(API, { retries: 0 }))).message).toContain('more than 10 redirects')
})

test('a write follows 307 with its body and is handed 302 back', async () => {
  await using server = await loopback(['api.example.org'], ({ url }, response) => {
    if (url === '/to') response.end('there')
    else response.writeHead(url === '/307' ? 307 : 302, { location: '/to' }).end()
  })
  const kept = await server.http.request(`${API}/307`, { method: 'POST', body: '{"a":1}' })
  expect(await kept.text()).toBe('there')
  expect(server.seen[1]).toMatchObject({ method: 'POST', url: '/to', body: Buffer.from('{"a":1}') })
  expect((await server.http.request(`${API}/302`, { method: 'POST', body: 'x' })).status).toBe(302)
})

test('a read is tried again after a passing fault, on one growing ladder, with one event per try', async () => {
  await using server = await loopback(['api.example.org'], (_, response, count) => {
    if (count === 0) response.destroy()
    else if (count === 1) response.writeHead(502).end()
    else if (count === 2) response.writeHead(503, { 'retry-after': '7' }).end()
    else response.end('at last')
  })
  expect(await (await server.http.request(`${API}/x?token=abc`)).text()).toBe('at last')
  const [first = 0, second = 0, third = 0] = server.clock.waits
  expect(first).toBeGreaterThanOrEqual(250)
  expect(first).toBeLessThanOrEqual(500)
  expect(second).toBeGreaterThanOrEqual(500)
  expect(second).toBeLessThanOrEqual(1000)
  expect(third).toBe(7000)
  const requests = server.events.filter((one) => one.type === 'request')
  expect(requests).toMatchObject([
    { type: 'request', status: 0, attempt: 1, url: `${API}/x?token=***` },
    { status: 502, attempt: 2 },
    { status: 503, attempt: 3 },
    { status: 200, attempt: 4 },
  ])
})

test('says that it waits and for what, once for all who wait for the same thing', async () => {
  const refused = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
  await using server = await loopback([], () => {}, { routes: { [API]: `http://127.0.0.1:${refused}` } })
  await Promise.all([thrown(server.http.request(`${API}/a`)), thrown(server.http.request(`${API}/b`))])
  const told = server.events.flatMap((one) => (one.type === 'diagnostic' ? [one.diagnostic] : []))
  expect(told).toHaveLength(4)
  expect(told[0]).toMatchObject({ severity: 'info', code: 'retry' })
  expect(told[0]?.message).toMatch(/^api\.example\.org: connect ECONNREFUSED 127\.0\.0\.1:\d+; tries again in 0\.\d s$/)
})

test('when the tries are used up the last status is the answer, and a dead connection is an error', async () => {
  await using server = await loopback(['api.example.org'], ({ url }, response) => {
    if (url === '/dead') response.destroy()
    else response.writeHead(500).end('broken')
  })
  const response = await server.http.request(API)
  expect([response.status, server.seen.length]).toEqual([500, 5])
  expect((await thrown(server.http.request(`${API}/dead`))).code).toBe('network')
  expect(server.seen.length).toBe(10)
})

test('a write is not repeated after a fault, unless it may be', async () => {
  await using server = await loopback(['api.example.org'], ({ url }, response) => {
    if (url === '/dead') response.destroy()
    else response.writeHead(500).end()
  })
  expect((await server.http.request(API, { method: 'POST', body: 'x' })).status).toBe(500)
  expect((await thrown(server.http.request(`${API}/dead`, { method: 'PUT', body: 'x' }))).code).toBe('network')
  expect(server.seen.length).toBe(2)
  expect((await server.http.request(API, { method: 'PUT', body: 'x', retries: 2 })).status).toBe(500)
  expect(server.seen.length).toBe(5)
})

test('a write that a rate limit refused is repeated after the wait that was asked for', async () => {
  await using server = await loopback(['api.example.org'], (_, response, count) => {
    if (count === 0) response.writeHead(429, { 'retry-after': '3' }).end()
    else if (count === 1) response.writeHead(403, { 'retry-after': 'Fri, 01 May 2026 12:00:13 GMT' }).end()
    else if (count === 2) {
      const reset = String(Date.parse('2026-05-01T12:01:00Z') / 1000)
      response.writeHead(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }).end()
    } else response.end()
  })
  expect((await server.http.request(API, { method: 'POST', body: 'x' })).status).toBe(200)
  expect(server.clock.waits).toEqual([3000, 10_000, 48_000])
})

test('a bare 403 is final', async () => {
  await using server = await loopback(['api.example.org'], (_, response) => response.writeHead(403).end())
  expect((await server.http.request(API)).status).toBe(403)
  expect(server.seen.length).toBe(1)
})

test('a wait beyond the deadline is not begun', async () => {
  await using server = await loopback(['api.example.org'], (_, response) => {
    response.writeHead(429, { 'retry-after': '3600' }).end()
  })
  expect((await server.http.request(API)).status).toBe(429)
  expect(server.clock.waits).toEqual([])
})

test('a web page where JSON was wanted is a passing fault, and no answer when it stays', async () => {
  await using server = await loopback(['api.example.org'], ({ url }, response, count) => {
    if (count === 0 || url === '/page') response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>busy</h1>')
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  const headers = { accept: 'application/json' }
  expect(await (await server.http.request(API, { headers })).json()).toEqual({})
  expect((await thrown(server.http.request(`${API}/page`, { headers }))).message).toContain(
    'a web page instead of JSON',
  )
  expect((await server.http.request(`${API}/page`)).status).toBe(200)
})

test('a file is streamed with its length, and a second try opens it again', async () => {
  await using folder = await tempFolder('http')
  const path = join(folder.path, 'big')
  const bytes = randomBytes(5_000_001)
  await writeFile(path, bytes)
  let opened = 0
  await using server = await loopback(['api.example.org'], (_, response, count) => {
    response.writeHead(count === 0 ? 429 : 201).end()
  })
  const body = (): NodeJS.ReadableStream => {
    opened += 1
    return createReadStream(path)
  }
  const response = await server.http.request(API, { method: 'POST', body, length: bytes.length })
  expect([response.status, opened]).toEqual([201, 2])
  for (const { headers, body: got } of server.seen) {
    expect(headers['content-length']).toBe('5000001')
    expect(headers['transfer-encoding']).toBeUndefined()
    expect(got.equals(bytes)).toBe(true)
  }
})

test('a stream that fetch was given open is never sent twice', async () => {
  await using server = await loopback(['api.example.org'], (_, response) => response.writeHead(429).end())
  const body = ReadableStream.from([Buffer.from('once')])
  const response = await server.http.fetch(API, { method: 'POST', body, duplex: 'half' })
  expect([response.status, server.seen.length]).toEqual([429, 1])
  expect(server.seen[0]?.body.toString()).toBe('once')
})

test('a body that cannot be read here is a fault of the disk, not of the network', async () => {
  await using server = await loopback(['api.example.org'], (_, response) => response.end())
  const body = (): NodeJS.ReadableStream => createReadStream('/nowhere/at-all')
  const error = await thrown(server.http.request(API, { method: 'PUT', body, length: 3, retries: 3 }))
  expect(error.code).toBe('disk')
  expect(server.clock.waits).toEqual([])
})

test('a body shorter than its length is an error, not a hang', async () => {
  await using server = await loopback(['api.example.org'], (_, response) => response.end())
  const body = (): NodeJS.ReadableStream => Readable.from([Buffer.from('abc')])
  const error = await thrown(server.http.request(API, { method: 'PUT', body, length: 10 }))
  expect(error.message).toContain('has changed')
})

test('an upload that stalls is given up at the idle limit', async () => {
  // Takes the connection and never reads.
  const deaf = createServer((socket) => socket.pause())
  await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(deaf.address() as AddressInfo).port}`
  await using client = await loopback([], () => {})
  const zeros = Buffer.alloc(1024 * 1024)
  const body = (): NodeJS.ReadableStream => Readable.from(Array.from({ length: 64 }, () => zeros))
  const length = 64 * zeros.length
  const error = await thrown(client.http.request(origin, { method: 'POST', body, length, idle: 100 }))
  expect(error.message).toContain('nothing moved for 0.1 s')
  deaf.close()
})

test('an answer whose body stalls, or is cut, is an error', async () => {
  await using server = await loopback(['api.example.org'], ({ url }, response) => {
    response.writeHead(200, { 'content-length': '9000000' })
    response.write('a')
    if (url === '/cut') setTimeout(() => response.destroy(), 20)
  })
  const stalled = await server.http.request(`${API}/stall`, { idle: 100 })
  expect((await thrown(stalled.text())).message).toContain('nothing moved for 0.1 s')
  const cut = await server.http.request(`${API}/cut`)
  expect((await thrown(cut.text())).code).toBe('network')
})

test('a short answer that is cut is tried again', async () => {
  await using server = await loopback(['api.example.org'], (_, response, count) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '4' })
    response.write('nu')
    if (count === 0) response.destroy()
    else response.end('ll')
  })
  expect(await (await server.http.request(API)).json()).toBeNull()
  expect(server.seen.length).toBe(2)
})

test('the deadline ends everything', async () => {
  await using server = await loopback(['api.example.org'], () => {})
  const error = await thrown(server.http.request(API, { deadline: 100, retries: 0 }))
  expect(error.message).toContain('timeout')
})

test('an interrupted run stops at once', async () => {
  const stop = new AbortController()
  await using server = await loopback(['api.example.org'], () => stop.abort(), { signal: stop.signal })
  expect((await thrown(server.http.request(API))).code).toBe('interrupted')
  expect(server.seen.length).toBe(1)
})

test('fetch takes what libraries give it', async () => {
  await using server = await loopback(['api.example.org'], ({ url }, response) => {
    if (url === '/moved') response.writeHead(302, { location: '/x' }).end()
    else response.end('ok')
  })
  const { fetch } = server.http
  await fetch(new Request(`${API}/r`, { method: 'PUT', body: 'text', headers: { 'x-a': 'b' } }))
  const form = new FormData()
  form.append('name', 'value')
  await fetch(new URL(`${API}/form`), { method: 'post', body: form })
  await fetch(`${API}/bytes`, { method: 'POST', body: new Uint8Array([1, 2]) })
  expect((await fetch(`${API}/moved`, { redirect: 'manual' })).status).toBe(302)
  const [request, posted, raw] = server.seen
  expect(request).toMatchObject({ method: 'PUT', url: '/r', body: Buffer.from('text'), headers: { 'x-a': 'b' } })
  expect(posted?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
  expect(posted?.body.toString()).toContain('name="name"\r\n\r\nvalue')
  expect(raw?.body).toEqual(Buffer.from([1, 2]))
})

test('a name that does not resolve is a network error that says so', async () => {
  const http = createHttp({
    routes: { 'https://api.example.org': 'http://127.0.0.1:1' },
    signal: new AbortController().signal,
    events: new Events(),
    userAgent: 'tagonce/test',
  })
  const error = await thrown(http.request(API, { retries: 0 }))
  expect([error.code, error.exitCode]).toEqual(['network', 75])
  expect(error.message).toMatch(/^https:\/\/api\.example\.org\/: .*ECONNREFUSED/)
  expect((await thrown(http.request('ftp://api.example.org/'))).message).toContain('ftp:// is no address')
})

test('the proxy of the environment is used for public hosts, and never for loopback', async () => {
  await using proxy = await loopback([], ({ url }, response) => response.end(`got ${url}`))
  vi.stubEnv('HTTP_PROXY', proxy.origin)
  vi.stubEnv('http_proxy', proxy.origin)
  vi.stubEnv('NO_PROXY', '')
  vi.stubEnv('no_proxy', '')
  vi.resetModules()
  try {
    const fresh = await import('./http.ts')
    const { signal } = new AbortController()
    const http = fresh.createHttp({ routes: {}, signal, events: new Events(), userAgent: 'tagonce/test' })
    expect(await (await http.request('http://public.example.org/a')).text()).toBe('got http://public.example.org/a')
    expect(await (await http.request(`${proxy.origin}/b`)).text()).toBe('got /b')
  } finally {
    vi.unstubAllEnvs()
  }
})
