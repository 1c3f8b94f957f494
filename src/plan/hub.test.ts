import { describe, expect, it } from 'vitest'
import { CHECKSUMS_MARK } from './plan.ts'
import { planOf, told } from './test-plan.ts'

const BUILDS = 'version: 2\nproject_name: hello\nbuilds: [{ flags: [-trimpath], targets: [linux_amd64] }]\n'

describe('the hub', () => {
  it('is where the config says', async () => {
    const plan = await planOf(
      `${BUILDS}release:
  github: { owner: "{{ .Env.OWNER }}", name: app }
  name_template: "{{ .ProjectName }} {{ .Tag }}"
  header: "{{ .ReleaseURL }}"
  footer: "sums:\\n{{ .Checksums }}"
  draft: true
  mode: append
  ids: [default]
  target_commitish: "{{ .Commit }}"
github_urls: { api: "https://ghe.example.org/api/v3/", upload: "https://ghe.example.org/api/uploads/", download: "https://ghe.example.org/" }
`,
      { env: { OWNER: 'ann' } },
    )
    expect(told(plan)).toEqual([])
    expect(plan.hub).toEqual({
      kind: 'github',
      owner: 'ann',
      repo: 'app',
      download: 'https://ghe.example.org',
      api: 'https://ghe.example.org/api/v3',
      upload: 'https://ghe.example.org/api/uploads',
      title: 'hello v1.2.3',
      draft: true,
      prerelease: false,
      makeLatest: 'auto',
      mode: 'append',
      targetCommitish: plan.source.commit,
      header: 'https://ghe.example.org/ann/app/releases/tag/v1.2.3',
      footer: `sums:\n${CHECKSUMS_MARK}`,
      ids: ['default'],
      disabled: null,
      skipUpload: false,
      tokenEnv: 'GITHUB_TOKEN',
    })
  })

  const rc = { semver: { major: 1, minor: 2, patch: 3, prerelease: 'rc.1', metadata: '' } }
  it.each([
    ['', {}, false, 'auto'],
    ['', rc, false, 'auto'],
    ['prerelease: auto', {}, false, 'auto'],
    ['prerelease: auto', rc, true, 'false'],
    ['prerelease: "true"', {}, true, 'false'],
    ['make_latest: false', {}, false, 'false'],
    ['make_latest: true', {}, false, 'true'],
    ['make_latest: "{{ .IsSnapshot }}"', {}, false, 'false'],
  ])('%j', async (key, source, prerelease, makeLatest) => {
    expect((await planOf(`${BUILDS}release: { ${key} }\n`, { source })).hub).toMatchObject({ prerelease, makeLatest })
  })

  it.each([
    ['git@github.com:ann/hello.git', [], []],
    [
      'https://example.org/ann/hello',
      [],
      ['the git remote is on example.org, but the release would be made on github.com'],
    ],
    ['', ['where to release is not known: git has no remote'], []],
    ['/srv/git', ['where to release is not known: /srv/git names no owner and repository'], []],
    ['https://github.com/a b/hello', ['a b/hello is no repository of GitHub'], []],
  ])('is read off the remote %j', async (url, errors, warnings) => {
    const plan = await planOf(BUILDS, { source: { url } })
    const messages = (severity: string): string[] =>
      plan.diagnostics.filter((one) => one.severity === severity).map((one) => one.message)
    expect([messages('error'), messages('warning')]).toEqual([errors, warnings])
  })

  it('needs no place when nothing is published', async () => {
    expect(told(await planOf(BUILDS, { source: { url: '' }, skip: new Set(['publish']) }))).toEqual([])
    const disabled = await planOf(`${BUILDS}release: { disable: "{{ true }}" }\n`, { source: { url: '' } })
    expect([told(disabled), disabled.hub.disabled]).toEqual([[], '`release.disable` is true'])
  })

  it('is on GitHub', async () => {
    const plan = await planOf(`${BUILDS}release: { gitlab: { owner: a, name: b } }\n`)
    expect(told(plan)).toEqual(['4:12 hub-kind a release on gitlab is not carried out yet'])
  })
})
