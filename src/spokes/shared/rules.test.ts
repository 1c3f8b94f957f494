import { describe, expect, it } from 'vitest'
import { aur, aurSource } from '../aur/index.ts'
import { chocolatey } from '../chocolatey/index.ts'
import { krew } from '../krew/index.ts'
import { nix } from '../nix/index.ts'
import { scoop } from '../scoop/index.ts'
import { snap } from '../snap/index.ts'
import type { AnySpoke } from '../spoke.ts'
import { winget } from '../winget/index.ts'
import { archives, checked } from './testing/units.ts'

const repository = { owner: 'acme', name: 'packages' }
const page = 'https://acme.example'

/** For each channel, an entry that breaks no rule. */
const RIGHT: Record<string, { spoke: AnySpoke; key: string; entry: object }> = {
  scoop: { spoke: scoop, key: 'scoops', entry: { repository, homepage: page, license: 'MIT' } },
  winget: {
    spoke: winget,
    key: 'winget',
    entry: { repository, publisher: 'Acme', license: 'MIT', short_description: 'Says hello', homepage: page },
  },
  krew: {
    spoke: krew,
    key: 'krews',
    entry: { repository, short_description: 'Says hello', description: 'More', homepage: page },
  },
  nix: { spoke: nix, key: 'nix', entry: { repository, license: 'mit', homepage: page, description: 'Says hello' } },
  aur: { spoke: aur, key: 'aurs', entry: { description: 'Says hello', license: 'MIT', homepage: page } },
  aurSource: {
    spoke: aurSource,
    key: 'aur_sources',
    entry: { description: 'Says hello', license: 'MIT', homepage: page, package: 'make install' },
  },
  chocolatey: {
    spoke: chocolatey,
    key: 'chocolateys',
    entry: {
      authors: 'Ann',
      description: 'Says hello',
      project_url: page,
      license_url: page,
      icon_url: page,
      tags: 'cli hello',
    },
  },
  snap: {
    spoke: snap,
    key: 'snapcrafts',
    entry: { summary: 'Says hello', description: 'More', base: 'core24', license: 'MIT' },
  },
}

function codes(channel: string, more: object = {}, release: Parameters<typeof checked>[2] = {}): string[] {
  const known = RIGHT[channel]
  if (known === undefined) throw new Error(channel)
  const found = checked(known.spoke, { [known.key]: [{ ...known.entry, ...more }] }, release)
  expect(found.filter((one) => (one.mend ?? '') === '')).toEqual([])
  return found.map((one) => one.code)
}

describe('the rules of the channels', () => {
  it.each(Object.keys(RIGHT))('%s: what is right passes', (channel) => {
    expect(codes(channel)).toEqual([])
  })

  it.each([
    ['scoop', { name: 'a b' }, 'scoop-name'],
    ['scoop', { homepage: 'acme' }, 'scoop-homepage'],
    ['scoop', { license: 'mine' }, 'scoop-license'],
    ['scoop', { directory: '../x' }, 'scoop-directory'],
    ['scoop', { shortcuts: [['one']] }, 'scoop-shortcut'],
    ['scoop', { post_install: ['{{ .ProjectName }}'] }, 'scoop-template'],
    ['scoop', { ids: ['none'] }, 'scoop-no-archive'],
    ['winget', { package_identifier: 'Acme' }, 'winget-identifier'],
    ['winget', { publisher: '', package_identifier: 'A.B' }, 'winget-publisher'],
    ['winget', { license: '' }, 'winget-license'],
    ['winget', { short_description: '' }, 'winget-short-description'],
    ['winget', { short_description: 'x'.repeat(257) }, 'winget-short-description'],
    ['winget', { tags: Array.from({ length: 17 }, (_, at) => `t${at}`) }, 'winget-tags'],
    ['winget', { publisher_url: 'ftp://x' }, 'winget-publisher-url'],
    ['winget', { dependencies: [{ package_identifier: 'x' }] }, 'winget-dependency'],
    ['krew', { name: 'kubectl-x' }, 'krew-name'],
    ['krew', { name: 'Hello' }, 'krew-name'],
    ['krew', { short_description: '' }, 'krew-short-description'],
    ['krew', { short_description: 'x'.repeat(51) }, 'krew-short-description'],
    ['krew', { description: '' }, 'krew-description'],
    ['nix', { license: 'MIT' }, 'nix-license'],
    ['nix', { name: 'a b' }, 'nix-name'],
    ['nix', { path: '../x.nix' }, 'nix-path'],
    ['nix', { description: 'a "quote"' }, 'nix-quotes'],
    ['nix', { description: 'a ${thing}' }, 'nix-quotes'],
    ['nix', { extra_install: "echo ''" }, 'nix-quotes'],
    ['nix', { install: ' \n' }, 'nix-install'],
    ['nix', { dependencies: [{ name: 'lib' }] }, 'nix-dependency'],
    ['aur', { name: 'Hello' }, 'aur-name'],
    ['aur', { license: '' }, 'aur-license'],
    ['aur', { rel: '0' }, 'aur-rel'],
    ['aur', { directory: 'x' }, 'aur-directory'],
    ['aur', { optdepends: ["zsh: it's"] }, 'aur-quotes'],
    ['aur', { description: "It's $HOME" }, 'aur-quotes'],
    ['aurSource', { package: '' }, 'aur-source-package'],
    ['chocolatey', { authors: '' }, 'chocolatey-authors'],
    ['chocolatey', { name: 'a b' }, 'chocolatey-name'],
    ['chocolatey', { description: 'x'.repeat(4001) }, 'chocolatey-description'],
    ['chocolatey', { tags: 'a,b' }, 'chocolatey-tags'],
    ['chocolatey', { project_url: '' }, 'chocolatey-project-url'],
    ['chocolatey', { title: '{{ .ProjectName }}' }, 'chocolatey-template'],
    ['snap', { name: 'Hello' }, 'snap-name'],
    ['snap', { name: '12' }, 'snap-name'],
    ['snap', { summary: 'x'.repeat(79) }, 'snap-summary'],
    ['snap', { icon: 'i.png' }, 'snap-icon'],
    ['snap', { grade: 'alpha' }, 'snap-grade'],
    ['snap', { grade: 'devel', channel_templates: ['stable'] }, 'snap-channel'],
    ['snap', { channel_templates: ['nowhere'] }, 'snap-channel'],
    ['snap', { plugs: { home: null } }, 'snap-apps'],
    ['snap', { ids: ['none'] }, 'snap-no-program'],
  ])('%s %j: %s', (channel, more, code) => {
    expect(codes(channel, more)).toContain(code)
  })

  it.each([
    ['scoop', '1.2.3/x', 'scoop-version'],
    ['winget', '1.2.3/x', 'winget-version'],
    ['aur', '1.2.3:x', 'aur-version'],
    ['chocolatey', '1.2.3+x', 'chocolatey-version'],
    ['chocolatey', '01.2.3', 'chocolatey-version'],
    ['snap', `1.2.3-${'x'.repeat(30)}`, 'snap-version'],
  ])('%s refuses the version %s', (channel, version, code) => {
    expect(codes(channel, {}, { version })).toContain(code)
  })

  it.each(Object.keys(RIGHT))('%s takes the version 1.2.3-test', (channel) => {
    expect(codes(channel, {}, { version: '1.2.3-test' })).toEqual([])
  })

  it('two archives for one platform are told', () => {
    const artifacts = [
      ...archives(),
      ...archives({ id: 'other' }).map((one) => ({ ...one, name: `other_${one.name}` })),
    ]
    for (const channel of ['scoop', 'winget', 'krew', 'nix', 'aur', 'chocolatey']) {
      expect(codes(channel, {}, { artifacts })).toContain(`${channel}-two-archives`)
    }
  })

  it('an archive that the client can not unpack is told', () => {
    const artifacts = archives({ format: 'tar.xz' })
    expect(codes('krew', {}, { artifacts })).toContain('krew-format')
    expect(codes('chocolatey', {}, { artifacts })).toContain('chocolatey-format')
    expect(codes('winget', {}, { artifacts })).toContain('winget-no-archive')
  })

  it('krew looks in the root of the archive', () => {
    expect(codes('krew', {}, { artifacts: archives({ wrapDirectory: 'hello' }) })).toContain('krew-wrap')
  })
})
