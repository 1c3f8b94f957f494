import { createWriteStream } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { converge } from '../../converge/converge.ts'
import type { Report } from '../../converge/report.ts'
import { Events } from '../../core/events.ts'
import { tempFolder } from '../../core/temp.ts'
import type { Http } from '../../external/http.ts'
import { createHttp } from '../../external/http.ts'
import { npmTarball, npmText } from '../../formats/npm-tarball.ts'
import type { HubReader } from '../../hub/hub.ts'
import type { WorldHandle } from '../../rehearsal/world.ts'
import { startWorld } from '../../rehearsal/world.ts'
import type { WorldRequest } from '../world.ts'
import { npm } from './index.ts'
import { inspectTarball } from './pack.ts'
import { fixture, platform, withChannel } from './testing.ts'
import { npmRegistryServer } from './world-server.ts'

let folder: Awaited<ReturnType<typeof tempFolder>>
let world: WorldHandle
let http: Http
/** What stands between a request and the registry in a test. */
let between: (request: WorldRequest, answer: () => Promise<Response>) => Promise<Response>

beforeEach(() => {
  between = (_request, answer) => answer()
})

beforeAll(async () => {
  folder = await tempFolder('npm-faults')
  const faulty = {
    ...npmRegistryServer,
    handle: (...[request, store]: Parameters<typeof npmRegistryServer.handle>) =>
      between(request, () => npmRegistryServer.handle(request, store)),
  }
  world = await startWorld({ folder: join(folder.path, 'world'), servers: [faulty] })
  const clock = { now: () => Date.now(), sleep: async () => {} }
  http = createHttp({
    routes: world.routes(),
    signal: new AbortController().signal,
    events: new Events(),
    userAgent: 'tagonce/test',
    offline: true,
    clock,
  })
})

afterAll(async () => {
  await world.stop()
  await folder[Symbol.asyncDispose]()
})

async function publish(
  hub: HubReader,
): Promise<{ report: Report; waits: number[]; states: Record<string, string>; sent: string[] }> {
  const own = await mkdtemp(join(folder.path, 'run-'))
  const waits: number[] = []
  const sleep = async (ms: number): Promise<void> => {
    waits.push(ms)
  }
  const before = world.requests().length
  const report = await withChannel(http, own, (io) => converge(hub, [npm], { ...io, sleep }, { verify: true }))
  const units = report.channels.flatMap((one) => one.units)
  return {
    report,
    waits,
    states: Object.fromEntries(units.map((unit) => [unit.id.replace(/^npm:/, ''), unit.observation.state])),
    sent: world
      .requests()
      .slice(before)
      .filter((one) => one.mutating && one.status < 400)
      .map((one) => one.path.slice(1)),
  }
}

const EIGHT = [
  platform('linux', 'amd64'),
  platform('linux', 'arm64'),
  platform('linux', 'arm'),
  platform('linux', '386'),
  platform('darwin', 'amd64'),
  platform('darwin', 'arm64'),
  platform('windows', 'amd64'),
  platform('freebsd', 'amd64'),
]

describe('the fault matrix', () => {
  test('ended after 3 of 9: the next run sends the other 6, the main package last', async () => {
    const { hub } = await fixture(folder.path, { name: 'nine', platforms: EIGHT })
    let taken = 0
    between = async (request, answer) => {
      if (request.method === 'PUT' && ++taken > 3) return new Response('{"error":"gone"}', { status: 403 })
      return answer()
    }
    const first = await publish(hub)
    expect(first.sent).toHaveLength(3)
    expect(first.states['nine@1.2.3']).toBe('absent')
    expect(first.report.exitCode).toBe(1)
    between = (_request, answer) => answer()
    const second = await publish(hub)
    expect(second.sent).toHaveLength(6)
    expect(second.sent.at(-1)).toBe('nine')
    expect(new Set(Object.values(second.states))).toEqual(new Set(['live']))
  })

  test('taken, and seen only later: it waits', async () => {
    const { hub } = await fixture(folder.path, { name: 'late' })
    let hidden = 5
    between = async (request, answer) => {
      if (request.method === 'GET' && request.path === '/late' && --hidden >= 0)
        return new Response('{}', { status: 404 })
      return answer()
    }
    const { states, waits, report } = await publish(hub)
    expect(states['late@1.2.3']).toBe('live')
    expect(waits.length).toBeGreaterThan(2)
    expect(report.exitCode).toBe(0)
  })

  test('taken, and never seen: the main package is withheld', async () => {
    const { hub } = await fixture(folder.path, { name: 'never' })
    between = async (request, answer) =>
      request.method === 'GET' && request.path === '/never-darwin-arm64'
        ? new Response('{}', { status: 404 })
        : answer()
    const { states, sent, report } = await publish(hub)
    expect(states).toMatchObject({
      'never-darwin-arm64@1.2.3': 'absent',
      'never@1.2.3': 'absent',
      'never@latest': 'absent',
    })
    expect(sent).not.toContain('never')
    expect(report.exitCode).not.toBe(0)
  })

  test.each([500, 503, 403])('%i on a look is unknown, never absent, and nothing is sent', async (status) => {
    const { hub } = await fixture(folder.path, { name: `down-${status}` })
    between = async (request, answer) =>
      request.method === 'GET' ? new Response('{"error":"down"}', { status }) : answer()
    const { states, sent } = await publish(hub)
    expect(new Set(Object.values(states))).toEqual(new Set(['unknown']))
    expect(sent).toEqual([])
  })

  test('a page of HTML with 200 is no answer of the registry', async () => {
    const { hub } = await fixture(folder.path, { name: 'portal' })
    between = async () => new Response('<html>log in</html>', { status: 200, headers: { 'content-type': 'text/html' } })
    const { states, sent } = await publish(hub)
    expect(new Set(Object.values(states))).toEqual(new Set(['unknown']))
    expect(sent).toEqual([])
  })

  test('what users would get is fetched: another tarball behind the same entry is a mismatch', async () => {
    const { hub } = await fixture(folder.path, { name: 'swapped' })
    between = async (request, answer) =>
      request.path.startsWith('/swapped-darwin-arm64/-/') ? new Response('not a tarball') : answer()
    const { report, states } = await publish(hub)
    expect(states).toMatchObject({ 'swapped-darwin-arm64@1.2.3': 'mismatch' })
    expect(report.exitCode).toBe(1)
  })

  test('a tarball without its program, or with another, is refused', async () => {
    const path = join(folder.path, 'broken.tgz')
    await pipeline(
      npmTarball([npmText('package.json', '{}'), npmText('bin/a', 'x'), npmText('bin/b', 'y', true)]),
      createWriteStream(path),
    )
    expect(await inspectTarball(path, [{ path: 'bin/c' }])).toMatchObject({ problem: 'bin/c is not in the package' })
    expect(await inspectTarball(path, [{ path: 'bin/a' }])).toMatchObject({ problem: 'bin/a is not executable' })
    expect(await inspectTarball(path, [{ path: 'bin/b', sha256: 'f'.repeat(64) }])).toMatchObject({
      problem: expect.stringContaining("the hub's has"),
    })
  })

  test('a hub that lacks a program is said, and nothing is sent', async () => {
    const { hub } = await fixture(folder.path, { name: 'lacking' })
    for (const one of hub.manifest.artifacts) one.binaries = []
    const { report, sent } = await publish(hub)
    expect(sent).toEqual([])
    expect(report.exitCode).not.toBe(0)
    expect(report.channels[0]?.failure?.message).toContain('the hub has no program hello')
  })
})

describe('packages', () => {
  const manifestOf = async (hub: HubReader, name: string) => {
    const settings = npm.parse(hub.manifest.spokes[0]?.settings)
    const unit = npm.units(hub.manifest, settings).find((one) => one.id === `npm:${name}@1.2.3`)
    if (unit === undefined) throw new Error(`no ${name}`)
    const own = await mkdtemp(join(folder.path, 'pack-'))
    return withChannel(http, own, async (io) => {
      const { packed } = await import('./pack.ts')
      return packed(unit, hub, io)
    })
  }

  test('the same release gives the same bytes', async () => {
    const [a, b] = await Promise.all(
      [1, 2].map(async () => (await fixture(folder.path, { name: 'same', version: '1.2.3' })).hub),
    )
    if (a === undefined || b === undefined) throw new Error('no hub')
    for (const name of ['same', 'same-darwin-arm64'])
      expect((await manifestOf(a, name)).digest).toBe((await manifestOf(b, name)).digest)
  })

  test('a platform package names its platform; libc only where the program needs one', async () => {
    const { hub } = await fixture(folder.path, { name: 'meta', platforms: EIGHT })
    for (const one of hub.manifest.artifacts) {
      const { goarch } = one.platform ?? {}
      const interpreter = { amd64: '/lib64/ld-linux-x86-64.so.2', arm64: '/lib/ld-musl-aarch64.so.1' }[goarch ?? '']
      for (const binary of one.binaries) {
        binary.header = {
          format: 'elf',
          arch: goarch ?? '',
          linkage: interpreter === undefined ? 'static' : 'dynamic',
          libraries: [],
          ...(interpreter === undefined ? {} : { interpreter }),
        }
      }
    }
    const { manifest } = await manifestOf(hub, 'meta-linux-x64')
    expect(manifest).toMatchObject({
      os: ['linux'],
      cpu: ['x64'],
      libc: ['glibc'],
      license: 'MIT',
      preferUnplugged: true,
    })
    expect(manifest).not.toHaveProperty('scripts')
    expect((await manifestOf(hub, 'meta-linux-arm64')).manifest).toMatchObject({ libc: ['musl'] })
    expect((await manifestOf(hub, 'meta-linux-arm')).manifest).not.toHaveProperty('libc')
    expect((await manifestOf(hub, 'meta-freebsd-x64')).manifest).not.toHaveProperty('libc')
    const main = (await manifestOf(hub, 'meta')).manifest
    expect(main).toMatchObject({
      bin: { hello: 'bin/hello.js' },
      repository: { type: 'git', url: 'git+https://github.com/acme/hello.git' },
    })
    expect(main).not.toHaveProperty('scripts')
    expect(Object.entries(main['optionalDependencies'] ?? {})).toHaveLength(8)
    expect(new Set(Object.values(main['optionalDependencies'] ?? {}))).toEqual(new Set(['1.2.3']))
  })

  test('a universal Mac program serves both kinds of Mac', async () => {
    const { hub } = await fixture(folder.path, { name: 'uni', platforms: [platform('darwin', 'all')] })
    expect((await manifestOf(hub, 'uni-darwin-universal')).manifest).toMatchObject({
      os: ['darwin'],
      cpu: ['x64', 'arm64'],
    })
  })
})
