import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Brew, Cask } from '../../config/config.ts'
import type { Artifact } from '../../core/artifact.ts'
import { run } from '../../external/process.ts'
import type { ClientResult } from '../world.ts'
import { homebrewClient } from './client.ts'
import { cask, homebrew } from './index.ts'
import { manifestOf, spokeConfig } from './testing/config.ts'
import { DOWNLOADS, hubOf, servedArchive, tapUnderTest } from './testing/tap.ts'
import type { TapUnit } from './unit.ts'

const repository = { owner: 'acme', name: 'homebrew-tap' }
const common = { repository, homepage: 'https://acme.example', description: 'Says hello' }
const url = `${DOWNLOADS}/{{ .Version }}/{{ .ArtifactName }}`

const ruby = await run(['ruby', '--version']).then(
  () => true,
  () => false,
)
if (!ruby) console.log('skipped: no ruby on this machine')

const FOUR = ['darwin', 'linux'].flatMap((goos) => ['amd64', 'arm64'].map((arch) => servedArchive(goos, arch)))

async function client(
  input: { artifacts?: Artifact[]; brews?: Brew[]; casks?: Cask[] },
  change: (unit: TapUnit) => TapUnit = (unit) => unit,
): Promise<ClientResult | { skipped: string }> {
  await using tap = await tapUnderTest()
  const release = { artifacts: FOUR, ...input }
  const config = spokeConfig(release)
  const manifest = manifestOf(release)
  const units = [
    ...homebrew.settings(config).flatMap(({ settings }) => homebrew.units(manifest, settings)),
    ...cask.settings(config).flatMap(({ settings }) => cask.units(manifest, settings)),
  ].map(change)
  const folder = join(tap.folder, 'client')
  await mkdir(folder)
  // Leads curl's public address to loopback, as the rehearsal's proxy does.
  const host = DOWNLOADS.replace('https://', '')
  const shim = `#!/bin/sh
PATH="$REAL_PATH"
[ "$1" = --version ] && exec curl --version
exec curl "$1" "$2" "$3" "$4" "$5" "$6" "${tap.world.origin}/_/${host}/\${7#${DOWNLOADS}/}"
`
  await writeFile(join(folder, 'curl'), shim, { mode: 0o755 })
  const path = process.env['PATH'] ?? ''
  return await homebrewClient(units, undefined, {
    folder,
    env: { PATH: `${folder}:${path}`, REAL_PATH: path, HOME: folder },
    route: (address) => tap.world.route(address),
    hub: hubOf(manifest),
    signal: tap.io.signal,
  })
}

describe.skipIf(!ruby)('Ruby as brew', () => {
  it('reads a formula and a cask as four platforms do, and every URL is what they say', async () => {
    const result = await client({
      brews: [
        {
          ...common,
          url_template: url,
          license: 'MIT',
          dependencies: [
            { name: 'git', os: 'linux' },
            { name: 'zsh', type: 'optional' },
          ],
          caveats: 'Read the manual.',
          test: 'system "#{bin}/hello"',
          service: 'run [opt_bin/"hello"]',
          custom_require: 'lib/private',
          post_install: '(var/"hello").mkpath',
          custom_block: 'head "https://x.git", branch: "main"\nlivecheck do\n  url :stable\nend',
          extra_install: 'man1.install "hello.1"',
        },
      ],
      casks: [
        {
          ...common,
          name: 'hello-app',
          binaries: ['hello'],
          url: { template: url },
          hooks: { post: { install: 'system_command "/usr/bin/xattr"' } },
          zap: { trash: ['~/.hello'] },
          caveats: 'Read the manual.',
          custom_block: 'module Utils\n  def self.x\n    "x"\n  end\nend',
        },
      ],
    })
    expect(result).toMatchObject({
      client: 'ruby',
      version: expect.stringMatching(/^\d+\.\d+/),
      proof: 'read by its client',
      what: 'hello.rb, Casks/hello-app.rb evaluated for macOS and Linux on ARM and Intel; 4 URLs fetched and hashed',
    })
  })

  it.each([
    ['bare programs', ['linux', 'darwin'], { kind: 'binary', format: 'binary' }],
    ['a folder around everything', ['linux', 'darwin'], { wrapDirectory: 'hello_1.2.3' }],
    ['macOS alone', ['darwin'], {}],
    ['Linux alone', ['linux'], {}],
  ] as const)('reads %s', async (_name, systems, more) => {
    const artifacts = systems.flatMap((goos) =>
      ['amd64', 'arm64'].map((arch) => {
        const one = servedArchive(goos, arch, more)
        const wrap = 'wrapDirectory' in more ? `${more.wrapDirectory}/` : ''
        const path = 'kind' in more ? one.name : `${wrap}hello`
        return { ...one, binaries: [{ name: 'hello', path, mode: '0755', size: 1, sha256: '' }] }
      }),
    )
    const brews = [{ ...common, url_template: url }]
    const casks = [{ ...common, url: { template: url } }]
    expect(await client({ artifacts, brews, casks })).toMatchObject({ client: 'ruby' })
  })

  it('reads 32-bit ARM, a universal program, and Intel alone', async () => {
    const brews = [{ ...common, url_template: url }]
    const universal = [servedArchive('darwin', 'all'), servedArchive('linux', 'arm')]
    expect(await client({ artifacts: universal, brews })).toMatchObject({ client: 'ruby' })
    const casks = [{ ...common, url: { template: url } }]
    expect(await client({ artifacts: [servedArchive('darwin', 'amd64')], brews, casks })).toMatchObject({
      client: 'ruby',
    })
  })

  it('finds a wrong digest, a wrong address, a wrong program, a wrong version and broken Ruby', async () => {
    const brews = [{ ...common, url_template: url }]
    const edit =
      (from: string | RegExp, to: string) =>
      (unit: TapUnit): TapUnit => ({ ...unit, content: unit.content.replace(from, to) })
    await expect(client({ brews }, edit(/sha256 "../, 'sha256 "00'))).rejects.toThrow('darwin-amd64: sha256 is')
    await expect(client({ brews }, edit('linux_arm64', 'linux_amd64'))).rejects.toThrow('linux-arm64: url is')
    await expect(client({ brews }, edit('bin.install "hello"', 'bin.install "other"'))).rejects.toThrow(
      'is other, not hello',
    )
    await expect(client({ brews }, edit('version "1.2.3"', 'version "1.2.4"'))).rejects.toThrow(
      'version is 1.2.4, not 1.2.3',
    )
    await expect(client({ brews }, edit('desc "Says hello"', 'desc "Says "hello""'))).rejects.toMatchObject({
      message: "Ruby can't read hello.rb",
      output: expect.stringContaining('syntax error'),
    })
    const unfit = (unit: TapUnit): TapUnit => {
      const downloads = unit.downloads.map((one) => ({ ...one, sha256: '0'.repeat(64) }))
      return { ...unit, content: unit.content.replaceAll(/[0-9a-f]{64}/g, '0'.repeat(64)), downloads }
    }
    await expect(client({ brews }, unfit)).rejects.toThrow(/has sha256 [0-9a-f]{64}, not 0{64}/)
  })

  it('says so where there is no Ruby', async () => {
    await using tap = await tapUnderTest()
    const io = { folder: tap.folder, env: { PATH: tap.folder }, route: (one: string) => one, signal: tap.io.signal }
    const result = await homebrewClient([], undefined, { ...io, hub: hubOf(manifestOf({ artifacts: [] })) })
    expect(result).toEqual({ skipped: 'no ruby on this machine' })
  })
})
