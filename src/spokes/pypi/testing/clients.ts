import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { converge } from '../../../converge/converge.ts'
import type { Report } from '../../../converge/report.ts'
import { Events } from '../../../core/events.ts'
import { tempFolder } from '../../../core/temp.ts'
import type { Http, Routes } from '../../../external/http.ts'
import { createHttp } from '../../../external/http.ts'
import { run } from '../../../external/process.ts'
import type { RunResult } from '../../../external/process.ts'
import { hashFile } from '../../../formats/hash.ts'
import type { HubReader } from '../../../hub/hub.ts'
import type { WorldHandle } from '../../../rehearsal/world.ts'
import { startWorld } from '../../../rehearsal/world.ts'
import { pypi } from '../index.ts'
import type { PypiSettings } from '../settings.ts'
import { HERE, fixture, platform, releaseServer, withChannel } from './release.ts'
import type { FixtureOptions } from './release.ts'
import { pypiServer } from '../world-server.ts'

/** Platforms of the releases that clients install from; this machine's is one of them. */
export const ALL = [
  ...new Map(
    [
      HERE,
      platform('linux', 'amd64'),
      platform('linux', 'arm64'),
      platform('linux', 'arm', { goarm: '7' }),
      platform('windows', 'amd64'),
      platform('darwin', 'arm64'),
    ].map((one) => [one.target, one]),
  ).values(),
]

/** The local world with a virtual environment that clients install into. */
export interface Clients {
  folder: string
  world: WorldHandle
  /** The environment's Python. */
  python: string
  http(routes?: Routes): Http
  /** Publishes a hub's wheels; only looks at what is there already. */
  publish(hub: HubReader, routes?: Routes): Promise<Report>
  /** A release that is live on the index. */
  published(options: FixtureOptions): Promise<{ hub: HubReader; settings: PypiSettings }>
  /** Starts a client with the environment that leads it to the local world. */
  start(argv: string[], more?: Record<string, string>): Promise<RunResult>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts the world, and makes the environment where there is a Python. */
export async function startClients(hasPython: boolean): Promise<Clients> {
  const temp = await tempFolder('pypi-clients')
  const folder = temp.path
  const servers = [pypiServer, releaseServer(folder)]
  const world = await startWorld({ folder: join(folder, 'world'), servers, proxy: true })
  const venv = join(folder, 'venv')
  if (hasPython) await run(['python3', '-m', 'venv', venv])
  const http = (routes = world.routes()): Http =>
    createHttp({
      routes,
      signal: new AbortController().signal,
      events: new Events(),
      userAgent: 'tagonce/test',
      offline: true,
    })
  const publish = async (hub: HubReader, routes?: Routes): Promise<Report> =>
    withChannel(
      http(routes),
      await mkdtemp(join(folder, 'run-')),
      (io) => converge(hub, [pypi], { ...io, clock: () => new Date(), sleep: async () => {} }, { verify: true }),
      { PYPI_TOKEN: 'rehearsal-pypi-token' },
    )
  return {
    folder,
    world,
    python: join(venv, 'bin', 'python'),
    http,
    publish,
    async published(options) {
      const made = await fixture(folder, { platforms: ALL, ...options })
      expect((await publish(made.hub)).exitCode).toBe(0)
      return made
    },
    async start(argv, more = {}) {
      const env = {
        ...world.clientEnv(await mkdtemp(join(folder, 'home-'))),
        PIP_DISABLE_PIP_VERSION_CHECK: '1',
        ...more,
      }
      return run(argv, { cwd: folder, env, timeout: 120_000 })
    },
    async [Symbol.asyncDispose]() {
      await world.stop()
      await temp[Symbol.asyncDispose]()
    },
  }
}

/** The digest of the program for a target, as the hub's manifest has it. */
export function inHub(hub: HubReader, target = HERE.target): string {
  return hub.manifest.artifacts.find((one) => one.platform?.target === target)?.binaries[0]?.sha256 ?? ''
}

export async function digestOf(path: string): Promise<string> {
  return (await hashFile(path, ['sha256'])).digests.sha256
}
