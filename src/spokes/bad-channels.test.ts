import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openHub } from '../commands/from-hub.ts'
import type { ChannelReport, Failure, Report } from '../converge/report.ts'
import type { State } from '../core/states.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { gitServerLacks } from '../rehearsal/git-server/git-server.ts'
import { lacks } from '../rehearsal/testing.ts'
import { CHANNELS, everyChannel, HUB, type EveryChannel, type Intercept } from './testing/every-channel.ts'

const TAG = 'v2.0.0'
const missing = [gitServerLacks(), lacks('go') ? 'no go' : undefined, lacks('mksquashfs') ? 'no mksquashfs' : undefined]
const lacking = missing.filter((one) => one !== undefined).join(', ')
if (lacking !== '') console.warn(`skipped: ${lacking} on this machine`)

let under: EveryChannel
let sealed: Manifest
beforeAll(async () => {
  if (lacking !== '') return
  under = await everyChannel([TAG])
  const own = await under.io()
  sealed = (await openHub({ root: own.folder, tag: TAG, hub: HUB, only: [], env: {} }, own)).manifest
})
afterAll(() => under?.[Symbol.asyncDispose]())
beforeEach(() => under?.intercept())

/** What a channel has first to say, in the order of its units: its failure, or what it shows with the reason. */
function saidBy(report: Report, spoke: string): { state: State | 'failure'; text: string; failure?: Failure }[] {
  return report.channels
    .filter((one) => one.spoke === spoke)
    .map(({ failure, units: [unit] }: ChannelReport) => {
      if (failure !== undefined) return { state: 'failure', text: failure.message, failure }
      const { state = 'unknown', reason = '' } = unit?.observation ?? {}
      return { state, text: reason, ...(unit?.failure === undefined ? {} : { failure: unit.failure }) }
    })
}

/** Whether a request is about the hub: its repository, and where its files lie. */
const isHub: (request: Parameters<Intercept>[0]) => boolean = ({ host, path }) =>
  path.startsWith(`/${HUB}/`) || path.startsWith(`/repos/${HUB}/`) || host.endsWith('.githubusercontent.com')

const page = (): Response =>
  new Response('<!DOCTYPE html>\n<html><title>Welcome</title></html>\n', {
    headers: { 'content-type': 'text/html; charset=utf-8' },
  })

/** The hub's manifest is another one than was sealed. */
function withManifest(text: string): Intercept {
  return async ({ path }, next) => (path.endsWith('/tagonce.json') ? new Response(text) : next())
}

describe.skipIf(lacking !== '')('every channel, from the hub', () => {
  test('that answers with a web page is unknown, and nothing is sent', async () => {
    under.intercept((request, next) => (isHub(request) ? next() : Promise.resolve(page())))
    const report = await under.publish(TAG)
    for (const { name } of CHANNELS) {
      for (const { state, text, failure } of saidBy(report, name)) {
        expect([name, state, failure?.code]).toEqual([name, 'unknown', 'network'])
        expect(text).toMatch(/(answered with a web page instead of|text\/html.* where) /)
        expect([name, failure?.hint]).toEqual([name, expect.stringContaining('run the same command again')])
      }
    }
    expect(report.exitCode).toBe(75)
    expect(under.taken()).toEqual([])
  })

  test('with an archive whose digest is not the manifest’s: both are named, and nothing is sent', async () => {
    under.intercept(async ({ path }, next) =>
      /\.(gz|zip)$/.test(path.split('?')[0] ?? '') ? new Response('other bytes') : next(),
    )
    const report = await under.publish(TAG)
    const other = 'sha256:a3ead5eedad5df82318c51685dbc1c147a36d1ff8584fc82de6b08d0bf63a795'
    for (const { name } of CHANNELS) {
      for (const { text, failure } of saidBy(report, name)) {
        expect([name, failure?.code]).toEqual([name, 'hub'])
        expect(text).toMatch(/hello[-_]2\.0\.0\S* is not what was sealed: .*, the manifest says sha256:[0-9a-f]{64}/)
        expect(text).toContain(other)
        expect([name, failure?.hint]).toEqual([name, expect.stringMatching(/tag a new version/)])
      }
    }
    expect(report.exitCode).toBe(1)
    expect(under.taken()).toEqual([])
  })

  test('without the archives that its settings name: one is named, and nothing is sent', async () => {
    const artifacts = sealed.artifacts.filter((one) => !/linux_amd64|windows_amd64|hello-2/.test(one.name))
    under.intercept(withManifest(JSON.stringify({ ...sealed, artifacts })))
    const report = await under.publish(TAG)
    for (const { name } of CHANNELS) {
      for (const { state, text, failure } of saidBy(report, name)) {
        expect([name, state, failure?.code, text]).toEqual([
          name,
          name === 'docker' || name === 'ko' ? 'absent' : 'failure',
          'manifest',
          expect.stringMatching(/hello[-_]2\.0\.0/),
        ])
      }
    }
    expect(report.exitCode).toBe(1)
    expect(under.taken()).toEqual([])
  })

  test('with settings that were tampered with: the place is named, and nothing is sent', async () => {
    const spokes = sealed.spokes.map((one) => ({
      ...one,
      settings: { ...(one.settings as object), name: 7, names: 7 },
    }))
    under.intercept(withManifest(JSON.stringify({ ...sealed, spokes })))
    const report = await under.publish(TAG)
    for (const { name } of CHANNELS) {
      for (const { state, text, failure } of saidBy(report, name)) {
        expect([name, state, failure?.code, text]).toEqual([
          name,
          'failure',
          'manifest',
          expect.stringContaining('name'),
        ])
      }
    }
    expect(under.taken()).toEqual([])
  })

  test.each([
    ['is cut', (text: string) => text.slice(0, 200), /tagonce\.json/],
    ['is of another release', (text: string) => text.replaceAll('v2.0.0', 'v9.0.0'), /v9\.0\.0/],
    ['leads out of the folder', (text: string) => text.replaceAll('"hello_2', '"../hello_2'), /not right/],
    ['is a web page', () => '<!doctype html>', /tagonce\.json/],
  ])('a manifest that %s is refused for all of them, and nothing is sent', async (_what, change, words) => {
    under.intercept(withManifest(change(JSON.stringify(sealed))))
    await expect(under.publish(TAG)).rejects.toMatchObject({
      code: expect.stringMatching(/^(manifest|hub)$/) as string,
      message: expect.stringMatching(words) as string,
    })
    expect(under.taken()).toEqual([])
  })

  test('a hub that is a draft is told as such, and nothing is sent', async () => {
    const at = `https://api.github.com/repos/${HUB}/releases`
    const headers = { authorization: `token ${under.credentials['GITHUB_TOKEN']}`, 'content-type': 'application/json' }
    const { id } = (await (await fetch(under.world.route(`${at}/tags/${TAG}`), { headers })).json()) as { id: number }
    const set = async (draft: boolean): Promise<void> => {
      const answer = await fetch(under.world.route(`${at}/${id}`), {
        method: 'PATCH',
        headers,
        body: JSON.stringify({ draft, tag_name: TAG }),
      })
      expect(answer.status).toBe(200)
    }
    await set(true)
    under.taken()
    await expect(under.publish(TAG)).rejects.toMatchObject({
      code: 'hub',
      message: expect.stringContaining('has no public release') as string,
      hint: expect.stringContaining('it may be a draft') as string,
    })
    expect(under.taken()).toEqual([])
    await set(false)
    under.taken()
  })

  test('with credentials that have expired: told before anything is built, and nothing is taken', async () => {
    const { CHOCOLATEY_API_KEY = '', PYPI_TOKEN = '' } = under.credentials
    under.store('registry.npmjs.org').write('registry', { tokens: { other: { name: 'ann' } } })
    under.store('registry-1.docker.io').write('registry', { accounts: { ann: 'right' } })
    under
      .store('community.chocolatey.org')
      .write('accounts', { keys: { [CHOCOLATEY_API_KEY]: { name: 'ann', expired: true } } })
    under.store('upload.pypi.org').write('accounts', { tokens: { [PYPI_TOKEN]: { name: 'ann', expired: true } } })
    under.store('dashboard.snapcraft.io').write('account', { revoked: true })
    const aur = join(under.folder, 'world', 'state', 'aur.archlinux.org', 'blobs', 'git')
    await mkdir(aur, { recursive: true })
    await writeFile(join(aur, 'banned'), '')
    const expired = { ...under.credentials, TAP_GITHUB_TOKEN: 'ghp_thatHasExpired' }
    const report = await under.publish(TAG, expired)
    for (const { name } of CHANNELS) {
      for (const { failure } of saidBy(report, name)) {
        expect([name, failure?.code, failure?.hint]).toEqual([name, 'credentials', expect.stringMatching(/./)])
      }
    }
    expect(report.exitCode).toBe(1)
    expect(under.taken()).toEqual([])
    expect(JSON.stringify(report)).not.toMatch(new RegExp(`ghp_thatHasExpired|${CHOCOLATEY_API_KEY}|${PYPI_TOKEN}`))

    // Chocolatey and PyPI have no request that tells: the key is seen to be wrong when it is used.
    const told = (await under.preflight(expired)).filter((one) => one.severity === 'error')
    const codes = [
      'tap-unread',
      'npm-token',
      'docker-push',
      'scoop-unread',
      'winget-unread',
      'krew-unread',
      'nix-unread',
    ]
    expect(new Set(told.map((one) => one.code))).toEqual(new Set([...codes, 'aur-refused', 'snap-credentials']))
    expect(told.filter((one) => one.where === undefined || one.mend === undefined)).toEqual([])
    expect(told.filter((one) => one.code === 'docker-push')).toHaveLength(2)
    expect(told.filter((one) => one.code === 'aur-refused')).toHaveLength(2)
    expect(under.taken()).toEqual([])
  })
})
