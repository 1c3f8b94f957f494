import { expect, test } from 'vitest'
import { gitServerLacks } from '../rehearsal/git-server/git-server.ts'
import { lacks } from '../rehearsal/testing.ts'
import { CHANNELS, everyChannel } from './testing/every-channel.ts'

const missing = [gitServerLacks(), lacks('go') ? 'no go' : undefined, lacks('mksquashfs') ? 'no mksquashfs' : undefined]
const lacking = missing.filter((one) => one !== undefined).join(', ')
if (lacking !== '') console.warn(`skipped: ${lacking} on this machine`)

/** Each version has a place of its own, and the channel itself says which is the latest; the others have a place that we move. */
const NO_POINTER = new Set(['winget', 'chocolatey'])

test.skipIf(lacking !== '')('v2.0.0 again after v2.0.1 leaves the pointer of every channel', async () => {
  await using under = await everyChannel(['v2.0.0', 'v2.0.1'])
  const newer = await under.publish('v2.0.1')
  expect(newer.exitCode).toBe(0)
  under.taken()

  const older = await under.publish('v2.0.0')
  for (const { name } of CHANNELS) {
    const units = older.channels.filter((one) => one.spoke === name).flatMap((one) => one.units)
    const states = new Set(units.map((one) => one.observation.state))
    const moved = units.filter((one) => one.pointer !== undefined && one.observation.state !== 'superseded')
    expect([name, NO_POINTER.has(name) ? [] : moved.map((one) => one.id)]).toEqual([name, []])
    expect([name, states.has('superseded')]).toEqual([name, !NO_POINTER.has(name)])
  }
  // In a repository that holds one version nothing is written at all; elsewhere no request moves what users follow.
  const sent = under.taken()
  const single = /homebrew-tap|scoop-bucket|krew-index|\/nur\/|aur\.archlinux\.org/
  expect(sent.filter((one) => single.test(one))).toEqual([])
  expect(sent.filter((one) => /dist-tags|snap-release|manifests\/latest/.test(one))).toEqual([])
  expect(older.exitCode).toBe(0)

  // What users get is the newer one still.
  const again = await under.publish('v2.0.1')
  const live = again.channels.flatMap((one) => one.units).filter((one) => one.observation.state !== 'live')
  expect(live.map((one) => `${one.id} ${one.observation.state}`)).toEqual([])
  expect(under.taken()).toEqual([])
})
