import { describe, expect, it } from 'vitest'
import type { Brew, Cask } from '../../config/config.ts'
import type { Observation } from '../../core/states.ts'
import { cask, homebrew } from './index.ts'
import { manifestOf, spokeConfig } from './testing/config.ts'
import { DOWNLOADS, hubOf, servedArchive, strangerCommits, tapUnderTest } from './testing/tap.ts'
import type { Tap } from './testing/tap.ts'
import type { TapUnit } from './unit.ts'

const repository = { owner: 'acme', name: 'homebrew-tap' }
const url = `${DOWNLOADS}/{{ .Version }}/{{ .ArtifactName }}`
const brew: Brew = {
  repository,
  homepage: 'https://acme.example',
  description: 'Says hello',
  directory: 'Formula',
  url_template: url,
}
const bottle: Cask = {
  repository,
  homepage: 'https://acme.example',
  description: 'Says hello',
  name: 'hello-app',
  url: { template: url },
}

function release(version: string, brews: Brew[] = [brew], casks: Cask[] = []) {
  const artifacts = ['darwin', 'linux'].flatMap((goos) =>
    ['amd64', 'arm64'].map((arch) => servedArchive(goos, arch, { name: `hello_${version}_${goos}_${arch}.tar.gz` })),
  )
  const all = { artifacts, version, tag: `v${version}`, brews, casks }
  const config = spokeConfig(all)
  const manifest = manifestOf(all)
  const units = [
    ...homebrew.settings(config).flatMap(({ settings }) => homebrew.units(manifest, homebrew.parse(settings))),
    ...cask.settings(config).flatMap(({ settings }) => cask.units(manifest, cask.parse(settings))),
  ]
  const [unit] = units
  if (unit === undefined) throw new Error('no unit')
  return { unit, units, hub: hubOf(manifest) }
}

type Release = ReturnType<typeof release>

async function publish(tap: Tap, { units, hub }: Release): Promise<Observation[]> {
  const seen = await Promise.all(units.map((unit) => homebrew.observe(unit, hub, tap.io)))
  const due = units.map((unit, at) => ({ unit, seen: seen[at] as Observation }))
  await homebrew.together?.publish(due, hub, tap.io)
  return Promise.all(units.map((unit) => homebrew.observe(unit, hub, tap.io)))
}

const statesOf = (seen: Observation[]): string[] => seen.map((one) => one.state)
const fileOf = (tap: Tap, unit: TapUnit): Promise<string> => tap.git('show', `HEAD:${unit.path}`)
const count = async (tap: Tap): Promise<number> => Number(await tap.git('rev-list', '--count', 'HEAD'))

describe('a tap', () => {
  it('gets formulas and casks of a release in one commit, by our author, and nothing the second time', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'tap' })
    const one = release('1.2.3', [brew, { ...brew, name: 'hello@1' }], [bottle])
    expect(one.units.map((unit) => unit.path)).toEqual(['Formula/hello.rb', 'Formula/hello@1.rb', 'Casks/hello-app.rb'])
    expect(statesOf(await publish(tap, one))).toEqual(['live', 'live', 'live'])
    expect(await count(tap)).toBe(2)
    expect(await tap.git('log', '-1', '--format=%an|%ae|%cn|%ce|%B')).toBe(
      'goreleaserbot|bot@goreleaser.com|goreleaserbot|bot@goreleaser.com|' +
        'Brew formula update for hello version v1.2.3\n\nBrew cask update for hello version v1.2.3\n',
    )
    expect(await fileOf(tap, one.unit)).toBe(one.unit.content)
    expect(await tap.git('show', 'HEAD:README.md')).toBe('tap')
    tap.writes()
    expect(statesOf(await publish(tap, one))).toEqual(['live', 'live', 'live'])
    expect(tap.writes()).toBe(0)
    expect(await count(tap)).toBe(2)
  })

  it('that is empty gets its first file by the contents API, the others in one commit', async () => {
    await using tap = await tapUnderTest()
    const one = release('1.2.3', [brew, { ...brew, name: 'hello@1' }], [bottle])
    expect(statesOf(await publish(tap, one))).toEqual(['live', 'live', 'live'])
    expect(await count(tap)).toBe(2)
    expect((await tap.git('log', '--format=%an', '--all')).trim().split('\n')).toEqual([
      'goreleaserbot',
      'goreleaserbot',
    ])
  })

  it('keeps what a stranger pushed between reading and writing', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'tap' })
    const one = release('1.2.3')
    // The third write moves the ref; before it is taken in, a stranger has pushed.
    let pushed = false
    const { http } = tap.io
    const io = {
      ...tap.io,
      http: {
        ...http,
        request: async (...args: Parameters<typeof http.request>) => {
          if (args[1]?.method === 'PATCH' && !pushed) {
            pushed = true
            await strangerCommits(tap, 'Formula/other.rb', 'class Other < Formula\nend\n')
          }
          return http.request(...args)
        },
      },
    }
    const seen = await homebrew.observe(one.unit, one.hub, io)
    await homebrew.publish(one.unit, seen, one.hub, io)
    expect(pushed).toBe(true)
    expect((await homebrew.observe(one.unit, one.hub, tap.io)).state).toBe('live')
    expect(await tap.git('show', 'HEAD:Formula/other.rb')).toContain('class Other')
    const subjects = (await tap.git('log', '--format=%s')).split('\n')
    expect(subjects.slice(0, 2)).toEqual(['Brew formula update for hello version v1.2.3', 'stranger: Formula/other.rb'])
  })

  it('is written on the head that was just looked at: one read of it, three writes, one look', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'tap' })
    const one = release('1.2.3', [brew], [bottle])
    const asked: string[] = []
    const http = {
      ...tap.io.http,
      request: (...args: Parameters<typeof tap.io.http.request>) => {
        const { pathname, host } = new URL(args[0])
        if (host === 'api.github.com')
          asked.push(`${args[1]?.method ?? 'GET'} ${pathname.replace(/.*homebrew-tap/, '')}`)
        return tap.io.http.request(...args)
      },
    }
    expect(statesOf(await publish({ ...tap, io: { ...tap.io, http } }, one))).toEqual(['live', 'live'])
    const files = ['GET /contents/Casks/hello-app.rb', 'GET /contents/Formula/hello.rb']
    const [repository, head, a = '', b = '', ...rest] = asked
    expect([repository, head, ...[a, b].sort()]).toEqual(['GET ', 'GET /git/ref/heads/main', ...files])
    expect(rest.slice(0, 4)).toEqual([
      'POST /git/trees',
      'POST /git/commits',
      'PATCH /git/refs/heads/main',
      'GET /git/ref/heads/main',
    ])
    expect(rest.slice(4).sort()).toEqual(files)
  })

  it('is updated from an older version, and left alone when it holds a newer one', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'tap' })
    const [old, fresh] = [release('1.2.3'), release('1.10.0')]
    await publish(tap, old)
    const before = await homebrew.observe(fresh.unit, fresh.hub, tap.io)
    expect(before).toMatchObject({ state: 'absent', reason: 'the repository holds 1.2.3' })
    expect(statesOf(await publish(tap, fresh))).toEqual(['live'])

    const seen = await homebrew.observe(old.unit, old.hub, tap.io)
    expect(seen).toMatchObject({ state: 'superseded', reason: 'the repository holds 1.10.0, which is newer' })
    // Even when a newer version came between looking and writing.
    tap.writes()
    await homebrew.publish(old.unit, { state: 'absent', evidence: [] }, old.hub, tap.io)
    expect(tap.writes()).toBe(0)
    // Told to, it goes back.
    await homebrew.publish(old.unit, seen, old.hub, tap.io)
    expect(await fileOf(tap, old.unit)).toBe(old.unit.content)
  })

  it('shows where the text of the same version differs, and mends it', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'tap' })
    const one = release('1.2.3')
    await strangerCommits(tap, one.unit.path, one.unit.content.replace('Says hello', 'Says bye'))
    const seen = await homebrew.observe(one.unit, one.hub, tap.io)
    expect(seen).toMatchObject({
      state: 'absent',
      reason: 'the repository holds 1.2.3 with another text: line 6 is "desc "Says bye"", not "desc "Says hello""',
    })
    expect(statesOf(await publish(tap, one))).toEqual(['live'])
  })

  it('makes a branch that is named and not there, from the default branch', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'tap' })
    const one = release('1.2.3', [{ ...brew, repository: { ...repository, branch: 'release/{{ .Version }}' } }])
    expect(statesOf(await publish(tap, one))).toEqual(['live'])
    expect(await tap.git('show', 'release/1.2.3:Formula/hello.rb')).toBe(one.unit.content)
    expect(await tap.git('show', 'release/1.2.3:README.md')).toBe('tap')
    expect(await tap.git('ls-tree', '--name-only', 'HEAD')).toBe('README.md\n')
  })

  it.each(['before', 'after'] as const)(
    'ends at one commit when any write is lost %s it was taken in',
    async (when) => {
      for (const nth of [1, 2, 3]) {
        await using tap = await tapUnderTest({ 'README.md': 'tap' })
        const one = release('1.2.3')
        await tap.world.fault({ nth, when, action: 'drop' })
        await expect(publish(tap, one)).rejects.toMatchObject({ code: 'network' })
        const seen = await homebrew.observe(one.unit, one.hub, tap.io)
        expect(seen.state).toBe(nth === 3 && when === 'after' ? 'live' : 'absent')
        await publish(tap, one)
        expect(await count(tap)).toBe(2)
        expect(await fileOf(tap, one.unit)).toBe(one.unit.content)
      }
    },
  )

  it('that is protected is tried once, and keeps what it had', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'tap' })
    const one = release('1.2.3')
    await tap.world.fault({ nth: 3, when: 'before', action: { status: 422 } })
    await expect(publish(tap, one)).rejects.toMatchObject({ code: 'hub' })
    expect(tap.writes()).toBe(3)
    expect(await count(tap)).toBe(1)
  })

  it('with a wrong token is refused once, with the reason', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'tap' })
    const one = release('1.2.3', [{ ...brew, repository: { ...repository, token: '{{ .Env.TAP_TOKEN }}' } }])
    expect(one.unit.tokenEnv).toBe('TAP_TOKEN')
    const wrong = homebrew.publish(one.unit, { state: 'absent', evidence: [] }, one.hub, tap.io)
    await expect(wrong).rejects.toMatchObject({ code: 'credentials' })
    const none = release('1.2.3', [{ ...brew, repository: { ...repository, token: '{{ .Env.NO_TOKEN }}' } }])
    const unset = homebrew.publish(none.unit, { state: 'absent', evidence: [] }, none.hub, tap.io)
    await expect(unset).rejects.toMatchObject({ code: 'credentials', message: 'NO_TOKEN is not set' })
  })
})

describe('verify', () => {
  it('fetches every URL of the file and compares it with the hub', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'tap' })
    const one = release('1.2.3')
    await publish(tap, one)
    const seen = await homebrew.verify(one.unit, one.hub, tap.io)
    expect(seen.state).toBe('live')
    expect(seen.evidence.map((piece) => piece.what)).toEqual([
      expect.stringMatching(/^Formula\/hello\.rb 1\.2\.3 \(commit [0-9a-f]{10}\)$/),
      'darwin/amd64: fetched hello_1.2.3_darwin_amd64.tar.gz',
      'darwin/arm64: fetched hello_1.2.3_darwin_arm64.tar.gz',
      'linux/amd64: fetched hello_1.2.3_linux_amd64.tar.gz',
      'linux/arm64: fetched hello_1.2.3_linux_arm64.tar.gz',
    ])
    tap.spoiled.add('hello_1.2.3_linux_arm64.tar.gz')
    // What an address gives is fetched once a run; another reader of the hub is another run.
    const wrong = await homebrew.verify(one.unit, { ...one.hub }, tap.io)
    expect(wrong.state).toBe('mismatch')
    expect(wrong.reason).toMatch(/^linux\/arm64: https:\S+ has sha256 [0-9a-f]{64}, not [0-9a-f]{64}$/)
  })

  it('says which URL is not there', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'tap' })
    const one = release('1.2.3', [{ ...brew, url_template: `${DOWNLOADS}/absent-{{ .ArtifactName }}` }])
    await publish(tap, one)
    const seen = await homebrew.verify(one.unit, one.hub, tap.io)
    expect(seen).toMatchObject({ state: 'mismatch', reason: expect.stringContaining('tar.gz answers 404') })
  })
})

describe('retract', () => {
  it('puts our file back and nothing else, once', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'tap' })
    const [old, fresh] = [release('1.2.3'), release('1.3.0')]
    await publish(tap, old)
    await publish(tap, fresh)
    await strangerCommits(tap, 'Formula/other.rb', 'class Other < Formula\nend\n')
    const seen = await homebrew.observe(fresh.unit, fresh.hub, tap.io)
    const [step] = homebrew.retract?.plan(fresh.unit, seen) ?? []
    expect(step).toMatchObject({ what: 'put Formula/hello.rb of acme/homebrew-tap back to the version before 1.3.0' })
    if (step === undefined) throw new Error('no step')
    expect((await homebrew.retract?.act(step, tap.io))?.state).toBe('retracted')
    expect(await fileOf(tap, old.unit)).toBe(old.unit.content)
    expect(await tap.git('show', 'HEAD:Formula/other.rb')).toContain('Other')
    const commits = await count(tap)
    expect((await homebrew.retract?.act(step, tap.io))?.state).toBe('retracted')
    expect(await count(tap)).toBe(commits)
    expect(await fileOf(tap, old.unit)).toBe(old.unit.content)
  })

  it('removes a file that was the first, and leaves one that is not ours any more', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'tap' })
    const one = release('1.2.3')
    await publish(tap, one)
    const seen = await homebrew.observe(one.unit, one.hub, tap.io)
    const [step] = homebrew.retract?.plan(one.unit, seen) ?? []
    if (step === undefined) throw new Error('no step')
    await homebrew.retract?.act(step, tap.io)
    expect(await tap.git('ls-tree', '-r', '--name-only', 'HEAD')).toBe('README.md\n')
    await strangerCommits(tap, one.unit.path, 'mine now\n')
    await homebrew.retract?.act(step, tap.io)
    expect(await fileOf(tap, one.unit)).toBe('mine now\n')
    expect(homebrew.retract?.plan(one.unit, { state: 'superseded', evidence: [] })).toEqual([])
  })
})

describe('a tap of somebody else', () => {
  it('gets one pull request from a fork, with its own template, boxes ticked; live when it is merged', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'tap' })
    tap.seed.token({ token: 'ghp_ofTheirsForTests', login: 'theirs' })
    const template = '## Checks\n- [ ] tested\n- [x] read\n'
    const files = { 'README.md': 'tap', '.github/PULL_REQUEST_TEMPLATE.md': template }
    await tap.seed.repository({ name: 'theirs/homebrew-apps', files })
    const pull_request = { enabled: true, check_boxes: true, base: { owner: 'theirs', name: 'homebrew-apps' } }
    const entry = { ...brew, repository: { owner: 'acme', name: 'homebrew-apps', pull_request } }
    const one = release('1.2.3', [entry])
    const config = spokeConfig({ artifacts: [], brews: [entry] })
    const [first] = homebrew.settings(config)
    expect(await homebrew.probe(homebrew.parse(first?.settings), tap.io)).toEqual([])
    expect(await publish(tap, one)).toMatchObject([{ state: 'pending' }])
    tap.writes()
    expect(await publish(tap, one)).toMatchObject([{ state: 'pending' }])
    expect(tap.writes()).toBe(0)
    const api = 'https://api.github.com/repos/theirs/homebrew-apps/pulls'
    const opened = (await (await tap.io.http.request(api)).json()) as { title: string; body: string }[]
    expect(opened).toMatchObject([
      { title: 'Brew formula update for hello version v1.2.3', body: '## Checks\n- [x] tested\n- [x] read\n' },
    ])
    const headers = { authorization: 'Bearer ghp_ofTheirsForTests', 'content-type': 'application/json' }
    await tap.io.http.request(`${api}/1/merge`, { method: 'PUT', headers, body: '{}' })
    expect(await publish(tap, one)).toMatchObject([{ state: 'live' }])
    expect(homebrew.instructions(manifestOf({ artifacts: [] }), homebrew.parse(first?.settings))[0]?.command).toBe(
      'brew install theirs/apps/hello',
    )
  })
})
