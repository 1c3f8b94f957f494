import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tempFolder } from '../../../core/temp.ts'
import { run } from '../../../external/process.ts'
import type { Http } from '../../../external/http.ts'
import type { HubReader } from '../../../hub/hub.ts'
import type { WorldHandle } from '../../../rehearsal/world.ts'
import { startWorld } from '../../../rehearsal/world.ts'
import { packed } from '../pack.ts'
import { fixture, platform, releaseServer, withChannel } from '../testing.ts'
import type { FixtureOptions } from '../testing.ts'
import { unitsOf } from '../units.ts'
import { embedded } from './embed.ts'

test('the embedded shims are those of the .cjs files (else: node src/spokes/npm/shims/embed.ts)', () => {
  expect(readFileSync(new URL('shims.generated.ts', import.meta.url), 'utf8')).toBe(embedded())
})

const word = `${process.platform}-${process.arch}`
let folder: Awaited<ReturnType<typeof tempFolder>>
let world: WorldHandle
const nodes: [version: string, path: string][] = []

beforeAll(async () => {
  folder = await tempFolder('shims')
  world = await startWorld({ folder: join(folder.path, 'world'), servers: [releaseServer(folder.path)], proxy: true })
})

afterAll(async () => {
  await world.stop()
  await folder[Symbol.asyncDispose]()
})

/** Every other Node.js on the PATH is a judge as well. */
const paths = [process.execPath, ...(process.env['PATH'] ?? '').split(delimiter).map((one) => join(one, 'node'))]
for (const path of paths.filter((one) => existsSync(one))) {
  const { stdout } = await run([path, '--version'])
  const version = stdout.trim()
  if (version !== '' && !nodes.some(([known]) => known === version)) nodes.push([version, path])
}

/** Lays the packages out as an install does, without those that are left out. */
async function laidOut(options: FixtureOptions & { without?: string[]; change?: (hub: HubReader) => void } = {}) {
  const root = await mkdtemp(join(folder.path, 'root-'))
  const { hub, settings } = await fixture(folder.path, { name: 'hello-acme', ...options })
  options.change?.(hub)
  for (const unit of unitsOf(hub.manifest, settings)) {
    if (unit.role === 'pointer' || options.without?.includes(unit.name) === true) continue
    const { path } = await withChannel({} as Http, root, (io) => packed(unit, hub, io))
    const target = join(root, 'node_modules', unit.name)
    await mkdir(target, { recursive: true })
    await run(['tar', '-xzf', path, '-C', target, '--strip-components=1'])
  }
  return {
    root,
    hub,
    main: join(root, 'node_modules', 'hello-acme'),
    bin: join(root, 'node_modules', 'hello-acme', 'bin', 'hello.js'),
  }
}

const others = [`hello-acme-win32-x64`, 'hello-acme-darwin-arm64'].filter((one) => one !== `hello-acme-${word}`)

describe.each(nodes)('on Node.js %s', (_version, node) => {
  describe('mode platform', () => {
    const start = (bin: string, args: string[], input?: string) =>
      run([node, bin, ...args], { env: { PATH: process.env['PATH'] }, ...(input === undefined ? {} : { input }) })

    test('arguments, input, output and the exit status pass through', async () => {
      const { bin } = await laidOut({ without: others })
      expect(await start(bin, ['a', 'b c', '--x'])).toMatchObject({
        code: 0,
        stdout: 'hello 1.2.3 a b c --x\n',
        stderr: '',
      })
      expect(await start(bin, ['exit', '42'])).toMatchObject({ code: 42 })
      expect(await start(bin, ['cat'], 'through')).toMatchObject({ code: 0, stdout: 'through' })
    })

    test('a signal to the shim reaches the program; one that ends the program ends the shim', async () => {
      const { bin } = await laidOut({ without: others })
      const ended = (args: string[], signal?: NodeJS.Signals) =>
        new Promise<{ code: number | null; signal: NodeJS.Signals | null; out: string }>((resolve) => {
          const child = spawn(node, [bin, ...args], { stdio: ['ignore', 'pipe', 'inherit'], timeout: 20_000 })
          let out = ''
          child.stdout.on('data', (chunk: Buffer) => {
            out += chunk.toString()
            if (signal !== undefined && out === 'ready\n') child.kill(signal)
          })
          child.on('close', (code, by) => resolve({ code, signal: by, out }))
        })
      expect(await ended(['wait'], 'SIGTERM')).toEqual({ code: 7, signal: null, out: 'ready\nended by TERM\n' })
      expect(await ended(['wait'], 'SIGINT')).toEqual({ code: 8, signal: null, out: 'ready\nended by INT\n' })
      expect(await ended(['die', 'KILL'])).toMatchObject({ code: null, signal: 'SIGKILL' })
      expect(await ended(['die', 'TERM'])).toMatchObject({ code: null, signal: 'SIGTERM' })
    })

    test('a program without its permission to execute is given it', async () => {
      const { root, bin } = await laidOut({ without: others })
      const program = join(root, 'node_modules', `hello-acme-${word}`, 'bin', 'hello')
      await chmod(program, 0o644)
      expect(await start(bin, ['x'])).toMatchObject({ code: 0, stdout: 'hello 1.2.3 x\n' })
    })

    test('without its package it names it, why, and the mend for npm, pnpm and yarn', async () => {
      const { bin } = await laidOut({ without: [`hello-acme-${word}`, ...others] })
      const { code, stderr } = await start(bin, [])
      expect(code).toBe(1)
      expect(stderr).toContain(`hello: hello-acme-${word}@1.2.3 is not installed; it holds the program for ${word}.`)
      expect(stderr).toContain('--omit=optional')
      expect(stderr).toContain('npm install --include=optional')
      expect(stderr).toContain('pnpm install --config.optional=true')
      expect(stderr).toContain('yarn install')
      expect(stderr).not.toContain('    at ')
    })

    test('with the package of another platform it says that node_modules was made there', async () => {
      const { bin } = await laidOut({ without: [`hello-acme-${word}`] })
      const { code, stderr } = await start(bin, [])
      expect(code).toBe(1)
      expect(stderr).toMatch(
        /hello-acme-(darwin-arm64|win32-x64) is here instead: this node_modules or its lockfile was made for/,
      )
      expect(stderr).toContain(
        `supportedArchitectures: {os: [current, ${process.platform}], cpu: [current, ${process.arch}]}`,
      )
    })

    test('a program that is gone, and one that cannot be started, are told apart', async () => {
      const { root, bin } = await laidOut({ without: others })
      const program = join(root, 'node_modules', `hello-acme-${word}`, 'bin', 'hello')
      await writeFile(program, '#!/no/such/loader\n')
      expect((await start(bin, [])).stderr).toContain('another C library')
      await rm(program)
      expect((await start(bin, [])).stderr).toContain('its program is gone')
    })

    test('on a platform without a program it lists those that have one', async () => {
      const { bin } = await laidOut({ platforms: [platform('aix', 'ppc64'), platform('openbsd', 'arm64')] })
      const { code, stderr } = await start(bin, [])
      expect(code).toBe(1)
      expect(stderr).toContain(`hello-acme@1.2.3 has no program for ${word}`)
      expect(stderr).toContain('It has one for: aix-ppc64, openbsd-arm64.')
      expect(stderr).toContain('https://github.com/acme/hello/issues')
    })
  })

  describe('mode download', () => {
    const proxied = (root: string): Record<string, string> => ({
      PATH: process.env['PATH'] ?? '',
      HELLO_ACME_CACHE: join(root, 'cache'),
      HTTPS_PROXY: world.proxy?.origin ?? '',
      NODE_EXTRA_CA_CERTS: world.proxy?.ca ?? '',
    })
    const start = (bin: string, env: Record<string, string>) => run([node, bin, 'x'], { env })
    const fetches = () => world.requests().filter((one) => one.host === 'github.com').length

    test.each(['tar.gz', 'zip', 'binary'] as const)(
      'fetches %s once, checks it, keeps it and runs it',
      async (format) => {
        const { root, bin } = await laidOut({ mode: 'download', format, version: '1.0.1' })
        const before = fetches()
        for (const _ of [1, 2])
          expect(await start(bin, proxied(root))).toMatchObject({ code: 0, stdout: 'hello 1.0.1 x\n', stderr: '' })
        expect(fetches() - before).toBe(1)
        const [kept = ''] = await readdir(join(root, 'cache'))
        expect(await readdir(join(root, 'cache', kept))).toEqual(['hello'])
        expect((await stat(join(root, 'cache', kept, 'hello'))).mode & 0o777).toBe(0o755)
      },
    )

    test('many at once do not disturb each other', async () => {
      const { root, bin } = await laidOut({ mode: 'download' })
      const results = await Promise.all([1, 2, 3, 4].map(() => start(bin, proxied(root))))
      for (const one of results) expect(one).toMatchObject({ code: 0, stdout: 'hello 1.2.3 x\n' })
      const [kept = ''] = await readdir(join(root, 'cache'))
      expect(await readdir(join(root, 'cache', kept))).toEqual(['hello'])
    })

    test('a certificate authority may come by SSL_CERT_FILE alone', async () => {
      const { root, bin } = await laidOut({ mode: 'download' })
      const { NODE_EXTRA_CA_CERTS: ca = '', ...env } = proxied(root)
      expect(await start(bin, { ...env, SSL_CERT_FILE: ca })).toMatchObject({ code: 0 })
      const bare = await start(bin, { ...env, HELLO_ACME_CACHE: join(root, 'other') })
      expect(bare).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('NODE_EXTRA_CA_CERTS=/path/to/its-ca.pem hello'),
      })
    })

    /** The faults, each with what is printed. */
    const faults: [
      name: string,
      options: Parameters<typeof laidOut>[0] & {
        env?: (root: string) => Record<string, string>
        gone?: boolean
        other?: boolean
      },
      printed: string[],
    ][] = [
      [
        '404',
        { gone: true, version: '4.0.4' },
        [
          'is not at https://github.com/acme/hello/releases/download/v4.0.4/',
          '(404)',
          'npm install -g hello-acme@latest',
        ],
      ],
      [
        'another archive',
        { other: true, version: '4.0.5' },
        ['is not what was released', 'expected sha256', 'got      sha256', 'https://github.com/acme/hello/issues'],
      ],
      [
        'another binary in the right archive',
        {
          change: (hub) => {
            for (const one of hub.manifest.artifacts.flatMap(({ binaries }) => binaries)) one.sha256 = 'a'.repeat(64)
          },
        },
        ['is not what was released', `expected sha256 ${'a'.repeat(64)}`],
      ],
      [
        'a proxy that refuses',
        { env: () => ({ HTTPS_PROXY: `${deny?.origin}` }) },
        ['refused github.com (403 Not In This House)', 'NO_PROXY=github.com', 'and put it here, executable:'],
      ],
      [
        'a proxy that wants a password',
        { env: () => ({ HTTPS_PROXY: `${deny?.origin}`.replace('//', '//who:wrong@') }) },
        ['(407', 'http://user:password@127.0.0.1'],
      ],
      [
        'a proxy that is not there',
        { env: () => ({ HTTPS_PROXY: 'http://127.0.0.1:1' }) },
        ['through the proxy 127.0.0.1:1 (ECONNREFUSED)', 'set HTTPS_PROXY right'],
      ],
      [
        'a cache that cannot be written',
        { env: (root) => ({ HELLO_ACME_CACHE: join(root, 'file', 'cache') }) },
        ['could not be kept in', '(ENOTDIR)', 'set HELLO_ACME_CACHE to a folder'],
      ],
    ]
    test.each(faults)(
      '%s: the message says how to mend it',
      async (_name, { env, gone, other, ...options }, printed) => {
        const { root, hub, bin } = await laidOut({ mode: 'download', ...options })
        await writeFile(join(root, 'file'), '')
        const assets = join(folder.path, `assets-${options.version ?? '1.2.3'}`)
        for (const { name } of hub.manifest.artifacts) {
          if (gone === true) await rm(join(assets, name))
          if (other === true) await writeFile(join(assets, name), 'tampered')
        }
        const { code, stderr, stdout } = await start(bin, { ...proxied(root), ...env?.(root) })
        for (const words of printed) expect(stderr).toContain(words)
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
        expect(stderr).not.toContain('    at ')
        for (const kept of await readdir(join(root, 'cache')).catch(() => []))
          expect(await readdir(join(root, 'cache', kept))).toEqual([])
      },
    )

    test('without a network it says where the program can be put by hand, and runs it from there', async () => {
      const { root, hub, bin, main } = await laidOut({ mode: 'download' })
      // A name that no resolver has: https://www.rfc-editor.org/rfc/rfc2606
      const table = join(main, 'lib', 'table.json')
      await writeFile(table, readFileSync(table, 'utf8').replaceAll('https://github.com/', 'https://nowhere.invalid/'))
      const { HTTPS_PROXY: _, ...env } = proxied(root)
      const { code, stderr } = await start(bin, env)
      expect(code).toBe(1)
      expect(stderr).toMatch(/no connection to nowhere\.invalid \((ENOTFOUND|EAI_AGAIN)\)/)
      const place = /put it here, executable: (.*)/.exec(stderr)?.[1] ?? ''
      const artifact = hub.manifest.artifacts.find(
        (one) => one.platform?.goos !== 'windows' && one.platform?.goos !== 'darwin',
      )
      if (artifact === undefined) throw new Error('no artifact')
      await run(['cp', await hub.binary(artifact, artifact.binaries[0]?.path ?? ''), place])
      expect(await start(bin, env)).toMatchObject({ code: 0, stdout: 'hello 1.2.3 x\n' })
    })

    test('NO_PROXY is kept to', async () => {
      const { root, bin, main } = await laidOut({ mode: 'download' })
      const table = join(main, 'lib', 'table.json')
      await writeFile(table, readFileSync(table, 'utf8').replaceAll('https://github.com/', 'https://nowhere.invalid/'))
      const { stderr } = await start(bin, { ...proxied(root), NO_PROXY: 'a.example, .invalid' })
      expect(stderr).toMatch(/no connection to nowhere\.invalid \(/)
      expect((await start(bin, { ...proxied(root), NO_PROXY: 'a.example' })).stderr).toContain(
        'refused nowhere.invalid',
      )
    })
  })
})

/** A proxy that lets nobody through, and wants a password of those who give one. */
let deny: { origin: string; stop: () => void } | undefined
beforeAll(async () => {
  const server = createServer()
  server.on('connect', (request, socket) => {
    const status =
      request.headers['proxy-authorization'] === undefined
        ? '403 Not In This House'
        : '407 Proxy Authentication Required'
    socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\n\r\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  deny = { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() }
})
afterAll(() => deny?.stop())
