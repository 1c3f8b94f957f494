import { mkdirSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { WorldServer, WorldStore } from '../spokes/world.ts'
import { sendResponse, toWorldRequest } from './adapter.ts'
import { faultName, type Fault, type Faults } from './faults.ts'
import { recordExchange } from './record.ts'
import { appendLine, type LoggedRequest } from './request-log.ts'
import { diskStore } from './store.ts'

/** Takes a request for a public host to its server. */
export type Dispatch = (req: IncomingMessage, res: ServerResponse, host: string, path: string) => Promise<void>

/** The folder that holds a server's state. */
export function stateFolder(folder: string, server: WorldServer): string {
  return join(folder, 'state', server.hosts[0] ?? 'unnamed')
}

/** One way from a request to its server, for the listener and the proxy alike: faults, latency, the log. */
export function createDispatch(world: {
  folder: string
  servers: WorldServer[]
  faults: Faults
  record: boolean
}): Dispatch {
  const { folder, faults } = world
  mkdirSync(folder, { recursive: true })
  const byHost = new Map<string, { server: WorldServer; store: WorldStore }>()
  for (const server of world.servers) {
    const store = diskStore(stateFolder(folder, server))
    for (const host of server.hosts) byHost.set(host, { server, store })
  }
  return async (req, res, host, path) => {
    const began = Date.now()
    const method = req.method ?? 'GET'
    const found = byHost.get(host)
    const length = req.headers['content-length'] === undefined ? undefined : Number(req.headers['content-length'])
    const mutating = found?.server.mutates?.(method, path, length) ?? (method !== 'GET' && method !== 'HEAD')
    const fault = faults.meet(mutating)
    const entry: LoggedRequest = {
      at: new Date(began).toISOString(),
      method,
      host,
      path,
      status: 0,
      mutating,
      who: (req.headers['user-agent'] ?? '').startsWith('tagonce') ? 'tagonce' : 'client',
      ms: 0,
      ...(fault === undefined ? {} : { fault: faultName(fault) }),
    }
    const log = (status: number): void => {
      appendLine(join(folder, 'requests.ndjson'), { ...entry, status, ms: Date.now() - began })
    }
    if (faults.delayMs > 0) await wait(faults.delayMs)
    if (found === undefined) {
      log(502)
      await sendResponse(new Response(`the local world has no ${host}\n`, { status: 502 }), req, res)
      return
    }
    if (fault?.when === 'before') return strike(fault, req, res, log)
    let response: Response
    try {
      const request = toWorldRequest(req, host, path, join(folder, 'uploads'))
      response = await found.server.handle(request, found.store)
      if (world.record) response = await recordExchange(join(folder, 'exchanges.ndjson'), request, response)
    } catch (error) {
      if (req.destroyed && !req.complete) return log(0)
      entry.error = error instanceof Error ? (error.stack ?? error.message) : String(error)
      response = new Response('the local world failed; see its requests.ndjson\n', { status: 500 })
    }
    if (fault?.when === 'after') return strike(fault, req, res, log)
    // Before the answer goes out: who has the answer can count on the log.
    log(response.status)
    await sendResponse(response, req, res)
  }
}

/** What GitHub says with a 403 or 429 when too much came at once; clients know it by these words. */
const SECONDARY_LIMIT = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'

async function strike(
  fault: Fault,
  req: IncomingMessage,
  res: ServerResponse,
  log: (status: number) => void,
): Promise<void> {
  const { action } = fault
  if (action !== 'drop' && 'status' in action) {
    log(action.status)
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      ...(action.retryAfter === undefined ? {} : { 'retry-after': String(action.retryAfter) }),
    }
    const limited = action.status === 403 || action.status === 429
    const message = limited ? SECONDARY_LIMIT : 'a fault of the local world'
    return sendResponse(new Response(JSON.stringify({ message }), { status: action.status, headers }), req, res)
  }
  log(0)
  if (action !== 'drop') process.kill(action.kill, 'SIGKILL')
  req.socket.destroy()
}
