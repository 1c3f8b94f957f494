import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { seedGithub } from './github/seed.ts'
import { githubServer } from './github/server.ts'
import { lacks } from './testing.ts'
import { startWorld, type WorldHandle } from './world.ts'
import { spawnWorld } from './world-process.ts'

const entry = new URL('world-process.ts', import.meta.url).href
/** The child of these tests: what the hidden command of the CLI does. */
const CHILD = [
  process.execPath,
  '--input-type=module',
  '--no-warnings',
  '-e',
  `const { runWorldProcess } = await import('${entry}'); process.exitCode = await runWorldProcess(process.argv.slice(1))`,
  '--',
]

let folder: Awaited<ReturnType<typeof tempFolder>>
let world: WorldHandle
const bytes = randomBytes(5_000_000)
const digest = createHash('sha256').update(bytes).digest('hex')
const TOKEN = 'ghp_ofAcmeForTests'

beforeAll(async () => {
  folder = await tempFolder('world')
  world = await startWorld({ folder: folder.path, servers: [githubServer()], proxy: true })
  const seed = seedGithub(folder.path)
  seed.token({ token: TOKEN, login: 'acme' })
  await seed.repository({ name: 'acme/hello', files: { 'README.md': '# hello\n', 'a/b.txt': 'b\n' } })
  const post = async (url: string, body: Uint8Array | string): Promise<Record<string, unknown>> =>
    (await (
      await fetch(world.route(url), {
        method: 'POST',
        body: body as string,
        headers: { authorization: `token ${TOKEN}` },
      })
    ).json()) as Record<string, unknown>
  const release = await post('https://api.github.com/repos/acme/hello/releases', JSON.stringify({ tag_name: 'v1.0.0' }))
  await post(`${String(release['upload_url']).replace(/\{.*/, '')}?name=hello.tar.gz`, bytes)
})

afterAll(async () => {
  await world.stop()
  await folder[Symbol.asyncDispose]()
})

const ADDRESS = 'https://github.com/acme/hello/releases/download/v1.0.0/hello.tar.gz'

test.skipIf(lacks('curl'))('curl follows public addresses through the proxy to the bytes of the hub', async () => {
  const env = world.clientEnv(join(folder.path, 'home'))
  const out = join(folder.path, 'got')
  const { code, stderr } = await run(['curl', '-fsSL', '-o', out, ADDRESS], { env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(createHash('sha256').update(readFileSync(out)).digest('hex')).toBe(digest)
  const seen = world.requests().filter((one) => one.host === 'release-assets.githubusercontent.com')
  expect(seen).toMatchObject([{ method: 'GET', status: 200, mutating: false, who: 'client' }])
})

const PYTHON = 'import sys, urllib.request; open(sys.argv[1], "wb").write(urllib.request.urlopen(sys.argv[2]).read())'
const RUBY = 'require "open-uri"; File.binwrite(ARGV[0], URI.open(ARGV[1]).read)'
const NODE = `const { writeFileSync } = require('fs')
fetch(process.argv[2]).then((got) => got.arrayBuffer()).then((got) => writeFileSync(process.argv[1], new Uint8Array(got)))`

for (const [tool, ...args] of [
  ['wget', '-q', '-O'],
  ['python3', '-c', PYTHON],
  ['ruby', '-e', RUBY],
  ['node', '--input-type=commonjs', '-e', NODE],
] as const) {
  // Older ones know no proxy variables.
  const old = tool === 'node' && Number(process.versions.node.split('.')[0]) < 24
  test.skipIf(old || lacks(tool))(`${tool} is led to the bytes of the hub by the same environment`, async () => {
    const out = join(folder.path, `got-${tool}`)
    const file = tool === 'node' ? process.execPath : tool
    const env = world.clientEnv(join(folder.path, 'home'))
    const { code, stderr } = await run([file, ...args, out, ADDRESS], { env })
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    expect(createHash('sha256').update(readFileSync(out)).digest('hex')).toBe(digest)
  })
}

test.skipIf(lacks('curl'))(
  'a host that the local world lacks is refused in the reason phrase, and written down',
  async () => {
    const env = world.clientEnv(join(folder.path, 'home'))
    const { code, stderr } = await run(['curl', '-sS', '-v', 'https://example.com/'], { env })
    expect(code).not.toBe(0)
    expect(stderr).toContain('403 tagonce rehearsal: the local world has no example.com:443')
    expect(world.refusals()).toMatchObject([{ host: 'example.com:443' }])
  },
)

test.skipIf(lacks('curl'))('a client that does not trust the authority of this run leaves a note of it', async () => {
  const { code } = await run(['curl', '-sS', 'https://api.github.com/'], {
    env: { PATH: process.env['PATH'], https_proxy: world.proxy?.origin },
  })
  expect(code).toBe(60)
  expect(world.refusals().at(-1)).toMatchObject({
    host: 'api.github.com',
    reason: expect.stringMatching(/TLS: .*unknown ca/i),
  })
})

test.skipIf(lacks('openssl'))('openssl finds nothing wrong with the certificates, strictly', async () => {
  const ca = world.proxy?.ca ?? ''
  const port = new URL(world.proxy?.origin ?? '').port
  const { stdout, stderr } = await run(
    [
      'openssl',
      's_client',
      '-proxy',
      `127.0.0.1:${port}`,
      '-connect',
      'github.com:443',
      '-servername',
      'github.com',
      '-CAfile',
      ca,
      '-x509_strict',
      '-verify_return_error',
      '-verify_hostname',
      'github.com',
    ],
    { input: '', timeout: 10_000 },
  )
  expect(`${stdout}${stderr}`).toContain('Verify return code: 0 (ok)')
})

test('git clones and pushes through the proxy, with real object ids', async () => {
  const home = join(folder.path, 'home')
  const env = {
    ...world.clientEnv(home),
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.com',
  }
  const clone = join(folder.path, 'clone')
  const git = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(['git', ...args], { env })
    expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' })
    return stdout.trim()
  }
  await git('clone', '-q', 'https://github.com/acme/hello.git', clone)
  expect(readFileSync(join(clone, 'a/b.txt'), 'utf8')).toBe('b\n')
  await git('-C', clone, 'fsck', '--strict')
  const before = world.requests().length
  // Without a token a push is asked for one.
  writeFileSync(join(clone, 'c.txt'), randomBytes(2_000_000))
  await git('-C', clone, 'add', '.')
  await git('-C', clone, 'commit', '-q', '-m', 'c')
  const refused = await run(['git', '-C', clone, 'push', '-q'], { env })
  expect(refused.code).not.toBe(0)
  await git(
    '-C',
    clone,
    'push',
    '-q',
    `https://x-access-token:${TOKEN}@github.com/acme/hello.git`,
    'main',
    'HEAD:refs/tags/v1.1.0',
  )
  const sha = await git('-C', clone, 'rev-parse', 'HEAD')
  const answer = await fetch(world.route('https://api.github.com/repos/acme/hello/git/ref/tags/v1.1.0'))
  expect(await answer.json()).toMatchObject({ object: { sha, type: 'commit' } })
  const mutating = world
    .requests()
    .slice(before)
    .filter((one) => one.mutating && one.status === 200)
  expect(mutating).toMatchObject([{ method: 'POST', path: '/acme/hello.git/git-receive-pack' }])
})

test('a world that is killed goes on from its folder, and ends when its parent lets go', async () => {
  await using own = await tempFolder('child')
  const seed = seedGithub(own.path)
  seed.token({ token: TOKEN, login: 'acme' })
  await seed.repository({ name: 'acme/hello', files: { a: 'a\n' } })
  const first = await spawnWorld(CHILD, own.path)
  const headers = { authorization: `token ${TOKEN}` }
  const url = 'https://api.github.com/repos/acme/hello/releases'
  const made = await fetch(first.route(url), { method: 'POST', body: '{"tag_name":"v1.0.0","draft":true}', headers })
  expect(made.status).toBe(201)
  // The world itself is what the fault kills: SIGKILL after the second release is made, before it is answered.
  await first.fault({ nth: 1, when: 'after', action: { kill: first.pid } })
  await expect(
    fetch(first.route(url), { method: 'POST', body: '{"tag_name":"v2.0.0","draft":true}', headers }),
  ).rejects.toThrow('fetch failed')
  await first.stop()

  const second = await spawnWorld(CHILD, own.path)
  const list = (await (await fetch(second.route(url), { headers })).json()) as { tag_name: string }[]
  expect(list.map((one) => one.tag_name)).toEqual(['v2.0.0', 'v1.0.0'])
  expect(second.requests().filter((one) => one.mutating)).toMatchObject([
    { status: 201 },
    { status: 0, fault: 'kill after' },
  ])
  await second.stop()
  expect(() => process.kill(second.pid, 0)).toThrow('ESRCH')
})

test('a world whose parent is killed ends by itself', async () => {
  await using own = await tempFolder('orphan')
  const parent = `const { spawnWorld } = await import('${entry}')
    const world = await spawnWorld(${JSON.stringify(CHILD)}, ${JSON.stringify(own.path)})
    console.log(world.pid)
    setInterval(() => {}, 1000)`
  let worldPid = 0
  const killed = new AbortController()
  const running = run([process.execPath, '--input-type=module', '--no-warnings', '-e', parent], {
    signal: killed.signal,
    onLine: (line) => {
      worldPid = Number(line)
      killed.abort()
    },
  })
  await expect(running).rejects.toThrow('abort')
  await expect.poll(() => isRunning(worldPid), { timeout: 5000 }).toBe(false)
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('faults: cut before, cut after, a status; each meets one mutating request', async () => {
  const seed = seedGithub(folder.path)
  await seed.repository({ name: 'acme/faulty', files: { a: 'a\n' } })
  const url = world.route('https://api.github.com/repos/acme/faulty/releases')
  const make = (tag: string): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      body: JSON.stringify({ tag_name: tag }),
      headers: { authorization: `token ${TOKEN}` },
    })
  const tags = async (): Promise<string[]> =>
    ((await (await fetch(url)).json()) as { tag_name: string }[]).map((one) => one.tag_name)

  await world.fault({ nth: 1, when: 'before', action: 'drop' })
  await world.fault({ nth: 3, when: 'after', action: 'drop' })
  await world.fault({ nth: 4, when: 'before', action: { status: 503, retryAfter: 1 } })
  await expect(make('v1')).rejects.toThrow('fetch failed')
  expect(await tags()).toEqual([])
  expect((await make('v2')).status).toBe(201)
  await expect(make('v3')).rejects.toThrow('fetch failed')
  expect(await tags()).toEqual(['v3', 'v2'])
  const busy = await make('v4')
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '1'])
  expect((await make('v5')).status).toBe(201)
  expect(await tags()).toEqual(['v5', 'v3', 'v2'])

  await world.delay(120)
  const began = Date.now()
  await tags()
  expect(Date.now() - began).toBeGreaterThanOrEqual(115)
  await world.delay(0)
})
