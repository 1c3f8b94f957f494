import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { WorldServer } from '../spokes/world.ts'

/** A public host that the config names, and the first host of the server that it is led to. */
export interface ExtraHost {
  host: string
  server: string
}

/** Tells a world that is to be started in the folder which further hosts it has. */
export function writeHosts(folder: string, hosts: ExtraHost[]): void {
  mkdirSync(dirname(fileOf(folder)), { recursive: true })
  writeFileSync(fileOf(folder), JSON.stringify(hosts))
}

/** The servers, with the hosts that were written for them. A host that one of them has already stays with it. */
export function withHosts(folder: string, servers: WorldServer[]): WorldServer[] {
  const taken = new Set(servers.flatMap((one) => one.hosts))
  const extra = readHosts(folder).filter(({ host }) => !taken.has(host))
  return servers.map((server) => {
    const more = extra.filter((one) => one.server === server.hosts[0]).map((one) => one.host)
    return more.length === 0 ? server : { ...server, hosts: [...server.hosts, ...new Set(more)] }
  })
}

function readHosts(folder: string): ExtraHost[] {
  try {
    return JSON.parse(readFileSync(fileOf(folder), 'utf8')) as ExtraHost[]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function fileOf(folder: string): string {
  return join(folder, 'hosts.json')
}
