import { mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FromHubIO } from '../../commands/from-hub.ts'
import { publishFromHub } from '../../commands/publish.ts'
import type { Report } from '../../converge/report.ts'
import { credentialsOf } from '../../core/credentials.ts'
import type { Diagnostic } from '../../core/errors.ts'
import { Events } from '../../core/events.ts'
import { tempFolder } from '../../core/temp.ts'
import { createHttp } from '../../external/http.ts'
import { fakeClock } from '../../external/testing.ts'
import { type OpenPlan, openPlan } from '../../plan/open.ts'
import { githubServer } from '../../rehearsal/github/server.ts'
import { withHosts } from '../../rehearsal/hosts.ts'
import { seedWorld } from '../../rehearsal/seed.ts'
import { diskStore } from '../../rehearsal/store.ts'
import { startWorld, type WorldHandle } from '../../rehearsal/world.ts'
import { release } from '../../release.ts'
import { preflight } from '../../release/preflight.ts'
import { planSpokes } from '../../release/spokes.ts'
import { TEST_ENV, testRepository } from '../../source/test-repository.ts'
import { spokes } from '../registry.ts'
import type { WorldRequest, WorldServer, WorldStore } from '../world.ts'

export const HUB = 'tagonce-example/hello'
/** Every package manager, as the registry has it; what comes after them is no channel that users install from. */
export const CHANNELS = spokes.filter((one) => one.stage === undefined && one.name !== 'docker_signs')
export const EXAMPLE = join(import.meta.dirname, '..', '..', '..', 'examples', 'hello')
export const KO = `
kos:
  - repositories: [ghcr.io/tagonce-example/hello-ko]
    bare: true
    platforms: [linux/amd64]
`

/** Comes between client and channel: answers itself, or lets the channel answer. */
export type Intercept = (request: WorldRequest, next: () => Promise<Response>) => Promise<Response>

/** `examples/hello` and its local world: a hub for each tag, and every channel. */
export interface EveryChannel extends AsyncDisposable {
  world: WorldHandle
  folder: string
  opened: OpenPlan
  credentials: Record<string, string>
  /** What answers from now on. */
  intercept(how?: Intercept): void
  /** The state of the channel that has this host first. */
  store(host: string): WorldStore
  io(credentials?: Record<string, string>): Promise<FromHubIO>
  /** Every spoke from the hub alone. */
  publish(tag: string, credentials?: Record<string, string>): Promise<Report>
  /** What is told before anything is built. */
  preflight(credentials?: Record<string, string>): Promise<Diagnostic[]>
  /** Requests that would change something and were not refused, since the last call. */
  taken(): string[]
}

/** What the one who makes the release of a tag works with. */
export interface Maker {
  /** The project, with every tag. */
  root: string
  env: Record<string, string | undefined>
  credentials: Record<string, string>
  world: WorldHandle
  io: EveryChannel['io']
}

export interface EveryChannelOptions {
  /** Releases a tag; unless set, we do. */
  make?: (tag: string, maker: Maker) => Promise<void>
  /** Changes the files of the example, by path. */
  edit?: (files: Record<string, string>) => void
  /** Base images are read from the world too; unless set, nothing outside is read and an empty image stands in. */
  bases?: boolean
}

/** A hub is public for each of the tags, and no channel has anything yet. */
export async function everyChannel(
  tags: string[],
  { make = ours, edit, bases = false }: EveryChannelOptions = {},
): Promise<EveryChannel> {
  const temp = await tempFolder('every-channel')
  const root = join(temp.path, 'hello')
  const repository = await testRepository(root)
  const files: Record<string, string> = { '.gitignore': 'dist/\n' }
  for (const entry of await readdir(EXAMPLE, { withFileTypes: true }))
    if (entry.isFile()) files[entry.name] = await readFile(join(EXAMPLE, entry.name), 'utf8')
  files['.goreleaser.yaml'] += KO
  edit?.(files)
  await repository.commit('feat: hello', files)
  await repository.git('remote', 'add', 'origin', `https://github.com/${HUB}.git`)
  for (const tag of tags) await repository.git('tag', tag)
  const env = { ...TEST_ENV, ...goEnv(), HOME: temp.path, TAP_GITHUB_TOKEN: 'x', AUR_KEY: 'x', CHOCOLATEY_API_KEY: 'x' }
  const open = (tag: string): Promise<OpenPlan> =>
    openPlan({ root, env, currentTag: tag, planSpokes: (config) => planSpokes(config, new Set()) })
  const opened = await open(tags[0] ?? '')
  const worldFolder = join(temp.path, 'world')
  await mkdir(worldFolder)
  const credentials = await seedWorld({ folder: worldFolder }, opened.plan, spokes, root)
  let how: Intercept | undefined
  const tapped = (server: WorldServer): WorldServer => ({
    ...server,
    handle: (request, store) => {
      const next = (): Promise<Response> => server.handle(request, store)
      return how === undefined ? next() : how(request, next)
    },
  })
  const servers = [githubServer(), ...new Set(spokes.flatMap((one) => one.world.server ?? []))]
  const world = await startWorld({
    folder: worldFolder,
    servers: withHosts(worldFolder, servers).map(tapped),
    git: true,
    proxy: true,
  })
  const io: EveryChannel['io'] = async (given = credentials) => {
    const events = new Events()
    const { signal } = new AbortController()
    const routes = world.routes()
    const outside = bases ? { outside: routes } : {}
    const local = { routes, offline: true, ...outside }
    const http = createHttp({ ...local, signal, events, userAgent: 'tagonce/test', clock: fakeClock() })
    return { http, events, signal, folder: await mkdtemp(join(temp.path, 'run-')), credentials: credentialsOf(given) }
  }
  for (const tag of tags) await make(tag, { root, env, credentials, world, io })
  let counted = 0
  const taken = (): string[] => {
    const all = world.requests().filter((one) => one.mutating && one.status < 400)
    const fresh = all.slice(counted)
    counted = all.length
    return fresh.map(({ method, host, path }) => `${method} ${host}${path}`)
  }
  taken()
  return {
    world,
    folder: temp.path,
    opened,
    credentials,
    io,
    taken,
    intercept: (next) => {
      how = next
    },
    store: (host) => diskStore(join(worldFolder, 'state', host)),
    publish: async (tag, given) => {
      const own = await io(given)
      return publishFromHub({ root: own.folder, tag, hub: HUB, only: [], env: {} }, own)
    },
    preflight: async (given) => {
      const own = await io(given)
      const where = { ...own, root, env, places: opened.loaded }
      return own.events.task('check', (task) => preflight(opened.plan, where, task))
    },
    async [Symbol.asyncDispose]() {
      await world.stop()
      await temp[Symbol.asyncDispose]()
    },
  }
}

/** The release of a tag by us, the hub alone: what feeds the channels is passed over. */
export async function ours(tag: string, { root, env, io }: Maker): Promise<void> {
  const skip = new Set(CHANNELS.map((one) => one.name))
  await release(
    { root, snapshot: false, clean: true, skip, currentTag: tag },
    { ...(await io()), env, stripSecrets: true },
  )
}

/** What Go keeps stays where it is: compiling anew would take a minute. */
function goEnv(): Record<string, string> {
  const home = process.env['HOME'] ?? ''
  return {
    GOCACHE: process.env['GOCACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'go-build'),
    GOMODCACHE: process.env['GOMODCACHE'] ?? join(process.env['GOPATH'] ?? join(home, 'go'), 'pkg', 'mod'),
  }
}
