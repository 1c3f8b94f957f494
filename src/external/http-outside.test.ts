import { expect, test } from 'vitest'
import { TagonceError } from '../core/errors.ts'
import { loopback } from './testing.ts'

const URL_OF_BASE = 'https://registry.example.org/v2/'

test('what is only read goes to where it always is, though the same host is in the local world', async () => {
  await using real = await loopback([], (_, response) => response.end('the real one'))
  const outside = { 'https://registry.example.org': real.origin }
  const answer = (_: unknown, response: { end(text: string): void }): void => response.end('the local one')
  await using world = await loopback(['registry.example.org'], answer, { outside })
  const text = async (response: Promise<Response> | undefined): Promise<string | undefined> => (await response)?.text()
  expect(await text(world.http.request(URL_OF_BASE))).toBe('the local one')
  expect(await text(world.http.outside?.request(URL_OF_BASE))).toBe('the real one')
  expect(await text(world.http.outside?.fetch(URL_OF_BASE))).toBe('the real one')
  const marks = world.events.map((one) => (one.type === 'request' ? one.outside : 'no request'))
  expect(marks).toEqual([undefined, true, true])
})

test('outside nothing is written', async () => {
  await using real = await loopback([], (_, response) => response.end())
  await using world = await loopback([], (_, response) => response.end(), { outside: {} })
  for (const method of ['POST', 'put', 'DELETE']) {
    await expect(world.http.outside?.request(`${real.origin}/`, { method })).rejects.toThrow(TagonceError)
    await expect(world.http.outside?.fetch(`${real.origin}/`, { method })).rejects.toThrow('only read')
    await expect(world.http.outside?.fetch(new Request(`${real.origin}/`, { method }))).rejects.toThrow('only read')
  }
  expect(real.seen).toEqual([])
})

test('offline there is no outside; in a release outside is where everything is', async () => {
  await using offline = await loopback(['a.example.org'], (_, response) => response.end())
  expect(offline.http.outside).toBeUndefined()
  await using online = await loopback(['a.example.org'], (_, response) => response.end('here'), { offline: false })
  const response = await online.http.outside?.request('https://a.example.org/')
  expect(await response?.text()).toBe('here')
  expect(online.events.map((one) => (one.type === 'request' ? one.outside : 'no request'))).toEqual([undefined])
})
