import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { Events } from '../../../core/events.ts'
import { tempFolder } from '../../../core/temp.ts'
import { createHttp, type Http } from '../../../external/http.ts'
import { fakeClock } from '../../../external/testing.ts'
import { startWorld, type WorldHandle } from '../../../rehearsal/world.ts'
import { releaseServer, withChannel } from '../../npm/testing.ts'
import type { ChannelIO } from '../../spoke.ts'
import type { WorldServer, WorldStore } from '../../world.ts'

/** A store and the hub's files on loopback. */
export interface StoreWorld extends AsyncDisposable {
  folder: string
  world: WorldHandle
  /** What the store's server keeps. */
  store: WorldStore
  http: Http
  io<T>(run: (io: ChannelIO) => Promise<T>, env?: Record<string, string>): Promise<T>
  /** Requests to the store that change something. */
  writes(): string[]
}

/** Starts one. @param login variables of who publishes, where a test names no others */
export async function storeWorld(server: WorldServer, login: Record<string, string>): Promise<StoreWorld> {
  const folder = await tempFolder('store')
  let store: WorldStore | undefined
  const kept: WorldServer = {
    ...server,
    handle: (request, given) => {
      store = given
      return server.handle(request, given)
    },
  }
  const servers = [kept, releaseServer(folder.path)]
  const world = await startWorld({ folder: join(folder.path, 'world'), servers, proxy: true })
  const http = createHttp({
    routes: world.routes(),
    signal: new AbortController().signal,
    events: new Events(),
    userAgent: 'tagonce/test',
    offline: true,
    clock: fakeClock(),
  })
  await http.request(`https://${server.hosts[0]}/`)
  if (store === undefined) throw new Error('the store was not reached')
  return {
    folder: folder.path,
    world,
    store,
    http,
    io: async (run, env = login) => withChannel(http, await mkdtemp(join(folder.path, 'run-')), run, env),
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
