import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { withDefaults } from './defaults.ts'
import { readConfig } from './load.ts'
import { findGoreleaser } from './testing/peer.ts'

const goreleaser = findGoreleaser()
if (goreleaser === undefined) console.log('skipped: no goreleaser on this machine (GORELEASER or PATH)')

/** Nothing is compiled: builds are skipped, and GoReleaser still writes its effective config. */
const CONFIGS: Record<string, string> = {
  'what is left out': 'builds: [{ skip: true }]',
  'empty lists and texts': 'builds: [{ skip: true, goos: [], main: "", ldflags: [] }]\narchives: []\ndist: ""',
  'formats, files, names': `
builds:
  - skip: true
    id: one
    targets: [linux_amd64]
    env: [A=1]
  - skip: true
    id: two
    goos: [linux]
    flags: -v -trimpath
archives:
  - ids: [one]
    formats: binary
  - id: two
    name_template: x
    files: [LICENSE, { src: docs/*, dst: docs, info: { mode: 0600 } }]
    builds_info: { group: root, mode: 0600 }
checksum: { split: true, algorithm: sha512 }
changelog: { use: github, sort: asc }
snapshot: { version_template: "{{ .Tag }}-next" }
`,
  'taps, with what signing adds': `
builds: [{ skip: true }]
brews:
  - name: a
    goarm: 7
    commit_author: { name: me, signing: { enabled: true } }
homebrew_casks:
  - generate_completions_from_executable: { args: [completion] }
  - name: b
    binaries: [c, d]
    directory: Casks
`,
}

describe.skipIf(goreleaser === undefined)('the defaults are GoReleaser’s', () => {
  test.each(Object.entries(CONFIGS))('%s', async (_, config) => {
    await using folder = await tempFolder('defaults')
    const io = { cwd: folder.path, env: { PATH: process.env['PATH'], HOME: folder.path } }
    await run(['git', 'init', '--quiet'], io)
    await run(['git', 'remote', 'add', 'origin', 'https://github.com/ann/hello.git'], io)
    await writeFile(join(folder.path, '.goreleaser.yaml'), `version: 2\nproject_name: hello\n${config}`)
    const built = await run([goreleaser ?? '', 'build', '--snapshot', '--clean'], io)
    const theirs = parse(await readFile(join(folder.path, 'dist/config.yaml'), 'utf8')) as Record<string, unknown>
    expect({ code: built.code, output: built.stderr }).toMatchObject({ code: 0 })

    const full = withDefaults((await readConfig(folder.path)).config)
    const mine = {
      ...full,
      builds: full.builds.map((build) => ({ ...build, skip: String(build.skip), targets: undefined })),
      archives: full.archives.map((archive) => ({
        ...archive,
        files: archive.files.map(({ optional: _, ...file }) => file),
      })),
    }
    const builds = (theirs['builds'] as Record<string, unknown>[]).map((build) => ({ ...build, targets: undefined }))
    const plain = (value: unknown): unknown => dropEmpty(JSON.parse(JSON.stringify(value)))
    expect(plain({ ...mine.checksum })).toEqual(plain(theirs['checksum']))
    expect(plain(mine.builds)).toEqual(plain(builds))
    expect(plain(mine.archives)).toEqual(plain(theirs['archives']))
    for (const key of ['dist', 'snapshot', 'changelog', 'gomod', 'git', 'brews', 'homebrew_casks'] as const) {
      expect({ [key]: plain(mine[key]) }).toEqual({ [key]: plain(theirs[key] ?? []) })
    }
    expect(mine.release.name_template).toBe('{{.Tag}}')
  })
})

/** GoReleaser leaves out what is empty. */
function dropEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropEmpty)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, dropEmpty(inner)] as const)
  return Object.fromEntries(
    entries.filter(([, inner]) => inner !== '' && inner !== false && !(Array.isArray(inner) && inner.length === 0)),
  )
}

test('the name of the project counts where it is known from elsewhere', () => {
  const full = withDefaults({ brews: [{}], homebrew_casks: [{}], npms: [{}] }, 'hello')
  expect(full.builds).toMatchObject([{ id: 'hello', binary: 'hello', builder: 'go', main: '.' }])
  expect(full.brews[0]?.name).toBe('hello')
  expect(full.homebrew_casks[0]).toMatchObject({ name: 'hello', binaries: ['hello'], directory: 'Casks' })
  expect(full.npms[0]).toMatchObject({ name: 'hello', mode: 'platform' })
})

test('another builder gets nothing of Go’s', () => {
  const [build] = withDefaults({ builds: [{ builder: 'prebuilt', goos: ['linux'] }] }, 'hello').builds
  expect(build).toEqual({ builder: 'prebuilt', goos: ['linux'], id: 'hello', binary: 'hello', dir: '.' })
})
