import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunResult } from '../../external/process.ts'
import type { HubReader } from '../../hub/hub.ts'
import { lacks } from '../../rehearsal/testing.ts'
import { embedded } from './download/embed.ts'
import { platform } from './testing/release.ts'
import type { FixtureOptions } from './testing/release.ts'
import { digestOf, inHub, startClients } from './testing/clients.ts'
import type { Clients } from './testing/clients.ts'

test('the embedded Python is that of the .py files (else: node src/spokes/pypi/download/embed.ts)', () => {
  expect(readFileSync(new URL('download/sources.generated.ts', import.meta.url), 'utf8')).toBe(embedded())
})

const lacksPython = lacks('python3')

let clients: Clients
beforeAll(async () => {
  clients = await startClients(!lacksPython)
}, 60_000)
afterAll(() => clients[Symbol.asyncDispose]())

describe.skipIf(lacksPython)('mode download, with the Python of this machine', () => {
  const install = async (
    options: FixtureOptions,
  ): Promise<{
    hub: HubReader
    start: (more?: Record<string, string>) => Promise<RunResult>
    cache: string
    at: string
  }> => {
    const made = await clients.published({ mode: 'download', ...options })
    const at = await mkdtemp(join(clients.folder, 'target-'))
    const got = await clients.start([
      clients.python,
      '-m',
      'pip',
      'install',
      '--no-cache-dir',
      '--target',
      at,
      made.settings.name,
    ])
    expect(got).toMatchObject({ code: 0 })
    const cache = join(at, 'cache')
    const variable = `${made.settings.name.replaceAll('-', '_').toUpperCase()}_CACHE`
    const start = (more: Record<string, string> = {}) =>
      clients.start([join(at, 'bin', 'hello'), 'x y'], { PYTHONPATH: at, [variable]: cache, ...more })
    return { hub: made.hub, start, cache, at }
  }
  const fetches = (): number =>
    clients.world.requests().filter((one) => one.host === 'github.com' && one.who !== 'tagonce').length

  test.each(['tar.gz', 'zip', 'binary'] as const)(
    'fetches %s once, checks it, keeps it and becomes it',
    async (format) => {
      const version = { 'tar.gz': '1.1.0', zip: '1.1.1', binary: '1.1.2' }[format]
      const { hub, start, cache } = await install({ name: `hello-${format.replace('.', '')}`, format, version })
      const before = fetches()
      for (const _ of [1, 2])
        expect(await start()).toMatchObject({ code: 0, stdout: `hello ${version} x y\n`, stderr: '' })
      expect(fetches() - before).toBe(1)
      const [kept = ''] = await readdir(cache)
      expect(await readdir(join(cache, kept))).toEqual(['hello'])
      expect(await digestOf(join(cache, kept, 'hello'))).toBe(inHub(hub))
      expect((await stat(join(cache, kept, 'hello'))).mode & 0o777).toBe(0o755)
    },
  )

  test('python -m starts it as well; many at once do not disturb each other; the exit status is its own', async () => {
    const { start, at, cache } = await install({ name: 'hello-many', version: '1.1.3' })
    const all = await Promise.all([1, 2, 3, 4].map(() => start()))
    for (const one of all) expect(one).toMatchObject({ code: 0, stdout: 'hello 1.1.3 x y\n' })
    const [kept = ''] = await readdir(cache)
    expect(await readdir(join(cache, kept))).toEqual(['hello'])
    const env = { PYTHONPATH: at, HELLO_MANY_CACHE: cache }
    expect(await clients.start(['python3', '-m', 'hello_many', 'exit', '42'], env)).toMatchObject({ code: 42 })
  })

  const faults: [
    name: string,
    version: string,
    break_: (hub: HubReader, at: string) => Promise<unknown>,
    env: Record<string, string>,
    words: string[],
  ][] = [
    [
      '404',
      '4.0.1',
      (hub) => each(hub, '4.0.1', (path) => rm(path)),
      {},
      ['is not at https://github.com/acme/hello/releases/', '(404)', 'pip install --upgrade hello-fault'],
    ],
    [
      'another archive',
      '4.0.2',
      (hub) => each(hub, '4.0.2', (path) => writeFile(path, 'tampered')),
      {},
      ['is not what was released', 'expected sha256', 'got      sha256'],
    ],
    [
      'no authority',
      '4.0.3',
      async () => {},
      { SSL_CERT_FILE: '/dev/null' },
      ['certificate of github.com is not trusted', 'SSL_CERT_FILE='],
    ],
    [
      'no proxy there',
      '4.0.4',
      async () => {},
      { HTTPS_PROXY: 'http://127.0.0.1:1', https_proxy: 'http://127.0.0.1:1' },
      ['no connection to github.com', 'set HTTPS_PROXY', 'and put it here, executable:'],
    ],
    [
      'a cache that cannot be made',
      '4.0.5',
      async () => {},
      { HELLO_FAULT_CACHE: '/dev/null/x' },
      ['could not be kept in', 'set HELLO_FAULT_CACHE'],
    ],
    [
      'another program in the right archive',
      '4.0.6',
      (_hub, at) =>
        edit(join(at, 'hello_fault', 'table.json'), (text) =>
          text.replaceAll(/("binary": \{\s*"size": \d+,\s*"sha256": ")[0-9a-f]{64}/g, `$1${'a'.repeat(64)}`),
        ),
      {},
      ['is not what was released', `expected sha256 ${'a'.repeat(64)}`],
    ],
  ]
  const each = (hub: HubReader, version: string, change: (path: string) => Promise<void>): Promise<unknown> =>
    Promise.all(hub.manifest.artifacts.map(({ name }) => change(join(clients.folder, `assets-${version}`, name))))
  const edit = async (path: string, change: (text: string) => string): Promise<void> =>
    writeFile(path, change(await readFile(path, 'utf8')))

  test.each(faults)('%s: the message says how to mend it', async (_name, version, broken, env, words) => {
    const { hub, start, cache, at } = await install({ name: 'hello-fault', version })
    await broken(hub, at)
    const { code, stdout, stderr } = await start(env)
    for (const one of words) expect(stderr).toContain(one)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).not.toContain('Traceback')
    for (const kept of await readdir(cache).catch(() => [])) expect(await readdir(join(cache, kept))).toEqual([])
  })

  test('a platform without a program is told which have one', async () => {
    const { start } = await install({
      name: 'hello-aix',
      version: '4.1.0',
      platforms: [platform('aix', 'ppc64'), platform('windows', 'amd64')],
    })
    const { code, stderr } = await start()
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /hello: hello-aix 4\.1\.0 has no program for \w+\/\w+\.\n  It has one for: aix\/ppc64, win32\/amd64\./,
    )
  })
})
