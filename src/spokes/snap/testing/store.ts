import { converge } from '../../../converge/converge.ts'
import type { Report } from '../../../converge/report.ts'
import { Events } from '../../../core/events.ts'
import type { HubReader } from '../../../hub/hub.ts'
import { fixture, platform } from '../../npm/testing.ts'
import { storeWorld, type StoreWorld } from '../../shared/testing/store-world.ts'
import { snap } from '../index.ts'
import type { SnapSettings } from '../settings.ts'
import { snapServer } from '../world-server.ts'
import { REHEARSAL_CREDENTIALS } from '../world-state.ts'

export const LOGIN = { SNAPCRAFT_STORE_CREDENTIALS: REHEARSAL_CREDENTIALS }

/** A Snap store and the hub's files on loopback. */
export interface StoreUnderTest extends StoreWorld {
  /** A release for Linux on two processors, read as from a hub. */
  release(version?: string, more?: Partial<SnapSettings>, pins?: Record<string, string>): Promise<HubReader>
  publish(hub: HubReader, options?: { env?: Record<string, string>; allowBackwards?: string[] }): Promise<Report>
}

export async function storeUnderTest(): Promise<StoreUnderTest> {
  const base = await storeWorld(snapServer, LOGIN)
  return {
    ...base,
    async release(version = '1.2.3', more = {}, pins = {}) {
      const platforms = [platform('linux', 'amd64'), platform('linux', 'arm64')]
      const { hub } = await fixture(base.folder, { version, platforms })
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
      base.io(
        (given) =>
          converge(
            hub,
            [snap],
            { ...given, events: new Events(), sleep: async () => {} },
            { verify: true, allowBackwards },
          ),
        env,
      ),
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
