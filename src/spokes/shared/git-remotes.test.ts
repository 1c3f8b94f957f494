import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { credentialsOf } from '../../core/credentials.ts'
import { Events } from '../../core/events.ts'
import { tempFolder } from '../../core/temp.ts'
import { createHttp } from '../../external/http.ts'
import { run } from '../../external/process.ts'
import type { Observation } from '../../core/states.ts'
import { openRemote } from '../../external/git-remote.ts'
import { gitServerLacks } from '../../rehearsal/git-server/git-server.ts'
import { cask, homebrew } from '../homebrew/index.ts'
import { hubOf } from '../homebrew/testing/tap.ts'
import { manifestOf } from '../homebrew/testing/config.ts'
import { krew } from '../krew/index.ts'
import { nix } from '../nix/index.ts'
import { scoop } from '../scoop/index.ts'
import type { AnySpoke, ChannelIO } from '../spoke.ts'
import { winget } from '../winget/index.ts'
import type { GitUnit } from './git-unit.ts'
import type { RepositorySettings } from './repository.ts'
import { remoteWorld, taskOf, type RemoteWorld } from './testing/remote.ts'
import { archives, renderedUnits, settingsOf } from './testing/units.ts'

const lacks = gitServerLacks()
if (lacks !== undefined) console.warn(`skipped: ${lacks}`)

const KEY = '{{ .Env.DEPLOY_KEY }}'
const repository = {
  owner: 'acme',
  name: 'packages',
  git: { url: 'git@git.acme.example:acme/packages.git', private_key: KEY },
}
const AT = 'git.acme.example/acme/packages'
const common = {
  repository,
  homepage: 'https://acme.example',
  description: 'Says hello',
  license: 'MIT',
  commit_author: { name: 'Ann', email: 'ann@acme.example' },
  commit_msg_template: '{{ .ProjectName }} {{ .Version }} is out',
}
const ENTRIES: [string, AnySpoke, object, string][] = [
  ['brews', homebrew, { ...common, directory: 'Formula' }, 'Formula/hello.rb'],
  ['homebrew_casks', cask, common, 'Casks/hello.rb'],
  ['scoops', scoop, { ...common, directory: 'bucket' }, 'bucket/hello.json'],
  ['krews', krew, { ...common, short_description: 'Says hello' }, 'plugins/hello.yaml'],
  ['nix', nix, { ...common, license: 'mit' }, 'pkgs/hello/default.nix'],
  [
    'winget',
    winget,
    { ...common, publisher: 'Acme', short_description: 'Says hello' },
    'manifests/a/Acme/hello/2.0.1/Acme.hello.installer.yaml',
  ],
]

const hub = hubOf(manifestOf({ artifacts: archives() }))

/** What converge does: look, publish where it is needed, look again. */
async function converge({ io }: RemoteWorld, spoke: AnySpoke, unit: GitUnit): Promise<Observation> {
  const seen = await spoke.observe(unit, hub, io)
  if (['absent', 'partial'].includes(seen.state)) await spoke.together?.publish([{ unit, seen }], hub, io)
  return spoke.observe(unit, hub, io)
}

const signal = new AbortController().signal
const ABSENT: Observation = { state: 'absent', evidence: [] }

function unitOf(key: string, spoke: AnySpoke, entry: object, version: string): GitUnit {
  const [unit] = renderedUnits<GitUnit>(spoke, { [key]: [entry] }, archives(), version)
  if (unit === undefined) throw new Error('no unit')
  return unit
}

async function spokePublishes({ io }: RemoteWorld, units: GitUnit[]): Promise<void> {
  for (const unit of units) await scoop.publish(unit, ABSENT, hub, io)
}

describe.skipIf(lacks !== undefined)('a repository that is reached by git over ssh', () => {
  it.each(ENTRIES)('%s: one commit for all files, once', async (key, spoke, entry, path) => {
    await using remote = await remoteWorld({ env: { DEPLOY_KEY: 'made up' } })
    const unit = unitOf(key, spoke, entry, '2.0.1')
    const settings = settingsOf<RepositorySettings>(spoke, { [key]: [entry] })
    expect(spoke.credentials(settings)).toEqual(['DEPLOY_KEY'])
    expect(await spoke.probe(settings, remote.io)).toEqual([])
    expect(remote.pushes()).toBe(0)
    expect(await converge(remote, spoke, unit)).toMatchObject({ state: 'live' })
    expect(await converge(remote, spoke, unit)).toMatchObject({ state: 'live' })
    expect(remote.pushes()).toBe(1)
    expect(await remote.git(AT, 'log', '-1', '--format=%an %ae|%cn|%s')).toBe(
      'Ann ann@acme.example|Ann|hello 2.0.1 is out\n',
    )
    const file = unit.files.find((one) => one.path === path)
    expect(await remote.git(AT, 'show', `main:${path}`)).toBe(file?.content)
    expect((await remote.git(AT, 'show', '--format=', '--name-only', 'main')).trim().split('\n').sort()).toEqual(
      unit.files.map((one) => one.path).sort(),
    )
    expect(await remote.git(AT, 'show', 'main:README.md')).toBe('# acme/packages\n')
  })

  // winget keeps each version in a folder of its own; what users get of the others is one file, a pointer.
  const pointers = ENTRIES.filter(([, spoke]) => spoke !== winget)
  it.each(pointers)('%s: v2.0.0 again after v2.0.1 leaves the pointer', async (key, spoke, entry) => {
    await using folder = await tempFolder('pointer')
    const url = join(folder.path, 'packages.git')
    await run(['git', 'init', '--quiet', '--bare', url])
    const offline = createHttp({ routes: {}, signal, events: new Events(), userAgent: 'tagonce/test', offline: true })
    const io: ChannelIO = {
      http: { ...offline, gitRoute: (to) => ({ url: to }) },
      credentials: credentialsOf({}),
      signal,
      clock: () => new Date(),
      task: taskOf([]),
      folder: folder.path,
    }
    const plain = { ...entry, repository: { owner: 'acme', name: 'packages', git: { url } } }
    const [old, fresh] = [unitOf(key, spoke, plain, '2.0.0'), unitOf(key, spoke, plain, '2.0.1')]
    const count = async (): Promise<string> => (await run(['git', '-C', url, 'rev-list', '--count', '--all'])).stdout
    await spoke.publish(fresh, ABSENT, hub, io)
    expect(await count()).toBe('1\n')
    const reason = 'the repository holds 2.0.1, which is newer'
    expect(await spoke.observe(old, hub, io)).toMatchObject({ state: 'superseded', reason })
    // Nor when a newer version came between looking and writing.
    await spoke.publish(old, ABSENT, hub, io)
    expect(await count()).toBe('1\n')
  })

  it('is put back to the version before, once', async () => {
    await using remote = await remoteWorld({ env: { DEPLOY_KEY: 'made up' } })
    const entry = { ...common, directory: 'bucket' }
    const [old, fresh] = [unitOf('scoops', scoop, entry, '2.0.0'), unitOf('scoops', scoop, entry, '2.0.1')]
    await spokePublishes(remote, [old, fresh])
    const [step] = scoop.retract?.plan(fresh, await scoop.observe(fresh, hub, remote.io)) ?? []
    if (step === undefined) throw new Error('no step')
    expect((await scoop.retract?.act(step, remote.io))?.state).toBe('retracted')
    expect(await remote.git(AT, 'show', 'main:bucket/hello.json')).toBe(old.files[0]?.content)
    expect(remote.pushes()).toBe(3)
    await scoop.retract?.act(step, remote.io)
    expect(remote.pushes()).toBe(0)
  })

  it('keeps what a stranger pushed between reading and writing', async () => {
    await using remote = await remoteWorld({ env: { DEPLOY_KEY: 'made up' } })
    const unit = unitOf('scoops', scoop, { ...common, directory: 'bucket' }, '2.0.1')
    await scoop.observe(unit, hub, remote.io)
    await using plain = await openRemote(
      { url: repository.git.url, sshCommand: '', key: '' },
      remote.io.http,
      remote.io.signal,
    )
    await using other = await openRemote(
      { url: repository.git.url, sshCommand: '', key: '' },
      remote.io.http,
      remote.io.signal,
    )
    const by = (author: string) => ({ message: author, author: { name: author, email: 'x@x' }, signing: null })
    const [mine, theirs] = [await plain.head('main'), await other.head('main')]
    const ours = await plain.commit(mine.commit, [{ path: 'a', content: 'a' }], by('ann'))
    const stranger = await other.commit(theirs.commit, [{ path: 'b', content: 'b' }], by('bob'))
    expect(await other.push(stranger, 'main')).toBe('pushed')
    expect(await plain.push(ours, 'main')).toBe('moved')
    await scoop.publish(unit, ABSENT, hub, remote.io)
    expect(await remote.git(AT, 'log', '--format=%an')).toBe('Ann\nbob\nowner\n')
  })

  it('makes a branch that is named and not there, from the default branch', async () => {
    await using remote = await remoteWorld({ env: { DEPLOY_KEY: 'made up' } })
    const entry = { ...common, repository: { ...repository, branch: 'next' }, directory: 'bucket' }
    const unit = unitOf('scoops', scoop, entry, '2.0.1')
    expect(await converge(remote, scoop, unit)).toMatchObject({ state: 'live' })
    expect(await remote.git(AT, 'ls-tree', '--name-only', 'next')).toBe('README.md\nbucket\n')
    expect(await remote.git(AT, 'ls-tree', '--name-only', 'main')).toBe('README.md\n')
  })
})
