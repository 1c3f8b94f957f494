import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { TEST_ENV, testRepository } from '../source/test-repository.ts'
import { openPlan } from './open.ts'
import { planOf, told } from './test-plan.ts'

const head = 'version: 2\nproject_name: hello\nbuilds: [{ targets: [linux_amd64] }]\n'

describe('variables', () => {
  test('stand as .Var in every template; mappings and numbers too', async () => {
    const plan = await planOf(
      `${head}variables: { owner: ann, deep: { list: [a, b], n: 3 }, empty: "" }\narchives: [{ name_template: "{{ .Var.owner }}-{{ index .Var.deep.list 1 }}{{ .Var.deep.n }}{{ .Var.empty }}" }]\n`,
    )
    expect(told(plan)).toEqual([])
    expect(plan.archives[0]?.name).toBe('ann-b3.tar.gz')
  })

  test('the nearer config wins', async () => {
    const plan = await planOf(
      `${head}includes: [{ from_file: { path: base.yaml } }]\nvariables: { a: own }\narchives: [{ name_template: "{{ .Var.a }}{{ .Var.b }}" }]\n`,
      { tree: { 'base.yaml': 'variables: { a: base, b: base }\n' } },
    )
    expect(plan.archives[0]?.name).toBe('ownbase.tar.gz')
  })

  test('one that is not there is an error with its place', async () => {
    const plan = await planOf(`${head}variables: { owner: ann }\narchives: [{ name_template: "{{ .Var.ownr }}" }]\n`)
    expect(told(plan)).toEqual([expect.stringMatching(/^5:\d+ template .*ownr/)])
  })
})

describe('nightly', () => {
  const nightly = { source: { nightly: true } }

  test('has its own version, and is not published', async () => {
    const plan = await planOf(
      `${head}archives: [{ name_template: "{{ .Version }}-{{ .IsNightly }}-{{ .IsRelease }}" }]\n`,
      nightly,
    )
    expect(plan.version).toBe('1.2.4-0123456-nightly')
    expect(plan.archives[0]?.name).toBe('1.2.4-0123456-nightly-true-false.tar.gz')
    expect(plan.hub.disabled).toContain('nightly')
  })

  test('the version is a template; its old name works', async () => {
    const plan = await planOf(`${head}nightly: { name_template: "{{ incminor .Version }}-devel" }\n`, nightly)
    expect(plan.version).toBe('1.3.0-devel')
  })

  test('without --nightly the section means nothing', async () => {
    const plan = await planOf(`${head}nightly: { version_template: x, publish_release: true }\n`)
    expect([plan.version, told(plan), plan.hub.disabled]).toEqual(['1.2.3', [], null])
  })

  test('one that is published is a pre-release under a tag of its own, after the tag that was found', async () => {
    const release = 'release: { header: "{{ .ReleaseURL }} {{ .Tag }} after {{ .PreviousTag }}" }\n'
    const plan = await planOf(`${head}${release}nightly: { publish_release: true, draft: true }\n`, nightly)
    expect(told(plan)).toEqual([])
    expect(plan.source).toMatchObject({ tag: 'nightly', previousTag: 'v1.2.3', version: '1.2.4-0123456-nightly' })
    expect(plan.hub).toMatchObject({
      disabled: null,
      prerelease: true,
      makeLatest: 'false',
      draft: true,
      moving: { replace: false },
      header: 'https://github.com/ann/hello/releases/tag/nightly nightly after v1.2.3',
    })
    const named = `${head}nightly: { publish_release: true, keep_single_release: true, tag_name: "n-{{ .ShortCommit }}" }\n`
    const other = await planOf(named, nightly)
    expect([other.source.tag, other.hub.moving]).toEqual(['n-0123456', { replace: true }])
  })
})

describe('after and template_files', () => {
  test('hooks are planned as those before; files go to dist', async () => {
    const plan = await planOf(
      `${head}after: { hooks: [make done, { cmd: "no {{ .Tag }}", if: "false" }] }\ntemplate_files: [{ src: a.tpl, dst: "{{ .Tag }}/a.sh", mode: 0755 }, { src: b }, { src: c, dst: ../c }]\n`,
    )
    expect(plan.after?.map((one) => one.argv)).toEqual([['make', 'done']])
    expect(plan.extraFiles).toMatchObject([{ glob: 'a.tpl', name: 'v1.2.3/a.sh', inDist: true, mode: 0o755 }])
    expect(told(plan)).toEqual([expect.stringContaining('leaves-root ../c lies outside dist')])
  })

  test('--skip=after', async () => {
    expect(await planOf(`${head}after: { hooks: [a] }\n`, { skip: new Set(['after']) })).not.toHaveProperty('after')
  })
})

describe('monorepo', () => {
  test('tags with the prefix only; templates have both forms; builds, module and changelog are those of its folder', async () => {
    await using folder = await tempFolder('monorepo')
    const repository = await testRepository(folder.path)
    const config =
      'version: 2\nproject_name: app\nmonorepo: { tag_prefix: app/, dir: app }\nbuilds: [{ targets: [linux_amd64] }]\n' +
      'archives: [{ name_template: "{{ .Tag }}_{{ .PreviousTag }}", files: [LICENSE] }]\nsnapshot: { version_template: "{{ .Version }}" }\n' +
      'before: { hooks: ["echo {{ .PrefixedTag }} {{ .PrefixedPreviousTag }} {{ .Summary }} {{ .PrefixedSummary }}"] }\n'
    await repository.commit('First', {
      'app/.goreleaser.yaml': config,
      'app/go.mod': 'module example.org/app\n',
      'app/main.go': 'package main\nfunc main() {}\n',
    })
    await repository.git('tag', 'app/v1.0.0')
    await repository.commit('Second')
    for (const tag of ['v9.0.0', 'lib/v3.0.0', 'app/v1.1.0']) await repository.git('tag', tag)
    const { plan, loaded } = await openPlan({ root: folder.path, env: TEST_ENV, config: 'app/.goreleaser.yaml' })
    expect(told(plan).filter((one) => !one.includes('no-repository'))).toEqual([])
    expect(plan.source).toMatchObject({ tag: 'app/v1.1.0', previousTag: 'app/v1.0.0', version: '1.1.0' })
    expect(plan.archives[0]).toMatchObject({ name: 'v1.1.0_v1.0.0.tar.gz', files: [{ src: 'LICENSE', base: 'app' }] })
    expect(plan.before[0]?.argv).toEqual(['echo', 'app/v1.1.0', 'app/v1.0.0', 'v1.1.0', 'app/v1.1.0'])
    expect(plan.hub.title).toBe('app v1.1.0')
    expect(plan.binaries[0]).toMatchObject({ command: { dir: 'app' } })
    expect(loaded.config.changelog?.paths).toEqual(['app'])
  })

  test('a prefix that no tag has is an error of its own', async () => {
    await using folder = await tempFolder('monorepo')
    const repository = await testRepository(folder.path)
    await writeFile(join(folder.path, '.goreleaser.yaml'), 'version: 2\nmonorepo: { tag_prefix: "{{ .Env.P }}/" }\n')
    await repository.commit('First')
    await repository.git('tag', 'v1.0.0')
    await expect(openPlan({ root: folder.path, env: { ...TEST_ENV, P: 'app' } })).rejects.toMatchObject({
      message: 'the repository has no tag that begins with app/',
    })
  })
})
