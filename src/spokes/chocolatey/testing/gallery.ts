import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { converge } from '../../../converge/converge.ts'
import type { Report, UnitReport } from '../../../converge/report.ts'
import { Events } from '../../../core/events.ts'
import { tempFolder } from '../../../core/temp.ts'
import { createHttp, type Http } from '../../../external/http.ts'
import { fakeClock } from '../../../external/testing.ts'
import type { HubReader } from '../../../hub/hub.ts'
import { startWorld, type WorldHandle } from '../../../rehearsal/world.ts'
import { fixture, platform, releaseServer, withChannel } from '../../npm/testing.ts'
import type { ChannelIO } from '../../spoke.ts'
import type { WorldStore } from '../../world.ts'
import { chocolatey } from '../index.ts'
import type { ChocolateySettings } from '../settings.ts'
import { chocolateyServer } from '../world-server.ts'

export const KEY = '0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0'

/** A gallery and the hub's files on loopback. */
export interface GalleryUnderTest extends AsyncDisposable {
  folder: string
  world: WorldHandle
  store: WorldStore
  http: Http
  /** A release with a zip for Windows, read as from a hub. */
  release(version?: string, more?: Partial<ChocolateySettings>): Promise<HubReader>
  publish(hub: HubReader, env?: Record<string, string>): Promise<Report>
  /** The one unit after a publish. */
  unit(hub: HubReader, env?: Record<string, string>): Promise<UnitReport>
  io<T>(run: (io: ChannelIO) => Promise<T>, env?: Record<string, string>): Promise<T>
  /** Requests to the gallery that change something. */
  writes(): string[]
}

export async function gallery(): Promise<GalleryUnderTest> {
  const folder = await tempFolder('chocolatey')
  let store: WorldStore | undefined
  const world = await startWorld({
    folder: join(folder.path, 'world'),
    servers: [
      {
        ...chocolateyServer,
        hosts: [...chocolateyServer.hosts, 'api.nuget.org'],
        handle: (request, given) => {
          store = given
          return chocolateyServer.handle(request, given)
        },
      },
      releaseServer(folder.path),
    ],
    proxy: true,
  })
  const http = createHttp({
    routes: world.routes(),
    signal: new AbortController().signal,
    events: new Events(),
    userAgent: 'tagonce/test',
    offline: true,
    clock: fakeClock(),
  })
  await http.request('https://community.chocolatey.org/api/v2/')
  if (store === undefined) throw new Error('the gallery was not reached')
  const io: GalleryUnderTest['io'] = async (run, env = { CHOCOLATEY_API_KEY: KEY }) =>
    withChannel(http, await mkdtemp(join(folder.path, 'run-')), run, env)
  const under: GalleryUnderTest = {
    folder: folder.path,
    world,
    store,
    http,
    io,
    async release(version = '1.2.3', more = {}) {
      const platforms = [platform('windows', 'amd64'), platform('windows', '386'), platform('linux', 'amd64')]
      const { hub } = await fixture(folder.path, { version, platforms })
      const packages = hub.manifest.artifacts.flatMap(({ name, platform: made }) =>
        made?.goos === 'windows' ? [{ artifact: name, url: hub.address(name) }] : [],
      )
      const settings: ChocolateySettings = { ...SETTINGS, packages, ...more }
      hub.manifest.spokes.splice(0, 1, { spoke: 'chocolatey', entry: settings.name, settings, pins: {} })
      return hub
    },
    publish: (hub, env) =>
      io(
        (given) =>
          converge(hub, [chocolatey], { ...given, events: new Events(), sleep: async () => {} }, { verify: true }),
        env,
      ),
    async unit(hub, env) {
      const [unit] = (await under.publish(hub, env)).channels.flatMap((one) => one.units)
      if (unit === undefined) throw new Error('no unit')
      return unit
    },
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
  return under
}

const SETTINGS: Omit<ChocolateySettings, 'packages'> = {
  name: 'hello',
  title: 'Hello',
  owners: '',
  authors: 'Ann & Bob',
  packageSourceUrl: '',
  projectUrl: 'https://acme.example',
  iconUrl: '',
  copyright: '2026 Acme',
  licenseUrl: 'https://acme.example/license',
  requireLicenseAcceptance: false,
  projectSourceUrl: '',
  docsUrl: '',
  bugTrackerUrl: '',
  tags: 'cli hello',
  summary: 'Greets',
  description: 'Greets <whoever> you name,\nüber all',
  releaseNotes: '',
  dependencies: [],
  sourceRepo: 'https://push.chocolatey.org/',
  keyEnv: 'CHOCOLATEY_API_KEY',
}
