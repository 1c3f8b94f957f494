import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../src/core/temp.ts'
import { SMALL_CONFIG, smallProject } from './support/project.ts'
import { endState, releaseChild, seedWorldFor, worldOf } from './support/world.ts'

test('a hub that is a draft: spokes wait and say why; published by hand, they run from it', async () => {
  await using folder = await tempFolder('draft')
  const project = join(folder.path, 'project')
  const state = join(folder.path, 'world')
  const config = SMALL_CONFIG.replace('name: hello } }', 'name: hello }, draft: true }')
  expect(config).not.toBe(SMALL_CONFIG)
  await smallProject(project, { '.goreleaser.yaml': config })
  await seedWorldFor(project, state)
  await using world = await worldOf(state)
  const order = { root: project, folder: join(folder.path, 'run') }

  // As asked for, so no failure; and no channel was written.
  const made = await releaseChild(world, order)
  expect(made).toMatchObject({ code: 0, stderr: '' })
  expect(made.report?.hub.state).toBe('staged')
  const units = made.report?.channels.flatMap((one) => one.units) ?? []
  expect(units.length).toBeGreaterThan(5)
  expect(new Set(units.map((one) => one.observation.state))).toEqual(new Set(['deferred']))
  expect(new Set(units.map((one) => one.observation.reason))).toEqual(new Set([expect.stringContaining('draft')]))
  const before = await endState(world, state)
  expect(before.releases).toMatchObject([{ tag: 'v1.2.3', draft: true }])
  expect(before.tap.commits).toBe(1)
  expect(Object.values(before.npm).flatMap((one) => Object.keys(one.versions))).toEqual([])

  // From a draft, nothing can be published.
  const publish = { tag: 'v1.2.3', hub: 'acme/hello', only: [] }
  const early = await releaseChild(world, { ...order, publish })
  expect(early.code).toBe(1)
  expect(early.stderr).toContain('draft')
  expect(await endState(world, state)).toEqual(before)

  // A person publishes it on GitHub.
  const headers = { authorization: 'token ghp_ofAcmeForTests', 'content-type': 'application/json' }
  const api = 'https://api.github.com/repos/acme/hello/releases'
  const [draft] = (await (await fetch(world.route(api), { headers })).json()) as { id: number }[]
  const body = JSON.stringify({ draft: false })
  const done = await fetch(world.route(`${api}/${draft?.id}`), { method: 'PATCH', headers, body })
  expect(done.status).toBe(200)

  const late = await releaseChild(world, { ...order, publish })
  expect(late).toMatchObject({ code: 0, stderr: '' })
  const after = await endState(world, state)
  expect(after.tap.commits).toBe(2)
  expect(Object.values(after.npm).flatMap((one) => Object.keys(one.versions))).toEqual([
    '1.2.3',
    '1.2.3',
    '1.2.3',
    '1.2.3',
  ])
})
