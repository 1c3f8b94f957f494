import { writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lacks } from '../../rehearsal/testing.ts'
import { snap } from './index.ts'
import { LOGIN, states, storeUnderTest, type StoreUnderTest } from './testing/store.ts'
import type { Account, Review, StoredSnap } from './world-state.ts'

const without = lacks('mksquashfs') || lacks('unsquashfs')

let under: StoreUnderTest
beforeEach(async () => {
  under = await storeUnderTest()
})
afterEach(() => under[Symbol.asyncDispose]())

const review = (one: Review): void => under.store.write('review', one)
const account = (one: Account): void => under.store.write('account', one)
const settle = (status: string): void => {
  const known = under.store.read<StoredSnap>('snaps/hello-acme')
  for (const one of known?.revisions ?? []) if (one.status !== 'Published') one.status = status
  under.store.write('snaps/hello-acme', known)
}
const ids = (version: string): string[] => [
  `snap:hello-acme/amd64@${version}`,
  `snap:hello-acme/arm64@${version}`,
  'snap:hello-acme@latest/edge',
  'snap:hello-acme@latest/stable',
]
const all = (version: string, revision: string, pointer = revision): Record<string, string> =>
  Object.fromEntries(ids(version).map((id, at) => [id, at < 2 ? revision : pointer]))
const channels = async (): Promise<Record<string, string>> => {
  const url = 'https://api.snapcraft.io/v2/snaps/info/hello-acme?fields=channel-map,revision,version,download'
  const response = await under.http.request(url, { headers: { 'snap-device-series': '16' } })
  const body = (await response.json()) as {
    'channel-map'?: { channel: { name: string; architecture: string }; version: string }[]
  }
  return Object.fromEntries(
    (body['channel-map'] ?? []).map((one) => [`${one.channel.name} ${one.channel.architecture}`, one.version]),
  )
}
const uploads = (): string[] => under.writes().filter((one) => one.includes('/unscanned-upload/'))

describe.skipIf(without)('publishing', () => {
  test('uploads each architecture, then moves the channels; a second run sends nothing', async () => {
    const report = await under.publish(await under.release())
    expect(states(report)).toEqual(all('1.2.3', 'live'))
    expect(report.exitCode).toBe(0)
    expect(await channels()).toEqual({
      'edge amd64': '1.2.3',
      'edge arm64': '1.2.3',
      'stable amd64': '1.2.3',
      'stable arm64': '1.2.3',
    })
    const pointer = report.channels[0]?.units.find((one) => one.pointer === 'latest/stable')
    expect(pointer?.observation.evidence.filter((one) => one.what.includes('snap fetched'))).toHaveLength(2)
    const before = under.writes().length
    expect(states(await under.publish(await under.release()))).toEqual(all('1.2.3', 'live'))
    expect(under.writes()).toHaveLength(before)
  })

  test('the older version after the newer one: uploaded, but no channel moves', async () => {
    await under.publish(await under.release('2.0.1'))
    const report = await under.publish(await under.release('2.0.0'))
    expect(states(report)).toEqual(all('2.0.0', 'live', 'superseded'))
    expect(report.exitCode).toBe(0)
    expect(Object.values(await channels())).toEqual(['2.0.1', '2.0.1', '2.0.1', '2.0.1'])
  })

  test('a channel that is named moves back', async () => {
    await under.publish(await under.release('2.0.1'))
    await under.publish(await under.release('2.0.0'), { allowBackwards: ['latest/stable'] })
    expect(await channels()).toMatchObject({ 'stable amd64': '2.0.0', 'stable arm64': '2.0.0', 'edge amd64': '2.0.1' })
  })

  test('a pre-release goes to edge', async () => {
    await under.publish(await under.release('2.0.0'))
    const report = await under.publish(await under.release('2.0.1-test', { channels: ['edge'] }))
    expect(new Set(Object.values(states(report)))).toEqual(new Set(['live']))
    expect(await channels()).toMatchObject({ 'stable amd64': '2.0.0', 'edge amd64': '2.0.1-test' })
  })

  test('one architecture was released by an earlier run: partial, and only the other is sent', async () => {
    await under.publish(await under.release())
    const known = under.store.read<StoredSnap>('snaps/hello-acme')
    const dropped = { ...known, releases: known?.releases.filter((one) => one.architecture === 'amd64') }
    under.store.write('snaps/hello-acme', dropped)
    const before = under.writes().length
    expect(states(await under.publish(await under.release()))).toEqual(all('1.2.3', 'live'))
    expect(under.writes().slice(before)).toEqual(Array(2).fill('POST dashboard.snapcraft.io/dev/api/snap-release/'))
  })

  test('the answer to the push is lost: the next look finds the revision, no second one is made', async () => {
    const hub = await under.release('1.2.3', { channels: ['edge'] })
    // Of the writes of two architectures: the question, the bytes, the push.
    await under.world.fault({ nth: 5, when: 'after', action: 'drop' })
    await under.publish(hub)
    const known = under.store.read<StoredSnap>('snaps/hello-acme')
    expect(known?.revisions).toHaveLength(2)
  })

  test('two machines make the same bytes', async () => {
    const make = async (): Promise<string> => {
      const hub = await under.release()
      const [unit] = snap.units(hub.manifest, snap.parse(hub.manifest.spokes[0]?.settings))
      return under.io(async (io) => (await snap.assemble?.(unit!, hub, io))?.digest ?? '')
    }
    expect(await make()).toMatch(/^sha3-384:[0-9a-f]{96}$/)
    expect(await make()).toBe(await make())
  })
})

describe.skipIf(without)('reviews', () => {
  test('held: pending and a success, no channel moves; approved later, a later run releases it', async () => {
    review({ status: 'ManualReviewPending' })
    const report = await under.publish(await under.release())
    expect(states(report)).toEqual(all('1.2.3', 'pending', 'absent'))
    expect(await channels()).toEqual({})
    const before = uploads().length
    settle('Unpublished')
    review({})
    expect(states(await under.publish(await under.release()))).toEqual(all('1.2.3', 'live'))
    expect(uploads()).toHaveLength(before)
  })

  test('a review that takes a few looks', async () => {
    review({ looks: 2 })
    expect(states(await under.publish(await under.release()))).toEqual(all('1.2.3', 'live'))
  })

  test('rejected is blocked, and nothing is released', async () => {
    review({ status: 'Rejected' })
    const report = await under.publish(await under.release())
    expect(states(report)).toEqual(all('1.2.3', 'blocked', 'absent'))
    expect(report.exitCode).toBe(1)
  })

  test('a failed review that says it was processed is told as failed', async () => {
    review({ error: 'binary: not allowed' })
    const report = await under.publish(await under.release())
    expect(report.channels[0]?.units[0]).toMatchObject({
      observation: { state: 'absent' },
      failure: { message: expect.stringContaining('binary: not allowed') },
    })
    expect(report.exitCode).toBe(1)
  })

  test('an earlier revision in review holds this one back: deferred', async () => {
    review({ status: 'ManualReviewPending' })
    await under.publish(await under.release('1.0.0'))
    const report = await under.publish(await under.release('1.0.1'))
    expect(states(report)).toEqual(all('1.0.1', 'deferred', 'absent'))
    expect(report.exitCode).toBe(75)
  })
})

describe.skipIf(without)('what is refused', () => {
  test('revoked credentials: said with their mend, and nothing is sent', async () => {
    account({ revoked: true })
    const report = await under.publish(await under.release())
    expect(report.channels[0]?.units[0]?.failure).toMatchObject({
      code: 'credentials',
      hint: expect.stringContaining('snapcraft export-login'),
    })
    expect(JSON.stringify(report)).not.toContain(LOGIN.SNAPCRAFT_STORE_CREDENTIALS)
    expect(uploads()).toEqual([])
  })

  test('a discharge that has to be renewed is renewed', async () => {
    account({ stale: true })
    expect(states(await under.publish(await under.release()))).toEqual(all('1.2.3', 'live'))
    expect(under.writes()).toContain('POST login.ubuntu.com/api/v2/tokens/refresh')
  })

  test('other bytes under our version are a mismatch', async () => {
    await under.publish(await under.release())
    const report = await under.publish(await under.release('1.2.3', { summary: 'Other' }))
    expect(report.channels[0]?.units[0]?.observation).toMatchObject({
      state: 'mismatch',
      reason: expect.stringContaining('meta/snap.yaml differs'),
    })
    expect(uploads()).toHaveLength(2)
  })

  test('a program of the hub that is not what the manifest says is never uploaded', async () => {
    const hub = await under.release()
    await writeFile(`${under.folder}/assets-1.2.3/${hub.manifest.artifacts[0]?.name}`, 'other bytes')
    const report = await under.publish(hub)
    expect(report.channels[0]?.units[0]?.failure).toMatchObject({
      code: 'hub',
      message: expect.stringContaining('not what was sealed'),
    })
    expect(report.exitCode).toBe(1)
    expect(uploads()).toHaveLength(1)
  })

  test('an archive that the manifest does not hold', async () => {
    const bad = await under.release('1.2.3', {
      packages: [
        { file: 'x', arch: 'amd64', app: 'hello', named: true, programs: [{ name: 'none', artifact: 'none.tar.gz' }] },
      ],
    })
    const report = await under.publish(bad)
    expect(report.channels[0]?.failure).toMatchObject({
      code: 'manifest',
      message: expect.stringContaining('none.tar.gz'),
    })
    expect(uploads()).toEqual([])
  })
})

test('a store that answers with a web page is unknown: run it again, nothing is sent', async () => {
  account({ maintenance: true })
  const report = await under.publish(await under.release())
  expect(states(report)).toEqual(all('1.2.3', 'unknown'))
  expect(report.exitCode).toBe(75)
  expect(under.writes()).toEqual([])
})

test('without credentials only what is public is told', async () => {
  const report = await under.publish(await under.release(), { env: {} })
  expect(report.channels[0]?.units[0]?.observation).toMatchObject({ state: 'unknown' })
  expect(under.writes()).toEqual([])
})

describe.skipIf(without)('taking back', () => {
  test('the channel goes back to the version before; without one it is closed', async () => {
    await under.publish(await under.release('1.0.0'))
    await under.publish(await under.release('1.0.1'))
    const back = async (version: string): Promise<void> => {
      const { manifest } = await under.release(version)
      const units = snap.units(manifest, snap.parse(manifest.spokes[0]?.settings))
      for (const unit of units) {
        for (const step of snap.retract?.plan(unit, { state: 'live', evidence: [] }) ?? []) {
          const seen = await under.io((io) => snap.retract!.act(step, io))
          expect(seen.state).toBe('retracted')
        }
      }
    }
    await back('1.0.1')
    expect(new Set(Object.values(await channels()))).toEqual(new Set(['1.0.0']))
    await back('1.0.0')
    expect(await channels()).toEqual({})
  })
})

describe('the probe', () => {
  const codes = async (env: Record<string, string> = LOGIN): Promise<string[]> => {
    const hub = await under.release()
    const settings = snap.parse(hub.manifest.spokes[0]?.settings)
    const found = await under.io((io) => snap.probe(settings, io), env)
    expect(found.filter((one) => (one.mend ?? '') === '')).toEqual([])
    return found.map((one) => one.code).filter((one) => one !== 'tool-missing')
  }
  test('says nothing where all is well', async () => expect(await codes()).toEqual([]))
  test.each([
    [{ revoked: true }, 'snap-credentials'],
    [{ permissions: ['package_access'] }, 'snap-permission'],
    [{ channels: ['edge'] }, 'snap-channels'],
    [{ expires: '2026-01-01T00:00:00.000' }, 'snap-expired'],
    [{ expires: '2026-01-05T00:00:00.000' }, 'snap-expires'],
    [{ expires: '2099-01-05T00:00:00.000' }, undefined],
    [{ names: { 'hello-acme': 'unregistered' } }, 'snap-register'],
    [{ names: { 'hello-acme': 'foreign' } }, 'snap-owner'],
  ] as const)('%j: %s', async (one, code) => {
    account(one as Account)
    expect(await codes()).toEqual(code === undefined ? [] : [code])
  })
  test('what is no macaroon at all', async () => {
    await expect(codes({ SNAPCRAFT_STORE_CREDENTIALS: 'just-a-word' })).rejects.toMatchObject({ code: 'credentials' })
  })
  test('without mksquashfs it says what to install', async () => {
    const path = process.env['PATH']
    process.env['PATH'] = under.folder
    try {
      const settings = snap.parse((await under.release()).manifest.spokes[0]?.settings)
      const [first] = await under.io((io) => snap.probe(settings, io))
      expect(first).toMatchObject({
        severity: 'error',
        code: 'tool-missing',
        mend: expect.stringContaining('squashfs-tools'),
      })
    } finally {
      process.env['PATH'] = path
    }
  })
})
