import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { createHttp } from '../external/http.ts'
import { run } from '../external/process.ts'
import { Events } from '../core/events.ts'
import type { WorldServer } from '../spokes/world.ts'
import { withHosts, writeHosts } from './hosts.ts'
import { lacks } from './testing.ts'
import { startWorld } from './world.ts'

const echo: WorldServer = {
  hosts: ['registry.example.org'],
  handle: async ({ host, path }) => new Response(`${host} ${path}`),
}
const other: WorldServer = { hosts: ['other.example.org'], handle: async () => new Response('other') }

test.skipIf(lacks('curl'))(
  'hosts of a config, also with a port, are led to their server; by us and by clients',
  async () => {
    await using folder = await tempFolder('hosts')
    writeHosts(folder.path, [
      { host: 'git.example.org:5050', server: 'registry.example.org' },
      { host: 'other.example.org', server: 'registry.example.org' },
      { host: 'git.example.org:5050', server: 'registry.example.org' },
    ])
    await using world = await startWorld({
      folder: folder.path,
      servers: withHosts(folder.path, [echo, other]),
      proxy: true,
    })
    const signal = new AbortController().signal
    const http = createHttp({ routes: world.routes(), offline: true, signal, events: new Events(), userAgent: 'x' })
    const text = async (url: string): Promise<string> => (await http.request(url)).text()
    expect(await text('https://git.example.org:5050/v2/')).toBe('git.example.org:5050 /v2/')
    expect(await text('https://other.example.org/')).toBe('other')
    const env = world.clientEnv(folder.path)
    const curl = async (url: string): Promise<string> => (await run(['curl', '-sS', url], { env })).stdout
    expect(await curl('https://git.example.org:5050/v2/')).toBe('git.example.org:5050 /v2/')
    expect(await curl('https://registry.example.org/x')).toBe('registry.example.org /x')
    expect((await run(['curl', '-sS', 'https://git.example.org/'], { env })).code).not.toBe(0)
  },
)

test('a world without further hosts is as it was', async () => {
  await using folder = await tempFolder('hosts')
  expect(withHosts(folder.path, [echo])).toEqual([echo])
})
