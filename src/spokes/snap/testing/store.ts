import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { converge } from '../../../converge/converge.ts'
import type { Report } from '../../../converge/report.ts'
import { Events } from '../../../core/events.ts'
import { tempFolder } from '../../../core/temp.ts'
import { createHttp, type Http } from '../../../external/http.ts'
import { fakeClock } from '../../../external/testing.ts'
import type { HubReader } from '../../../hub/hub.ts'
import { startWorld, type WorldHandle } from '../../../rehearsal/world.ts'
import { fixture, platform, releaseServer, withChannel } from '../../npm/testing.ts'
import type { ChannelIO } from '../../spoke.ts'
import type { WorldStore } from '../../world.ts'
import { snap } from '../index.ts'
import type { SnapSettings } from '../settings.ts'
import { snapServer } from '../world-server.ts'
import { REHEARSAL_CREDENTIALS } from '../world-state.ts'

export const LOGIN = { SNAPCRAFT_STORE_CREDENTIALS: REHEARSAL_CREDENTIALS }

/** A Snap store and the hub's files on loopback. */
export interface StoreUnderTest extends AsyncDisposable {
  folder: string
  world: WorldHandle
  store: WorldStore
  http: Http
  /** A release for Linux on two processors, read as from a hub. */
  release(version?: string, more?: Partial<SnapSettings>, pins?: Record<string, string>): Promise<HubReader>
  publish(hub: HubReader, options?: { env?: Record<string, string>; allowBackwards?: string[] }): Promise<Report>
  io<T>(run: (io: ChannelIO) => Promise<T>, env?: Record<string, string>): Promise<T>
  /** Requests that change something. */
  writes(): string[]
}

export async function storeUnderTest(): Promise<StoreUnderTest> {
  const folder = await tempFolder('snap')
  let store: WorldStore | undefined
  const server = {
    ...snapServer,
    handle: (request: Parameters<typeof snapServer.handle>[0], given: WorldStore) => {
      store = given
      return snapServer.handle(request, given)
    },
  }
  const servers = [server, releaseServer(folder.path)]
  const world = await startWorld({ folder: join(folder.path, 'world'), servers, proxy: true })
  const http = createHttp({
    routes: world.routes(),
    signal: new AbortController().signal,
    events: new Events(),
    userAgent: 'tagonce/test',
    offline: true,
    clock: fakeClock(),
  })
  await http.request('https://api.snapcraft.io/')
  if (store === undefined) throw new Error('the store was not reached')
  const io: StoreUnderTest['io'] = async (run, env = LOGIN) =>
    withChannel(http, await mkdtemp(join(folder.path, 'run-')), run, env)
  return {
    folder: folder.path,
    world,
    store,
    http,
    io,
    async release(version = '1.2.3', more = {}, pins = {}) {
      const platforms = [platform('linux', 'amd64'), platform('linux', 'arm64')]
      const { hub } = await fixture(folder.path, { version, platforms })
      const packages = hub.manifest.artifacts.map((one) => ({
        file: `hello_${version}_linux_${one.platform?.goarch}`,
        arch: one.platform?.goarch ?? '',
        app: 'hello',
        named: true,
        programs: [{ name: 'hello', artifact: one.name }],
      }))
      const settings: SnapSettings = { ...SETTINGS, packages, ...more }
      hub.manifest.spokes.splice(0, 1, { spoke: 'snap', entry: settings.name, settings, pins })
      return hub
    },
    publish: (hub, { env, allowBackwards = [] } = {}) =>
      io(
        (given) =>
          converge(
            hub,
            [snap],
            { ...given, events: new Events(), sleep: async () => {} },
            { verify: true, allowBackwards },
          ),
        env,
      ),
    writes: () =>
      world
        .requests()
        .filter((one) => one.mutating && one.host !== 'github.com')
        .map(({ method, host, path }) => `${method} ${host}${path}`),
    async [Symbol.asyncDispose]() {
      await world.stop()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** State of each unit by its id. */
export function states(report: Report): Record<string, string> {
  const units = report.channels.flatMap((one) => one.units)
  return Object.fromEntries(units.map((unit) => [unit.id, unit.observation.state]))
}

const SETTINGS: Omit<SnapSettings, 'packages'> = {
  name: 'hello-acme',
  title: 'Hello',
  summary: 'Greets',
  description: 'Greets whoever you name',
  icon: '',
  base: 'core24',
  license: 'MIT',
  grade: 'stable',
  confinement: 'strict',
  assumes: [],
  layout: {},
  apps: { hello: { command: 'hello', more: { plugs: ['network'] } } },
  hooks: {},
  plugs: {},
  channels: ['edge', 'stable'],
  files: [],
}
