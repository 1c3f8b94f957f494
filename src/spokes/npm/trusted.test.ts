import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { converge } from '../../converge/converge.ts'
import type { Report } from '../../converge/report.ts'
import { Events } from '../../core/events.ts'
import { tempFolder } from '../../core/temp.ts'
import { createHttp } from '../../external/http.ts'
import type { Http } from '../../external/http.ts'
import type { HubReader } from '../../hub/hub.ts'
import { diskStore } from '../../rehearsal/store.ts'
import { startWorld } from '../../rehearsal/world.ts'
import type { WorldHandle } from '../../rehearsal/world.ts'
import { ACTIONS_VARIABLES } from '../shared/workflow-identity.ts'
import { npm } from './index.ts'
import { fixture, withChannel } from './testing.ts'
import type { FixtureOptions } from './testing.ts'
import { npmRegistryServer } from './world-server.ts'
import { npmWorld } from './world.ts'

const WORKFLOW = Object.fromEntries(ACTIONS_VARIABLES.map((name) => [name, npmWorld.credential?.(name) ?? '']))
const TOKEN = { NPM_TOKEN: 'npm_forTestsOnly' }
const REGISTRY = 'https://registry.npmjs.org'

let folder: Awaited<ReturnType<typeof tempFolder>>
let world: WorldHandle
let http: Http

beforeAll(async () => {
  folder = await tempFolder('npm-trusted')
  world = await startWorld({ folder: join(folder.path, 'world'), servers: [npmRegistryServer] })
  const signal = new AbortController().signal
  http = createHttp({ routes: world.routes(), signal, events: new Events(), userAgent: 'tagonce/test', offline: true })
})
afterAll(async () => {
  await world.stop()
  await folder[Symbol.asyncDispose]()
})

const accounts = (value: unknown): void =>
  diskStore(join(folder.path, 'world', 'state', 'registry.npmjs.org')).write('registry', value)
const release = async (options: FixtureOptions): Promise<HubReader> => (await fixture(folder.path, options)).hub
const settingsOf = (hub: HubReader) => npm.parse(hub.manifest.spokes[0]?.settings)
async function publish(hub: HubReader, env: Record<string, string>): Promise<Report> {
  const own = await mkdtemp(join(folder.path, 'run-'))
  return withChannel(http, own, (io) => converge(hub, [npm], { ...io, sleep: async () => {} }, { verify: true }), env)
}
const units = (report: Report) => report.channels.flatMap((one) => one.units)
const states = (report: Report): string[] => units(report).map((one) => one.observation.state)
const writes = (): string[] =>
  world
    .requests()
    .filter((one) => one.mutating)
    .map((one) => `${one.method} ${one.path}`)
const tags = async (name: string): Promise<unknown> =>
  (await http.request(`${REGISTRY}/-/package/${name}/dist-tags`)).json()

describe('trusted publishing', () => {
  const trusted = { trusted: true }

  test('the workflow is the login: a token for each package, no secret of ours; a second run sends nothing', async () => {
    const hub = await release({ name: 'by-workflow', settings: trusted })
    expect(npm.credentials(settingsOf(hub))).toEqual([...ACTIONS_VARIABLES])
    expect(await withChannel(http, folder.path, (io) => npm.probe(settingsOf(hub), io), WORKFLOW)).toEqual([])
    expect(new Set(states(await publish(hub, WORKFLOW)))).toEqual(new Set(['live']))
    const before = writes().length
    expect(new Set(states(await publish(hub, WORKFLOW)))).toEqual(new Set(['live']))
    expect(writes()).toHaveLength(before)
    const exchanges = world.requests().filter((one) => one.path.includes('/oidc/token/exchange/'))
    expect(exchanges.every((one) => one.status === 201 && !one.mutating)).toBe(true)
  })

  test('the tag moves with the publish, and never backwards', async () => {
    await publish(await release({ name: 'tagged', version: '1.0.0', settings: trusted }), WORKFLOW)
    await publish(await release({ name: 'tagged', version: '1.2.0', settings: trusted }), WORKFLOW)
    expect(await tags('tagged')).toEqual({ latest: '1.2.0' })
    const older = await publish(await release({ name: 'tagged', version: '1.1.0', settings: trusted }), WORKFLOW)
    expect(states(older)).toContain('superseded')
    expect(await tags('tagged')).toMatchObject({ latest: '1.2.0', 'tagonce-incoming': '1.1.0' })
  })

  test('a package that does not know the workflow is told before anything is built', async () => {
    accounts({ publishers: [] })
    const hub = await release({ name: 'unknown', mode: 'download', settings: trusted })
    const found = await withChannel(http, folder.path, (io) => npm.probe(settingsOf(hub), io), WORKFLOW)
    accounts({})
    expect(found).toEqual([
      {
        severity: 'error',
        code: 'npm-trusted',
        message:
          'npm does not take this workflow as a publisher of unknown: it answered 404 (OIDC token exchange error - package not found)',
        mend: "publish unknown once with a token, then add the repository and the workflow's file name at https://www.npmjs.com/package/unknown/access",
      },
    ])
  })

  test('a job without the permission is told which', async () => {
    const hub = await release({ name: 'no-permission', mode: 'download', settings: trusted })
    const env = { ...WORKFLOW, ACTIONS_ID_TOKEN_REQUEST_URL: `${REGISTRY}/-/nothing?x=y` }
    const found = await withChannel(http, folder.path, (io) => npm.probe(settingsOf(hub), io), env)
    expect(found.map((one) => [one.code, one.mend])).toEqual([
      ['npm-trusted', 'add `permissions: id-token: write` to the job'],
    ])
  })
})

describe('staged publishing', () => {
  const staged = { staged: true }
  const items = async (name: string): Promise<{ id: string; tag: string }[]> => {
    const headers = { authorization: 'Bearer npm_forTestsOnly' }
    const response = await http.request(`${REGISTRY}/-/stage?package=${name}&page=0&perPage=100`, { headers })
    return ((await response.json()) as { items: { id: string; tag: string }[] }).items
  }

  test('a version waits for a person, with the reason; once approved the next run finds it live', async () => {
    const hub = await release({ name: 'waiting', mode: 'download', settings: staged })
    const report = await publish(hub, TOKEN)
    expect(units(report)[0]?.observation).toMatchObject({
      state: 'staged',
      reason: expect.stringContaining('npm stage approve') as string,
    })
    expect(writes()).not.toContain('PUT /waiting')
    const before = writes().length
    expect(states(await publish(hub, TOKEN))[0]).toBe('staged')
    expect(writes()).toHaveLength(before)

    const [held] = await items('waiting')
    expect(held?.tag).toBe('latest')
    const headers = { authorization: 'Bearer npm_forTestsOnly' }
    const approve = `${REGISTRY}/-/stage/${held?.id}/approve`
    expect((await http.request(approve, { method: 'POST', headers })).status).toBe(401)
    const otp = { ...headers, 'npm-otp': '123456' }
    expect((await http.request(approve, { method: 'POST', headers: otp })).status).toBe(200)
    expect(new Set(states(await publish(hub, TOKEN)))).toEqual(new Set(['live']))
    expect(await items('waiting')).toEqual([])
  })

  test('a workflow may stage and may not look: what it staged before is not sent twice into the registry', async () => {
    const hub = await release({ name: 'both', mode: 'download', settings: { ...staged, trusted: true } })
    expect(states(await publish(hub, WORKFLOW))[0]).toBe('staged')
    expect(states(await publish(hub, WORKFLOW))[0]).toBe('staged')
    expect(await items('both')).toHaveLength(1)
  })
})
