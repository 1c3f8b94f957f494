import { describe, expect, it } from 'vitest'
import type { Brew, Cask } from '../../config/config.ts'
import type { Artifact } from '../../core/artifact.ts'
import type { Plan } from '../../plan/plan.ts'
import { className } from './class-name.ts'
import { cask, homebrew } from './index.ts'
import { judgeFiles } from '../shared/git-judge.ts'
import type { GitUnit } from '../shared/git-unit.ts'
import { versionIn } from './text.ts'
import { goQuote } from '../shared/quote.ts'
import { select } from './select.ts'
import { archive, manifestOf, spokeConfig } from './testing/config.ts'

const repository = { owner: 'acme', name: 'homebrew-tap', token: '{{ .Env.TAP_TOKEN }}' }
const good = { repository, homepage: 'https://acme.example', description: 'Says hello to the world', license: 'MIT' }
const FOUR = ['darwin', 'linux'].flatMap((goos) => ['amd64', 'arm64'].map((arch) => archive(goos, arch)))

function problems(brew: Brew, artifacts: Artifact[] = FOUR, spokes: Plan['spokes'] = []): string[] {
  const config = spokeConfig({ brews: [brew], artifacts })
  const found = homebrew
    .settings(config)
    .flatMap(({ settings }) => homebrew.check(settings, { ...config.plan, spokes }))
  return [...config.problems, ...found].map((one) => `${one.severity} ${one.code}: ${one.message}`)
}

function caskProblems(one: Cask, artifacts: Artifact[] = FOUR): string[] {
  const config = spokeConfig({ casks: [one], artifacts })
  const found = cask.settings(config).flatMap(({ settings }) => cask.check(settings, { ...config.plan, spokes: [] }))
  return [...config.problems, ...found].map((each) => `${each.severity} ${each.code}: ${each.message}`)
}

describe('check', () => {
  it('finds nothing in a good entry', () => {
    expect(problems(good)).toEqual([])
    expect(caskProblems(good)).toEqual([])
  })

  it.each<[string, Brew, string]>([
    ['no owner', { ...good, repository: { name: 'homebrew-tap' } }, 'error missing-key: the repository has no owner'],
    [
      'a pull request to another git server',
      { ...good, repository: { ...repository, git: { url: 'git@x:y.git' }, pull_request: { enabled: true } } },
      'warning pull-request-by-git: a repository that is reached by plain git gets commits',
    ],
    [
      'a private key in the config',
      {
        ...good,
        repository: { ...repository, git: { url: 'git@x:y.git', private_key: '-----BEGIN X PRIVATE KEY-----' } },
      },
      'error secret-in-config: a private key does not stand in a config',
    ],
    [
      'a format that git does not sign with',
      { ...good, commit_author: { signing: { enabled: true, format: 'minisign' } } },
      'error signing-format: git signs with openpgp, ssh or x509, not with minisign',
    ],
    ['a path for a name', { ...good, name: '../x' }, 'error brew-name'],
    ['capitals', { ...good, name: 'Hello' }, 'warning brew-name'],
    ['a folder outside', { ...good, directory: '../Formula' }, 'error brew-directory'],
    ['another repository name', { ...good, repository: { ...repository, name: 'tools' } }, 'warning brew-tap-name'],
    ['no homepage', { ...good, homepage: '' }, 'warning brew-homepage'],
    ['a homepage that is none', { ...good, homepage: 'acme' }, 'error brew-homepage'],
    ['no description', { ...good, description: '' }, 'warning brew-description'],
    ['an article', { ...good, description: 'A program that says hello' }, 'starts with an article'],
    ['81 characters', { ...good, description: 'X'.repeat(81) }, 'has 81 characters'],
    ['a full stop', { ...good, description: 'Says hello.' }, 'ends with a full stop'],
    ['its own name', { ...good, description: 'Hello is a program' }, 'starts with the name'],
    ['a bare quote', { ...good, description: 'Says "hello"' }, 'error brew-quotes'],
    ['two lines', { ...good, description: 'Says\nhello' }, 'error brew-quotes'],
    ['a backslash at the end', { ...good, description: 'Says hello\\' }, 'error brew-quotes'],
    ['no licence of that name', { ...good, license: 'Apache' }, 'warning brew-license: brews hello: Apache is no SPDX'],
    [
      'a template that stayed',
      { ...good, caveats: 'x {{ print "{{ .Tag }}" }}' },
      'error brew-template: brews hello: caveats',
    ],
    [
      'the token of the hub',
      { ...good, repository: { owner: 'acme', name: 'homebrew-tap' } },
      "info brew-token: brews hello: the GITHUB_TOKEN that Actions gives a run can't write to acme/homebrew-tap",
    ],
    ['no archive', { ...good, ids: ['other'] }, 'error brew-no-archive'],
  ])('says what is wrong with %s', (_name, brew, message) => {
    expect(problems(brew).join('\n')).toContain(message)
  })

  it('takes an escaped quote and an expression of licences', () => {
    expect(problems({ ...good, description: 'Says \\"hello\\"', license: 'MIT OR Apache-2.0' })).toEqual([])
  })

  it('names archives that stand for one platform, and platforms without one', () => {
    const two = [...FOUR, archive('linux', 'amd64', { name: 'b.tar.gz', id: 'b' })]
    expect(problems(good, two)).toEqual([
      'error brew-two-archives: brews hello: brew takes one archive for linux/amd64, but there are hello_linux_amd64.tar.gz, b.tar.gz',
    ])
    expect(problems({ ...good, ids: ['b'] }, two)).toEqual([
      'warning brew-platforms: brews hello: nothing for darwin/amd64, darwin/arm64, linux/arm64',
    ])
    expect(problems(good, [archive('windows', 'amd64')]).join()).toContain('there is hello_windows_amd64.tar.gz')
  })

  it('finds a cask of the same name in the same tap, and a program that no archive has', () => {
    const settings = { repository: { owner: 'acme', name: 'homebrew-tap' } }
    const same = [{ spoke: 'cask', entry: 'hello', settings, units: [], at: ['homebrew_casks', 0] }]
    expect(problems(good, FOUR, same).join()).toContain('warning brew-namesake')
    expect(problems({ ...good, name: 'other' }, FOUR, same)).toEqual([])
    expect(caskProblems({ ...good, name: 'hello-app' }).join()).toContain(
      'error brew-program: homebrew_casks hello-app: no archive has a program hello-app',
    )
    expect(caskProblems({ ...good, name: 'hello-app', binaries: ['hello'] })).toEqual([])
  })
})

describe('settings', () => {
  it('survive the way through a manifest, and say where they are broken', () => {
    const config = spokeConfig({ brews: [good], casks: [good], artifacts: FOUR })
    for (const spoke of [homebrew, cask]) {
      const [first] = spoke.settings(config)
      const sealed: unknown = JSON.parse(JSON.stringify(first?.settings))
      expect(spoke.parse(sealed)).toEqual(sealed)
      const broken = { ...(sealed as object), packages: [{ artifact: 1 }] }
      expect(() => spoke.parse(broken)).toThrow(`the manifest's settings at ${spoke.name}.packages.0.artifact`)
    }
  })

  it('hold the name of a token, never the token', () => {
    const token = { ...repository, token: '{{ .Env.TAP_TOKEN }}' }
    const config = spokeConfig({ brews: [{ ...good, repository: token }], artifacts: FOUR })
    const [first] = homebrew.settings(config)
    expect(first?.settings.repository.tokenEnv).toBe('TAP_TOKEN')
    expect(homebrew.credentials(first?.settings ?? ({} as never))).toEqual(['TAP_TOKEN'])
  })

  it('say why an entry is skipped', () => {
    const skipOf = (brew: Brew, prerelease = ''): string | undefined =>
      homebrew.settings(spokeConfig({ brews: [brew], artifacts: FOUR, prerelease }))[0]?.skip
    expect(skipOf(good)).toBeUndefined()
    expect(skipOf({ ...good, repository: {} })).toBe('repository.name is not set')
    expect(skipOf({ ...good, skip_upload: true })).toBe('skip_upload is set')
    expect(skipOf({ ...good, skip_upload: 'auto' })).toBeUndefined()
    expect(skipOf({ ...good, skip_upload: 'auto' }, 'rc.1')).toBe(
      'skip_upload is auto, and this is a pre-release (rc.1)',
    )
  })

  it('tell what a user types', () => {
    const release = {
      brews: [good, { ...good, repository: { owner: 'acme', name: 'tools' } }],
      casks: [good],
      artifacts: FOUR,
    }
    const config = spokeConfig(release)
    const manifest = manifestOf(release)
    const commands = [
      ...homebrew.settings(config).flatMap(({ settings }) => homebrew.instructions(manifest, settings)),
      ...cask.settings(config).flatMap(({ settings }) => cask.instructions(manifest, settings)),
    ].map((one) => one.command)
    expect(commands).toEqual([
      'brew install acme/tap/hello',
      'brew tap acme/tools https://github.com/acme/tools && brew install acme/tools/hello',
      'brew install --cask acme/tap/hello',
    ])
  })
})

describe('select', () => {
  it('takes exactly the platforms that brew has', () => {
    const all = ['darwin', 'linux', 'windows', 'freebsd', 'android', 'ios', 'watchos'].flatMap((goos) =>
      ['amd64', 'arm64', '386', 'arm', 'riscv64', 'all', 'ppc64le'].map((arch) => archive(goos, arch)),
    )
    const names = (choice: Parameters<typeof select>[1]): string[] =>
      select(all, choice).map((one) => `${one.platform?.goos}/${one.platform?.goarch}`)
    expect(names({ ids: [], goarm: '6', goamd64: 'v1' })).toEqual([
      'darwin/amd64',
      'darwin/arm64',
      'linux/amd64',
      'linux/arm64',
      'linux/arm',
    ])
    expect(names({ ids: [] })).toEqual(['darwin/amd64', 'darwin/arm64', 'linux/amd64', 'linux/arm64'])
    expect(select([archive('darwin', 'all')], { ids: [] })).toHaveLength(1)
    expect(select([archive('linux', 'amd64', { format: 'gz' })], { ids: [] })).toHaveLength(0)
    expect(select([archive('linux', 'amd64', { kind: 'package' })], { ids: [] })).toHaveLength(0)
  })
})

describe('judge', () => {
  const content = '  version "1.10.0"\n  a\n'
  const unit = { files: [{ path: 'hello.rb', content }], version: '1.10.0', pullRequest: null } as unknown as GitUnit
  it.each([
    [null, 'absent', undefined],
    [content, 'live', undefined],
    ['  version "1.9.0"\n', 'absent', 'the repository holds 1.9.0'],
    ['  version "1.11.0-rc.1"\n', 'superseded', 'the repository holds 1.11.0-rc.1, which is newer'],
    ['  version "1.10.0"\n  b\n', 'absent', 'the repository holds 1.10.0 with another text: line 2 is "b", not "a"'],
    ['  version "1.10.0"\n', 'absent', 'the repository holds 1.10.0 with another text: line 2 is "", not "a"'],
    ['  version "nightly"\n', 'absent', 'the repository holds nightly'],
    ['something\n', 'absent', 'the repository holds a file without a version'],
  ])('of %j is %s', (text, state, reason) => {
    expect(judgeFiles([text], unit, versionIn)).toEqual(reason === undefined ? { state } : { state, reason })
  })
})

describe('names and quotes', () => {
  it.each([
    ['hello', 'Hello'],
    ['foo_bar', 'FooBar'],
    ['foo-bar', 'FooBar'],
    ['foo@6', 'FooAT6'],
    ['foo_bar@6.0.0-rc', 'FooBarAT600Rc'],
    ['gtk+', 'Gtkx'],
    ['', ''],
  ])('the class of %j is %s', (name, want) => {
    expect(className(name)).toBe(want)
  })

  it.each([
    ['a "b" \\', String.raw`"a \"b\" \\"`],
    ['é ✓', '"é ✓"'],
    ['\t\n\u0001\u007f', String.raw`"\t\n\x01\x7f"`],
    ['\u200b\u{e0001}', String.raw`"\u200b\U000e0001"`],
  ])('quotes %j as Go does', (text, want) => {
    expect(goQuote(text)).toBe(want)
  })
})
