import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { expect, test } from 'vitest'
import { tempFolder } from '../src/core/temp.ts'
import { smallProject } from './support/project.ts'
import { endState, releaseChild, seedWorldFor, worldOf } from './support/world.ts'

/** A run that does not end well is told with the request at which it was killed. */
interface Case {
  nth: number
  when: 'before' | 'after'
}

test(
  'killed before or after any request that changes something, the next run comes to the same end, with no duplicate',
  { timeout: 280_000 },
  async () => {
    await using folder = await tempFolder('kill')
    const project = join(folder.path, 'project')
    const seeded = join(folder.path, 'seeded')
    await smallProject(project)
    await seedWorldFor(project, seeded)

    // The release as it should be, and all that it sends.
    const good = join(folder.path, 'good')
    await using world = await worldOf(good, seeded)
    const first = await releaseChild(world, { root: project, folder: join(folder.path, 'good-run') })
    expect(first).toMatchObject({ code: 0, stderr: '' })
    const sent = world.requests().filter((one) => one.mutating)
    expect(sent.map((one) => one.status).filter((status) => status >= 300)).toEqual([])
    const expected = await endState(world, good)
    expect(expected.releases).toHaveLength(1)
    expect(expected.releases[0]).toMatchObject({ tag: 'v1.2.3', draft: false })
    expect(expected.releases[0]?.assets).toHaveLength(4)
    expect(expected.tap).toMatchObject({ commits: 2 })
    expect(expected.tap.files).toHaveLength(3)
    expect(Object.values(expected.npm).map((one) => Object.keys(one.versions))).toEqual([
      ['1.2.3'],
      ['1.2.3'],
      ['1.2.3'],
      ['1.2.3'],
    ])
    expect(sent.length).toBeGreaterThanOrEqual(12)

    // Released again, nothing is sent.
    const again = await releaseChild(world, { root: project, folder: join(folder.path, 'good-again') })
    expect(again).toMatchObject({ code: 0 })
    expect(world.requests().filter((one) => one.mutating)).toHaveLength(sent.length)

    const limit = pLimit(2)
    const cases = sent.flatMap((_, at): Case[] => [
      { nth: at + 1, when: 'before' },
      { nth: at + 1, when: 'after' },
    ])
    const killed = async ({ nth, when }: Case): Promise<unknown> => {
      const own = join(folder.path, `${nth}-${when}`)
      await cp(project, join(own, 'project'), { recursive: true })
      await using world = await worldOf(join(own, 'world'), seeded)
      const order = { root: join(own, 'project'), folder: join(own, 'run') }
      const stopped = await releaseChild(world, { ...order, faults: [{ nth, when }] })
      const repaired = await releaseChild(world, { ...order, folder: join(own, 'again') })
      const struck = world.requests().filter((one) => one.fault === `kill ${when}`).length
      const state = await endState(world, join(own, 'world'))
      return { nth, when, stopped: stopped.code, struck, repaired: repaired.code, stderr: repaired.stderr, state }
    }
    const outcomes = await Promise.all(cases.map((one) => limit(() => killed(one))))
    expect(outcomes).toEqual(
      cases.map((one) => ({ ...one, stopped: 128, struck: 1, repaired: 0, stderr: '', state: expected })),
    )
  },
)
