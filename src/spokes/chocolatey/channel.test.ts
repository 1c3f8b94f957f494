import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { HubReader } from '../../hub/hub.ts'
import { chocolatey } from './index.ts'
import { gallery, KEY, type GalleryUnderTest } from './testing/gallery.ts'
import type { Moderation, StoredPackage } from './world-state.ts'

let under: GalleryUnderTest
beforeEach(async () => {
  under = await gallery()
})
afterEach(() => under[Symbol.asyncDispose]())

const moderate = (moderation: Moderation): void => under.store.write('moderation', moderation)
const change = (version: string, more: Partial<StoredPackage>): void => {
  const name = `packages/hello/${version}`
  under.store.write(name, { ...under.store.read<StoredPackage>(name), ...more })
}
const feed = async (path: string): Promise<string> =>
  (await under.http.request(`https://community.chocolatey.org/api/v2/${path}`)).text()
const unitsOf = (hub: HubReader) => chocolatey.units(hub.manifest, chocolatey.parse(hub.manifest.spokes[0]?.settings))

describe('publishing', () => {
  test('one push, then it is live with what users get fetched; a second run sends nothing', async () => {
    const hub = await under.release()
    const unit = await under.unit(hub)
    expect(unit).toMatchObject({ id: 'chocolatey:hello@1.2.3', actions: ['published', 'verified'] })
    expect(unit.observation.state).toBe('live')
    expect(unit.address).toBe('https://community.chocolatey.org/packages/hello/1.2.3')
    expect(under.writes()).toEqual(['PUT push.chocolatey.org/api/v2/package'])
    const zips = hub.manifest.artifacts.filter((one) => one.platform?.goos === 'windows')
    expect(zips).toHaveLength(2)
    const digests = unit.observation.evidence.map((one) => one.digest)
    for (const zip of zips) expect(digests).toContain(`sha256:${zip.sha256}`)
    const served = Buffer.from(
      await (await under.http.request(`https://community.chocolatey.org/api/v2/package/hello/1.2.3`)).arrayBuffer(),
    )
    expect(digests).toContain(`sha512:${createHash('sha512').update(served).digest('hex')}`)
    expect((await under.unit(await under.release())).observation.state).toBe('live')
    expect(under.writes()).toHaveLength(1)
  })

  test('two machines make the same bytes', async () => {
    const make = async (): Promise<string> => {
      const hub = await under.release()
      const [unit] = unitsOf(hub)
      return under.io(async (io) => (await chocolatey.assemble?.(unit!, hub, io))?.digest ?? '')
    }
    expect(await make()).toBe(await make())
  })

  test('the older version published after the newer one leaves the latest alone', async () => {
    await under.unit(await under.release('2.0.1'))
    expect((await under.unit(await under.release('2.0.0'))).observation.state).toBe('live')
    const latest = /<d:Version>([^<]+)<\/d:Version>(?:(?!<entry).)*IsLatestVersion m:type="Edm.Boolean">true/s
    expect(latest.exec(await feed("FindPackagesById()?id='hello'"))?.[1]).toBe('2.0.1')
  })

  test('a pre-release is not the latest', async () => {
    await under.unit(await under.release('2.0.0'))
    expect((await under.unit(await under.release('2.0.1-test'))).observation.state).toBe('live')
    const entry = await feed("Packages(Id='hello',Version='2.0.1-test')")
    expect(entry).toContain('IsLatestVersion m:type="Edm.Boolean">false')
    expect(entry).toContain('IsAbsoluteLatestVersion m:type="Edm.Boolean">true')
  })

  test('the answer to the push is lost: the next look finds it, nothing is sent twice', async () => {
    await under.world.fault({ nth: 1, when: 'after', action: 'drop' })
    expect((await under.unit(await under.release())).observation.state).toBe('live')
    expect(under.writes()).toHaveLength(1)
  })
})

describe('moderation', () => {
  test.each([
    ['Submitted', 'Pending', 'pending', /automated checks run/],
    ['Submitted', 'Ready', 'pending', /a moderator looks at it next/],
    ['Submitted', 'Waiting', 'pending', /waits for its maintainer/],
    ['Submitted', 'Updated', 'pending', /head of the queue/],
    ['Exempted', 'Ready', 'live', /^$/],
    ['Approved', 'Ready', 'live', /^$/],
  ] as const)('%s, %s is %s', async (status, submitted, state, reason) => {
    moderate({ status, submitted })
    const report = await under.publish(await under.release())
    const [unit] = report.channels.flatMap((one) => one.units)
    expect(unit?.observation.state).toBe(state)
    expect(unit?.observation.reason ?? '').toMatch(reason)
    expect(report.exitCode).toBe(state === 'pending' ? 75 : 0)
    // Neither case is pushed again.
    await under.unit(await under.release())
    expect(under.writes()).toHaveLength(1)
  })

  test('pending today, live when a later run looks again', async () => {
    moderate({ status: 'Submitted' })
    await under.unit(await under.release())
    change('1.2.3', { status: 'Approved' })
    const unit = await under.unit(await under.release())
    expect(unit).toMatchObject({ observation: { state: 'live' }, actions: ['nothing to do', 'verified'] })
  })

  test('the feed hides it, its page does not: pending, no second push', async () => {
    moderate({ status: 'Submitted', hidden: true })
    expect((await under.unit(await under.release())).observation).toMatchObject({
      state: 'pending',
      reason: expect.stringContaining('page'),
    })
    await under.unit(await under.release())
    expect(under.writes()).toHaveLength(1)
  })

  test('rejected is blocked', async () => {
    moderate({ status: 'Submitted' })
    await under.unit(await under.release())
    change('1.2.3', { status: 'Rejected' })
    const report = await under.publish(await under.release())
    expect(report.channels[0]?.units[0]?.observation).toMatchObject({ state: 'blocked' })
    expect(report.exitCode).toBe(1)
  })

  test('an earlier version waits and none is approved: deferred with the words of the gallery, one try', async () => {
    moderate({ status: 'Submitted' })
    await under.unit(await under.release('1.0.0'))
    const report = await under.publish(await under.release('1.0.1'))
    expect(report.channels[0]?.units[0]?.observation).toMatchObject({
      state: 'deferred',
      reason: expect.stringContaining('has a previous version in a submitted state'),
    })
    expect(report.exitCode).toBe(75)
    expect(under.writes()).toHaveLength(2)
    change('1.0.0', { status: 'Approved' })
    moderate({})
    expect((await under.unit(await under.release('1.0.1'))).observation.state).toBe('live')
  })
})

describe('what is refused', () => {
  test('an expired key: said once, with its mend and without the key', async () => {
    under.store.write('accounts', { keys: { [KEY]: { name: 'ann', expired: true } } })
    const unit = await under.unit(await under.release())
    expect(unit.failure).toMatchObject({ code: 'credentials', hint: expect.stringContaining('CHOCOLATEY_API_KEY') })
    expect(unit.failure?.message).toContain('does not provide the authority')
    expect(JSON.stringify(unit)).not.toContain(KEY)
    expect(under.writes()).toHaveLength(1)
  })

  test('a name of somebody else', async () => {
    under.store.write('accounts', { keys: { [KEY]: { name: 'ann' }, [KEY.replace('0b', '1b')]: { name: 'bob' } } })
    await under.unit(await under.release('1.0.0'), { CHOCOLATEY_API_KEY: KEY.replace('0b', '1b') })
    expect((await under.unit(await under.release('1.0.1'))).failure?.code).toBe('credentials')
  })

  test('the same version with another script is a mismatch, and is left', async () => {
    await under.unit(await under.release())
    const other = await under.unit(await under.release('1.2.3', { projectUrl: 'https://other.example' }))
    expect(other.observation).toMatchObject({
      state: 'mismatch',
      reason: expect.stringContaining('hello.nuspec differs'),
    })
    expect(under.writes()).toHaveLength(1)
  })

  test('an archive in the hub that is not what the manifest says', async () => {
    const hub = await under.release()
    const zip = hub.manifest.artifacts.find((one) => one.name.endsWith('windows_amd64.zip'))
    await writeFile(`${under.folder}/assets-1.2.3/${zip?.name}`, 'other bytes')
    expect((await under.unit(hub)).failure).toMatchObject({
      code: 'hub',
      message: expect.stringContaining('is not what was sealed'),
    })
    expect(under.writes()).toEqual([])
  })

  test('an archive that the manifest does not hold', async () => {
    const packages = [{ artifact: 'none.zip', url: 'https://github.com/none.zip' }]
    const report = await under.publish(await under.release('1.2.3', { packages }))
    expect(report.channels[0]?.failure).toMatchObject({
      code: 'manifest',
      message: expect.stringContaining('none.zip'),
    })
    expect(under.writes()).toEqual([])
  })

  test('a feed that answers with a web page is unknown, and nothing is sent', async () => {
    moderate({ maintenance: true })
    const report = await under.publish(await under.release())
    expect(report.channels[0]?.units[0]?.observation).toMatchObject({
      state: 'unknown',
      reason: expect.stringContaining('a web page instead of a package feed'),
    })
    expect(report.exitCode).toBe(75)
    expect(under.writes()).toEqual([])
  })

  test('a busy feed: 503 on the push is tried again after a look, one package', async () => {
    await under.world.fault({ nth: 1, when: 'before', action: { status: 503 } })
    expect((await under.unit(await under.release())).observation.state).toBe('live')
    expect(under.writes()).toHaveLength(2)
  })
})

test('another feed of version 3: found, pushed, compared', async () => {
  const sourceRepo = 'https://api.nuget.org/v3/index.json'
  const unit = await under.unit(await under.release('1.2.3', { sourceRepo }))
  expect(unit.observation.state).toBe('live')
  expect(under.writes()).toEqual(['PUT api.nuget.org/v3/package'])
  await under.unit(await under.release('1.2.3', { sourceRepo }))
  expect(under.writes()).toHaveLength(1)
})

describe('taking back', () => {
  test('unlists; then it is retracted, and the version before is the latest', async () => {
    await under.unit(await under.release('1.0.0'))
    const hub = await under.release('1.0.1')
    const { observation } = await under.unit(hub)
    const [unit] = unitsOf(hub)
    const steps = chocolatey.retract?.plan(unit!, observation) ?? []
    expect(steps).toMatchObject([{ final: false, what: expect.stringContaining('unlist hello 1.0.1') }])
    const seen = await under.io((io) => chocolatey.retract!.act(steps[0]!, io))
    expect(seen.state).toBe('retracted')
    expect((await under.unit(hub)).observation.state).toBe('retracted')
    expect(await feed("Packages(Id='hello',Version='1.0.0')")).toContain('IsLatestVersion m:type="Edm.Boolean">true')
  })

  test('where the site takes no request, it says where to do it by hand', async () => {
    moderate({ noUnlist: true })
    const hub = await under.release()
    const { observation } = await under.unit(hub)
    const [step] = chocolatey.retract?.plan(unitsOf(hub)[0]!, observation) ?? []
    await expect(under.io((io) => chocolatey.retract!.act(step!, io))).rejects.toMatchObject({
      hint: expect.stringContaining('https://community.chocolatey.org/packages/hello/1.2.3'),
    })
  })
})

test('the probe tells a key that is no GUID, and a name that is free', async () => {
  const hub = await under.release()
  const settings = chocolatey.parse(hub.manifest.spokes[0]?.settings)
  const found = await under.io((io) => chocolatey.probe(settings, io), { CHOCOLATEY_API_KEY: 'not-a-guid-at-all' })
  expect(found).toMatchObject([
    { severity: 'error', code: 'chocolatey-key' },
    { severity: 'info', message: expect.stringContaining('new package') },
  ])
  expect(await readFile(`${under.world.folder}/requests.ndjson`, 'utf8')).not.toContain('not-a-guid-at-all')
})
