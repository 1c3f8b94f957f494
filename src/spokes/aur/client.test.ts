import { describe, expect, it } from 'vitest'
import { createHash } from 'node:crypto'
import { tempFolder } from '../../core/temp.ts'
import { gitServerLacks } from '../../rehearsal/git-server/git-server.ts'
import { lacks } from '../../rehearsal/testing.ts'
import { remoteWorld } from '../shared/testing/remote.ts'
import type { ClientResult } from '../world.ts'
import { aur, aurSource } from './index.ts'
import { downloads, ENTRY, PROGRAM, releaseOf } from './testing/release.ts'
import { aurServer } from './world.ts'

const noSshd = gitServerLacks()
if (noSshd !== undefined) console.warn(`skipped: ${noSshd}`)
const skipped = noSshd !== undefined || lacks('makepkg') || lacks('pacman')
const program = createHash('sha256').update(PROGRAM).digest('hex')

const SOURCE = {
  ...ENTRY,
  git_url: 'ssh://aur@aur.archlinux.org/hello.git',
  makedepends: ['sh'],
  build: 'chmod +x hello',
  package: 'install -Dm755 ./hello "$pkgdir/usr/bin/hello"',
}

/** Published into a local AUR, then installed from it by its real clients. */
async function installed(
  spoke: typeof aur | typeof aurSource,
  config: object,
  version = '1.2.3',
  pins: Record<string, string> = {},
  spoil: (content: string, path: string) => string = (content) => content,
): Promise<ClientResult | { skipped: string }> {
  await using folder = await tempFolder('aur-client')
  await using remote = await remoteWorld({
    servers: [aurServer, downloads(folder.path)],
    env: { AUR_KEY: 'x' },
    proxy: true,
  })
  const { unit, hub, settings } = await releaseOf(spoke, config, version, folder.path, pins)
  const files = unit.files.map((one) => ({ ...one, content: spoil(one.content, one.path) }))
  await spoke.publish({ ...unit, files }, { state: 'absent', evidence: [] }, hub, remote.io)
  const home = `${remote.io.folder}/client`
  const io = {
    folder: home,
    env: remote.world.clientEnv(home),
    route: (url: string) => url,
    hub,
    signal: remote.io.signal,
  }
  const result = await spoke.world.client([unit], settings, io)
  expect(remote.world.refusals()).toEqual([])
  return result
}

describe.skipIf(skipped)('makepkg and pacman', () => {
  it.each<[string, object, string, Record<string, string>]>([
    ['nothing but what is required', {}, '1.2.3', {}],
    ['a version with a hyphen', {}, '1.2.3-rc.1', {}],
    [
      'everything',
      {
        description: `It's "quoted"  and   wide`,
        contributors: ['Bob <bob@acme.example>'],
        depends: ['glibc', 'bash>=5'],
        optdepends: ['git: for cloning', 'curl'],
        provides: ['hello', 'hi'],
        conflicts: ['hello'],
        backup: ['etc/hello.conf'],
        rel: '2',
        install: 'hello.install',
        license: 'MIT OR Apache-2.0',
        package: 'install -Dm755 "./hello" "${pkgdir}/usr/bin/hello"',
      },
      '1.2.3',
      { install: 'post_install() {\n  :\n}\n' },
    ],
  ])('install programs, %s; the .SRCINFO is what makepkg prints', async (_what, more, version, pins) => {
    const result = await installed(aur, { aurs: [{ ...ENTRY, ...more }] }, version, pins)
    expect(result).toMatchObject({
      client: 'makepkg',
      proof: 'installed by its client',
      what: 'hello-bin cloned, built by makepkg, installed by pacman, run',
      sha256: program,
    })
  })

  it('build from the sources', async () => {
    expect(await installed(aurSource, { aur_sources: [SOURCE] })).toMatchObject({
      proof: 'installed by its client',
      what: 'hello cloned, built by makepkg, installed by pacman, run',
      sha256: program,
    })
  })

  it('say which tool is missing to build', async () => {
    const entry = { ...SOURCE, makedepends: ['no-such-tool'] }
    expect(await installed(aurSource, { aur_sources: [entry] })).toMatchObject({
      proof: 'read by its client',
      what: 'hello cloned, .SRCINFO as makepkg prints it; not built, since there is no no-such-tool',
    })
  })

  it.each<[string, (content: string, path: string) => string, string]>([
    ['a wrong digest', (text) => text.replaceAll(/[0-9a-f]{64}/g, 'a'.repeat(64)), "can't build hello-bin"],
    [
      'another .SRCINFO',
      (text, path) => (path === '.SRCINFO' ? text.replace('MIT', 'GPL') : text),
      'is not what makepkg prints',
    ],
    ['bash that is none', (text, path) => (path === 'PKGBUILD' ? `${text}if\n` : text), "can't read the PKGBUILD"],
  ])('find %s', async (_what, spoil, words) => {
    await expect(installed(aur, { aurs: [ENTRY] }, '1.2.3', {}, spoil)).rejects.toThrow(words)
  })
})
