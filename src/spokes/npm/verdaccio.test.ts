import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../rehearsal/free-port.ts'
import { converge } from '../../converge/converge.ts'
import type { Report } from '../../converge/report.ts'
import { Events } from '../../core/events.ts'
import type { Event } from '../../core/events.ts'
import { tempFolder } from '../../core/temp.ts'
import { createHttp } from '../../external/http.ts'
import type { Http } from '../../external/http.ts'
import { run } from '../../external/process.ts'
import { hashFile } from '../../formats/hash.ts'
import type { HubReader } from '../../hub/hub.ts'
import { npm } from './index.ts'
import { fixture, withChannel } from './testing.ts'
import type { FixtureOptions } from './testing.ts'

/** Path of the program of verdaccio, another's registry; .ci/tools installs it. */
const VERDACCIO = process.env['VERDACCIO']
if (VERDACCIO === undefined) console.log('skipped: VERDACCIO does not name a verdaccio')

describe.skipIf(VERDACCIO === undefined)('against verdaccio', () => {
  const stop = new AbortController()
  const events: Event[] = []
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let origin = ''
  let token = ''
  let http: Http
  let ended: Promise<unknown>

  beforeAll(async () => {
    folder = await tempFolder('verdaccio')
    origin = `http://127.0.0.1:${await freePort()}`
    const config = join(folder.path, 'config.yaml')
    await writeFile(
      config,
      `storage: ${folder.path}/storage
auth: { htpasswd: { file: ${folder.path}/htpasswd, max_users: 10 } }
uplinks: {}
packages: { "**": { access: $all, publish: $authenticated, unpublish: $authenticated } }
web: { enable: false }
max_body_size: 200mb
log: { type: stdout, format: json, level: warn }
`,
    )
    const argv = [process.execPath, VERDACCIO ?? '', '--config', config, '--listen', origin]
    const env = { PATH: process.env['PATH'], HOME: folder.path }
    ended = run(argv, { cwd: folder.path, env, signal: stop.signal }).catch(() => {})
    const stream = new Events()
    stream.on((event) => events.push(event))
    http = createHttp({
      routes: { 'https://registry.npmjs.org': origin },
      signal: new AbortController().signal,
      events: stream,
      userAgent: 'tagonce/test',
      offline: true,
    })
    for (let tries = 0; tries < 100; tries++) {
      const up = await fetch(`${origin}/-/ping`).catch(() => undefined)
      if (up?.ok === true) break
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const user = JSON.stringify({ name: 'releaser', password: 'for-tests-only' })
    const headers = { 'content-type': 'application/json' }
    const made = await fetch(`${origin}/-/user/org.couchdb.user:releaser`, { method: 'PUT', body: user, headers })
    token = ((await made.json()) as { token: string }).token
  }, 30_000)

  afterAll(async () => {
    stop.abort()
    await ended
    await folder[Symbol.asyncDispose]()
  })

  async function publish(hub: HubReader): Promise<Report> {
    const own = await mkdtemp(join(folder.path, 'run-'))
    const go = (io: Parameters<Parameters<typeof withChannel>[2]>[0]) =>
      converge(hub, [npm], { ...io, sleep: async () => {} }, { verify: true })
    return withChannel(http, own, go, { NPM_TOKEN: token })
  }
  const writes = (): number => events.filter((one) => one.type === 'request' && one.method !== 'GET').length
  const release = async (options: FixtureOptions): Promise<HubReader> => (await fixture(folder.path, options)).hub
  const states = (report: Report): string[] =>
    report.channels.flatMap((one) => one.units).map((unit) => unit.observation.state)
  const tags = async (name: string): Promise<unknown> =>
    (await fetch(`${origin}/-/package/${name.replace('/', '%2f')}/dist-tags`)).json()

  test('the credentials are accepted, or refused', { timeout: 30_000 }, async () => {
    const hub = await release({ name: '@acme/asked' })
    const settings = npm.parse(hub.manifest.spokes[0]?.settings)
    const probe = (env: Record<string, string>) => withChannel(http, folder.path, (io) => npm.probe(settings, io), env)
    expect((await probe({ NPM_TOKEN: token })).map((one) => one.severity)).not.toContain('error')
    expect((await probe({ NPM_TOKEN: 'npm_wrong' })).map((one) => one.code)).toEqual(['npm-token'])
  })

  test('all is live, nothing is sent again, and npm installs the program of the hub', { timeout: 60_000 }, async () => {
    const hub = await release({ name: '@acme/hello' })
    expect(new Set(states(await publish(hub)))).toEqual(new Set(['live']))
    const before = writes()
    expect(new Set(states(await publish(hub)))).toEqual(new Set(['live']))
    expect(writes()).toBe(before)

    const home = join(folder.path, 'home')
    await mkdir(home, { recursive: true })
    const env = {
      PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
      HOME: home,
      npm_config_userconfig: join(home, '.npmrc'),
      npm_config_globalconfig: join(home, 'npmrc'),
      npm_config_cache: join(home, '.npm'),
      npm_config_registry: `${origin}/`,
    }
    const prefix = join(folder.path, 'prefix')
    const argv = [
      'npm',
      'install',
      '-g',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefix',
      prefix,
      '@acme/hello',
    ]
    const installed = await run(argv, { cwd: home, env, timeout: 60_000 })
    expect([installed.code, installed.stderr]).toEqual([0, ''])
    expect((await run([join(prefix, 'bin', 'hello'), 'there'], { env })).stdout).toBe('hello 1.2.3 there\n')
    const platform = `${process.platform}-${process.arch}`
    const below = join(prefix, 'lib/node_modules/@acme/hello/node_modules/@acme', `hello-${platform}`, 'bin/hello')
    const { digests } = await hashFile(below, ['sha256'])
    const sealed = hub.manifest.artifacts.flatMap((one) => one.binaries.map((binary) => binary.sha256))
    expect(sealed).toContain(digests.sha256)
  })

  test('tags move forward only; a pre-release has its own', { timeout: 60_000 }, async () => {
    await publish(await release({ name: 'moving', version: '2.0.1' }))
    const older = await publish(await release({ name: 'moving', version: '2.0.0' }))
    expect(states(older)).toContain('superseded')
    await publish(await release({ name: 'moving', version: '2.1.0-rc.1' }))
    expect(await tags('moving')).toMatchObject({ latest: '2.0.1', rc: '2.1.0-rc.1' })
  })

  test('other bytes under the same version are a mismatch', { timeout: 60_000 }, async () => {
    await publish(await release({ name: 'twice', version: '1.0.0' }))
    const other = await release({ name: 'twice', version: '1.0.0', settings: { description: 'Another' } })
    expect(states(await publish(other))).toContain('mismatch')
  })
})
