import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { loopback } from '../../external/testing.ts'
import type { HubReader } from '../../hub/hub.ts'
import type { ChannelIO } from '../spoke.ts'
import { fetchServed } from './served.ts'

const URL_OF_FILE = 'https://dl.example.org/hello.tar.gz'

test('an address is fetched once a run, however many ask; a failure is asked anew', async () => {
  let status = 404
  await using server = await loopback(['dl.example.org'], (_, response) => response.writeHead(status).end('bytes'))
  const io = { http: server.http, signal: new AbortController().signal } as ChannelIO
  const run = {} as HubReader
  expect(await fetchServed(URL_OF_FILE, run, io)).toEqual({ status: 404, sha256: '' })
  status = 200
  const sha256 = createHash('sha256').update('bytes').digest('hex')
  const both = await Promise.all([fetchServed(URL_OF_FILE, run, io), fetchServed(URL_OF_FILE, run, io)])
  for (const one of [...both, await fetchServed(URL_OF_FILE, run, io)]) expect(one).toEqual({ status: 200, sha256 })
  expect(server.seen).toHaveLength(2)
  await fetchServed(URL_OF_FILE, {} as HubReader, io)
  expect(server.seen).toHaveLength(3)
})
