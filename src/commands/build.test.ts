import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { TagonceError } from '../core/errors.ts'
import { Events } from '../core/events.ts'
import { tempFolder } from '../core/temp.ts'
import { TEST_ENV, type TestRepository, testRepository } from '../source/test-repository.ts'
import { buildCommand, type BuildCommandOptions } from './build.ts'
import { planCommand } from './plan.ts'

// Prebuilt binaries: the commands are shown without a compiler.
const YAML = `version: 2
project_name: hello
builds:
  - id: hello
    builder: prebuilt
    targets: [linux_amd64, linux_arm64]
    prebuilt: { path: 'out/{{ .Os }}_{{ .Arch }}' }
  - id: helper
    builder: prebuilt
    targets: [linux_amd64]
    prebuilt: { path: 'out/{{ .Os }}_{{ .Arch }}' }
`
let folder: Awaited<ReturnType<typeof tempFolder>>
let repository: TestRepository
let root: string
beforeAll(async () => {
  folder = await tempFolder('command')
  root = join(folder.path, 'hello')
  repository = await testRepository(root)
  const binaries = { 'out/linux_amd64': 'amd64', 'out/linux_arm64': 'arm64' }
  await repository.commit('First', { '.goreleaser.yaml': YAML, '.gitignore': 'dist\nbin/\n', ...binaries })
  await repository.git('tag', 'v1.0.0')
})
beforeEach(() => rm(join(root, 'dist'), { recursive: true, force: true }))
afterAll(() => folder[Symbol.asyncDispose]())

function build(options: Partial<BuildCommandOptions> = {}): ReturnType<typeof buildCommand> {
  const { signal } = new AbortController()
  return new Events().task('build', (task) => buildCommand({ root, env: TEST_ENV, signal, task, ...options }))
}

describe('buildCommand', () => {
  it('builds all that the config says into dist', async () => {
    const { plan } = await build()
    expect(plan.binaries.map((one) => one.path)).toEqual([
      'dist/hello_linux_amd64_v1/hello',
      'dist/hello_linux_arm64_v8.0/hello',
      'dist/helper_linux_amd64_v1/hello',
    ])
    expect(await readFile(join(root, 'dist/hello_linux_arm64_v8.0/hello'), 'utf8')).toBe('arm64')
    expect(plan.archives).toEqual([])
  })

  it('wants an empty dist, or --clean', async () => {
    await build()
    await expect(build()).rejects.toMatchObject({ code: 'usage', hint: 'add --clean to empty it first' })
    await writeFile(join(root, 'dist/old'), '')
    await build({ clean: true })
    await expect(stat(join(root, 'dist/old'))).rejects.toThrow('ENOENT')
  })

  it('says that dist can’t be written', async () => {
    await writeFile(join(root, 'dist'), '')
    await expect(build()).rejects.toMatchObject({ code: 'disk', message: 'dist is not a folder' })
  })

  it('builds one target and one id, and copies the binary out', async () => {
    const env = { ...TEST_ENV, GOOS: 'linux', GOARCH: 'amd64' }
    const { plan, output } = await build({ env, singleTarget: true, ids: ['helper'], output: 'bin/mine' })
    expect(plan.binaries.map((one) => one.id)).toEqual(['helper'])
    expect(output).toBe(join(root, 'bin/mine'))
    expect((await stat(join(root, 'bin/mine'))).mode & 0o777).toBe(0o755)
  })

  it('passes over --output where it can’t count, as GoReleaser does', async () => {
    const { notes, output } = await build({ output: 'bin/mine' })
    expect([notes.map((one) => one.code), output]).toEqual([['output-ignored'], undefined])
  })

  it('refuses a target that nothing makes', async () => {
    const env = { ...TEST_ENV, TARGET: 'plan9_386' }
    await expect(build({ env, singleTarget: true })).rejects.toMatchObject({ message: 'no build makes plan9_386' })
    await expect(build({ ids: ['nope'] })).rejects.toMatchObject({ message: 'no build makes nope' })
  })

  it('has nothing to do for a library, and says no fault', async () => {
    const config = join(folder.path, 'library.yaml')
    await writeFile(config, 'version: 2\nproject_name: hello\nbuilds: [{ skip: true }]\n')
    const { plan } = await build({ config })
    expect(plan.binaries).toEqual([])
    expect(plan.diagnostics.map((one) => one.code)).toEqual(['build-skipped'])
  })

  it('refuses a dirty tree with the names of the files; a snapshot takes it', async () => {
    await writeFile(join(root, 'new file'), '')
    const failure = (await build().catch((error: unknown) => error)) as TagonceError
    expect(failure.diagnostics.map((one) => one.code)).toContain('dirty-tree')
    expect(failure.diagnostics.map((one) => one.message).join()).toContain('"new file"')
    await expect(stat(join(root, 'dist'))).rejects.toThrow('ENOENT')
    expect((await build({ snapshot: true })).plan.version).toMatch(/^1\.0\.0-SNAPSHOT-/)
    await rm(join(root, 'new file'))
  })
})

describe('planCommand', () => {
  it('writes nothing, and tells the problems of config and git together', async () => {
    await writeFile(join(root, '.goreleaser.yaml'), `${YAML}nonsense: 1\narchives: [{ ids: [nope] }]\n`)
    const { plan } = await planCommand({ root, env: TEST_ENV })
    expect(plan.diagnostics.map((one) => one.code)).toEqual(
      expect.arrayContaining(['unknown-key', 'dirty-tree', 'unknown-build', 'no-repository']),
    )
    await expect(stat(join(root, 'dist'))).rejects.toThrow('ENOENT')
    await repository.git('checkout', '-q', '--', '.goreleaser.yaml')
    expect(await repository.git('status', '--porcelain')).toBe('')
  })

  it('never shows the credentials of the remote', async () => {
    await repository.git('remote', 'add', 'origin', 'https://ann:Sw0rdfish99@github.com/ann/hello')
    const { plan } = await planCommand({ root, env: TEST_ENV })
    expect(plan.hub).toMatchObject({ owner: 'ann', repo: 'hello' })
    expect(JSON.stringify(plan)).not.toContain('Sw0rdfish99')
    await repository.git('remote', 'remove', 'origin')
  })

  it('takes the tags that the config ignores out of the choice', async () => {
    await repository.git('tag', 'v9.9.9-nightly')
    const config = join(folder.path, 'other.yaml')
    await writeFile(config, `${YAML}git: { ignore_tags: ["v9.9.9-{{ .Env.CHANNEL }}"] }\n`)
    const env = { ...TEST_ENV, CHANNEL: 'nightly' }
    expect((await planCommand({ root, env, config })).plan.source.tag).toBe('v1.0.0')
    expect((await planCommand({ root, env })).plan.source.tag).toBe('v9.9.9-nightly')
  })
})
