import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adopt } from '../src/commands/adopt.ts'
import type { Adopted, AdoptOptions } from '../src/commands/adopt.ts'
import { publishFromHub } from '../src/commands/publish.ts'
import type { Report } from '../src/converge/report.ts'
import { credentialsOf } from '../src/core/credentials.ts'
import type { Diagnostic, TagonceError } from '../src/core/errors.ts'
import { Events } from '../src/core/events.ts'
import { tempFolder } from '../src/core/temp.ts'
import { createHttp } from '../src/external/http.ts'
import { run } from '../src/external/process.ts'
import { seedGithub } from '../src/rehearsal/github/seed.ts'
import type { WorldHandle } from '../src/rehearsal/world.ts'
import { plainEnv } from './support/program.ts'
import { helloProject, TAPS_AND_NPM } from './support/project.ts'
import { goreleaser } from './support/tools.ts'
import { CREDENTIALS, worldOf } from './support/world.ts'

const PEER = goreleaser()
const OWNER = 'tagonce-example'
const PYPIS =
  'pypis:\n  - {name: hello-tagonce, license: MIT, summary: Greets}\n  - {name: hello-small, license: MIT, mode: download}\n'
const ENV = { TAP_GITHUB_TOKEN: CREDENTIALS.TAP_GITHUB_TOKEN }

describe.skipIf(PEER === undefined)('a release that the real GoReleaser has made', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let world: WorldHandle
  let project: string
  let told: Diagnostic[] = []
  let count = 0

  beforeAll(async () => {
    folder = await tempFolder('adopt-test')
    project = join(folder.path, 'hello')
    const state = join(folder.path, 'world')
    const repository = await helloProject(project, TAPS_AND_NPM)
    world = await worldOf(state)
    const config = await readFile(join(project, '.goreleaser.yaml'), 'utf8')
    const base = `${world.origin}/_`
    const urls = `github_urls: { api: ${base}/api.github.com/, upload: ${base}/uploads.github.com/ }\n`
    await repository.commit('fix: the hub is on this machine', { '.goreleaser.yaml': `${config}${urls}` })
    await repository.git('tag', 'v1.2.4')
    const seed = seedGithub(state)
    seed.token({ token: CREDENTIALS.GITHUB_TOKEN, login: OWNER })
    await seed.repository({ name: `${OWNER}/hello`, from: project })
    await seed.repository({ name: `${OWNER}/homebrew-tap`, files: { 'README.md': '# tap\n' } })
    const { code, stderr } = await run([PEER ?? '', 'release', '--clean'], {
      cwd: project,
      env: plainEnv(CREDENTIALS),
      timeout: 120_000,
    })
    if (code !== 0) throw new Error(stderr)
    // Later on, and not committed: the release's addresses as users know them, and PyPI, which GoReleaser has no key for.
    await writeFile(join(project, '.goreleaser.yaml'), config)
    const own = await readFile(join(project, 'tagonce.yaml'), 'utf8')
    await writeFile(join(project, 'tagonce.yaml'), `${own}${PYPIS}`)
    await repository.git('commit', '--allow-empty', '--quiet', '--message', 'feat: after the release')
  }, 180_000)

  afterAll(async () => {
    await world.stop()
    await folder[Symbol.asyncDispose]()
  })

  function io() {
    const events = new Events()
    told = []
    events.on((event) => void (event.type === 'diagnostic' && told.push(event.diagnostic)))
    const signal = new AbortController().signal
    const http = createHttp({ routes: world.routes(), signal, events, userAgent: 'tagonce/test', offline: true })
    count += 1
    const credentials = credentialsOf({ ...CREDENTIALS, PYPI_TOKEN: 'pypi-ofAcmeForTests' })
    return { http, credentials, events, signal, folder: join(folder.path, `run-${count}`) }
  }
  const adopted = (more: Partial<AdoptOptions> = {}): Promise<Adopted> =>
    adopt({ root: project, tag: 'v1.2.4', skip: new Set(), dryRun: false, env: plainEnv(ENV), ...more }, io())
  const refusal = async (more: Partial<AdoptOptions> = {}): Promise<string> => {
    const error = await adopted(more).then(
      () => undefined,
      (caught: TagonceError) => caught,
    )
    if (error === undefined) return 'it was adopted'
    return [error.message, error.hint, ...error.diagnostics.map((one) => one.message)].join('\n')
  }
  const publish = (): Promise<Report> =>
    publishFromHub({ root: folder.path, tag: 'v1.2.4', hub: `${OWNER}/hello`, only: [], env: {} }, io())
  const writes = (): string[] =>
    world.requests().flatMap((one) => (one.mutating ? [`${one.method} ${one.path.replace(/\?.*/, '')}`] : []))

  type Assets = { id: number; name: string; digest: string | null }[]
  const api = async (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(world.route(`https://api.github.com/repos/${OWNER}/hello/${path}`), {
      method,
      headers: { authorization: `token ${CREDENTIALS.GITHUB_TOKEN}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const releaseOf = async (): Promise<{ id: number; draft: boolean; body: string; assets: Assets }> => {
    const listed = (await (await api('GET', 'releases')).json()) as {
      tag_name: string
      id: number
      draft: boolean
      body: string
      assets: Assets
    }[]
    const found = listed.find((one) => one.tag_name === 'v1.2.4')
    if (found === undefined) throw new Error('no release')
    return found
  }
  const remove = async (name: string): Promise<void> => {
    const { assets } = await releaseOf()
    await api('DELETE', `releases/assets/${assets.find((one) => one.name === name)?.id}`)
  }
  const put = async (name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    const { id } = await releaseOf()
    const url = world.route(`https://uploads.github.com/repos/${OWNER}/hello/releases/${id}/assets?name=${name}`)
    const headers = { authorization: `token ${CREDENTIALS.GITHUB_TOKEN}`, 'content-type': 'application/gzip' }
    await fetch(url, { method: 'POST', headers, body: bytes })
  }

  test('one that is a draft is refused', async () => {
    const { id } = await releaseOf()
    await api('PATCH', `releases/${id}`, { draft: true })
    expect(await refusal()).toContain('is still a draft')
    await api('PATCH', `releases/${id}`, { draft: false })
  })

  test('a tag that nobody has is refused', async () => {
    expect(await refusal({ tag: 'v9.9.9' })).toContain('this repository has no tag v9.9.9')
    expect(await refusal({ tag: 'v1.2.3' })).toContain('has no release for the tag v1.2.3')
  })

  test('a platform of the config whose archive is missing is told, and so is what was replaced: all at once', async () => {
    const { assets } = await releaseOf()
    const kept = new Map<string, Uint8Array<ArrayBuffer>>()
    for (const name of ['hello_1.2.4_linux_arm64.tar.gz', 'hello_1.2.4_darwin_amd64.tar.gz']) {
      kept.set(name, new Uint8Array(await readFile(join(project, 'dist', name))))
      await remove(name)
    }
    const arm = kept.get('hello_1.2.4_linux_arm64.tar.gz') ?? new Uint8Array()
    const intel = kept.get('hello_1.2.4_darwin_amd64.tar.gz') ?? new Uint8Array()
    await put('hello_1.2.4_darwin_amd64.tar.gz', arm)
    const said = await refusal()
    expect(said).toContain('the release has no hello_1.2.4_linux_arm64.tar.gz for linux/arm64')
    expect(said).toMatch(
      /checksums\.txt says sha256:[0-9a-f]{64} of hello_1\.2\.4_darwin_amd64\.tar\.gz, but the asset has/,
    )
    expect(said).toContain('is elf for arm64, which is no program for darwin/amd64')
    await remove('hello_1.2.4_darwin_amd64.tar.gz')
    await put('hello_1.2.4_darwin_amd64.tar.gz', intel)
    await put('hello_1.2.4_linux_arm64.tar.gz', arm)
    const before = new Map(assets.map((one) => [one.name, one.digest]))
    for (const one of (await releaseOf()).assets)
      expect([one.name, one.digest]).toEqual([one.name, before.get(one.name)])
  })

  test('--dry-run sends nothing', async () => {
    const before = writes().length
    expect(await adopted({ dryRun: true })).toMatchObject({ outcome: 'dry run' })
    expect(writes()).toHaveLength(before)
  })

  test('it gets its manifest, and every enabled spoke is live; nothing else of it is touched', async () => {
    await put('notes.pdf', new Uint8Array([1, 2, 3]))
    const release = await releaseOf()
    const before = writes().length
    const { manifest, outcome } = await adopted()
    expect(outcome).toBe('uploaded')
    expect(writes().slice(before)).toEqual([`POST /repos/${OWNER}/hello/releases/${release.id}/assets`])
    expect((await releaseOf()).body).toBe(release.body)
    expect(told.filter((one) => one.code === 'unknown-asset').map((one) => one.message)).toEqual([
      'notes.pdf is in the release, but the config does not make it',
    ])
    const made = await run(['git', 'rev-parse', 'v1.2.4^{commit}'], { cwd: project })
    expect(manifest).toMatchObject({
      tag: 'v1.2.4',
      previousTag: 'v1.2.3',
      commit: made.stdout.trim(),
      hub: { api: 'https://api.github.com' },
    })
    expect(manifest.artifacts.map((one) => [one.name, one.kind, one.binaries[0]?.header?.arch])).toEqual([
      ['checksums.txt', 'checksums', undefined],
      ['hello_1.2.4_darwin_amd64.tar.gz', 'archive', 'amd64'],
      ['hello_1.2.4_darwin_arm64.tar.gz', 'archive', 'arm64'],
      ['hello_1.2.4_linux_amd64.tar.gz', 'archive', 'amd64'],
      ['hello_1.2.4_linux_arm64.tar.gz', 'archive', 'arm64'],
      ['hello_1.2.4_windows_amd64.zip', 'archive', 'amd64'],
      ['notes.pdf', 'file', undefined],
    ])
    const archive = manifest.artifacts.find((one) => one.name === 'hello_1.2.4_linux_amd64.tar.gz')
    const inside = await run(['tar', '-xzOf', join(project, 'dist', archive?.name ?? ''), 'hello'])
    expect(archive?.binaries[0]?.size).toBe(inside.bytes.length)
    expect(archive?.files).toEqual(['LICENSE', 'README.md'])
    const report = await publish()
    const live = report.channels.map((one) => [
      one.spoke,
      one.entry,
      [...new Set(one.units.map((unit) => unit.observation.state))],
    ])
    expect(live).toEqual([
      ['cask', 'hello-bin', ['live']],
      ['homebrew', 'hello', ['live']],
      ['npm', '@tagonce-example/hello', ['live']],
      ['npm', '@tagonce-example/hello-download', ['live']],
      ['pypi', 'hello-small', ['live']],
      ['pypi', 'hello-tagonce', ['live']],
    ])
    expect(report.exitCode).toBe(0)
  }, 60_000)

  test('adopted again, it says so and sends nothing; published again, neither', async () => {
    const before = writes().length
    expect(await adopted()).toMatchObject({ outcome: 'there' })
    expect(await publish()).toMatchObject({ exitCode: 0 })
    expect(writes()).toHaveLength(before)
  }, 60_000)

  test('a manifest that says otherwise is left alone', async () => {
    const before = writes().length
    // What is passed over in one run is sealed all the same.
    expect(await refusal({ skip: new Set(['npm']) })).toBe('it was adopted')
    await writeFile(join(project, 'tagonce.yaml'), PYPIS)
    const said = await refusal()
    expect(said).toContain(
      'the release v1.2.4 has a manifest that says otherwise: npm @tagonce-example/hello, npm @tagonce-example/hello-download',
    )
    expect(said).toContain('tagonce publish --tag v1.2.4')
    expect(writes()).toHaveLength(before)
  })

  test('one that is immutable takes no manifest, and the mend is told', async () => {
    const { id } = await releaseOf()
    await remove('tagonce.json')
    await api('PATCH', `releases/${id}`, { draft: true })
    await api('PUT', 'immutable-releases')
    await api('PATCH', `releases/${id}`, { draft: false })
    const before = writes().length
    expect(await refusal()).toContain('the release v1.2.4 is immutable: GitHub takes no further file')
    expect(writes()).toHaveLength(before)
  })
})
