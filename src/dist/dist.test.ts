import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../config/load.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { writeChecksums } from '../pack/checksums.ts'
import { packArchive, packBinary } from '../pack/pack.ts'
import type { PackedArtifact } from '../pack/packed.ts'
import { COMMIT_TIME, writeTree } from '../pack/testing/project.ts'
import { makePlan } from '../plan/make.ts'
import type { Plan } from '../plan/plan.ts'
import { projectFiles } from '../plan/project-files.ts'
import { TEST_SOURCE } from '../plan/test-plan.ts'
import { metadataJson, writeArtifacts, writeConfig, writeMetadata } from './dist.ts'
import { goJson } from './go-json.ts'

const goreleaser = process.env['GORELEASER'] ?? 'goreleaser'
const hasPeer = await run([goreleaser, '--version']).then(
  ({ code }) => code === 0,
  () => false,
)
if (!hasPeer) process.stderr.write('skipped: GORELEASER does not name one, and none is on the PATH\n')

const CONFIG = `version: 2
project_name: tiny
builds:
  - env: [CGO_ENABLED=0]
    targets: [linux_amd64_v1, darwin_arm64, windows_amd64_v1]
archives:
  - id: packed
    wrap_in_directory: true
    format_overrides: [{ goos: windows, formats: [zip] }]
    files:
      - README*
      - src: docs/*.md
        dst: manual
      - src: docs/deep
        dst: d
      - src: docs/**/*.1
        dst: man
        strip_parent: true
      - docs/link
  - id: bare
    formats: [binary]
snapshot: { version_template: 1.2.3 }
`

const TREE = {
  'go.mod': 'module example.com/tiny\n\ngo 1.21\n',
  'main.go': 'package main\n\nfunc main() {}\n',
  'README.md': '# tiny\n',
  'docs/a.md': 'a\n',
  'docs/b.md': 'b\n',
  'docs/deep/c.txt': 'c\n',
  'docs/deep/er/.d': 'd\n',
  'docs/man/tiny.1': 'man\n',
  'docs/link': '->a.md',
  '.gitignore': 'dist/\n',
  '.goreleaser.yaml': CONFIG,
}

let folder: Awaited<ReturnType<typeof tempFolder>>
beforeEach(async () => {
  folder = await tempFolder('dist-test')
})
afterEach(() => folder[Symbol.asyncDispose]())

async function planIn(root: string): Promise<Plan> {
  const plan = makePlan(await readConfig(root), TEST_SOURCE, { root, env: {}, files: projectFiles(root) })
  expect(plan.diagnostics.filter((one) => one.severity === 'error')).toEqual([])
  return plan
}

/** Packs all that a plan names, from binaries that lie in `dist`. */
async function packAll(root: string, plan: Plan): Promise<PackedArtifact[]> {
  const binaries = new Map(plan.binaries.map((one) => [one.path, one]))
  const io = { root, dist: plan.dist, commitTimestamp: COMMIT_TIME, binaries, signal: new AbortController().signal }
  const packed: PackedArtifact[] = []
  for (const one of plan.archives) packed.push(await packArchive(one, io))
  for (const one of plan.uploads) packed.push(await packBinary(one, io))
  const sums = plan.checksums === null ? undefined : await writeChecksums(plan.checksums, packed, io)
  const artifacts = [...packed, ...(sums?.made ?? [])]
  await writeArtifacts({ binaries: plan.binaries, artifacts, digests: sums?.digests ?? new Map() }, { root, dist: plan.dist })
  return artifacts
}

async function fakeBinaries(root: string, plan: Plan): Promise<void> {
  await writeTree(root, Object.fromEntries(plan.binaries.map((one) => [one.path, `!program ${one.path}`])))
}

interface Json {
  name: string
  extra?: Record<string, unknown>
}

async function artifactsOf(root: string): Promise<Json[]> {
  return JSON.parse(await readFile(join(root, 'dist/artifacts.json'), 'utf8')) as Json[]
}

describe.skipIf(!hasPeer)('the real GoReleaser as the judge', () => {
  test('artifacts.json, archives, names and checksum lines are the same', async () => {
    const peer = join(folder.path, 'peer')
    await writeTree(peer, TREE)
    const git = async (...argv: string[]): Promise<void> => {
      const { code, stderr } = await run(['git', '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...argv], { cwd: peer })
      if (code !== 0) throw new Error(stderr)
    }
    await git('init', '-q')
    await git('add', '-A')
    await git('commit', '-qm', 'first')
    await git('tag', 'v1.2.3')
    const released = await run([goreleaser, 'release', '--snapshot', '--clean'], { cwd: peer, env: { ...process.env, GOFLAGS: '' } })
    if (released.code !== 0) throw new Error(released.stderr)

    const ours = join(folder.path, 'ours')
    await writeTree(ours, TREE)
    const plan = await planIn(ours)
    for (const one of plan.binaries) await cp(join(peer, one.path), join(ours, one.path))
    const packed = await packAll(ours, plan)

    expect(shape(await artifactsOf(ours))).toEqual(shape(await artifactsOf(peer)))
    for (const { path } of packed.filter((one) => one.kind === 'archive')) {
      expect(await listed(join(ours, path)), path).toEqual(await listed(join(peer, path)))
    }
    const sums = 'dist/tiny_1.2.3_checksums.txt'
    const names = async (root: string): Promise<string[]> =>
      (await readFile(join(root, sums), 'utf8')).split('\n').map((line) => line.slice(64))
    expect(await names(ours)).toEqual(await names(peer))
  })
})

/** Without what must differ: digests of archives (times, another deflate), and GoReleaser's order, which changes. */
function shape(all: Json[]): Json[] {
  const digestless = all.map(({ extra, ...rest }) => {
    if (extra === undefined) return rest
    const checksum = extra['Checksum'] === undefined ? {} : { Checksum: String(extra['Checksum']).length }
    return { ...rest, extra: { ...extra, ...checksum } }
  })
  return digestless.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

/** Type, mode, size and name of every entry, in the archive's order. */
async function listed(path: string): Promise<string[]> {
  const zip = `import sys,zipfile
for i in zipfile.ZipFile(sys.argv[1]).infolist(): print(oct(i.external_attr>>16), i.file_size, i.filename)`
  const tar = `import sys,tarfile
for i in tarfile.open(sys.argv[1]): print(i.type, oct(i.mode), i.size, i.name, i.linkname)`
  const { stdout, stderr } = await run(['python3', '-c', path.endsWith('.zip') ? zip : tar, path])
  if (stdout === '') throw new Error(stderr)
  return stdout.trim().split('\n')
}

test('after a failure artifacts.json says what exists', async () => {
  await writeTree(folder.path, TREE)
  const plan = await planIn(folder.path)
  await fakeBinaries(folder.path, plan)
  const [lost] = plan.binaries
  await rm(join(folder.path, lost?.path ?? ''))
  await writeArtifacts({ binaries: plan.binaries, artifacts: [], digests: new Map() }, { root: folder.path, dist: 'dist' })
  const found = await artifactsOf(folder.path)
  expect(found.map(({ name }) => name)).toEqual(['metadata.json', ...plan.binaries.slice(1).map((one) => one.name + one.ext)])
})

test('the text is in the order of the plan and the same each time', async () => {
  await writeTree(folder.path, TREE)
  const plan = await planIn(folder.path)
  await fakeBinaries(folder.path, plan)
  await packAll(folder.path, plan)
  const first = await readFile(join(folder.path, 'dist/artifacts.json'), 'utf8')
  await packAll(folder.path, plan)
  expect(await readFile(join(folder.path, 'dist/artifacts.json'), 'utf8')).toBe(first)
  expect(first).not.toContain(folder.path)
  expect(first).not.toContain('\n')
})

test('metadata.json has the keys, the order and the form of GoReleaser', async () => {
  const runtime = { goos: 'linux', goarch: 'amd64' }
  expect(metadataJson({ project: 'tiny', source: TEST_SOURCE, runtime })).toBe(
    '{"project_name":"tiny","tag":"v1.2.3","previous_tag":"v1.2.2","version":"1.2.3",' +
      '"commit":"0123456789abcdef0123456789abcdef01234567","date":"2026-01-02T03:04:05Z",' +
      '"runtime":{"goos":"linux","goarch":"amd64"}}',
  )
  await writeMetadata('tiny', TEST_SOURCE, { root: folder.path, dist: 'dist' })
  await writeConfig('project_name: tiny\n', { root: folder.path, dist: 'dist' })
  expect(JSON.parse(await readFile(join(folder.path, 'dist/metadata.json'), 'utf8'))).toHaveProperty('runtime.goos')
  expect(await readFile(join(folder.path, 'dist/config.yaml'), 'utf8')).toBe('project_name: tiny\n')
})

test('dist that cannot be written is told in words', async () => {
  await writeFile(join(folder.path, 'dist'), 'a file')
  await expect(writeConfig('x', { root: folder.path, dist: 'dist' })).rejects.toMatchObject({ code: 'disk' })
})

test('JSON is escaped as Go escapes it', () => {
  expect(goJson({ a: '<b> & c', s: '\u2028\u2029', lone: '\uD800', u: undefined, q: '"\\\b\f\n\r\t\u0001\u007F' })).toBe(
    String.raw`{"a":"\u003cb\u003e \u0026 c","s":"\u2028\u2029","lone":"�","q":"\"\\\b\f\n\r\t\u0001` + '\u007F"}',
  )
})
