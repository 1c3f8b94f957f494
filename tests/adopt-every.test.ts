import { readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { adopt } from '../src/commands/adopt.ts'
import type { Adopted, AdoptOptions } from '../src/commands/adopt.ts'
import type { Report } from '../src/converge/report.ts'
import type { TagonceError } from '../src/core/errors.ts'
import { run } from '../src/external/process.ts'
import type { Manifest } from '../src/manifest/manifest.ts'
import { gitServerLacks } from '../src/rehearsal/git-server/git-server.ts'
import { CHANNELS, everyChannel, HUB } from '../src/spokes/testing/every-channel.ts'
import type { EveryChannel, Maker } from '../src/spokes/testing/every-channel.ts'
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

/** A world in which the real GoReleaser has made the release; `skip` is what it leaves to us. */
async function released(skip: string[], more: Record<string, string> = {}): Promise<Released> {
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
    // What a build leaves behind is nothing that we look at.
    await rm(join(root, 'dist'), { recursive: true })
  }
  const under = await everyChannel([TAG], { make, more })
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

/** What a manifest says but for bytes that another tool has packed, and the notes that it has written. */
function withoutBytes({ notes: _, tool: _tool, artifacts, ...rest }: Manifest): unknown {
  const told = artifacts.map(({ size: _size, sha256: _sha256, ...one }) => ({
    ...one,
    binaries: one.binaries.map(({ size: _s, sha256: _d, ...binary }) => binary),
  }))
  return { ...rest, artifacts: told }
}

test.skipIf(!canRun)(
  'every channel is fed from a release that GoReleaser made, and no other tool',
  async () => {
    await using made = await released([...OUTSIDE, ...ON_GITHUB])
    const { under } = made
    // GoReleaser made the release, and nothing else of what is on GitHub.
    const written = under.world.requests().filter((one) => one.mutating && one.status < 400)
    expect([...new Set(written.map(({ path }) => /\/repos\/([^/]+\/[^/]+)/.exec(path)?.[1]))]).toEqual([HUB])
    const { manifest, outcome } = await made.adopted()
    expect(outcome).toBe('uploaded')
    expect(under.taken()).toEqual([expect.stringMatching(/^POST uploads\.github\.com\/.*name=tagonce\.json$/)])
    const report = await under.publish(TAG)
    expect(statesOf(report)).toEqual(ALL_LIVE)
    expect(report.exitCode).toBe(0)
    expect(under.taken().length).toBeGreaterThan(CHANNELS.length)
    const again = await under.publish(TAG)
    expect([again.exitCode, statesOf(again), under.taken()]).toEqual([0, ALL_LIVE, []])
    // It is what our own release seals, whoever packed the bytes.
    await using ours = await everyChannel([TAG])
    const io = await ours.io()
    const url = `https://github.com/${HUB}/releases/download/${TAG}/tagonce.json`
    const own = JSON.parse(await (await io.http.request(url)).text()) as Manifest
    expect(withoutBytes(manifest)).toEqual(withoutBytes(own))
  },
  240_000,
)
