import { expect, test } from 'vitest'
import { hubWorld } from './testing.ts'

const RELEASES = '/repos/acme/hello/releases'

test('a release is made as a draft, filled, compared and published once', async () => {
  await using world = await hubWorld()
  const seen = await world.store()
  expect(seen).toEqual({
    state: 'live',
    evidence: [
      {
        what: 'release v1.0.0 is public and holds 3 files, digests equal',
        from: 'https://github.com/acme/hello/releases/tag/v1.0.0',
        at: '2026-05-01T12:00:00.000Z',
        digest: `sha256:${world.files[2]?.sha256}`,
      },
    ],
  })
  const [create, ...rest] = world.writes()
  expect(create).toBe(`POST ${RELEASES}`)
  expect(rest.filter((one) => one.startsWith('POST'))).toHaveLength(3)
  expect(rest.filter((one) => one.startsWith('PATCH'))).toHaveLength(1)
  const release = await world.api('GET', `${RELEASES}/tags/v1.0.0`)
  expect(release).toMatchObject({ draft: false, name: 'v1.0.0', body: 'what is new', prerelease: false })
  expect((await world.api('GET', `${RELEASES}/latest`))['tag_name']).toBe('v1.0.0')
})

test('a second run sends nothing', async () => {
  await using world = await hubWorld()
  await world.store()
  const before = world.writes().length
  expect((await world.store()).state).toBe('live')
  expect((await world.store({ mode: 'append' })).state).toBe('live')
  expect(world.writes()).toHaveLength(before)
})
