import { expect, test } from 'vitest'
import { hubFile, hubWorld } from './testing.ts'
import { ASSETS, JSON_TYPE, RELEASES, answer, expectWhole } from './testing-faults.ts'

// The fault matrix "Hub" of pitfalls.md: what stands there already, from us or from others.

test('what is equal in a leftover draft is not sent again', async () => {
  await using world = await hubWorld()
  await world.store({ draft: true }, world.files.slice(0, 2))
  const before = world.writes().length
  expect((await world.store()).state).toBe('live')
  expect(
    world
      .writes()
      .slice(before)
      .map((one) => one.split(' ')[0]),
  ).toEqual(['POST', 'PATCH'])
  await expectWhole(world)
})

test('other bytes in a draft are replaced, also when the delete is seen three reads late', async () => {
  await using world = await hubWorld()
  const other = await hubFile(world.folder, 'other', 'other bytes')
  await world.store({ draft: true }, [{ ...other, name: 'sums.txt' }])
  let stale: string | undefined
  let reads = 0
  world.intercept(async (request, next) => {
    if (request.method === 'DELETE') {
      reads = 3
      return next()
    }
    const response = await next()
    if (request.method !== 'GET' || !ASSETS.test(request.path)) return response
    const now = await response.text()
    if (reads > 0) reads -= 1
    else stale = now
    return new Response(stale, response)
  })
  expect((await world.store()).state).toBe('live')
  expect(world.clock.waits.length).toBeGreaterThanOrEqual(3)
  expect(world.said).toEqual(['sums.txt was different in the draft; replaced'])
  world.intercept((_, next) => next())
  await expectWhole(world)
})

test('other bytes in a public release are a mismatch that names both digests; nothing is sent', async () => {
  await using world = await hubWorld()
  await world.store()
  const before = world.writes().length
  const other = await hubFile(world.folder, 'other', 'other bytes')
  const seen = await world.store({}, [...world.files.slice(0, 1), { ...other, name: 'sums.txt' }])
  expect(seen.state).toBe('mismatch')
  expect(seen.reason).toContain(
    `sums.txt differs: the hub has sha256:${world.files[1]?.sha256}, here it is sha256:${other.sha256}`,
  )
  expect(world.writes()).toHaveLength(before)
})

test('two writers at once make one release', async () => {
  await using world = await hubWorld()
  // Both look before either makes a draft.
  let looking = 0
  let open: () => void = () => {}
  const both = new Promise<void>((resolve) => {
    open = resolve
  })
  world.intercept(async (request, next) => {
    if (request.method === 'POST' && request.path === RELEASES) {
      if (++looking === 2) open()
      await both
    }
    return next()
  })
  const seen = await Promise.all([world.store(), world.store()])
  expect(seen.map((one) => one.state)).toEqual(['live', 'live'])
  world.intercept((_, next) => next())
  await expectWhole(world)
})

test('of two drafts the one with most of our files goes on, and the log says so', async () => {
  await using world = await hubWorld()
  const make = (name: string): Promise<Record<string, unknown>> =>
    world.api('POST', RELEASES, { tag_name: 'v1.0.0', name, draft: true })
  const older = await make('older')
  await world.store({ draft: true }, world.files.slice(0, 2))
  const empty = await make('newer')
  expect((await world.store()).state).toBe('live')
  expect((await world.api('GET', `${RELEASES}/tags/v1.0.0`))['id']).toBe(older['id'])
  expect(world.said).toEqual([
    `2 drafts for v1.0.0: goes on with ${String(older['id'])} (2 files fit), leaves ${String(empty['id'])}`,
  ])
})

test('new drafts and assets that lists show late', async () => {
  await using world = await hubWorld()
  world.seed.lateReads(3)
  expect((await world.store()).state).toBe('live')
  expect(world.writes()).toHaveLength(5)
})

test('a published release that the list still shows as a draft is not published again', async () => {
  await using world = await hubWorld()
  await world.store()
  const before = world.writes().length
  world.intercept(async (request, next) => {
    if (request.path.endsWith('/releases/tags/v1.0.0')) return answer(404, 'Not Found')()
    if (request.path !== RELEASES) return next()
    const text = await (await next()).text()
    return new Response(text.replaceAll('"draft":false', '"draft":true'), { headers: JSON_TYPE })
  })
  expect((await world.store()).state).toBe('live')
  expect(world.writes()).toHaveLength(before)
})

test('101 assets are seen on all pages', async () => {
  await using world = await hubWorld()
  const many = await Promise.all(
    Array.from({ length: 101 }, (_, index) => hubFile(world.folder, `file-${index}.txt`, `content ${index}`)),
  )
  expect((await world.store({}, many)).state).toBe('live')
  const before = world.writes().length
  expect((await world.store({}, many)).state).toBe('live')
  expect(world.writes()).toHaveLength(before)
})

test('an immutable release that lacks a file is blocked; a complete one is live and may change its notes', async () => {
  await using world = await hubWorld({ immutable: true })
  expect((await world.store({}, world.files.slice(0, 2))).state).toBe('live')
  const before = world.writes().length
  const seen = await world.store()
  expect(seen).toMatchObject({ state: 'blocked', reason: expect.stringContaining('lacks tagonce.json') })
  expect(world.writes()).toHaveLength(before)
  expect((await world.store({ mode: 'replace', body: 'better' }, world.files.slice(0, 2))).state).toBe('live')
  expect((await world.api('GET', `${RELEASES}/tags/v1.0.0`))['body']).toBe('better')
})

test('a tag that a deleted immutable release has used is blocked', async () => {
  await using world = await hubWorld({ immutable: true })
  await world.store()
  const { id } = await world.api('GET', `${RELEASES}/tags/v1.0.0`)
  await world.api('DELETE', `${RELEASES}/${String(id)}`)
  expect(await world.store()).toMatchObject({
    state: 'blocked',
    reason: expect.stringContaining('never takes it again'),
  })
})

test('a pre-release and an older stable version never become Latest', async () => {
  await using world = await hubWorld()
  const latest = async (): Promise<unknown> => (await world.api('GET', `${RELEASES}/latest`))['tag_name']
  for (const tag of ['v2.0.0', 'v2.0.1', 'v3.0.0-rc.1']) await world.tag(tag)
  await world.store({ tag: 'v2.0.1' })
  await world.store({ tag: 'v2.0.0' })
  expect(await latest()).toBe('v2.0.1')
  await world.store({ tag: 'v3.0.0-rc.1', prerelease: true, makeLatest: 'true' })
  expect(await latest()).toBe('v2.0.1')
  // Told so by name.
  await world.store({ tag: 'v1.0.0', makeLatest: 'true' })
  expect(await latest()).toBe('v1.0.0')
})
