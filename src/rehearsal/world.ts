import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { LocalGit } from '../external/git-route.ts'
import { gitRoutes } from '../external/git-route.ts'
import type { Routes } from '../external/http.ts'
import { TagonceError } from '../core/errors.ts'
import type { WorldServer } from '../spokes/world.ts'
import { makePatient } from './adapter.ts'
import { clientEnv } from './client-env.ts'
import { createDispatch } from './dispatch.ts'
import { Faults, type Fault } from './faults.ts'
import { gitServerLacks, startGitServer, type GitServer } from './git-server/git-server.ts'
import { startProxy } from './proxy.ts'
import { appendLine, readLines, type Exchange, type LoggedRequest, type Refusal } from './request-log.ts'

/** Where a running world is reached; what a child process tells its parent in one line. */
export interface WorldPorts {
  folder: string
  hosts: string[]
  /** `http://127.0.0.1:PORT` */
  origin: string
  /** The process it runs in. */
  pid: number
  /** Where faults are set; unguessable, since it may kill. */
  control: string
  /** `http://127.0.0.1:PORT`, when there is a proxy, with the file of its certificate authority. */
  proxy?: { origin: string; ca: string }
  /** The server of git over ssh, when it was asked for; or why there is none. */
  git?: LocalGit | { lacks: string }
}

/** A running local world, in this process or in a child. */
export interface WorldHandle extends WorldPorts {
  /** Public origin → loopback, for the one HTTP client. */
  routes(): Routes
  /** A public URL as it is reached on loopback. */
  route(url: string): string
  /** Every request so far, also of earlier runs in the same folder. */
  requests(): LoggedRequest[]
  refusals(): Refusal[]
  /** An environment that leads real clients through the proxy; start them with this one only. `home` is a private folder. */
  clientEnv(home: string): Record<string, string>
  /** API exchanges, when started with `record`. */
  exchanges(): Exchange[]
  fault(fault: Fault): Promise<void>
  /** Latency added to every request, in milliseconds. */
  delay(ms: number): Promise<void>
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface WorldOptions {
  /** Holds all state; a world started in the same folder again goes on from it. */
  folder: string
  servers: WorldServer[]
  /** Starts the proxy for real clients too. */
  proxy?: boolean
  /** Starts the server of git over ssh too. */
  git?: boolean
  /** Writes bodies of API exchanges down, for `checkAgainstOpenApi`. */
  record?: boolean
}

/**
 * Starts the local world in this process: all public hosts of the servers on one loopback port.
 * @example
 * await using world = await startWorld({ folder, servers: [githubServer()] })
 * const http = createHttp({ routes: world.routes() })
 */
export async function startWorld(options: WorldOptions): Promise<WorldHandle> {
  const faults = new Faults()
  const dispatch = createDispatch({ ...options, faults, record: options.record ?? false })
  const secret = randomUUID()
  const server = createServer((req, res) => {
    const url = req.url ?? '/'
    const [, mark, host, ...rest] = url.split('/')
    if (mark === '_' && host !== undefined) {
      const [name = '', query] = host.split('?')
      void dispatch(req, res, name, `/${rest.join('/')}${query === undefined ? '' : `?${query}`}`)
    } else if (req.method === 'POST' && url === `/${secret}`) {
      void takeOrder(req, faults).finally(() => res.writeHead(204).end())
    } else res.writeHead(404).end('routes are /_/HOST/PATH\n')
  })
  makePatient(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const refused = (refusal: Refusal): void => appendLine(join(options.folder, 'refusals.ndjson'), refusal)
  const hosts = options.servers.flatMap((one) => one.hosts)
  const proxy = options.proxy === true ? await startProxy({ ...options, hosts, dispatch, refused }) : undefined
  const git = options.git === true ? await gitServer(options) : undefined
  const stop = async (): Promise<void> => {
    if (git !== undefined && 'stop' in git) await git.stop()
    await proxy?.stop()
    server.closeAllConnections()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  const ports = { folder: options.folder, hosts, origin, pid: process.pid, control: `${origin}/${secret}` }
  const more = {
    ...(proxy === undefined ? {} : { proxy: { origin: proxy.origin, ca: proxy.ca } }),
    ...(git === undefined
      ? {}
      : { git: 'lacks' in git ? git : { origin: git.origin, key: git.key, knownHosts: git.knownHosts } }),
  }
  return worldHandle({ ...ports, ...more }, stop)
}

/** Without it the other channels are rehearsed all the same. */
async function gitServer({ folder, servers }: WorldOptions): Promise<GitServer | { lacks: string }> {
  const lacks = gitServerLacks()
  if (lacks !== undefined) return { lacks }
  try {
    return await startGitServer(folder, servers)
  } catch (error) {
    if (error instanceof TagonceError && error.code === 'tool-missing') return { lacks: error.message }
    throw error
  }
}

/** What a test orders over the control path. */
interface Order {
  fault?: Fault
  delayMs?: number
}

async function takeOrder(req: AsyncIterable<Buffer>, faults: Faults): Promise<void> {
  let text = ''
  for await (const chunk of req) text += chunk.toString()
  const order = JSON.parse(text) as Order
  if (order.fault !== undefined) faults.set(order.fault)
  if (order.delayMs !== undefined) faults.delayMs = order.delayMs
}

/** The handle of a world that runs somewhere on this machine. */
export function worldHandle(ports: WorldPorts, stop: () => Promise<void>): WorldHandle {
  const steer = async (order: Order): Promise<void> => {
    await fetch(ports.control, { method: 'POST', body: JSON.stringify(order) })
  }
  const routes = (): Routes => ({
    ...Object.fromEntries(ports.hosts.map((host) => [`https://${host}`, `${ports.origin}/_/${host}`])),
    ...(ports.git === undefined || 'lacks' in ports.git ? {} : gitRoutes(ports.git)),
  })
  return {
    ...ports,
    routes,
    route: (url) => {
      const { host, pathname, search } = new URL(url)
      return ports.hosts.includes(host) ? `${ports.origin}/_/${host}${pathname}${search}` : url
    },
    clientEnv(home) {
      if (ports.proxy === undefined) throw new TagonceError('internal', 'this world was started without its proxy')
      return clientEnv(ports.proxy, home)
    },
    requests: () => readLines<LoggedRequest>(join(ports.folder, 'requests.ndjson')),
    refusals: () => readLines<Refusal>(join(ports.folder, 'refusals.ndjson')),
    exchanges: () => readLines<Exchange>(join(ports.folder, 'exchanges.ndjson')),
    fault: (fault) => steer({ fault }),
    delay: (delayMs) => steer({ delayMs }),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
