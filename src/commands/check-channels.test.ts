import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { spokes } from '../spokes/registry.ts'
import { check } from './check.ts'

const TREE: Record<string, string> = {
  'go.mod': 'module example.org/hello\n',
  'main.go': 'package main\nfunc main() {}\n',
  Dockerfile: 'FROM scratch\nCOPY hello /\n',
}
const HEAD = `version: 2
project_name: hello
archives:
  - format_overrides: [{ goos: windows, formats: [zip] }]
source: { enabled: true }
`
const repository = 'repository: { owner: acme, name: tap }'

async function said(
  files: Record<string, string>,
  git: string[][] = [],
): Promise<{ exitCode: number; lines: string[] }> {
  await using folder = await tempFolder('check-channels')
  for (const [name, text] of Object.entries({ ...TREE, ...files })) {
    await mkdir(dirname(join(folder.path, name)), { recursive: true })
    await writeFile(join(folder.path, name), text)
  }
  for (const argv of git) {
    const person = ['-c', 'user.name=ann', '-c', 'user.email=ann@example.org']
    await run(['git', ...person, ...argv], { cwd: folder.path, env: process.env })
  }
  const { results, exitCode } = await check({ root: folder.path, env: { PATH: process.env['PATH'] } })
  const lines = results.flatMap(({ diagnostics }) =>
    diagnostics.map(({ severity, code, where, mend }) => {
      const place = where === undefined ? 'nowhere' : `${where.file}:${where.line}:${where.column}`
      return `${place} ${severity} ${code} | ${mend ?? 'no mend'}`
    }),
  )
  return { exitCode, lines }
}

/** Each spoke with an entry that breaks a rule of its channel: where it is told, and how it is mended. Line 6 is the entry's key. */
const TABLE: [spoke: string, entry: string, line: string, file?: string][] = [
  ['homebrew', `brews:\n  - name: "a b"\n    ${repository}`, '.goreleaser.yaml:7:11 warning brew-name | set name:'],
  [
    'homebrew',
    `brews:\n  - ${repository}\n    license: mine`,
    '.goreleaser.yaml:8:14 warning brew-license | see https://spdx.org/licenses/',
  ],
  [
    'cask',
    `homebrew_casks:\n  - name: other\n    ${repository}\n    binaries: [hello, nothing]`,
    '.goreleaser.yaml:9:23 warning brew-program | set binaries: [hello]',
  ],
  [
    'npm',
    'npms:\n  - name: Hello World\n    license: MIT',
    '.goreleaser.yaml:7:11 warning npm-name | use lower case letters, digits and hyphens, with a scope of yours if you like',
  ],
  [
    'npm',
    'npms:\n  - name: hello\n    license: MIT\n    ids: [none]',
    '.goreleaser.yaml:9:5 warning npm-empty | see npms[].ids, format and if, and the targets of builds',
  ],
  [
    'npm',
    'npms:\n  - name: hello\n    license: mine',
    'tagonce.yaml:3:14 warning npm-license | name it as SPDX does: MIT, Apache-2.0, (MIT OR Apache-2.0); UNLICENSED where there is none',
    'tagonce.yaml',
  ],
  [
    'docker',
    'dockers_v2:\n  - images: [ghcr.io/acme/hello]\n    tags: [latest]\n    platforms: [linux/amd64, linux/s390x]',
    '.goreleaser.yaml:9:5 warning docker-empty | add the target to builds, or leave the platform out',
  ],
  [
    'docker_signs',
    'docker_signs:\n  - env: [COSIGN_PASSWORD=plain]',
    '.goreleaser.yaml:7:11 warning docker-signs | write "{{ .Env.NAME }}"',
  ],
  [
    'ko',
    'kos:\n  - repositories: [ghcr.io/acme]\n    platforms: [linux/amd64]\n    creation_time: soon',
    '.goreleaser.yaml:9:20 warning ko-time | write {{ .CommitTimestamp }}',
  ],
  [
    'pypi',
    `pypis:\n  - license: MIT\n    summary: ${'x'.repeat(513)}`,
    'tagonce.yaml:3:14 warning pypi-summary | shorten it',
    'tagonce.yaml',
  ],
  [
    'pypi',
    'pypis:\n  - license: MIT\n    ids: [none]',
    'tagonce.yaml:3:5 warning pypi-empty | see pypis[].ids and if, and the targets of builds',
    'tagonce.yaml',
  ],
  [
    'scoop',
    `scoops:\n  - ${repository}\n    homepage: https://acme.example\n    license: mine`,
    '.goreleaser.yaml:9:14 warning scoop-license | see https://spdx.org/licenses/',
  ],
  [
    'winget',
    `winget:\n  - ${repository}\n    publisher: Acme\n    license: MIT\n    short_description: ${'x'.repeat(257)}`,
    '.goreleaser.yaml:10:24 warning winget-short-description | mend short_description:',
  ],
  [
    'krew',
    `krews:\n  - ${repository}\n    name: kubectl-hello\n    description: more\n    short_description: more`,
    '.goreleaser.yaml:8:11 warning krew-name | set name: hello',
  ],
  [
    'nix',
    `nix:\n  - ${repository}\n    dependencies: [zsh, lib]`,
    '.goreleaser.yaml:8:25 warning nix-dependency | leave it out of dependencies:',
  ],
  [
    'aur',
    'aurs:\n  - git_url: ssh://aur@aur.archlinux.org/hello-bin.git\n    private_key: "{{ .Env.KEY }}"\n    license: MIT\n    rel: "0"',
    '.goreleaser.yaml:10:10 warning aur-rel | set rel: 1',
  ],
  [
    'aur-source',
    'aur_sources:\n  - git_url: ssh://aur@aur.archlinux.org/hello.git\n    private_key: "{{ .Env.KEY }}"\n    license: MIT',
    '.goreleaser.yaml:7:5 warning aur-source-package | set package:',
  ],
  [
    'chocolatey',
    'chocolateys:\n  - api_key: "{{ .Env.KEY }}"\n    authors: Ann\n    tags: "a,b"',
    '.goreleaser.yaml:9:11 warning chocolatey-tags | leave the commas out',
  ],
  [
    'snap',
    'snapcrafts:\n  - publish: true\n    description: More\n    license: MIT\n    summary: Says hello\n    grade: alpha',
    '.goreleaser.yaml:11:12 warning snap-grade | set grade: stable',
  ],
  [
    'blobs',
    'blobs:\n  - provider: s3\n    bucket: A_B',
    '.goreleaser.yaml:8:13 warning after | use small letters, digits, dots and dashes',
  ],
  ['uploads', 'uploads:\n  - name: main', '.goreleaser.yaml:7:5 warning after | set `target` to the URL of a folder'],
  [
    'artifactories',
    'artifactories:\n  - name: main',
    '.goreleaser.yaml:7:5 warning after | set `target` to the URL of a folder',
  ],
  [
    'mcp',
    'mcp:\n  name: io.github.acme/hello\n  auth:\n    type: github\n    token: plain',
    '.goreleaser.yaml:10:12 warning after | write "{{ .Env.NAME_OF_THE_TOKEN }}"',
  ],
  ['publishers', 'publishers:\n  - name: own', '.goreleaser.yaml:7:5 warning after | set `cmd`'],
  [
    'announce',
    'announce:\n  webhook:\n    enabled: true\n    endpoint_url: https://acme.example\n    skip_tls_verify: true',
    '.goreleaser.yaml:10:22 warning not-built | leave `skip_tls_verify` out',
  ],
]
/** Nothing of a milestone can be wrong before GitHub is asked. */
const NO_RULES = ['milestones']

describe('what a channel would refuse is told with its place and its mend, and the config stays valid', () => {
  test.each(TABLE)('%s: %s', async (_, entry, line, file) => {
    const { exitCode, lines } = await said(
      file === undefined
        ? { '.goreleaser.yaml': `${HEAD}${entry}\n` }
        : { '.goreleaser.yaml': HEAD, [file]: `${entry}\n` },
    )
    expect(lines).toEqual(expect.arrayContaining([line]))
    expect(lines.filter((one) => one.startsWith('nowhere') || one.endsWith('no mend'))).toEqual([])
    expect(exitCode).toBe(entry.startsWith('brews') ? 2 : 0)
  })

  test('no spoke is left out of the table', () => {
    const known = new Set([...TABLE.map(([spoke]) => spoke), ...NO_RULES])
    expect(spokes.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([])
  })
})

const RIGHT = `${HEAD}scoops:\n  - ${repository}\n    homepage: https://acme.example\n    license: MIT\n`

describe('the release that the channels are held against', () => {
  test('a version stands in for the tag that is missing; that of this commit counts, in a pre-release too', async () => {
    const npms = `${HEAD}npms: [{ name: hello, license: MIT, tag: latest }]\n`
    const files = { '.goreleaser.yaml': npms }
    const made = [
      ['init', '--quiet'],
      ['add', '.'],
      ['commit', '--quiet', '-m', 'one'],
      ['tag', 'v1.2.3-rc.1'],
    ]
    const later = ['commit', '--quiet', '--allow-empty', '-m', 'two']
    expect((await said(files)).lines).toEqual([])
    expect((await said(files, [...made, later])).lines).toEqual([])
    expect((await said(files, made)).lines.join()).toContain('.goreleaser.yaml:6:42 warning npm-tag')
  })

  test('a variable that only the release has is no problem', async () => {
    const config = RIGHT.replace('acme.example', '{{ .Env.HOST_NAME }}')
    expect(await said({ '.goreleaser.yaml': config })).toEqual({ exitCode: 0, lines: [] })
  })

  test('without a plan that is said, once', async () => {
    const config = RIGHT.replace('archives:', 'builds: [{ ldflags: ["{{ .Nope }}"] }]\narchives:').replace(
      'MIT',
      'mine',
    )
    const { exitCode, lines } = await said({ '.goreleaser.yaml': config })
    expect({ exitCode, lines }).toEqual({ exitCode: 0, lines: ['.goreleaser.yaml:3:26 warning template | no mend'] })
  })
})

const ruby = await run(['ruby', '--version'], { timeout: 20_000 }).then(
  ({ code }) => code === 0,
  () => false,
)
if (!ruby) console.log('skipped: no ruby on this machine')

test.skipIf(!ruby)('a text that the channel’s own parser refuses is told before there is a release', async () => {
  const cask = `homebrew_casks:\n  - ${repository}\n    name: hello\n    custom_block: "def ("`
  const { exitCode, lines } = await said({ '.goreleaser.yaml': `${HEAD}${cask}\n` })
  const mend = 'mend the texts of this entry: they go into that file as they stand'
  expect(lines).toContain(`.goreleaser.yaml:7:5 warning unreadable-text | ${mend}`)
  expect(exitCode).toBe(0)
})

test('of several configs, and of an invalid one, only the config itself is told', async () => {
  await using folder = await tempFolder('check-channels')
  await writeFile(join(folder.path, 'main.go'), TREE['main.go'] ?? '')
  await writeFile(join(folder.path, 'one.yaml'), RIGHT.replace('MIT', 'mine'))
  await writeFile(join(folder.path, 'bad.yaml'), `${RIGHT.replace('MIT', 'mine')}foo: 1\n`)
  const of = async (...files: string[]): Promise<string[]> => {
    const { results } = await check({ root: folder.path, files, env: {} })
    return results.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code))
  }
  expect(await of('one.yaml')).toEqual(['scoop-license'])
  expect(await of('one.yaml', 'one.yaml')).toEqual([])
  expect(await of('bad.yaml')).toEqual(['unknown-key'])
  expect(await readFile(join(folder.path, 'one.yaml'), 'utf8')).toContain('mine')
})
