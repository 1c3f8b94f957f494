import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run } from '../../external/process.ts'
import { hashFile } from '../../formats/hash.ts'
import { lacks } from '../../rehearsal/testing.ts'
import { snap } from './index.ts'
import { packedSnap } from './pack.ts'
import { LOGIN, states, storeUnderTest, type StoreUnderTest } from './testing/store.ts'
import type { SnapRevisionUnit } from './unit.ts'
import type { Account, Review } from './world-state.ts'

/** A Python that has craft-store 3.4.0, the library that snapcraft speaks to the store with. */
const PYTHON = process.env['CRAFT_STORE'] ?? ''
const lacksLibrary = !existsSync(PYTHON)
if (lacksLibrary) console.warn('skipped: craft-store is not on this machine (CRAFT_STORE)')
const without = lacksLibrary || lacks('mksquashfs') || lacks('unsquashfs')

let under: StoreUnderTest
beforeEach(async () => {
  under = await storeUnderTest()
})
afterEach(() => under[Symbol.asyncDispose]())

const review = (one: Review): void => under.store.write('review', one)
const account = (one: Account): void => under.store.write('account', one)

/** Has the library publish our snap for amd64; what the store said to it, and the snap's digest. */
async function published(version = '1.2.3', channel = 'latest/edge'): Promise<{ said: unknown; sha3: string }> {
  const hub = await under.release(version)
  const units = snap.units(hub.manifest, snap.parse(hub.manifest.spokes[0]?.settings)) as SnapRevisionUnit[]
  const unit = units.find((one) => one.arch === 'amd64')
  return under.io(async (io) => {
    const { path } = await packedSnap(unit!, hub, io)
    const env = { ...under.world.clientEnv(join(io.folder, 'home')), ...LOGIN, CRAFT_STORE_RETRIES: '0' }
    const judge = join(import.meta.dirname, 'testing', 'craft-store.py')
    const argv = [PYTHON, judge, 'hello-acme', path, channel]
    const result = await run(argv, { cwd: io.folder, env, timeout: 60_000 })
    expect(result).toMatchObject({ code: 0, stderr: '' })
    const { digests } = await hashFile(path, ['sha3-384'])
    return { said: JSON.parse(result.stdout), sha3: digests['sha3-384'] }
  })
}

describe.skipIf(without)("craft-store, snapcraft's own library", () => {
  test('uploads our snap, waits for its review, releases it, and reads it back; ours sees what it has sent', async () => {
    review({ looks: 2 })
    const { said, sha3 } = await published()
    expect(said).toEqual({
      username: 'maintainer',
      codes: ['being_processed', 'being_processed', 'ready_to_release'],
      revision: 1,
      held: [[1, '1.2.3', 'Published', sha3]],
      releases: [['latest', 'edge', 1]],
      channels: [['edge', 'amd64', 1]],
    })
    expect(under.writes()).toEqual([
      'POST dashboard.snapcraft.io/dev/api/snap-push/',
      'POST storage.snapcraftcontent.com/unscanned-upload/',
      'POST dashboard.snapcraft.io/dev/api/snap-push/',
      'POST dashboard.snapcraft.io/dev/api/snap-release/',
    ])
    review({})
    const report = await under.publish(await under.release())
    expect(new Set(Object.values(states(report)))).toEqual(new Set(['live']))
    const sent = under.writes().filter((one) => one.endsWith('/unscanned-upload/'))
    // The other is that for arm64.
    expect(sent).toHaveLength(2)
  })

  test('renews a discharge that is a day old, as ours does', async () => {
    account({ stale: true })
    expect((await published()).said).toMatchObject({ revision: 1, channels: [['edge', 'amd64', 1]] })
    expect(under.writes()).toContain('POST login.ubuntu.com/api/v2/tokens/refresh')
  })

  test('is told of the same bytes once more', async () => {
    await published()
    const { said } = await published()
    expect(said).toEqual({ codes: ['processing_error'], errors: [expect.stringContaining('already been uploaded')] })
  })

  test('is told of a review that waits for a person', async () => {
    review({ status: 'ManualReviewPending' })
    const refused = '- resource-not-ready: Revision 1 is not approved'
    expect((await published()).said).toEqual({ status: 400, refused })
  })

  test.each<[string, Account, string, number, string]>([
    ['revoked credentials', { revoked: true }, 'edge', 401, 'macaroon-authorization-required'],
    ['a name that nobody has', { names: { 'hello-acme': 'unregistered' } }, 'edge', 404, 'resource-not-found'],
    ["another's name", { names: { 'hello-acme': 'foreign' } }, 'edge', 403, 'macaroon-permission-required'],
    ['a channel beyond its permissions', { channels: ['edge'] }, 'stable', 403, 'macaroon-permission-required'],
  ])('understands a refusal: %s', async (_what, who, channel, status, code) => {
    account(who)
    expect((await published('1.2.3', channel)).said).toEqual({
      status,
      refused: expect.stringContaining(`- ${code}: `),
    })
  })
})
