import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BinaryHeader } from '../../core/artifact.ts'
import type { Platform } from '../../core/platform.ts'
import { pypiTokenFacts } from '../../external/pypi-token.ts'
import { planOf, told } from '../../plan/test-plan.ts'
import type { TestPlanOptions } from '../../plan/test-plan.ts'
import { tempFolder } from '../../core/temp.ts'
import { pypi } from './index.ts'
import { selectPlatforms } from './platforms.ts'
import { indexOf } from './settings.ts'
import type { PypiSettings } from './settings.ts'
import { HERE, fixture } from './testing/release.ts'
import { headerProblem, platformTags } from './tags.ts'
import { compareVersions, pep440 } from './version.ts'
import { isSupportedTag } from './world-tags.ts'

describe('versions', () => {
  test.each([
    ['1.2.3', '1.2.3'],
    ['1.2.3-rc.1', '1.2.3rc1'],
    ['1.2.3-alpha', '1.2.3a0'],
    ['1.2.3-beta12', '1.2.3b12'],
    ['1.2.3-preview.2', '1.2.3rc2'],
    ['1.2.3-dev.4', '1.2.3.dev4'],
    ['1.2.3-post.1', '1.2.3.post1'],
    ['1.2.3-test', undefined],
    ['1.2.3-1', undefined],
    ['1.2.3-rc.1.2', undefined],
    ['1.2.3+build', undefined],
  ])('%s is %s to PyPI', (version, expected) => expect(pep440(version)).toBe(expected))

  test('their order is that of PEP 440, and a number counts as one', () => {
    // packaging.python.org, "Version specifiers", summary of the order.
    const ordered = [
      '1.0.dev4',
      '1.0a1',
      '1.0a2.dev1',
      '1.0a2',
      '1.0b1',
      '1.0rc1',
      '1.0',
      '1.0.post1',
      '1.2.3',
      '1.2.30',
    ]
    for (const [at, one] of ordered.entries())
      for (const [other, two] of ordered.entries()) expect(compareVersions(one, two)).toBe(Math.sign(at - other))
    expect(compareVersions('1.0', '1.0.0')).toBe(0)
  })
})

const elf = (more: Partial<BinaryHeader> = {}): BinaryHeader => ({
  format: 'elf',
  arch: 'amd64',
  linkage: 'static',
  libraries: [],
  ...more,
})
const macho = (minos: string, arch = 'arm64'): BinaryHeader => ({
  format: 'macho',
  arch,
  linkage: 'dynamic',
  libraries: [],
  minos,
})

describe('tags come from headers', () => {
  const linux = (arch: string) => ({ os: 'linux', arch: [arch] })
  test.each([
    ['static', linux('x86_64'), elf(), ['manylinux_2_17_x86_64', 'manylinux2014_x86_64', 'musllinux_1_1_x86_64']],
    ['static', linux('armv6l'), elf({ arch: 'arm' }), ['linux_armv6l']],
    ['static', linux('riscv64'), elf({ arch: 'riscv64' }), ['manylinux_2_17_riscv64', 'musllinux_1_1_riscv64']],
    ['glibc', linux('x86_64'), elf({ linkage: 'dynamic', glibc: '2.34' }), ['manylinux_2_34_x86_64']],
    [
      'old glibc',
      linux('x86_64'),
      elf({ linkage: 'dynamic', glibc: '2.3' }),
      ['manylinux_2_5_x86_64', 'manylinux1_x86_64'],
    ],
    [
      'old glibc',
      linux('aarch64'),
      elf({ linkage: 'dynamic', glibc: '2.9' }),
      ['manylinux_2_17_aarch64', 'manylinux2014_aarch64'],
    ],
    [
      'musl',
      linux('x86_64'),
      elf({ linkage: 'dynamic', interpreter: '/lib/ld-musl-x86_64.so.1' }),
      ['musllinux_1_2_x86_64'],
    ],
    ['Go 1.25', { os: 'macos', arch: ['arm64'] }, macho('12.0'), ['macosx_12_0_arm64']],
    ['a minor number', { os: 'macos', arch: ['arm64'] }, macho('13.3'), ['macosx_13_0_arm64']],
    ['before 11', { os: 'macos', arch: ['x86_64'] }, macho('10.13', 'amd64'), ['macosx_10_13_x86_64']],
    ['no arm Mac is older', { os: 'macos', arch: ['arm64'] }, macho('10.13'), ['macosx_11_0_arm64']],
    ['universal', { os: 'macos', arch: ['universal2'] }, macho('11.0', 'all'), ['macosx_11_0_universal2']],
    ['32 bits', { os: 'windows', arch: ['x86'] }, elf(), ['win32']],
    ['arm', { os: 'windows', arch: ['arm64'] }, elf(), ['win_arm64']],
  ])('%s', (_name, placed, header, tags) => {
    expect(platformTags(placed, [header])).toEqual(tags)
    expect(tags.filter((tag) => !isSupportedTag(tag))).toEqual([])
  })

  test('a program that is another than its name says is refused', () => {
    expect(headerProblem({ os: 'linux', arch: ['x86_64'] }, macho('12.0'))).toContain('macho for arm64')
    expect(headerProblem({ os: 'linux', arch: ['x86_64'] }, elf())).toBeUndefined()
  })
})

/** File names of the wheels of an entry whose programs have these headers. */
async function unitsFor(programs: [word: string, header: BinaryHeader][]): Promise<string[]> {
  await using folder = await tempFolder('pypi-units')
  const { hub, settings } = await fixture(folder.path, { name: 'hello', platforms: [HERE] })
  const [artifact] = hub.manifest.artifacts
  if (artifact === undefined) throw new Error('no artifact')
  hub.manifest.artifacts = programs.map(([word, header]) => ({
    ...artifact,
    name: word,
    binaries: artifact.binaries.map((one) => ({ ...one, header })),
  }))
  const platforms = programs.map(([word]) => ({
    word,
    os: 'linux',
    arch: ['x86_64'],
    programs: [{ name: 'hello', artifact: word }],
  }))
  return pypi.units(hub.manifest, { ...settings, platforms }).flatMap((one) => (one.role === 'wheel' ? [one.file] : []))
}

describe('platforms', () => {
  const at = (goos: string, goarch: string, more: Partial<Platform> = {}) => {
    const target = `${goos}_${goarch}${Object.values(more).join('')}`
    return { artifact: target, format: 'tar.gz', platform: { goos, goarch, target, ...more }, programs: ['hello'] }
  }

  test('one wheel per platform; an old arm stands in for a newer one; others have their reason', () => {
    const { platforms, skipped } = selectPlatforms('wheel', [
      at('linux', 'amd64', { goamd64: 'v3' }),
      at('linux', 'amd64', { goamd64: 'v1' }),
      at('linux', 'arm', { goarm: '6' }),
      at('freebsd', 'amd64'),
      at('darwin', 'all'),
    ])
    expect(platforms.map((one) => [one.word, one.arch, one.programs[0]?.artifact])).toEqual([
      ['linux-armv6l', ['armv6l', 'armv7l'], 'linux_arm6'],
      ['linux-x86_64', ['x86_64'], 'linux_amd64v1'],
      ['macos-universal2', ['universal2'], 'darwin_all'],
    ])
    expect(skipped.map((one) => one.reason)).toEqual([
      'PyPI has no tag for freebsd/amd64',
      expect.stringContaining('cannot tell it from linux_amd64v1'),
    ])
  })

  test('mode download serves whatever Python runs on', () => {
    const { platforms, skipped } = selectPlatforms('download', [
      at('freebsd', 'amd64'),
      at('darwin', 'all'),
      at('js', 'wasm'),
    ])
    expect(platforms.map((one) => [one.os, one.arch])).toEqual([
      ['darwin', ['amd64', 'arm64']],
      ['freebsd', ['amd64']],
    ])
    expect(skipped.map((one) => one.reason)).toEqual(['Python does not run on js'])
  })

  test('programs for glibc and for musl share no tag; one name is made once', async () => {
    const units = await unitsFor([
      ['linux-x86_64-gnu', elf({ linkage: 'dynamic', glibc: '2.17' })],
      ['linux-x86_64-musl', elf()],
    ])
    expect(units).toEqual([
      'hello-1.2.3-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
      'hello-1.2.3-py3-none-musllinux_1_1_x86_64.whl',
    ])
  })

  test('the order of the artifacts does not matter', () => {
    const all = [
      at('linux', 'amd64', { goamd64: 'v1' }),
      at('linux', 'amd64', { goamd64: 'v2' }),
      at('linux', 'arm', { goarm: '7' }),
      at('windows', 'amd64'),
    ]
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(selectPlatforms('wheel', shuffled)).toEqual(selectPlatforms('wheel', all))
      }),
    )
  })
})

test('an index is known by its name or by the address of uploads', () => {
  expect(indexOf('https://upload.pypi.org/legacy/')?.kind).toBe('pypi')
  expect(indexOf('https://pypi.acme.dev/')?.simple).toBe('https://pypi.acme.dev/simple')
  for (const bad of ['pipy', 'http://pypi.acme.dev/', 'https://me:pw@pypi.acme.dev/', 'file:///tmp']) {
    expect(indexOf(bad)).toBeUndefined()
  }
})

const BASE = `project_name: hello
version: 2
builds:
  - main: .
    targets: [linux_amd64, darwin_arm64, windows_amd64]
metadata: {license: MIT, description: From all, homepage: "https://all.example", maintainers: ["Ann <ann@example.org>"]}
release: {github: {owner: acme, name: hello}}
`

/** Plans with the PyPI spoke alone. */
async function planned(pypis: string, options: TestPlanOptions = {}) {
  const plan = await planOf(BASE, {
    planSpokes: (config) => pypi.settings(config).map((one) => ({ spoke: 'pypi', units: [], ...one })),
    ...options,
    tree: { 'main.go': 'package main\nfunc main() {}\n', 'tagonce.yaml': `pypis:\n${pypis}`, ...options.tree },
  })
  const settings = plan.spokes.map((one) => one.settings as PypiSettings)
  return { plan, settings, problems: told(plan), checked: settings.flatMap((one) => pypi.check(one, plan)) }
}

describe('pypis', () => {
  test('texts, files and platforms come from tagonce.yaml and the plan', async () => {
    const { settings, problems, checked } = await planned(
      `  - name: "{{ .ProjectName }}-acme"\n    token: "{{ .Env.ACME_PYPI }}"\n    keywords: [cli]\n    commands: {hi: hello}\n    readme: {from_file: {path: README.md}}\n    urls: {Docs: "https://docs.example/{{ .Tag }}"}\n`,
      { tree: { 'README.md': '# Hello\n' } },
    )
    expect(problems).toEqual([])
    expect(checked).toEqual([])
    expect(settings[0]).toMatchObject({
      name: 'hello-acme',
      version: '1.2.3',
      mode: 'wheel',
      summary: 'From all',
      readme: '# Hello\n',
      author: 'Ann <ann@example.org>',
      license: 'MIT',
      tokenEnv: 'ACME_PYPI',
      commands: [{ name: 'hi', program: 'hello' }],
      urls: [
        ['Homepage', 'https://all.example'],
        ['Source', 'https://github.com/acme/hello'],
        ['Issues', 'https://github.com/acme/hello/issues'],
        ['Docs', 'https://docs.example/v1.2.3'],
      ],
    })
    expect(settings[0]?.platforms.map((one) => one.word)).toEqual(['linux-x86_64', 'macos-arm64', 'windows-amd64'])
    expect(pypi.parse(JSON.parse(JSON.stringify(settings[0])))).toEqual(settings[0])
  })

  test.each([
    ['name: Hello World', 'pypi-name'],
    ['license: Do what you like', 'pypi-license'],
    ['repository: pipy', 'pypi-repository'],
    [`summary: ${'x'.repeat(513)}`, 'pypi-summary'],
    ['classifiers: [Console]', 'pypi-classifier'],
    ['classifiers: ["Private :: Do Not Upload"]', 'pypi-classifier'],
    ['keywords: ["a, b"]', 'pypi-keyword'],
    ['requires_python: three', 'pypi-python'],
    ['urls: {Docs: nowhere}', 'pypi-url'],
    ['commands: {hi: ho}', 'pypi-command'],
    ['token: pypi-abc', 'secret-in-config'],
  ])('%s is refused with its place', async (line, code) => {
    const { problems, plan } = await planned(`  - ${line}\n`)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(code)
    expect(plan.diagnostics.find((one) => one.code === code)).toMatchObject({
      where: { file: 'tagonce.yaml', line: 2 },
      mend: expect.any(String),
    })
  })

  test('a version that PyPI has no word for is refused before anything is built; a snapshot is not', async () => {
    const source = {
      tag: 'v1.2.3-test',
      version: '1.2.3-test',
      semver: { major: 1, minor: 2, patch: 3, prerelease: 'test', metadata: '' },
    }
    const { problems, plan } = await planned('  - name: hello\n', { source })
    expect(problems[0]).toContain('pypi-version PyPI has no version like 1.2.3-test')
    expect(plan.diagnostics.find((one) => one.code === 'pypi-version')?.mend).toContain('v1.2.3-rc.1')
    expect((await planned('  - name: hello\n', { source: { ...source, snapshot: true } })).problems).toEqual([])
    expect((await planned('  - skip_upload: auto\n', { source })).problems).toEqual([])
  })
})

test('what stands in a token is read', () => {
  const packet = (type: number, data: string): Buffer =>
    Buffer.concat([Buffer.from([type, data.length]), Buffer.from(data)])
  const end = Buffer.from([0])
  const token = (index: string, ...caveats: unknown[]): string => {
    const body = caveats.flatMap((one) => [packet(2, JSON.stringify(one)), end])
    const bytes = Buffer.concat([
      Buffer.from([2]),
      packet(1, index),
      packet(2, 'id'),
      end,
      ...body,
      end,
      packet(6, 'x'.repeat(32)),
    ])
    return `pypi-${bytes.toString('base64url')}`
  }
  expect(token('pypi.org').startsWith('pypi-AgEIcHlwaS5vcmc')).toBe(true)
  expect(pypiTokenFacts(token('pypi.org', [0, 1700000000, 1600000000], [1, ['hello']]))).toEqual({
    index: 'pypi.org',
    expires: 1700000000,
    projects: ['hello'],
  })
  expect(pypiTokenFacts('pypi-AgEIcHlw')).toBeUndefined()
  expect(pypiTokenFacts('glpat-1')).toBeUndefined()
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 80 }),
      (bytes) => void pypiTokenFacts(`pypi-${Buffer.from([2, ...bytes]).toString('base64url')}`),
    ),
  )
})
