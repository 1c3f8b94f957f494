import { describe, expect, it } from 'vitest'
import { redact } from '../core/secrets.ts'
import type { PlannedSpoke } from './plan.ts'
import { planOf, told } from './test-plan.ts'

const YAML = `version: 2
project_name: hello
builds:
  - goos: [linux]
    goarch: [amd64]
    flags: [-trimpath]
`

describe('the plan of an empty config', () => {
  it('has every default of GoReleaser', async () => {
    const plan = await planOf('version: 2\n')
    expect(plan.project).toBe('hello')
    expect(plan.binaries.map((one) => one.path)).toEqual([
      'dist/hello_darwin_amd64_v1/hello',
      'dist/hello_darwin_arm64_v8.0/hello',
      'dist/hello_linux_386_sse2/hello',
      'dist/hello_linux_amd64_v1/hello',
      'dist/hello_linux_arm64_v8.0/hello',
      'dist/hello_windows_386_sse2/hello.exe',
      'dist/hello_windows_amd64_v1/hello.exe',
      'dist/hello_windows_arm64_v8.0/hello.exe',
    ])
    expect(plan.archives[3]?.name).toBe('hello_1.2.3_linux_amd64.tar.gz')
    expect(plan.checksums).toMatchObject({ name: 'hello_1.2.3_checksums.txt', algorithm: 'sha256', split: false })
    expect(plan.hub).toMatchObject({ owner: 'ann', repo: 'hello', title: 'v1.2.3', draft: false, makeLatest: 'auto' })
    expect(told(plan)).toEqual([])
    expect(told(plan, 'warning')).toHaveLength(1)
    expect(told(plan, 'warning')[0]).toContain('no-trimpath')
  })

  it('is data, the same each time', async () => {
    expect(await planOf(YAML)).toEqual(await planOf(YAML))
  })
})

describe('the name of the project', () => {
  const source = { url: '' }
  const config = 'release: { github: { owner: ann, name: from-release } }\n'
  it.each([
    ['project_name: named\n', {}, 'named'],
    ['project_name: "{{ .Env.NAME }}"\n', {}, 'from-env'],
    [config, {}, 'from-release'],
    [config, { 'Cargo.toml': '[package]\nedition = "2021"\nname = "from-cargo"\n' }, 'from-cargo'],
    ['version: 2\n', {}, 'hello'],
    ['version: 2\n', { 'go.mod': null, 'go.work': 'go 1.24\n\nuse ./sub\n', 'sub/go.mod': 'module a.b/sub\n' }, 'sub'],
  ])('%j with %j is %s', async (yaml, tree, name) => {
    const plan = await planOf(yaml, { source, tree, env: { NAME: 'from-env' } })
    expect(plan.project).toBe(name)
  })

  it('comes from the remote before the module, unless nothing is released there', async () => {
    const remote = { source: { url: 'https://github.com/ann/from-remote' } }
    expect((await planOf('version: 2\n', remote)).project).toBe('from-remote')
    expect((await planOf('release: { disable: true }\n', remote)).project).toBe('hello')
  })

  it('comes from the remote where there is no module', async () => {
    expect((await planOf('version: 2\n', { tree: { 'go.mod': null } })).project).toBe('hello')
  })

  it.each(['../x', '; rm -rf', 'a/b', '-rf', '$(id)', '.git', 'a\u0000b', 'x'.repeat(101)])(
    'refuses %j',
    async (name) => {
      const plan = await planOf(`version: 2\nproject_name: ${JSON.stringify(name)}\n`)
      expect(told(plan)[0]).toMatch(/^2:15 project-name /)
    },
  )

  it('refuses to guess from nothing', async () => {
    const plan = await planOf('version: 2\n', { tree: { 'go.mod': null }, source })
    expect(told(plan)).toContain('-:- project-name nothing tells the name of the project')
  })
})

describe('versions', () => {
  it('renders the version of a snapshot', async () => {
    const yaml = `${YAML}snapshot: { version_template: "{{ .Version }}-next-{{ .ShortCommit }}" }\n`
    const plan = await planOf(yaml, { source: { snapshot: true } })
    expect(plan.version).toBe('1.2.3-next-0123456')
    expect(plan.source).toMatchObject({ version: '1.2.3-next-0123456', tag: 'v1.2.3', rawVersion: '1.2.3' })
    expect(plan.archives[0]?.name).toBe('hello_1.2.3-next-0123456_linux_amd64.tar.gz')
  })

  it('has a default one, as GoReleaser', async () => {
    expect((await planOf(YAML, { source: { snapshot: true } })).version).toBe('1.2.3-SNAPSHOT-0123456')
  })

  it('gives the time of the commit to .Date, .Now and .Timestamp', async () => {
    const yaml = `${YAML}release: { name_template: '{{ .Date }} {{ .Now.Format "2006" }} {{ .Timestamp }} {{ .CommitDate }}' }\n`
    const plan = await planOf(yaml, { source: { commitTimestamp: 1000 } })
    expect(plan.hub.title).toBe('1970-01-01T00:16:40Z 1970 1000 2026-01-02T03:04:05Z')
  })
})

describe('problems', () => {
  it('are told all at once, each with its place', async () => {
    const plan = await planOf(`version: 2
project_name: hello
env:
  - "A={{ .Env.MISSING }}"
builds:
  - id: one
    goos: [linux, macos]
    goarch: [amd64]
    flags: [-trimpath]
    ldflags: ["-X main.v={{ .Versoin }}"]
  - id: one
archives:
  - ids: [two]
    name_template: same
  - name_template: "{{ .Nope"
  - id: last
    formats: [tar.gz, tgz]
    name_template: '{{ .ProjectName }} app'
release:
  tag: other
`)
    expect(told(plan).map((one) => one.split(' ').slice(0, 2).join(' '))).toEqual([
      '4:15 template',
      '20:8 not-built',
      '7:19 bad-target',
      '10:29 template',
      '11:9 duplicate-id',
      '13:11 unknown-build',
      '15:5 duplicate-id',
      '18:20 asset-name',
      '18:20 asset-name',
    ])
    expect(plan.diagnostics.find((one) => one.message.includes('Versoin'))?.mend).toBe('did you mean Version?')
  })

  it('tells one fault once, however many targets meet it', async () => {
    const plan = await planOf('project_name: hello\nbuilds: [{ flags: [-trimpath], env: ["A={{ .Nope }}"] }]\n')
    expect(told(plan)).toHaveLength(1)
  })

  it('names both sides of a clash', async () => {
    const yaml = `${YAML}archives:\n  - name_template: out\n  - id: b\n    name_template: out\nchecksum: { name_template: out.tar.gz }\n`
    expect(told(await planOf(yaml))).toEqual([
      '10:20 duplicate-name two files of the release would be named out.tar.gz',
      '11:28 duplicate-name two files of the release would be named out.tar.gz',
    ])
  })

  it('keep the name of the manifest free, and know the ids of archives', async () => {
    const plan = await planOf(`${YAML}checksum: { name_template: tagonce.json, ids: [default, gone] }\n`)
    expect(told(plan)[0]).toBe('7:28 duplicate-name two files of the release would be named tagonce.json')
    expect(told(plan, 'warning')).toEqual(['7:57 unknown-archive no archive has the id gone'])
  })

  it.each(['/tmp/x', '../x', '.', 'a/../..'])('refuses dist %j', async (dist) => {
    expect(told(await planOf(`${YAML}dist: ${dist}\n`))[0]).toMatch(/^7:7 leaves-root /)
  })
})

describe('keys that are not carried out', () => {
  const yaml = `${YAML}release: { tag: other, use_existing_draft: true }\n`
  it('are told where they would count', async () => {
    expect(told(await planOf(yaml))).toHaveLength(1)
    expect(told(await planOf(yaml, { skip: new Set(['publish']) }))).toEqual([])
    expect(told(await planOf(yaml, { source: { snapshot: true } }))).toEqual([])
    expect(told(await planOf(yaml), 'info')[0]).toContain('needless release.use_existing_draft has nothing to do')
  })
})

describe('secrets', () => {
  it('masks a secret that the config puts into env', async () => {
    const plan = await planOf(`${YAML}env: ["MY_TOKEN={{ .Env.OUTER }}"]\n`, { env: { OUTER: 'hunter2hunter2' } })
    expect(plan.binaries[0]?.command?.env[0]).toBe('MY_TOKEN=hunter2hunter2')
    expect(redact(JSON.stringify(plan))).not.toContain('hunter2hunter2')
  })

  it('gives spokes the name of a variable, never its value', async () => {
    const seen: (string | undefined)[] = []
    const spoke: PlannedSpoke = { spoke: 'npm', entry: 'hello', settings: {}, units: [], at: ['npms', 0] }
    const plan = await planOf(`${YAML}npms: [{ name: "{{ .ProjectName }}x", id: literal-token }]\n`, {
      planSpokes: (config) => {
        seen.push(config.secretEnv('{{ .Env.TAP_TOKEN }}', ['npms', 0, 'name']))
        seen.push(config.secretEnv('', ['npms', 0, 'name']))
        seen.push(config.secretEnv('ghp_literal', ['npms', 0, 'id']))
        seen.push(config.render('{{ .Tag }}-{{ .Extra }}', ['npms', 0, 'name'], { Extra: 'e' }))
        seen.push(String(config.isTrue('{{ eq .Major 1 }}', ['npms', 0, 'name'])))
        seen.push(config.plan.archives[0]?.name)
        return [spoke]
      },
    })
    expect(seen).toEqual(['TAP_TOKEN', undefined, undefined, 'v1.2.3-e', 'true', 'hello_1.2.3_linux_amd64.tar.gz'])
    expect(told(plan)[0]).toMatch(/^7:43 secret-in-config /)
    expect(JSON.stringify(plan)).not.toContain('ghp_literal')
    expect(plan.spokes).toEqual([spoke])
  })
})
