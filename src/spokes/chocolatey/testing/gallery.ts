import { converge } from '../../../converge/converge.ts'
import type { Report, UnitReport } from '../../../converge/report.ts'
import { Events } from '../../../core/events.ts'
import type { HubReader } from '../../../hub/hub.ts'
import { fixture, platform } from '../../npm/testing.ts'
import { storeWorld, type StoreWorld } from '../../shared/testing/store-world.ts'
import { chocolatey } from '../index.ts'
import type { ChocolateySettings } from '../settings.ts'
import { chocolateyServer } from '../world-server.ts'

export const KEY = '0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0'

/** A gallery and the hub's files on loopback. */
export interface GalleryUnderTest extends StoreWorld {
  /** A release with a zip for Windows, read as from a hub. */
  release(version?: string, more?: Partial<ChocolateySettings>): Promise<HubReader>
  publish(hub: HubReader, env?: Record<string, string>): Promise<Report>
  /** The one unit after a publish. */
  unit(hub: HubReader, env?: Record<string, string>): Promise<UnitReport>
}

export async function gallery(): Promise<GalleryUnderTest> {
  const server = { ...chocolateyServer, hosts: [...chocolateyServer.hosts, 'api.nuget.org'] }
  const base = await storeWorld(server, { CHOCOLATEY_API_KEY: KEY })
  const under: GalleryUnderTest = {
    ...base,
    async release(version = '1.2.3', more = {}) {
      const platforms = [platform('windows', 'amd64'), platform('windows', '386'), platform('linux', 'amd64')]
      const { hub } = await fixture(base.folder, { version, platforms })
      const packages = hub.manifest.artifacts.flatMap(({ name, platform: made }) =>
        made?.goos === 'windows' ? [{ artifact: name, url: hub.address(name) }] : [],
      )
      const settings: ChocolateySettings = { ...SETTINGS, packages, ...more }
      hub.manifest.spokes.splice(0, 1, { spoke: 'chocolatey', entry: settings.name, settings, pins: {} })
      return hub
    },
    publish: (hub, env) =>
      base.io(
        (given) =>
          converge(hub, [chocolatey], { ...given, events: new Events(), sleep: async () => {} }, { verify: true }),
        env,
      ),
    async unit(hub, env) {
      const [unit] = (await under.publish(hub, env)).channels.flatMap((one) => one.units)
      if (unit === undefined) throw new Error('no unit')
      return unit
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
