import { expect, test } from 'vitest'
import { openHub } from '../commands/from-hub.ts'
import { gitServerLacks } from '../rehearsal/git-server/git-server.ts'
import { lacks } from '../rehearsal/testing.ts'
import { runClients } from '../release/clients.ts'
import { instructionsOf } from '../release/instructions.ts'
import { everyChannel, HUB } from './testing/every-channel.ts'

const missing = [gitServerLacks(), lacks('go') ? 'no go' : undefined, lacks('mksquashfs') ? 'no mksquashfs' : undefined]
const lacking = missing.filter((one) => one !== undefined).join(', ')
if (lacking !== '') console.warn(`skipped: ${lacking} on this machine`)

/** Channel → the printed command as a pattern, and what its client says that it did with what is in it. */
const RUN: Record<string, [printed: RegExp, did: (match: string[]) => string]> = {
  npm: [/^(npm install -g \S+)$/, ([, typed = '']) => typed],
  pypi: [/^(pip install \S+)$/, ([, typed = '']) => typed],
  docker: [/^docker pull (\S+)$/, ([, image = '']) => `copied ${image}@sha256:`],
  ko: [/^docker pull (\S+)$/, ([, image = '']) => `copied ${image}@sha256:`],
  aur: [/^git clone \S+\/(\S+)\.git && cd \1 && makepkg -si$/, ([, name = '']) => `${name} cloned, `],
}

test.skipIf(lacking !== '')(
  'what is printed is what a client on this machine runs',
  async () => {
    await using under = await everyChannel(['v2.0.0'])
    const report = await under.publish('v2.0.0')
    const own = await under.io()
    const hub = await openHub({ root: own.folder, tag: 'v2.0.0', hub: HUB, only: [], env: {} }, own)
    const channels = report.channels.filter((one) => one.spoke in RUN)
    const done = await own.events.task('clients', (task) =>
      runClients({ ...report, channels }, hub, under.world, own.folder, own.signal, task),
    )
    expect(done.flatMap(({ failure }) => failure?.message ?? [])).toEqual([])
    for (const [spoke, [printed, did]] of Object.entries(RUN)) {
      const commands = instructionsOf(hub, [spoke]).flatMap(({ command }) => [printed.exec(command) ?? []])
      const wanted = commands.filter((one) => one.length > 0).map((one) => did([...one]))
      expect([spoke, wanted.length > 0]).toEqual([spoke, true])
      const results = done.flatMap((one) => (one.spoke === spoke && one.result !== undefined ? [one.result.what] : []))
      if (results.length === 0) console.warn(`skipped: no client of ${spoke} on this machine`)
      const unrun = wanted.filter((one) => results.length > 0 && !results.some((what) => what.includes(one)))
      expect([spoke, unrun]).toEqual([spoke, []])
    }
  },
  240_000,
)
