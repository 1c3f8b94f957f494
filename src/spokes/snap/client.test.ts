import { createHash } from 'node:crypto'
import { chmod, cp, mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../external/process.ts'
import { lacks } from '../../rehearsal/testing.ts'
import { snap } from './index.ts'
import { packedSnap } from './pack.ts'
import { pinFiles } from './pins.ts'
import { states, storeUnderTest, type StoreUnderTest } from './testing/store.ts'
import type { SnapRevisionUnit } from './unit.ts'

const without = lacks('snap') || lacks('mksquashfs') || lacks('unsquashfs') || lacks('curl')

let under: StoreUnderTest
beforeAll(async () => {
  under = await storeUnderTest()
})
afterAll(() => under[Symbol.asyncDispose]())

/** Everything that an entry can bring along. */
const FULL = {
  apps: {
    hello: { command: 'hello --from snap', more: { plugs: ['network', 'home'], completer: 'done.bash' } },
    served: { command: 'hello', more: { daemon: 'simple' } },
  },
  hooks: { configure: { plugs: ['network'] } },
  layout: { '/etc/hello': { symlink: '', bind: '$SNAP_DATA/etc', bindFile: '', type: '' } },
  plugs: { home: { read: 'all' } },
  assumes: ['snapd2.39'],
  files: [
    { source: 'data/deep/a.txt', destination: 'share/a.txt', mode: 0o640 },
    { source: 'data/configure', destination: 'meta/hooks/configure', mode: 0o755 },
  ],
}

async function fullRelease(version: string) {
  const project = join(under.folder, `project-${version}`)
  await mkdir(join(project, 'data/deep'), { recursive: true })
  const { writeFile } = await import('node:fs/promises')
  await writeFile(join(project, 'data/deep/a.txt'), 'a\n')
  await writeFile(join(project, 'data/configure'), '#!/bin/sh\n')
  await writeFile(join(project, 'done.bash'), 'complete -W x hello\n')
  const settings = snap.parse((await under.release(version, FULL)).manifest.spokes[0]?.settings)
  return under.release(version, FULL, await pinFiles(settings, project))
}

describe.skipIf(without)('the real snap', () => {
  test('packs the same files into the same bytes', async () => {
    const hub = await fullRelease('1.0.0')
    const [unit] = snap.units(hub.manifest, snap.parse(hub.manifest.spokes[0]?.settings)) as SnapRevisionUnit[]
    await under.io(async (io) => {
      const ours = await packedSnap(unit!, hub, io)
      const out = join(io.folder, 'theirs')
      await mkdir(out)
      const env = {
        PATH: process.env['PATH'],
        HOME: io.folder,
        SOURCE_DATE_EPOCH: String(Date.parse(hub.manifest.date) / 1000),
      }
      const packed = await run(['snap', 'pack', '--filename=theirs.snap', ours.prime, out], { env })
      expect(packed).toMatchObject({ code: 0 })
      const digest = async (path: string): Promise<string> =>
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex')
      expect(await digest(ours.path)).toBe(await digest(join(out, 'theirs.snap')))
    })
  })

  test('neither umask, owner nor time of the machine shows in the bytes', async () => {
    const make = async (): Promise<string> => {
      const hub = await fullRelease('1.0.1')
      const [unit] = snap.units(hub.manifest, snap.parse(hub.manifest.spokes[0]?.settings)) as SnapRevisionUnit[]
      return under.io(async (io) => (await packedSnap(unit!, hub, io)).sha3)
    }
    const before = process.umask(0o077)
    const first = await make()
    process.umask(0o000)
    const second = await make()
    process.umask(before)
    expect(second).toBe(first)
  })

  test('reads what the store gives: info, skeleton, unpacked and run, with the bytes of the hub', async () => {
    const hub = await fullRelease('1.2.3')
    expect(new Set(Object.values(states(await under.publish(hub))))).toEqual(new Set(['live']))
    const folder = join(under.folder, 'client')
    await mkdir(folder)
    const settings = snap.parse(hub.manifest.spokes[0]?.settings)
    const units = snap.units(hub.manifest, settings)
    const io = {
      folder,
      env: under.world.clientEnv(folder),
      route: (url: string) => under.world.route(url),
      hub,
      signal: new AbortController().signal,
    }
    const result = await snap.world.client(units, settings, io)
    const here = hub.manifest.artifacts.find(
      (one) => one.platform?.goarch === (process.arch === 'arm64' ? 'arm64' : 'amd64'),
    )
    expect(result).toMatchObject({
      client: 'snap',
      version: expect.stringMatching(/^\d/),
      proof: 'read by its client',
      sha256: here?.binaries[0]?.sha256,
    })
    expect(result).toMatchObject({ what: expect.stringContaining('hello --version ended with 0') })
    const modeOf = async (path: string): Promise<string> =>
      ((await stat(join(folder, 'unpacked', path))).mode & 0o7777).toString(8)
    expect(await modeOf('hello')).toBe('555')
    expect(await modeOf('share/a.txt')).toBe('640')
    expect(await modeOf('meta/hooks/configure')).toBe('755')
    expect(await modeOf('done.bash')).toBe('644')
    expect(await modeOf('share')).toBe('755')
    expect(under.world.refusals()).toEqual([])
  })

  test('the skeleton check of the real snap fails on what is broken', async () => {
    const hub = await fullRelease('1.0.2')
    const [unit] = snap.units(hub.manifest, snap.parse(hub.manifest.spokes[0]?.settings)) as SnapRevisionUnit[]
    await under.io(async (io) => {
      const { prime } = await packedSnap(unit!, hub, io)
      const copy = join(io.folder, 'broken')
      await cp(prime, copy, { recursive: true })
      expect(await run(['snap', 'pack', '--check-skeleton', copy])).toMatchObject({ code: 0 })
      await chmod(join(copy, 'hello'), 0o600)
      expect((await run(['snap', 'pack', '--check-skeleton', copy])).code).not.toBe(0)
    })
  })
})

test('a file of the project that is missing, or leaves it, is told before anything is sealed', async () => {
  const settings = snap.parse((await under.release('3.0.0', FULL)).manifest.spokes[0]?.settings)
  await expect(pinFiles(settings, under.folder)).rejects.toMatchObject({
    message: expect.stringContaining('data/deep/a.txt'),
  })
  const files = [{ source: '../x', destination: 'x', mode: 0o644 }]
  await expect(pinFiles({ ...settings, files }, under.folder)).rejects.toMatchObject({
    message: expect.stringContaining('leaves the folder'),
  })
})
