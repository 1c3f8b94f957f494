import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { converge } from '../../converge/converge.ts'
import type { ConvergeOptions } from '../../converge/converge.ts'
import type { Report } from '../../converge/report.ts'
import type { BinaryHeader } from '../../core/artifact.ts'
import { Events } from '../../core/events.ts'
import { tempFolder } from '../../core/temp.ts'
import type { Http } from '../../external/http.ts'
import { createHttp } from '../../external/http.ts'
import type { HubReader } from '../../hub/hub.ts'
import type { WorldHandle } from '../../rehearsal/world.ts'
import { startWorld } from '../../rehearsal/world.ts'
import type { WorldRequest, WorldStore } from '../world.ts'
import { pypi } from './index.ts'
import { retractAct, retractPlan } from './retract.ts'
import { HERE, fixture, platform, releaseServer, withChannel } from './testing/release.ts'
import type { FixtureOptions } from './testing/release.ts'
import type { StoredProject } from './world-state.ts'
import { pypiServer } from './world-server.ts'

let folder: Awaited<ReturnType<typeof tempFolder>>
let world: WorldHandle
let store: WorldStore
let http: Http
/** Answers in the place of the index, for one test. */
let instead: ((request: WorldRequest) => Response | undefined) | undefined

beforeAll(async () => {
  folder = await tempFolder('pypi')
  const kept = {
    ...pypiServer,
    hosts: [...pypiServer.hosts, 'pypi.acme.dev'],
    handle: async (request: WorldRequest, given: WorldStore) => {
      store = given
      return instead?.(request) ?? pypiServer.handle(request, given)
    },
  }
  world = await startWorld({ folder: join(folder.path, 'world'), servers: [kept, releaseServer(folder.path)] })
  http = createHttp({
    routes: world.routes(),
    signal: new AbortController().signal,
    events: new Events(),
    userAgent: 'tagonce/test',
    offline: true,
    clock: { now: () => Date.now(), sleep: async () => {} },
  })
  await http.request('https://pypi.org/simple/nothing/')
})

afterAll(async () => {
  await world.stop()
  await folder[Symbol.asyncDispose]()
})

const TOKEN = { PYPI_TOKEN: 'rehearsal-pypi-token' }

async function publish(
  hub: HubReader,
  env: Record<string, string> = TOKEN,
  more: Partial<ConvergeOptions> = {},
): Promise<Report> {
  const own = await mkdtemp(join(folder.path, 'run-'))
  const clock = () => new Date()
  return withChannel(
    http,
    own,
    (io) => converge(hub, [pypi], { ...io, clock, sleep: async () => {} }, { verify: true, ...more }),
    env,
  )
}

const PLATFORMS = [HERE, platform('windows', 'amd64'), platform('darwin', 'arm64')]
const release = async (options: FixtureOptions): Promise<HubReader> =>
  (await fixture(folder.path, { platforms: PLATFORMS, ...options })).hub
const states = (report: Report): string[] =>
  report.channels.flatMap((one) => one.units.map((unit) => unit.observation.state))
const reasons = (report: Report): string[] =>
  report.channels.flatMap((one) => one.units.map((unit) => unit.observation.reason ?? ''))
const writes = (): number => world.requests().filter((one) => one.method === 'POST').length
const project = (name: string, host = 'pypi.org'): StoredProject | undefined => store.read(`projects/${host}/${name}`)
const change = (name: string, edit: (project: StoredProject) => void): void => {
  const known = project(name)
  if (known === undefined) throw new Error(`no project ${name}`)
  edit(known)
  store.write(`projects/pypi.org/${name}`, known)
}

describe('publishing', () => {
  test('all wheels, then PyPI shows the version; the second run sends nothing', async () => {
    const hub = await release({ name: 'hello-one' })
    const report = await publish(hub)
    expect(states(report)).toEqual(['live', 'live', 'live', 'live'])
    expect(report.exitCode).toBe(0)
    expect(report.channels[0]?.units.map((one) => one.id)).toEqual([
      `pypi:hello-one@1.2.3/linux-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}`,
      'pypi:hello-one@1.2.3/macos-arm64',
      'pypi:hello-one@1.2.3/windows-amd64',
      'pypi:hello-one@latest',
    ])
    const before = writes()
    const fresh = await release({ name: 'hello-one' })
    expect(states(await publish(fresh))).toEqual(['live', 'live', 'live', 'live'])
    expect(writes()).toBe(before)
  })

  test('the older version leaves the newer one alone', async () => {
    await publish(await release({ name: 'hello-order', version: '2.0.0' }))
    await publish(await release({ name: 'hello-order', version: '2.0.1' }))
    const before = writes()
    const report = await publish(await release({ name: 'hello-order', version: '2.0.0' }))
    expect(states(report)).toEqual(['live', 'live', 'live', 'superseded'])
    expect(report.exitCode).toBe(0)
    const late = await publish(await release({ name: 'hello-order', version: '1.9.0' }))
    expect(states(late)).toEqual(['live', 'live', 'live', 'superseded'])
    expect(writes()).toBe(before + 3)
  })

  test('a pre-release has its number as PyPI writes it, and no pointer', async () => {
    const report = await publish(await release({ name: 'hello-rc', version: '1.3.0-rc.1' }))
    expect(states(report)).toEqual(['live', 'live', 'live'])
    expect(project('hello-rc')?.files.map((one) => one.version)).toEqual(['1.3.0rc1', '1.3.0rc1', '1.3.0rc1'])
  })

  test('1.2.30 is not 1.2.3', async () => {
    await publish(await release({ name: 'hello-thirty', version: '1.2.30' }))
    const report = await publish(await release({ name: 'hello-thirty' }), TOKEN, { readOnly: true, verify: false })
    expect(states(report)).toEqual(['absent', 'absent', 'absent', 'superseded'])
  })

  test('the third wheel is refused once: the others are live, and the next run sends that one only', async () => {
    let count = 0
    instead = ({ method }) => {
      if (method !== 'POST') return undefined
      count += 1
      return count === 3 ? new Response('', { status: 400, statusText: 'Invalid distribution file' }) : undefined
    }
    const report = await publish(await release({ name: 'hello-third' }))
    instead = undefined
    expect(states(report).filter((one) => one === 'live')).toHaveLength(2)
    expect(reasons(report).join()).toContain('publishing failed')
    expect(report.exitCode).toBe(1)
    const before = writes()
    expect(states(await publish(await release({ name: 'hello-third' })))).toEqual(['live', 'live', 'live', 'live'])
    expect(writes()).toBe(before + 1)
  })

  test('mode download is one wheel for all, and the archives it points at are fetched', async () => {
    const report = await publish(await release({ name: 'hello-small', mode: 'download' }))
    expect(states(report)).toEqual(['live', 'live'])
    expect(project('hello-small')?.files.map((one) => one.filename)).toEqual(['hello_small-1.2.3-py3-none-any.whl'])
    const seen = report.channels[0]?.units[0]?.observation.evidence.map((one) => one.from) ?? []
    expect(
      seen.filter((one) => one.startsWith('https://github.com/acme/hello/releases/download/v1.2.3/')),
    ).toHaveLength(3)
  })

  test('TestPyPI is another index', async () => {
    const hub = await release({ name: 'hello-try', repository: 'testpypi', settings: { tokenEnv: 'TEST_PYPI_TOKEN' } })
    expect(states(await publish(hub, { TEST_PYPI_TOKEN: 'rehearsal-test-token' }))).toEqual([
      'live',
      'live',
      'live',
      'live',
    ])
    expect(project('hello-try')).toBeUndefined()
    expect(project('hello-try', 'test.pypi.org')?.files).toHaveLength(3)
  })

  test('any other index is read by its HTML page', async () => {
    const hub = await release({
      name: 'hello-own',
      repository: 'https://pypi.acme.dev/',
      settings: { username: 'ann' },
    })
    const report = await publish(hub)
    expect(states(report)).toEqual(['live', 'live', 'live'])
    const before = writes()
    expect(states(await publish(await release({ name: 'hello-own', repository: 'https://pypi.acme.dev/' })))).toEqual([
      'live',
      'live',
      'live',
    ])
    expect(writes()).toBe(before)
  })

  test('without a token: the workflow itself is the publisher, with one exchange for all wheels', async () => {
    const env = {
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.actions.githubusercontent.com/x?api-version=2.0',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'a-token-of-the-job',
    }
    const hub = await release({ name: 'hello-trusted', settings: { trusted: true } })
    const mints = (): number => world.requests().filter((one) => one.path === '/_/oidc/mint-token').length
    const before = mints()
    expect(states(await publish(hub, env))).toEqual(['live', 'live', 'live', 'live'])
    expect(mints()).toBe(before + 1)
    const { settings } = await fixture(folder.path, { settings: { trusted: true } })
    const probe = () => withChannel(http, folder.path, (io) => pypi.probe(settings, io), env)
    expect((await probe()).filter((one) => one.severity === 'error')).toEqual([])
    store.write('claims', { event_name: 'workflow_run' })
    expect((await probe())[0]?.message).toContain('started by workflow_run')
    store.write('claims', { job_workflow_ref: 'acme/shared/.github/workflows/publish.yml@main' })
    expect((await probe())[0]?.message).toContain('reusable workflow acme/shared')
    expect(mints()).toBe(before + 1)
    store.remove('claims')
    store.write('accounts', { publishers: [] })
    const refused = await publish(await release({ name: 'hello-stranger', settings: { trusted: true } }), env)
    store.remove('accounts')
    expect(JSON.stringify(refused)).toContain('invalid-publisher')
    expect(refused.exitCode).toBe(1)
  })
})

describe('what the index shows', () => {
  test('a file of that name with other bytes is blocked', async () => {
    await publish(await release({ name: 'hello-other' }))
    const before = writes()
    const report = await publish(await release({ name: 'hello-other', settings: { summary: 'Greets otherwise' } }))
    expect(states(report).slice(0, 3)).toEqual(['blocked', 'blocked', 'blocked'])
    expect(reasons(report)[0]).toContain('tag a new version')
    expect(report.exitCode).toBe(1)
    expect(writes()).toBe(before)
  })

  test('a yanked file is retracted, and left alone', async () => {
    const hub = await release({ name: 'hello-yanked' })
    const live = await publish(hub)
    const pointer = pypi.units(hub.manifest, hub.manifest.spokes[0]?.settings as never).at(-1)
    if (pointer === undefined) throw new Error('no pointer')
    const [step] = retractPlan(pointer, live.channels[0]?.units.at(-1)?.observation ?? { state: 'live', evidence: [] })
    if (step === undefined) throw new Error('no step')
    expect(step.what).toContain('https://pypi.org/manage/project/hello-yanked/release/1.2.3/')
    await expect(withChannel(http, folder.path, (io) => retractAct(step, io))).rejects.toThrow('lets only a person')
    change('hello-yanked', (one) => {
      for (const file of one.files) file.yanked = 'broken'
    })
    expect(await withChannel(http, folder.path, (io) => retractAct(step, io))).toMatchObject({ state: 'retracted' })
    const before = writes()
    const report = await publish(await release({ name: 'hello-yanked' }))
    expect(states(report).slice(0, 3)).toEqual(['retracted', 'retracted', 'retracted'])
    expect(reasons(report)[0]).toBe('yanked: broken')
    expect(writes()).toBe(before)
  })

  test('15 days old, with a wheel lacking: blocked; whole: live', async () => {
    await publish(await release({ name: 'hello-old' }))
    change('hello-old', (one) => {
      for (const file of one.files) file.uploaded = new Date(Date.now() - 15 * 86_400_000).toISOString()
    })
    expect(states(await publish(await release({ name: 'hello-old' })))).toEqual(['live', 'live', 'live', 'live'])
    change('hello-old', (one) => void one.files.pop())
    const report = await publish(await release({ name: 'hello-old' }))
    expect(states(report)).toContain('blocked')
    expect(reasons(report).join()).toContain('15 days ago')
  })

  test.each([
    ['archived', 'deferred', 'archived'],
    ['quarantined', 'deferred', 'quarantine'],
  ] as const)('a project that is %s is %s', async (status, state, words) => {
    const name = `hello-${status}`
    await publish(await release({ name, version: '1.0.0' }))
    change(name, (one) => {
      one.status = status
    })
    const report = await publish(await release({ name }))
    expect(states(report)[0]).toBe(state)
    expect(reasons(report)[0]).toContain(words)
    expect(report.exitCode).toBe(75)
  })

  test('pages that differ are waited for', async () => {
    await publish(await release({ name: 'hello-late' }))
    const before = writes()
    let asked = 0
    instead = ({ path }) => {
      if (path !== '/simple/hello-late/') return undefined
      asked += 1
      return new Response(JSON.stringify({ files: [] }), { headers: { 'content-type': 'application/json' } })
    }
    const report = await publish(await release({ name: 'hello-late' }))
    instead = undefined
    expect(asked).toBeGreaterThan(0)
    expect(states(report).slice(0, 3)).toEqual(['unknown', 'unknown', 'unknown'])
    expect(report.exitCode).toBe(75)
    expect(writes()).toBe(before)
  })

  test.each([
    ['a web page', () => new Response('<html>maintenance</html>', { headers: { 'content-type': 'text/html' } })],
    ['503', () => new Response('busy', { status: 503 })],
  ])('%s is no answer: nothing is sent', async (_name, answer) => {
    instead = ({ method }) => (method === 'GET' ? answer() : undefined)
    const before = writes()
    const report = await publish(await release({ name: 'hello-down' }))
    instead = undefined
    expect(new Set(states(report))).toEqual(new Set(['unknown']))
    expect(report.exitCode).toBe(75)
    expect(writes()).toBe(before)
  })

  test('bytes that the index has changed are a mismatch', async () => {
    const hub = await release({ name: 'hello-changed' })
    await publish(hub)
    for (const { filename } of project('hello-changed')?.files ?? []) {
      await writeFile(store.blob(`files/pypi.org/${filename}`), 'other')
    }
    const report = await publish(await release({ name: 'hello-changed' }))
    expect(states(report).slice(0, 3)).toEqual(['mismatch', 'mismatch', 'mismatch'])
  })
})

describe('refusals of an upload', () => {
  const refusing = async (name: string, accounts: unknown, env = TOKEN): Promise<Report> => {
    store.write('accounts', accounts)
    const report = await publish(await release({ name }), env)
    store.remove('accounts')
    return report
  }

  test.each([
    ['an expired token', { tokens: { [TOKEN.PYPI_TOKEN]: { name: 'ann', expired: true } } }, 'expired'],
    ['a wrong token', { tokens: {} }, 'Invalid or non-existent authentication information'],
    [
      'a token of another project',
      { tokens: { [TOKEN.PYPI_TOKEN]: { name: 'ann', projects: ['else'] } } },
      'is for another project',
    ],
    ['a name that PyPI keeps', { forbidden: ['hello-refused'] }, 'choose another name'],
  ])('%s', async (_name, accounts, words) => {
    const report = await refusing('hello-refused', accounts)
    expect(JSON.stringify(report.channels)).toContain(words)
    expect(report.exitCode).toBe(1)
    expect(project('hello-refused')).toBeUndefined()
  })

  test("a project of somebody else's", async () => {
    store.write('projects/pypi.org/hello-theirs', { name: 'hello-theirs', owner: 'bob', files: [] })
    expect(JSON.stringify(await publish(await release({ name: 'hello-theirs' })))).toContain("isn't allowed to upload")
  })

  test('a file name that was deleted once', async () => {
    const { settings, hub } = await fixture(folder.path, { name: 'hello-gone', mode: 'download' })
    const [unit] = pypi.units(hub.manifest, settings)
    if (unit?.role !== 'wheel') throw new Error('no wheel')
    store.write('projects/pypi.org/hello-gone', {
      name: 'hello-gone',
      owner: 'maintainer',
      files: [],
      deleted: [unit.file],
    })
    const report = await publish(hub)
    expect(JSON.stringify(report.channels)).toContain('PyPI never takes it again')
  })
})

describe('the hub', () => {
  test('an archive that is not what was sealed ends it before anything is sent', async () => {
    const hub = await release({ name: 'hello-tampered', version: '3.0.0' })
    for (const { name } of hub.manifest.artifacts) await writeFile(join(folder.path, 'assets-3.0.0', name), 'tampered')
    const before = writes()
    const report = await publish(hub)
    expect(JSON.stringify(report)).toContain('is not what was sealed')
    expect(writes()).toBe(before)
  })

  test('a platform whose archive is missing is told', async () => {
    const hub = await release({ name: 'hello-lacking', version: '3.0.1' })
    hub.manifest.artifacts.splice(0, 1)
    expect(JSON.stringify(await publish(hub))).toContain('which PyPI needs')
  })

  test('a macOS program under the name of Linux is refused', async () => {
    const header: BinaryHeader = { format: 'macho', arch: 'arm64', linkage: 'dynamic', libraries: [] }
    const hub = await release({ name: 'hello-mixed', header: () => header })
    expect(JSON.stringify(await publish(hub))).toContain('it is macho for arm64, not a program for linux')
  })
})
