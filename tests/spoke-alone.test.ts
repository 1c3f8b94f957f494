import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../src/core/temp.ts'
import { smallProject } from './support/project.ts'
import { endState, releaseChild, seedWorldFor, worldOf } from './support/world.ts'

test('the manifest alone is enough: every spoke runs in an empty folder, without repository and config', async () => {
  await using folder = await tempFolder('alone')
  const project = join(folder.path, 'project')
  const seeded = join(folder.path, 'seeded')
  await smallProject(project)
  await seedWorldFor(project, seeded)

  // What a release with all of them makes.
  await using whole = await worldOf(join(folder.path, 'whole'), seeded)
  expect(await releaseChild(whole, { root: project, folder: join(folder.path, 'run') })).toMatchObject({ code: 0 })
  const expected = await endState(whole, join(folder.path, 'whole'))

  // The machine that releases dies as soon as the hub is public. Nothing of it is left.
  const published =
    whole
      .requests()
      .filter((one) => one.mutating)
      .findIndex((one) => one.method === 'PATCH') + 1
  const alone = join(folder.path, 'alone')
  await using world = await worldOf(alone, seeded)
  const died = await releaseChild(world, {
    root: project,
    folder: join(folder.path, 'died'),
    faults: [{ nth: published, when: 'after' }],
  })
  expect(died).toMatchObject({ code: 128 })
  const before = await endState(world, alone)
  expect(before.releases).toEqual(expected.releases)
  expect(before.tap.commits).toBe(1)
  expect(Object.values(before.npm).flatMap((one) => Object.keys(one.versions))).toEqual([])
  await rm(project, { recursive: true })

  const empty = join(folder.path, 'empty')
  await mkdir(empty)
  const publish = { tag: 'v1.2.3', hub: 'acme/hello' }
  const order = { root: empty }
  const npm = await releaseChild(world, {
    ...order,
    folder: join(folder.path, 'npm'),
    publish: { ...publish, only: ['npm'] },
  })
  expect(npm).toMatchObject({ code: 0, stderr: '' })
  expect(npm.report?.channels.map(({ spoke, skip }) => [spoke, skip])).toEqual([
    ['cask', 'not asked for (only npm)'],
    ['homebrew', 'not asked for (only npm)'],
    ['npm', undefined],
    ['npm', undefined],
  ])
  const half = await endState(world, alone)
  expect(half).toEqual({ ...expected, tap: before.tap })
  const rest = await releaseChild(world, {
    ...order,
    folder: join(folder.path, 'rest'),
    publish: { ...publish, only: [] },
  })
  expect(rest).toMatchObject({ code: 0, stderr: '' })
  expect(await endState(world, alone)).toEqual(expected)
  expect(await readdir(empty)).toEqual([])

  // All is live now: a third run sends nothing.
  const sent = world.requests().filter((one) => one.mutating).length
  const again = { ...order, folder: join(folder.path, 'again'), publish: { ...publish, only: [] } }
  expect(await releaseChild(world, again)).toMatchObject({ code: 0 })
  expect(world.requests().filter((one) => one.mutating)).toHaveLength(sent)
})
