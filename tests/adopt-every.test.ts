import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { adopt } from '../src/commands/adopt.ts'
import type { Adopted, AdoptOptions } from '../src/commands/adopt.ts'
import type { Report } from '../src/converge/report.ts'
import type { TagonceError } from '../src/core/errors.ts'
import { run } from '../src/external/process.ts'
import type { Manifest } from '../src/manifest/manifest.ts'
import { gitServerLacks } from '../src/rehearsal/git-server/git-server.ts'
import { channel, publishAll, sealed } from '../src/spokes/docker/testing/release.ts'
import { CHANNELS, everyChannel, HUB, ours } from '../src/spokes/testing/every-channel.ts'
import type { EveryChannel, EveryChannelOptions, Maker } from '../src/spokes/testing/every-channel.ts'
import { goreleaser, tool } from './support/tools.ts'

const TAG = 'v1.2.4'
const PEER = goreleaser()
const gitLacks = gitServerLacks()
if (gitLacks !== undefined) console.warn(`skipped: ${gitLacks} on this machine`)
const canRun = PEER !== undefined && gitLacks === undefined && tool('mksquashfs') !== undefined
/** What GoReleaser needs a program, a daemon or a channel outside of GitHub for. */
const OUTSIDE = ['docker', 'ko', 'chocolatey', 'snapcraft', 'aur', 'aur-source']
const ON_GITHUB = ['homebrew', 'scoop', 'winget', 'nix']

interface Released extends AsyncDisposable {
  under: EveryChannel
  root: string
  adopted(options?: Partial<AdoptOptions>): Promise<Adopted>
  /** All that is said where it is not adopted. */
  refusal(options?: Partial<AdoptOptions>): Promise<string>
}

const BASE = 'ghcr.io/tagonce-example/base:1'
/** What `wide` adds that is of the project, each of which goes into a package. */
const OF_THE_PROJECT = ['Dockerfile', 'Dockerfile.plain', 'data/start.sh', 'data/motd', 'hello.install', 'kodata/motd']

/** The example with the rest of what packages can be made of: images of every kind on a base, with files of the project and Linux packages in them. */
function wide(files: Record<string, string>): void {
  for (const path of OF_THE_PROJECT) files[path] ??= `# committed ${path}\n`
  files['Dockerfile.plain'] = `FROM ${BASE}\nCOPY hello data/start.sh *.deb /opt/\nENTRYPOINT ["/opt/hello"]\n`
  const config = (files['.goreleaser.yaml'] ?? '')
    .replace(
      '    base: core24\n',
      '    base: core24\n    extra_files: [{ source: data/motd, destination: share/motd }]\n',
    )
    .replace('    provides: [hello]\n', '    provides: [hello]\n    install: hello.install\n')
    .replace('    bare: true\n', `    bare: true\n    base_image: ${BASE}\n`)
  const image = (goarch: string): string =>
    `  - { goarch: ${goarch}, image_templates: ["ghcr.io/tagonce-example/plain:{{ .Version }}-${goarch}"], ` +
    'dockerfile: Dockerfile.plain, extra_files: [data/start.sh], ids: [hello, debs] }\n'
  const both = ['amd64', 'arm64'].map((goarch) => `"ghcr.io/tagonce-example/plain:{{ .Version }}-${goarch}"`).join(', ')
  files['.goreleaser.yaml'] = `${config}
nfpms: [{ id: debs, formats: [deb], maintainer: 'Ann <ann@example.com>' }]
dockers:
${image('amd64')}${image('arm64')}docker_manifests:
  - { name_template: "ghcr.io/tagonce-example/plain:{{ .Version }}", image_templates: [${both}] }
`
  files['tagonce.yaml'] += '  - { name: tagonce-hello-small, summary: Greets, license: MIT, mode: download }\n'
}

/** The base of images, in the registry that they go to. */
async function pushBase({ io, credentials }: Maker): Promise<void> {
  const { http, folder } = await io()
  const own = await channel(http, folder, credentials)
  const yaml = `dockers_v2: [{ images: [${BASE.replace(':1', '')}], tags: ["1"], extra_files: [README], sbom: false }]\n`
  await publishAll(
    (await sealed({ yaml, files: { Dockerfile: 'FROM scratch\nCOPY README /etc/\n', README: 'base' } }, own)).hub,
    own,
  )
}

/** A world in which the real GoReleaser has made the release; `skip` is what it leaves to us. */
async function released(skip: string[], edit?: EveryChannelOptions['edit']): Promise<Released> {
  let maker: Maker | undefined
  const make = async (_: string, given: Maker): Promise<void> => {
    maker = given
    const { root, env, credentials, world } = given
    // Beside the project: what is committed has the addresses as users know them.
    const config = join(dirname(root), 'goreleaser.yaml')
    const base = `${world.origin}/_`
    const urls = `github_urls: { api: ${base}/api.github.com/, upload: ${base}/uploads.github.com/ }\n`
    const own = await readFile(join(root, '.goreleaser.yaml'), 'utf8')
    // It has no --skip for Krew.
    const text = skip.includes('scoop') ? own.replace(/^krews:\n(?:[ -].*\n)+/m, '') : own
    await writeFile(config, `${text}${urls}`)
    const { code, stderr } = await run(
      [PEER ?? '', 'release', '--clean', '--config', config, `--skip=${skip.join(',')}`],
      { cwd: root, env: { ...env, ...credentials }, timeout: 180_000 },
    )
    if (code !== 0) throw new Error(stderr)
    await pushBase(given)
    // What a build leaves behind is nothing that we look at.
    await rm(join(root, 'dist'), { recursive: true })
  }
  const under = await everyChannel([TAG], { make, ...(edit === undefined ? {} : { edit, bases: true }) })
  if (maker === undefined) throw new Error('nobody made the release')
  const { root, env } = maker
  const adopted: Released['adopted'] = async (options = {}) =>
    adopt({ root, tag: TAG, skip: new Set(), dryRun: false, env, ...options }, await under.io())
  const refusal: Released['refusal'] = async (options) => {
    const error = await adopted(options).then(
      () => undefined,
      (caught: TagonceError) => caught,
    )
    if (error === undefined) return 'it was adopted'
    const lines = error.diagnostics.map(({ where, message, mend }) => {
      const place = where === undefined ? '' : `${where.file}:${where.line}: `
      return `${place}${message} (${mend ?? ''})`
    })
    return [error.message, error.hint, ...lines].join('\n')
  }
  return { under, root, adopted, refusal, [Symbol.asyncDispose]: () => under[Symbol.asyncDispose]() }
}

/** States of the units, by channel. */
function statesOf(report: Report): Record<string, string[]> {
  return Object.fromEntries(
    CHANNELS.map(({ name }) => {
      const units = report.channels.filter((one) => one.spoke === name).flatMap((one) => one.units)
      return [name, [...new Set(units.map((one) => one.observation.state))]]
    }),
  )
}

const ALL_LIVE = Object.fromEntries(CHANNELS.map(({ name }) => [name, ['live']]))

/**
 * What a manifest says but for bytes that another tool has packed, and the notes that it has written. Linux packages are taken whole:
 * what is inside of them is told of our own only.
 */
function withoutBytes({ notes: _, tool: _tool, artifacts, ...rest }: Manifest): unknown {
  const told = artifacts.map(({ size: _size, sha256: _sha256, ...one }) => ({
    ...one,
    binaries: one.kind === 'package' ? [] : one.binaries.map(({ size: _s, sha256: _d, ...binary }) => binary),
  }))
  return { ...rest, artifacts: told }
}

test.skipIf(!canRun)(
  'every channel is fed from a release that GoReleaser made, and no other tool',
  async () => {
    await using made = await released([...OUTSIDE, ...ON_GITHUB], wide)
    const { under, root } = made
    // GoReleaser made the release, and nothing else of what is on GitHub.
    const written = under.world
      .requests()
      .filter((one) => one.mutating && one.status < 400 && one.path.includes('/repos/'))
    expect([...new Set(written.map(({ path }) => /\/repos\/([^/]+\/[^/]+)/.exec(path)?.[1]))]).toEqual([HUB])
    // What is not committed is not sealed.
    for (const path of OF_THE_PROJECT) await appendFile(join(root, path), '# not committed\n')
    const { manifest, outcome } = await made.adopted()
    expect(outcome).toBe('uploaded')
    expect(under.taken()).toEqual([expect.stringMatching(/^POST uploads\.github\.com\/.*name=tagonce\.json$/)])
    const pins = JSON.stringify(manifest.spokes.map((one) => one.pins))
    expect(pins).not.toContain('not committed')
    const report = await under.publish(TAG)
    expect(statesOf(report)).toEqual(ALL_LIVE)
    expect(report.exitCode).toBe(0)
    expect(under.taken().length).toBeGreaterThan(CHANNELS.length)
    const again = await under.publish(TAG)
    expect([again.exitCode, statesOf(again), under.taken()]).toEqual([0, ALL_LIVE, []])
    // It is what our own release seals, whoever packed the bytes: entries, settings, texts and base images.
    const make = async (tag: string, maker: Maker): Promise<void> => {
      await pushBase(maker)
      await ours(tag, maker)
    }
    await using other = await everyChannel([TAG], { make, bases: true, edit: wide })
    const { http } = await other.io()
    const url = `https://github.com/${HUB}/releases/download/${TAG}/tagonce.json`
    const own = JSON.parse(await (await http.request(url)).text()) as Manifest
    expect(withoutBytes(JSON.parse(JSON.stringify(manifest)) as Manifest)).toEqual(withoutBytes(own))
  },
  240_000,
)

test.skipIf(!canRun)(
  'what GoReleaser itself has published is taken over by the same channels',
  async () => {
    await using made = await released(OUTSIDE)
    const { under } = made
    await made.adopted()
    under.taken()
    const report = await under.publish(TAG)
    expect([report.exitCode, statesOf(report)]).toEqual([0, ALL_LIVE])
    // One commit at most where GoReleaser has put a file: it is the same file.
    const moved = under.taken().filter((one) => one.startsWith('PATCH api.github.com'))
    expect(moved).toEqual([...new Set(moved)])
    const again = await under.publish(TAG)
    expect([again.exitCode, statesOf(again), under.taken()]).toEqual([0, ALL_LIVE, []])
  },
  240_000,
)

test.skipIf(!canRun)(
  'what packages are made of and the release lacks, or its commit, is told at once',
  async () => {
    await using made = await released([...OUTSIDE, ...ON_GITHUB])
    const { under, root } = made
    const file = join(root, '.goreleaser.yaml')
    const config = await readFile(file, 'utf8')
    // Written after the release: files that the tag's commit does not have, and a program and packages that nobody has made.
    for (const path of ['Dockerfile.new', 'hello.install', 'motd']) await writeFile(join(root, path), 'FROM scratch\n')
    const own = `${config}    ldflags: [-s]\n`
    const text = `${own}nfpms: [{ formats: [deb], maintainer: 'Ann <ann@example.com>' }]\n`
      .replace('dockers_v2:\n  - ', 'dockers_v2:\n  - dockerfile: Dockerfile.new\n    ')
      .replace('    base: core24\n', '    base: core24\n    extra_files: [{ source: motd }]\n')
      .replace('    provides: [hello]\n', '    provides: [hello]\n    install: hello.install\n')
    await writeFile(file, text)
    under.taken()
    /** The place of a text: the line in which it begins. */
    const at = (begin: string): string => `.goreleaser.yaml:${text.slice(0, text.indexOf(begin)).split('\n').length}: `
    const lacking = [
      `${at('nfpms:')}the release has no hello_1.2.4_linux_amd64.deb for linux/amd64, which the config makes`,
      `${at('nfpms:')}the release has no hello_1.2.4_linux_arm64.deb for linux/arm64, which the config makes`,
      `${at('kos:')}the release has no ko-hello_1.2.4_linux_amd64 for linux/amd64, which kos builds apart for its image`,
      `${at('Dockerfile.new')}dockers_v2[0]: there is no Dockerfile.new`,
      `${at('name: tagonce-hello-bin')}the install script hello.install can't be read`,
      `${at('- name: tagonce-hello\n    publish')}snapcrafts tagonce-hello: there is no file motd`,
    ]
    const [, hint, ...said] = (await made.refusal()).split('\n')
    expect(said.map((line) => line.replace(/ \(.*/, ''))).toEqual(lacking)
    expect(hint).toBe(
      'files of the project are those of v1.2.4; what a hook writes or a later commit adds is not there',
    )
    // An image that lacks its program can be passed over.
    await writeFile(file, own)
    expect(await made.refusal()).toContain('or pass over it with --skip=ko')
    expect(await made.refusal({ skip: new Set(['ko']), dryRun: true })).toBe('it was adopted')
    expect(under.taken()).toEqual([])
  },
  240_000,
)
