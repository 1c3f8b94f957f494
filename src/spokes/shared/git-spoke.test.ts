import { describe, expect, it } from 'vitest'
import type { Observation } from '../../core/states.ts'
import { run } from '../../external/process.ts'
import { manifestOf } from '../homebrew/testing/config.ts'
import { hubOf, servedArchive, strangerCommits, tapUnderTest, type Tap } from '../homebrew/testing/tap.ts'
import { krew } from '../krew/index.ts'
import type { KrewSettings } from '../krew/settings.ts'
import { scoop } from '../scoop/index.ts'
import type { ScoopSettings } from '../scoop/settings.ts'
import type { Spoke } from '../spoke.ts'
import { winget } from '../winget/index.ts'
import type { WingetSettings } from '../winget/settings.ts'
import type { GitUnit } from './git-unit.ts'
import type { RepositorySettings } from './repository.ts'

const TOKEN = { tokenEnv: 'GITHUB_TOKEN', api: 'https://api.github.com', upload: 'https://uploads.github.com' }
const ann = { name: 'Ann', email: 'ann@acme.example' }

function repository(owner: string, name: string): RepositorySettings {
  return {
    repository: { owner, name, branch: '', ...TOKEN },
    git: null,
    pullRequest: null,
    author: ann,
    signing: null,
    message: 'hello 1.2.3\n\nmore',
  }
}

const toUpstream = { owner: 'index', name: 'plugins', branch: '', draft: false, body: '', checkBoxes: false }

/** A spoke with what a test needs of it; all speak with GitHub alike. */
interface Subject<S> {
  spoke: Spoke<S, GitUnit>
  settings: S
}

const windows = servedArchive('windows', 'amd64', { name: 'hello_windows_amd64.zip', format: 'zip' })
const url = (name: string): string => `https://dl.acme.example/${name}`
const packages = [{ artifact: windows.name, url: url(windows.name) }]

const bucket: Subject<ScoopSettings> = {
  spoke: scoop,
  settings: {
    ...repository('acme', 'homebrew-tap'),
    name: 'hello',
    directory: 'bucket',
    description: 'Says hello',
    homepage: 'https://acme.example',
    license: 'MIT',
    persist: [],
    preInstall: [],
    postInstall: [],
    depends: [],
    shortcuts: [],
    packages,
  },
}

const plugin: Subject<KrewSettings> = {
  spoke: krew,
  settings: {
    ...repository('acme', 'plugins'),
    pullRequest: toUpstream,
    name: 'hello',
    shortDescription: 'Says hello',
    description: 'More',
    homepage: '',
    caveats: '',
    packages,
  },
}

const packageOfWinget: Subject<WingetSettings> = {
  spoke: winget,
  settings: {
    ...repository('acme', 'plugins'),
    pullRequest: toUpstream,
    name: 'hello',
    packageIdentifier: 'Acme.hello',
    path: 'manifests/a/Acme/hello/1.2.3',
    packageName: 'hello',
    publisher: 'Acme',
    publisherUrl: '',
    publisherSupportUrl: '',
    privacyUrl: '',
    programAuthor: '',
    homepage: '',
    license: 'MIT',
    licenseUrl: '',
    copyright: '',
    copyrightUrl: '',
    shortDescription: 'Says hello',
    description: '',
    releaseNotes: '',
    releaseNotesUrl: '',
    installationNotes: '',
    tags: [],
    releaseDate: '2026-01-02',
    dependencies: [],
    packages,
  },
}

function unitOf<S>({ spoke, settings }: Subject<S>, version = '1.2.3'): GitUnit {
  const [unit] = spoke.units(manifestOf({ artifacts: [windows], version }), settings)
  if (unit === undefined) throw new Error('no unit')
  return unit
}

const hub = hubOf(manifestOf({ artifacts: [windows] }))

/** What converge does: look, publish where it is needed, look again. */
async function converge<S>(tap: Tap, { spoke }: Subject<S>, unit: GitUnit): Promise<Observation> {
  const seen = await spoke.observe(unit, hub, tap.io)
  if (seen.state === 'absent' || seen.state === 'partial') {
    await spoke.together?.publish([{ unit, seen }], hub, tap.io)
  }
  return spoke.observe(unit, hub, tap.io)
}

describe('a repository that users read', () => {
  it('gets the file in one commit, once', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'mine' })
    const unit = unitOf(bucket)
    expect((await scoop.observe(unit, hub, tap.io)).state).toBe('absent')
    expect((await converge(tap, bucket, unit)).state).toBe('live')
    expect(tap.writes()).toBeGreaterThan(0)
    expect((await converge(tap, bucket, unit)).state).toBe('live')
    expect(tap.writes()).toBe(0)
    expect(await tap.git('log', '-1', '--format=%an %ce %s')).toBe('Ann ann@acme.example hello 1.2.3\n')
    expect(await tap.git('show', 'HEAD:bucket/hello.json')).toBe(unit.files[0]?.content)
    expect(await tap.git('show', 'HEAD:README.md')).toBe('mine')
  })

  it('is verified byte by byte', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'mine' })
    const unit = unitOf(bucket)
    await converge(tap, bucket, unit)
    expect((await scoop.verify(unit, hub, tap.io)).state).toBe('live')
    tap.spoiled.add(windows.name)
    // What an address gives is fetched once a run; another reader of the hub is another run.
    const spoiled = await scoop.verify(unit, { ...hub }, tap.io)
    expect(spoiled).toMatchObject({ state: 'mismatch' })
    expect(spoiled.reason).toContain('has sha256')
  })

  it('never goes back to an older version', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'mine' })
    await converge(tap, bucket, unitOf(bucket, '1.3.0'))
    tap.writes()
    const seen = await converge(tap, bucket, unitOf(bucket))
    expect(seen).toMatchObject({ state: 'superseded', reason: expect.stringContaining('1.3.0') as string })
    expect(tap.writes()).toBe(0)
  })

  it('keeps what others committed meanwhile', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'mine' })
    const unit = unitOf(bucket)
    const seen = await scoop.observe(unit, hub, tap.io)
    await strangerCommits(tap, 'bucket/other.json', '{}')
    await scoop.together?.publish([{ unit, seen }], hub, tap.io)
    expect(await tap.git('ls-tree', '-r', '--name-only', 'HEAD')).toBe(
      'README.md\nbucket/hello.json\nbucket/other.json\n',
    )
  })

  it('is put back to the version before, once', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'mine' })
    await converge(tap, bucket, unitOf(bucket, '1.2.2'))
    const before = await tap.git('show', 'HEAD:bucket/hello.json')
    const unit = unitOf(bucket)
    const seen = await converge(tap, bucket, unit)
    const [step] = scoop.retract?.plan(unit, seen) ?? []
    if (step === undefined) throw new Error('no step')
    expect((await scoop.retract?.act(step, tap.io))?.state).toBe('retracted')
    expect(await tap.git('show', 'HEAD:bucket/hello.json')).toBe(before)
    tap.writes()
    await scoop.retract?.act(step, tap.io)
    expect(tap.writes()).toBe(0)
  })

  it('is told before anything is built, when it can not be written or would not be read', async () => {
    await using tap = await tapUnderTest({ 'bucket/other.json': '{}', 'old.json': '{}' })
    const codes = async (more: Partial<ScoopSettings>): Promise<string[]> =>
      (await scoop.probe({ ...bucket.settings, ...more }, tap.io)).map((one) => one.code)
    expect(await codes({})).toEqual([])
    expect(await codes({ directory: '' })).toEqual(['scoop-folder'])
    expect(await codes(repository('acme', 'nothing'))).toEqual(['scoop-repository-missing'])
    await tap.seed.repository({ name: 'acme/flat', files: { 'old.json': '{}' } })
    expect(await codes(repository('acme', 'flat'))).toEqual(['scoop-folder'])
    expect(await codes({ ...repository('acme', 'flat'), directory: '' })).toEqual([])
  })
})

/** A channel of somebody else; its owner's token may merge. */
async function upstream(tap: Tap, defaultBranch = 'main'): Promise<void> {
  tap.seed.token({ token: 'ghp_ofIndexForTests', login: 'index' })
  await tap.seed.repository({ name: 'index/plugins', files: { 'plugins/other.yaml': 'x' }, defaultBranch })
}

async function asOwner(tap: Tap, method: string, path: string, body: object): Promise<Record<string, unknown>> {
  const response = await tap.io.http.request(`https://api.github.com/repos/index/plugins${path}`, {
    method,
    headers: { authorization: 'Bearer ghp_ofIndexForTests', 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
  })
  return (await response.json()) as Record<string, unknown>
}

async function pulls(tap: Tap): Promise<{ number: number; commits: number; changed_files: number }[]> {
  const list = await tap.io.http.request('https://api.github.com/repos/index/plugins/pulls?state=all')
  const numbers = ((await list.json()) as { number: number }[]).map((one) => one.number)
  return Promise.all(
    numbers.map(async (number) => {
      const one = await tap.io.http.request(`https://api.github.com/repos/index/plugins/pulls/${number}`)
      const { commits, changed_files } = (await one.json()) as { commits: number; changed_files: number }
      return { number, commits, changed_files }
    }),
  )
}

async function gitIn(tap: Tap, name: string, ...args: string[]): Promise<string> {
  const result = await run(['git', '-C', tap.seed.gitFolder(name), ...args])
  if (result.code !== 0) throw new Error(result.stderr)
  return result.stdout
}

describe.each([
  ['krew', plugin],
  ['winget', packageOfWinget],
])('%s: a pull request from a fork', (_name, subject) => {
  const { spoke } = subject as Subject<unknown>
  const step = (tap: Tap, unit: GitUnit): Promise<Observation> => converge(tap, subject as Subject<unknown>, unit)
  const unit = unitOf(subject as Subject<unknown>)

  it('is opened once, from a fork that is made, and waits', async () => {
    await using tap = await tapUnderTest()
    await upstream(tap)
    expect((await spoke.observe(unit, hub, tap.io)).state).toBe('absent')
    const seen = await step(tap, unit)
    expect(seen).toMatchObject({ state: 'pending', reason: expect.stringContaining('/index/plugins/pull/1') as string })
    expect(await pulls(tap)).toEqual([{ number: 1, commits: 1, changed_files: unit.files.length }])
    tap.writes()
    expect((await step(tap, unit)).state).toBe('pending')
    expect(tap.writes()).toBe(0)
  })

  it('is live when it is merged, and blocked when it is closed; never is there a second one', async () => {
    await using tap = await tapUnderTest()
    await upstream(tap)
    await step(tap, unit)
    await asOwner(tap, 'PATCH', '/pulls/1', { state: 'closed' })
    tap.writes()
    expect(await step(tap, unit)).toMatchObject({ state: 'blocked' })
    expect(tap.writes()).toBe(0)
    await asOwner(tap, 'PATCH', '/pulls/1', { state: 'open' })
    await asOwner(tap, 'PUT', '/pulls/1/merge', {})
    expect((await step(tap, unit)).state).toBe('live')
    expect(await pulls(tap)).toHaveLength(1)
    expect((await spoke.verify(unit, hub, tap.io)).state).toBe('live')
  })

  it('holds our commit alone, however far the fork is behind, and whatever it holds besides', async () => {
    await using tap = await tapUnderTest()
    await upstream(tap, 'master')
    await asOwner(tap, 'PUT', '/contents/late.txt', { message: 'x', content: '' })
    await step(tap, { ...unit, place: { ...unit.place, branch: 'first' } })
    await asOwner(tap, 'PUT', '/contents/later.txt', { message: 'y', content: '' })
    const own = await tap.io.http.request('https://api.github.com/repos/acme/plugins/contents/mine.txt', {
      method: 'PUT',
      headers: { authorization: 'Bearer ghp_ofAcmeForTests', 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify({ message: 'mine', content: '' })),
    })
    expect(own.status).toBe(201)
    await step(tap, unit)
    expect(await pulls(tap)).toContainEqual({ number: 2, commits: 1, changed_files: unit.files.length })
    expect(await gitIn(tap, 'acme/plugins', 'ls-tree', '-r', '--name-only', unit.place.branch)).toContain('later.txt')
  })

  it('is gone on with after a run that ended between commit and request', async () => {
    await using tap = await tapUnderTest()
    await upstream(tap)
    await step(tap, unit)
    await asOwner(tap, 'PATCH', '/pulls/1', { state: 'closed' })
    const other = { ...unit, place: { ...unit.place, branch: 'again' } }
    // A branch with our commit, and no pull request for it.
    await gitIn(tap, 'acme/plugins', 'branch', 'again', unit.place.branch)
    const before = await gitIn(tap, 'acme/plugins', 'rev-parse', 'again')
    expect((await step(tap, other)).state).toBe('pending')
    expect(await gitIn(tap, 'acme/plugins', 'rev-parse', 'again')).toBe(before)
  })

  it('counts as live when reviewers changed the text and kept the digests', async () => {
    await using tap = await tapUnderTest()
    await upstream(tap)
    const files = unit.files.map((one) => ({ ...one, content: `${one.content}# reviewed\n` }))
    await step(tap, { ...unit, files })
    await asOwner(tap, 'PUT', '/pulls/1/merge', {})
    expect(await step(tap, unit)).toMatchObject({
      state: 'live',
      reason: expect.stringContaining('kept every digest') as string,
    })
  })

  it('is closed by a retraction', async () => {
    await using tap = await tapUnderTest()
    await upstream(tap)
    const seen = await step(tap, unit)
    const [plan] = spoke.retract?.plan(unit, seen) ?? []
    if (plan === undefined) throw new Error('no step')
    expect((await spoke.retract?.act(plan, tap.io))?.state).toBe('retracted')
    tap.writes()
    await spoke.retract?.act(plan, tap.io)
    expect(tap.writes()).toBe(0)
  })

  it('is told before anything is built, when there is nothing to open it in', async () => {
    await using tap = await tapUnderTest()
    const codes = (await spoke.probe(subject.settings, tap.io)).map((one) => one.code)
    expect(codes).toEqual([`${spoke.name}-base-missing`])
    await upstream(tap)
    expect(await spoke.probe(subject.settings, tap.io)).toEqual([])
  })
})
