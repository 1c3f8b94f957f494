import { describe, expect, it } from 'vitest'
import { converge } from '../../converge/converge.ts'
import type { Report } from '../../converge/report.ts'
import { Events } from '../../core/events.ts'
import { cask, homebrew } from './index.ts'
import { manifestOf, spokeConfig } from './testing/config.ts'
import { DOWNLOADS, hubOf, servedArchive, tapUnderTest } from './testing/tap.ts'
import type { Tap } from './testing/tap.ts'

const repository = { owner: 'acme', name: 'homebrew-tap' }
const common = { repository, homepage: 'https://acme.example', description: 'Says hello' }
const url = `${DOWNLOADS}/{{ .Version }}/{{ .ArtifactName }}`

/** The whole way, from a sealed manifest to the report. */
async function release(tap: Tap): Promise<Report> {
  const input = {
    artifacts: ['darwin', 'linux'].flatMap((goos) => ['amd64', 'arm64'].map((arch) => servedArchive(goos, arch))),
    brews: [{ ...common, url_template: url }],
    casks: [{ ...common, name: 'hello-app', binaries: ['hello'], url: { template: url } }],
  }
  const config = spokeConfig(input)
  const sealed = [homebrew, cask].flatMap((spoke) =>
    spoke.settings(config).map(({ entry, settings }) => ({
      spoke: spoke.name,
      entry,
      settings: JSON.parse(JSON.stringify(settings)) as unknown,
      pins: {},
    })),
  )
  const hub = hubOf({ ...manifestOf(input), spokes: sealed })
  const events = new Events()
  return events.task('release', (task) =>
    converge(hub, [homebrew, cask], { ...tap.io, task, events, sleep: async () => {} }, { verify: true }),
  )
}

const ended = async (tap: Tap): Promise<string> =>
  `${await tap.git('ls-tree', '-r', 'HEAD')}${await tap.git('rev-list', '--count', 'HEAD')}`

describe('a release into a tap', () => {
  it('is one commit; the second run sends nothing that could change something', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'tap' })
    const report = await release(tap)
    expect(report.exitCode).toBe(0)
    expect(report.channels.flatMap(({ units }) => units.map((one) => [one.id, one.actions.join()]))).toEqual([
      ['homebrew:acme/homebrew-tap/hello.rb@1.2.3', 'published,verified'],
      ['homebrew:acme/homebrew-tap/Casks/hello-app.rb@1.2.3', 'published,verified'],
    ])
    expect(tap.writes()).toBe(3)
    const again = await release(tap)
    expect([again.exitCode, tap.writes()]).toEqual([0, 0])
  })

  it('ends the same when the connection is cut before or after any of its writes', async () => {
    await using whole = await tapUnderTest({ 'README.md': 'tap' })
    await release(whole)
    const want = await ended(whole)
    for (const when of ['before', 'after'] as const) {
      for (const nth of [1, 2, 3]) {
        await using tap = await tapUnderTest({ 'README.md': 'tap' })
        await tap.world.fault({ nth, when, action: 'drop' })
        const report = await release(tap)
        expect([when, nth, report.exitCode]).toEqual([when, nth, 0])
        expect(await ended(tap)).toBe(want)
      }
    }
  })

  it('shows a refusal for each file that it hit, with exit code 1', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'tap' })
    await tap.world.fault({ nth: 1, when: 'before', action: { status: 422 } })
    const report = await release(tap)
    expect(report.exitCode).toBe(1)
    expect(report.channels.map(({ units }) => units[0]?.observation.state)).toEqual(['absent', 'absent'])
    expect(report.channels[0]?.units[0]?.failure?.code).toBe('hub')
    expect((await release(tap)).exitCode).toBe(0)
  })
})
