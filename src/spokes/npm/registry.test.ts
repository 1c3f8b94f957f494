import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { converge } from '../../converge/converge.ts'
import type { Report } from '../../converge/report.ts'
import { Events } from '../../core/events.ts'
import { tempFolder } from '../../core/temp.ts'
import type { Http } from '../../external/http.ts'
import { createHttp } from '../../external/http.ts'
import { run } from '../../external/process.ts'
import type { HubReader } from '../../hub/hub.ts'
import type { WorldHandle } from '../../rehearsal/world.ts'
import { startWorld } from '../../rehearsal/world.ts'
import type { WorldStore } from '../world.ts'
import { npm } from './index.ts'
import { fixture, HERE, releaseServer, withChannel } from './testing.ts'
import type { FixtureOptions } from './testing.ts'
import { npmRegistryServer } from './world-server.ts'

let folder: Awaited<ReturnType<typeof tempFolder>>
let world: WorldHandle
let store: WorldStore
let http: Http

beforeAll(async () => {
  folder = await tempFolder('npm')
  const kept = {
    ...npmRegistryServer,
    handle: (request: Parameters<typeof npmRegistryServer.handle>[0], given: WorldStore) => {
      store = given
      return npmRegistryServer.handle(request, given)
    },
  }
  world = await startWorld({
    folder: join(folder.path, 'world'),
    servers: [kept, releaseServer(folder.path)],
    proxy: true,
  })
  http = createHttp({
    routes: world.routes(),
    signal: new AbortController().signal,
    events: new Events(),
    userAgent: 'tagonce/test',
    offline: true,
  })
  await http.request('https://registry.npmjs.org/-/ping')
})

afterAll(async () => {
  await world.stop()
  await folder[Symbol.asyncDispose]()
})

async function publish(hub: HubReader, env?: Record<string, string>): Promise<Report> {
  const own = await mkdtemp(join(folder.path, 'run-'))
  return withChannel(http, own, (io) => converge(hub, [npm], { ...io, sleep: async () => {} }, { verify: true }), env)
}

const release = async (options: FixtureOptions): Promise<HubReader> => (await fixture(folder.path, options)).hub
const states = (report: Report): Record<string, string> =>
  Object.fromEntries(report.channels.flatMap((one) => one.units).map((unit) => [unit.id, unit.observation.state]))
const word = `${process.platform}-${process.arch}`
const writes = (since = 0): string[] =>
  world
    .requests()
    .filter((one) => one.mutating && one.host === 'registry.npmjs.org')
    .slice(since)
    .map((one) => `${one.method} ${one.path}`)
const tags = async (name: string): Promise<Record<string, string>> =>
  (await (
    await http.request(`https://registry.npmjs.org/-/package/${name.replace('/', '%2f')}/dist-tags`)
  ).json()) as Record<string, string>

describe('publishing', () => {
  test('platform packages come before the main one, the tag last; a second run sends nothing', async () => {
    const before = writes().length
    const hub = await release({ name: '@acme/first' })
    const report = await publish(hub)
    expect(states(report)).toEqual({
      [`npm:@acme/first-${word}@1.2.3`]: 'live',
      'npm:@acme/first-darwin-arm64@1.2.3': 'live',
      'npm:@acme/first-win32-x64@1.2.3': 'live',
      'npm:@acme/first@1.2.3': 'live',
      'npm:@acme/first@latest': 'live',
    })
    const sent = writes(before)
    expect(sent).toHaveLength(4)
    expect(sent.at(-1)).toBe('PUT /@acme%2ffirst')
    await publish(hub)
    expect(writes(before)).toHaveLength(4)
  })

  test('a later release waits under the holding tag until it is read back', async () => {
    await publish(await release({ name: 'steps', version: '1.0.0' }))
    const before = writes().length
    const report = await publish(await release({ name: 'steps', version: '1.1.0' }))
    expect(writes(before).slice(-2)).toEqual(['PUT /steps', 'PUT /-/package/steps/dist-tags/latest'])
    expect(states(report)['npm:steps@latest']).toBe('live')
    expect(await tags('steps')).toEqual({ latest: '1.1.0', 'tagonce-incoming': '1.1.0' })
  })

  test('an older version leaves every tag where it is', async () => {
    await publish(await release({ name: 'back', version: '2.0.1' }))
    const report = await publish(await release({ name: 'back', version: '2.0.0' }))
    expect(states(report)['npm:back@latest']).toBe('superseded')
    expect((await tags('back'))['latest']).toBe('2.0.1')
    expect((await tags(`back-${word}`))['latest']).toBe('2.0.1')
    expect(report.exitCode).toBe(0)
  })

  test('a pre-release moves a tag of its own', async () => {
    await publish(await release({ name: 'pre', version: '1.0.0' }))
    await publish(await release({ name: 'pre', version: '1.1.0-beta.1' }))
    expect(await tags('pre')).toMatchObject({ latest: '1.0.0', beta: '1.1.0-beta.1' })
  })

  test('ended at any write, the next run sends the rest, the main package last', async () => {
    for (const when of ['before', 'after'] as const) {
      for (const nth of [1, 2, 3, 4]) {
        const name = `cut-${when}-${nth}`
        const hub = await release({ name })
        const { settings } = hub.manifest.spokes[0] ?? {}
        const units = npm.units(hub.manifest, npm.parse(settings))
        const controller = new AbortController()
        const own = await mkdtemp(join(folder.path, 'run-'))
        await world.fault({ nth, when, action: 'drop' })
        const dropping = createHttp({
          routes: world.routes(),
          signal: controller.signal,
          events: new Events(),
          userAgent: 'tagonce/test',
          offline: true,
        })
        await withChannel(dropping, own, async (io) => {
          for (const unit of units) {
            await npm.publish(unit, await npm.observe(unit, hub, io), hub, io)
          }
        }).catch(() => {})
        const report = await publish(hub)
        expect(new Set(Object.values(states(report)))).toEqual(new Set(['live']))
        expect(writes().findLast((one) => one.startsWith(`PUT /${name}`))).toBe(`PUT /${name}`)
      }
    }
  })
})

describe('refusals', () => {
  test('the same version with the same bytes is live, with others a mismatch', async () => {
    await publish(await release({ name: 'twice', version: '1.0.0' }))
    const other = await release({ name: 'twice', version: '1.0.0', settings: { description: 'Another' } })
    const report = await publish(other)
    expect(states(report)).toMatchObject({ 'npm:twice@1.0.0': 'mismatch', [`npm:twice-${word}@1.0.0`]: 'live' })
    expect(report.exitCode).toBe(1)
  })

  test('the same files compressed otherwise are the same', async () => {
    const hub = await release({ name: 'packed', version: '1.0.0' })
    await publish(hub)
    const file = store.blob('tarballs/packed/1.0.0.tgz')
    const { gunzipSync, gzipSync } = await import('node:zlib')
    const { createHash } = await import('node:crypto')
    const bytes = gzipSync(gunzipSync(await readFile(file)), { level: 1 })
    await writeFile(file, bytes)
    const doc = store.read<{ versions: Record<string, { dist: Record<string, string> }> }>('packages/packed')
    Object.assign(doc?.versions['1.0.0']?.dist ?? {}, {
      integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
      shasum: createHash('sha1').update(bytes).digest('hex'),
    })
    store.write('packages/packed', doc)
    expect(states(await publish(hub))['npm:packed@1.0.0']).toBe('live')
  })

  test('an address without TLS in the packument is followed with TLS, as npm does', async () => {
    const hub = await release({ name: 'plain', version: '1.0.0' })
    await publish(hub)
    const doc = store.read<{ versions: Record<string, { dist: Record<string, string> }> }>('packages/plain')
    const dist = doc?.versions['1.0.0']?.dist ?? {}
    dist['tarball'] = dist['tarball']?.replace('https:', 'http:') ?? ''
    store.write('packages/plain', doc)
    const unit = (await publish(hub)).channels[0]?.units.find((one) => one.id === 'npm:plain@1.0.0')
    expect(unit).toMatchObject({ observation: { state: 'live' }, actions: ['nothing to do', 'verified'] })
  })

  test('an unpublished version is blocked, and the preflight says so', async () => {
    const hub = await release({ name: 'burnt', version: '1.0.0' })
    await publish(hub)
    const steps = npm
      .units(hub.manifest, npm.parse(hub.manifest.spokes[0]?.settings))
      .slice(-2, -1)
      .flatMap((unit) => npm.retract?.plan(unit, { state: 'live', evidence: [] }) ?? [])
    expect(steps.map((one) => one.final)).toEqual([false, true])
    const after = await withChannel(http, folder.path, async (io) => {
      expect(await npm.retract?.act(steps[0] ?? never(), io)).toMatchObject({ state: 'retracted' })
      return npm.retract?.act(steps[1] ?? never(), io)
    })
    expect(after?.state).toBe('blocked')
    const report = await publish(hub)
    expect(report.channels[0]?.units.find((one) => one.id === 'npm:burnt@1.0.0')?.observation).toMatchObject({
      state: 'blocked',
      reason: expect.stringContaining('tag a new version'),
    })
    const problems = await withChannel(http, folder.path, (io) =>
      npm.probe(npm.parse(hub.manifest.spokes[0]?.settings), io),
    )
    expect(problems.map((one) => one.code)).toContain('npm-burnt')
  })

  test('404, 401, 402 and one-time passwords on a write are explained', async () => {
    store.write('registry', {
      tokens: {
        npm_forTestsOnly: { name: 'maintainer' },
        npm_stranger: { name: 'stranger' },
        npm_needsotp: { name: 'maintainer', otp: true },
      },
      scopes: { acme: ['maintainer'] },
    })
    try {
      const hub = await release({ name: '@acme/guarded' })
      const failure = async (token: string) => (await publish(hub, { NPM_TOKEN: token })).channels[0]?.units[0]?.failure
      expect(await failure('npm_stranger')).toMatchObject({
        code: 'credentials',
        hint: expect.stringContaining('you may not'),
      })
      expect(await failure('npm_nobody')).toMatchObject({
        code: 'credentials',
        hint: expect.stringContaining('wrong, expired or revoked'),
      })
      expect(await failure('npm_needsotp')).toMatchObject({
        code: 'credentials',
        hint: expect.stringContaining('automation token'),
      })
      await publish(await release({ name: 'taken' }))
      const settings = npm.parse((await release({ name: 'taken', version: '2.0.0' })).manifest.spokes[0]?.settings)
      const probe = (token: string) =>
        withChannel(http, folder.path, (io) => npm.probe(settings, io), { NPM_TOKEN: token })
      expect((await probe('npm_stranger')).filter((one) => one.severity === 'error').map((one) => one.code)).toContain(
        'npm-owner',
      )
      expect((await probe('npm_nobody')).map((one) => one.code)).toEqual(['npm-token'])
      expect((await probe('npm_forTestsOnly')).filter((one) => one.severity === 'error')).toEqual([])
    } finally {
      store.remove('registry')
    }
  })

  test('a version that waits for approval is staged, and nothing is sent over it', async () => {
    store.write('staged', [{ packageName: 'held', packageVersion: '1.2.3', status: 'staged' }])
    const before = writes().length
    const report = await publish(await release({ name: 'held' }))
    expect(states(report)).toMatchObject({ 'npm:held@1.2.3': 'staged', 'npm:held@latest': 'absent' })
    expect(writes(before).filter((one) => one === 'PUT /held')).toEqual([])
  })

  test('the registry refuses what the real one refuses', async () => {
    await publish(await release({ name: 'rules', version: '1.0.0' }))
    const put = async (path: string, body: unknown) =>
      (
        await http.request(`https://registry.npmjs.org/${path}`, {
          method: 'PUT',
          body: JSON.stringify(body),
          headers: { authorization: 'Bearer x' },
          retries: 0,
        })
      ).status
    for (const tag of ['v1', '1.2', 'x', '^2'])
      expect(await put(`-/package/rules/dist-tags/${encodeURIComponent(tag)}`, '1.0.0')).toBe(400)
    expect(await put('-/package/rules/dist-tags/next', '9.9.9')).toBe(404)
    expect(await put('-/package/rules/dist-tags/next', '1.0.0')).toBe(201)
    const dist = { shasum: 'x', integrity: 'sha512-x', tarball: 'http://x' }
    const doc = {
      _id: 'rules',
      name: 'rules',
      'dist-tags': { latest: '1.0.1' },
      versions: { '1.0.1': { name: 'rules', version: '1.0.1', dist } },
    }
    expect(await put('rules', { ...doc, _attachments: { 'rules-1.0.1.tgz': { data: 'AAAA', length: 3 } } })).toBe(400)
    expect(await put('other', doc)).toBe(400)
  })
})

describe('the real npm', () => {
  const real = async (argv: string[], cwd: string, more: Record<string, string> = {}) => {
    const env = {
      ...world.clientEnv(join(folder.path, 'home')),
      npm_config_fetch_retries: '0',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      ...more,
    }
    return run(argv, { cwd, env, timeout: 120_000 })
  }

  test.each(['platform', 'download'] as const)('installs and runs the program in mode %s', async (mode) => {
    const name = `@acme/real-${mode}`
    const hub = await release({ name, mode })
    const report = await publish(hub)
    expect(report.exitCode).toBe(0)
    const own = await mkdtemp(join(folder.path, 'client-'))
    const result = await npm.world.client([], hub.manifest.spokes[0]?.settings, {
      folder: own,
      env: world.clientEnv(join(own, 'home')),
      route: (url) => world.route(url),
      hub,
      signal: new AbortController().signal,
    })
    const here = hub.manifest.artifacts.find((one) => one.platform?.target === HERE.target)
    expect(result).toMatchObject({
      client: 'npm',
      proof: 'installed by its client',
      sha256: here?.binaries[0]?.sha256,
      what: expect.stringContaining('ended with 0'),
    })
    expect(world.refusals()).toEqual([])
  })

  test('publishes into this registry, and what it sent is read back equal', async () => {
    const own = await mkdtemp(join(folder.path, 'project-'))
    await writeFile(
      join(own, 'package.json'),
      JSON.stringify({ name: '@acme/by-npm', version: '0.1.0', license: 'MIT', bin: { byn: 'cli.js' } }),
    )
    await writeFile(join(own, 'cli.js'), '#!/usr/bin/env node\nconsole.log("by npm")\n')
    const rc = join(own, 'rc')
    await writeFile(rc, '//registry.npmjs.org/:_authToken=npm_forTestsOnly\n')
    const npmrc = { npm_config_userconfig: rc }
    expect(await real(['npm', 'publish', '--access', 'public'], own, npmrc)).toMatchObject({ code: 0 })
    const again = await real(['npm', 'publish', '--access', 'public'], own, npmrc)
    expect(again.code).not.toBe(0)
    expect(again.stderr).toContain('cannot publish over')
    expect(await real(['npm', 'dist-tag', 'add', '@acme/by-npm@0.1.0', 'next'], own, npmrc)).toMatchObject({ code: 0 })
    expect(await real(['npm', 'whoami'], own, npmrc)).toMatchObject({ code: 0, stdout: 'maintainer\n' })
    const view = await real(['npm', 'view', '@acme/by-npm', '--json'], own)
    expect(JSON.parse(view.stdout)).toMatchObject({ version: '0.1.0', 'dist-tags': { latest: '0.1.0', next: '0.1.0' } })
    await mkdir(join(own, 'packs'))
    await real(['npm', 'pack', '--pack-destination', 'packs'], own)
    const sent = await readFile(store.blob('tarballs/@acme%2fby-npm/0.1.0.tgz'))
    expect(sent.equals(await readFile(join(own, 'packs', 'acme-by-npm-0.1.0.tgz')))).toBe(true)
    expect(await real(['npm', 'deprecate', '@acme/by-npm@0.1.0', 'old'], own, npmrc)).toMatchObject({ code: 0 })
    expect((await real(['npm', 'view', '@acme/by-npm', 'deprecated'], own)).stdout.trim()).toBe('old')
    expect(await real(['npm', 'unpublish', '@acme/by-npm@0.1.0', '--force'], own, npmrc)).toMatchObject({ code: 0 })
    const burnt = await real(['npm', 'publish', '--access', 'public'], own, npmrc)
    expect(burnt.stderr.toLowerCase()).toContain('cannot publish over')
  })

  test('installs only the package of this platform, as a dependency', async () => {
    const hub = await release({ name: 'dep-hello' })
    await publish(hub)
    const own = await mkdtemp(join(folder.path, 'project-'))
    await writeFile(join(own, 'package.json'), JSON.stringify({ name: 'user', version: '1.0.0', private: true }))
    expect(await real(['npm', 'install', '--ignore-scripts', 'dep-hello'], own)).toMatchObject({ code: 0 })
    expect(existsSync(join(own, 'node_modules', `dep-hello-${word}`))).toBe(true)
    expect(existsSync(join(own, 'node_modules', 'dep-hello-darwin-arm64'))).toBe(process.platform === 'darwin')
    expect(await real(['npx', 'hello', 'a', 'b c'], own)).toMatchObject({ code: 0, stdout: 'hello 1.2.3 a b c\n' })
  })
})

function never(): never {
  throw new Error('no step')
}
