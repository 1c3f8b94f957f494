import { describe, expect, it } from 'vitest'
import { checked } from '../shared/testing/units.ts'
import { feedOf, normalVersion } from './feed.ts'
import { chocolatey } from './index.ts'

const page = 'https://acme.example'
const RIGHT = {
  authors: 'Ann',
  description: 'Says hello',
  project_url: page,
  license_url: page,
  icon_url: 'https://cdn.jsdelivr.net/gh/acme/hello@v1/icon.png',
  tags: 'cli hello',
  api_key: '{{ .Env.CHOCOLATEY_API_KEY }}',
}

const codes = (more: object, version = '1.2.3'): string[] =>
  checked(chocolatey, { chocolateys: [{ ...RIGHT, ...more }] }, { version }).map((one) => one.code)

describe('what moderation refuses is said before anything is built', () => {
  it('what is right passes', () => expect(codes({})).toEqual([]))

  it.each([
    [{ icon_url: 'https://raw.githubusercontent.com/a/b/main/i.png' }, 'chocolatey-icon-url'],
    [{ icon_url: 'https://cdn.rawgit.com/a/b/i.png' }, 'chocolatey-icon-url'],
    [{ icon_url: 'https://github.com/a/b/raw/main/i.png' }, 'chocolatey-icon-url'],
    [{ copyright: 'Me' }, 'chocolatey-copyright'],
    [{ authors: 'ann@acme.example' }, 'chocolatey-email'],
    [{ name: 'hello.config' }, 'chocolatey-name'],
    [{ name: 'hello_cli' }, 'chocolatey-name'],
    [{ name: 'hello-beta' }, 'chocolatey-name'],
    [{ description: 'x\n##Usage\n' }, 'chocolatey-description'],
    [{ tags: 'cli chocolatey' }, 'chocolatey-tags'],
    [{ require_license_acceptance: true, license_url: '' }, 'chocolatey-license-url'],
    [{ title: 'x'.repeat(257) }, 'chocolatey-title'],
    [{ source_repo: 'nowhere' }, 'chocolatey-source-repo'],
  ])('%j: %s', (more, code) => expect(codes(more)).toContain(code))

  it.each([
    ['1.2.3-test', []],
    ['1.2.3-rc1', []],
    ['1.2.3-rc.1', ['chocolatey-version']],
    ['1.2.3-1', ['chocolatey-version']],
    [`1.2.3-${'x'.repeat(21)}`, ['chocolatey-version']],
    ['1.2', ['chocolatey-version']],
    ['1.2.3.0', ['chocolatey-version']],
    ['1.2.3+5', ['chocolatey-version']],
  ])('version %s: %j', (version, wanted) => expect(codes({}, version)).toEqual(wanted))

  it('a feed of one’s own takes semantic versions 2, and icons from anywhere', () => {
    const own = { source_repo: 'https://nuget.acme.example/v3/index.json', icon_url: 'https://raw.github.com/i.png' }
    expect(codes(own, '1.2.3-rc.1')).toEqual([])
  })
})

it.each([
  ['1.2', '1.2.0'],
  ['1.2.3.0', '1.2.3'],
  ['1.2.3.4', '1.2.3.4'],
  ['01.02.3-rc-1', '1.2.3-rc-1'],
  ['1.2.3+build-1', '1.2.3'],
])('%s is kept as %s', (version, normal) => expect(normalVersion(version)).toBe(normal))

it.each([
  [
    'https://push.chocolatey.org/',
    'https://community.chocolatey.org/api/v2/',
    'https://push.chocolatey.org/api/v2/package',
  ],
  ['https://nuget.acme.example', 'https://nuget.acme.example/api/v2/', 'https://nuget.acme.example/api/v2/package'],
  [
    'https://acme.example/feed/api/v2/package',
    'https://acme.example/feed/api/v2/',
    'https://acme.example/feed/api/v2/package',
  ],
  ['https://acme.example/nuget/choco/', 'https://acme.example/nuget/choco/', 'https://acme.example/nuget/choco'],
  ['https://api.nuget.org/v3/index.json', 'https://api.nuget.org/v3/index.json', ''],
])('%s is read at %s', (source, read, push) => expect(feedOf(source)).toMatchObject({ read, push }))
