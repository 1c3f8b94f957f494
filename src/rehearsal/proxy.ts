import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { makePatient } from './adapter.ts'
import { createAuthority } from './certificates.ts'
import type { Dispatch } from './dispatch.ts'
import type { Refusal } from './request-log.ts'

/** The running proxy. */
export interface Proxy {
  /** `http://127.0.0.1:PORT` */
  origin: string
  /** PEM file of the certificate authority that clients must trust. */
  ca: string
  stop(): Promise<void>
}

/**
 * The forward proxy that leads real clients from public addresses to the local world: it ends their TLS with the authority of
 * this run and hands each request on, whole. A host that the world does not have is refused; nothing ever leaves loopback.
 */
export async function startProxy(world: {
  folder: string
  hosts: string[]
  dispatch: Dispatch
  refused: (refusal: Refusal) => void
}): Promise<Proxy> {
  const hosts = new Set(world.hosts)
  const authority = await createAuthority(world.folder)
  const refuse = (host: string, reason: string): void => {
    world.refused({ at: new Date().toISOString(), host, reason })
  }
  const hostOf = new WeakMap<Socket, string>()
  const sockets = new Set<Socket>()
  const inner = createServer((req, res) => {
    void world.dispatch(req, res, hostOf.get(req.socket) ?? '', req.url ?? '/')
  })
  makePatient(inner)

  const plain = (req: IncomingMessage, res: ServerResponse): void => {
    const url = URL.canParse(req.url ?? '') ? new URL(req.url ?? '') : undefined
    if (url !== undefined && url.port === '' && hosts.has(url.hostname)) {
      void world.dispatch(req, res, url.hostname, `${url.pathname}${url.search}`)
      return
    }
    refuse(url?.host ?? req.url ?? '', phrase(url?.host ?? ''))
    res.writeHead(403, phrase(url?.host ?? '')).end()
  }
  const tunnel = async (target: string, socket: Socket, head: Buffer): Promise<void> => {
    const [name = '', port] = target.split(':')
    // A registry may have a port of its own in its public address.
    const host = port === '443' ? name : target
    if (!hosts.has(host)) {
      refuse(target, phrase(target))
      // Clients show the reason phrase or nothing; none shows the body.
      socket.end(`HTTP/1.1 403 ${phrase(target)}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)
      return
    }
    const secureContext = await authority.identity(name)
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    if (head.length > 0) socket.unshift(head)
    const secure = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] })
    secure.on('error', (error) => refuse(host, `TLS: ${error.message}`))
    hostOf.set(secure, host)
    inner.emit('connection', secure)
  }

  const outer = createServer(plain)
  makePatient(outer)
  outer.on('connect', (req: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    void tunnel(req.url ?? '', socket, head).catch(() => socket.destroy())
  })
  await new Promise<void>((resolve) => outer.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(outer.address() as AddressInfo).port}`,
    ca: authority.file,
    async stop() {
      for (const socket of sockets) socket.destroy()
      outer.closeAllConnections()
      if (outer.listening) await new Promise((resolve) => outer.close(resolve))
    },
  }
}

function phrase(host: string): string {
  return `tagonce rehearsal: the local world has no ${host.replace(/[^\w.:-]/g, '?')}`
}
