import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Observation } from '../../core/states.ts'
import { tempFolder } from '../../core/temp.ts'
import { run } from '../../external/process.ts'
import { gitServerLacks } from '../../rehearsal/git-server/git-server.ts'
import { remoteWorld, type RemoteWorld } from '../shared/testing/remote.ts'
import { aur } from './index.ts'
import { downloads, ENTRY, releaseOf, type AurRelease } from './testing/release.ts'
import { aurServer } from './world.ts'

const lacks = gitServerLacks()
if (lacks !== undefined) console.warn(`skipped: ${lacks}`)

interface Aur extends AsyncDisposable {
  remote: RemoteWorld
  /** A file of the local AUR: `maintenance`, `hello-bin.git/maintainer`. */
  put(name: string, text: string | null): Promise<void>
  git(...args: string[]): Promise<string>
  release(version: string, more?: object, pins?: Record<string, string>): Promise<AurRelease>
}

async function localAur(): Promise<Aur> {
  const folder = await tempFolder('aur-test')
  const remote = await remoteWorld({ servers: [aurServer, downloads(folder.path)], env: { AUR_KEY: 'made up' } })
  const base = join(remote.folder, 'state', 'aur.archlinux.org', 'blobs', 'git')
  return {
    remote,
    async put(name, text) {
      await mkdir(join(base, name, '..'), { recursive: true })
      await (text === null ? rm(join(base, name), { force: true }) : writeFile(join(base, name), text))
    },
    async git(...args) {
      const { stdout, stderr, code } = await run(['git', '--git-dir', join(base, 'hello-bin.git'), ...args])
      if (code !== 0) throw new Error(stderr)
      return stdout
    },
    release: (version, more = {}, pins = {}) =>
      releaseOf(aur, { aurs: [{ ...ENTRY, ...more }] }, version, folder.path, pins),
    async [Symbol.asyncDispose]() {
      await remote[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** What converge does: look, publish where it is needed, look again. */
async function converge({ remote: { io } }: Aur, { unit, hub }: AurRelease): Promise<Observation> {
  const seen = await aur.observe(unit, hub, io)
  if (['absent', 'partial'].includes(seen.state)) await aur.publish(unit, seen, hub, io)
  return aur.observe(unit, hub, io)
}

describe.skipIf(lacks !== undefined)('a package of the AUR', () => {
  it('is made by its first push: all files in one commit of master, once; then updated, never back', async () => {
    await using place = await localAur()
    const install = { more: { install: 'hello.install', commit_author: { name: 'Ann', email: 'ann@acme.example' } } }
    const script = { install: 'post_install() {\n  echo hi\n}\n' }
    const old = await place.release('2.0.0', install.more, script)
    expect(await aur.probe(aur.parse(old.settings), place.remote.io)).toEqual([])
    expect(await aur.observe(old.unit, old.hub, place.remote.io)).toMatchObject({
      state: 'absent',
      evidence: [{ what: 'the AUR has no hello-bin', from: 'https://aur.archlinux.org/packages/hello-bin' }],
    })
    expect(await converge(place, old)).toMatchObject({
      state: 'live',
      evidence: [{ what: 'the AUR has 2.0.0-1 of rehearsal' }],
    })
    expect(place.remote.pushes()).toBe(1)
    expect(await place.git('log', '--format=%an %ae %s', 'master')).toBe('Ann ann@acme.example Update to v2.0.0\n')
    expect(await place.git('ls-tree', '--name-only', 'master')).toBe('.SRCINFO\nPKGBUILD\nhello.install\n')
    expect(await place.git('show', 'master:hello.install')).toBe(script.install)

    const fresh = await place.release('2.0.1', install.more, script)
    expect(await converge(place, fresh)).toMatchObject({ state: 'live' })
    expect(await converge(place, fresh)).toMatchObject({ state: 'live' })
    expect((await aur.verify(fresh.unit, fresh.hub, place.remote.io)).evidence.map((one) => one.what)).toEqual([
      'the AUR has 2.0.1-1 of rehearsal',
      'linux/amd64: fetched hello_2.0.1_linux_amd64.tar.gz',
      'linux/arm64: fetched hello_2.0.1_linux_arm64.tar.gz',
    ])
    expect(place.remote.pushes()).toBe(1)
    expect(await converge(place, old)).toMatchObject({
      state: 'superseded',
      reason: 'the repository holds 2.0.1-1, which is newer',
    })
    await aur.publish(old.unit, { state: 'absent', evidence: [] }, old.hub, place.remote.io)
    expect(place.remote.pushes()).toBe(0)
    expect(await place.git('rev-list', '--count', 'master')).toBe('2\n')
  })

  it('is deferred while the AUR is down, before and during the push, and goes on when it is back', async () => {
    await using place = await localAur()
    const one = await place.release('2.0.0')
    const { io } = place.remote
    await place.put('maintenance', '')
    expect(await aur.observe(one.unit, one.hub, io)).toMatchObject({
      state: 'deferred',
      reason: 'the AUR is down due to maintenance',
    })
    expect((await aur.probe(aur.parse(one.settings), io)).map((each) => `${each.severity} ${each.code}`)).toEqual([
      'warning aur-closed',
    ])
    await aur.publish(one.unit, { state: 'absent', evidence: [] }, one.hub, io)
    await place.put('maintenance', null)
    // The same run keeps what it was told; the next one looks anew.
    expect(await aur.observe(one.unit, one.hub, io)).toMatchObject({
      state: 'deferred',
      reason: expect.stringContaining('The AUR is down due to maintenance') as string,
    })
    expect(await converge(place, { ...one, hub: { ...one.hub } })).toMatchObject({ state: 'live' })
  })

  it.each([
    ['somebody else owns it', 'hello-bin.git/maintainer', 'bob', 'credentials', 'permission denied'],
    ['the name is blocked', 'blacklist', 'hello-bin\n', 'spoke', 'package is blacklisted: hello-bin'],
    ['Arch has it already', 'providers', 'hello-bin\n', 'spoke', 'already provided by [extra]: hello-bin'],
    ['the account is banned', 'banned', '', 'credentials', 'SSH interface is disabled'],
  ])('is refused once, with the words of the AUR, when %s', async (_what, name, text, code, words) => {
    await using place = await localAur()
    const one = await place.release('2.0.0')
    // There is a package before there is an owner.
    if (name.startsWith('hello-bin')) await converge(place, one)
    const next = await place.release('2.0.1')
    await place.put(name, text)
    const pushed = aur.publish(next.unit, { state: 'absent', evidence: [] }, next.hub, place.remote.io)
    await expect(pushed).rejects.toMatchObject({ code, message: expect.stringContaining(words) as string })
  })

  it('is told before anything is built whose it is, that it is orphaned, or has an epoch', async () => {
    await using place = await localAur()
    const one = await place.release('2.0.0')
    await converge(place, one)
    const probed = async (): Promise<string[]> =>
      (await aur.probe(aur.parse(one.settings), place.remote.io)).map((each) => `${each.code}: ${each.message}`)
    await place.put('hello-bin.git/maintainer', 'bob')
    expect(await probed()).toEqual([expect.stringMatching(/^aur-refused: .*permission denied.*it belongs to bob$/)])
    await place.put('hello-bin.git/maintainer', '')
    expect(await probed()).toEqual(['aur-orphan: hello-bin is orphaned: the AUR takes no push for it'])
  })

  it('refuses what breaks its rules: folders, other branches, force, another name', async () => {
    await using place = await localAur()
    const one = await place.release('2.0.0')
    const { io } = place.remote
    const push = (change: Partial<AurRelease['unit']>): Promise<void> =>
      aur.publish({ ...one.unit, ...change }, { state: 'absent', evidence: [] }, one.hub, io)
    const files = one.unit.files
    const refused = (words: string) => ({ code: 'spoke', message: expect.stringContaining(words) as string })
    await expect(push({ files: [...files, { path: 'sub/x', content: 'x' }] })).rejects.toMatchObject(
      refused('must not contain subdirectories'),
    )
    await expect(push({ files: files.slice(0, 1) })).rejects.toMatchObject(refused('missing PKGBUILD'))
    await expect(push({ place: { ...one.unit.place, branch: 'main' } })).rejects.toMatchObject(
      refused('branch other than master is restricted'),
    )
    await expect(push({ files: [...files, { path: 'big', content: 'x'.repeat(256_001) }] })).rejects.toMatchObject(
      refused('maximum blob size'),
    )
    const renamed = files.map((file) => ({ ...file, content: file.content.replaceAll('hello-bin', 'other-bin') }))
    await expect(push({ files: renamed })).rejects.toMatchObject(
      refused('invalid pkgbase: other-bin, expected hello-bin'),
    )
    expect(place.remote.pushes()).toBe(0)
  })

  it('takes a page for no answer', async () => {
    await using place = await localAur()
    const one = await place.release('2.0.0')
    const { http } = place.remote.io
    const page = new Response('<html>hello</html>', { headers: { 'content-type': 'text/html' } })
    const io = { ...place.remote.io, http: { ...http, request: async () => page.clone() } }
    await expect(aur.observe(one.unit, one.hub, io)).rejects.toMatchObject({
      code: 'network',
      message: 'the AUR answers 200 with text/html where JSON is expected',
    })
  })
})
