import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCommand } from '../commands/build.ts'
import { planCommand } from '../commands/plan.ts'
import { type Event, Events } from '../core/events.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { TEST_ENV, type TestRepository, testRepository } from '../source/test-repository.ts'
import { packArchive } from '../pack/pack.ts'
import { headerPath } from '../plan/build-parts.ts'
import { makeProxyModule } from './proxy.ts'
import { findTool } from './tools.ts'

// What follows from built binaries, beside the real GoReleaser (v2.16.0): universal binaries, upx; and modules of the proxy.
const GORELEASER = process.env['GORELEASER'] ?? findTool('goreleaser', process.env, '.')
if (GORELEASER === undefined)
  console.log('skipped: no goreleaser on the PATH or in GORELEASER; nothing to compare with')
const REAL_GO = findTool('go', process.env, '.')

// Stands in for the compiler: for macOS it makes a Mach-O header (<mach-o/loader.h>) of the right CPU.
const GO = `#!/bin/sh
case "$1" in
  list) [ "$2" = -m ] && { echo example.org/hello; exit 0; }; exec "${REAL_GO}" "$@";;
  version|env) exec "${REAL_GO}" "$@";;
esac
{
  echo "go in $PWD"
  for one in "$@"; do printf 'arg %s\\n' "$one"; done
  env | grep -E '^(MARK|GOPRIVATE)' | sort
  [ "$1" = get ] && cat go.mod go.sum
} > "$CALLS/$(date +%s%N).$$"
if [ "$1" = get ] && [ -n "$ONCE" ] && [ ! -e "$ONCE" ]; then touch "$ONCE"; echo "reading: 404 Not Found"; exit 1; fi
while [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; shift; done
[ -z "$out" ] && exit 0
[ -n "$HEADER" ] && echo header > "\${out%.*}.h"
case "$GOOS/$GOARCH" in
  darwin/amd64) printf '\\317\\372\\355\\376\\007\\000\\000\\001\\003\\000\\000\\000\\002\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000amd64 %s' "$out";;
  darwin/arm64) printf '\\317\\372\\355\\376\\014\\000\\000\\001\\000\\000\\000\\000\\002\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000arm64 %s' "$out";;
  *) printf x;;
esac > "$out"
`
const UPX = `#!/bin/sh
{
  echo "upx in $PWD"
  for one in "$@"; do printf 'arg %s\\n' "$one"; done
} > "$CALLS/$(date +%s%N).$$"
for file in "$@"; do :; done
case "$file" in
  *windows*) echo "upx: $file: CantPackException: no room"; exit 1;;
  *freebsd*) echo "upx: something else"; exit 1;;
esac
printf ' packed' >> "$file"
`
const NOTE = `#!/bin/sh
{
  echo "note in $PWD $MARK_X"
  for one in "$@"; do printf 'arg %s\\n' "$one"; done
} > "$CALLS/$(date +%s%N).$$"
`
const MAIN = 'package main\n\nfunc main() {}\n'
const TREE = {
  'go.mod': 'module example.org/hello\n\ngo 1.24\n',
  'go.sum': 'example.org/x v1.0.0 h1:abc=\n',
  'main.go': MAIN,
  'cmd/helper/main.go': MAIN,
  '.gitignore': 'dist/\nonce\n',
}
const BUILDS = `builds:
  - { id: one, goos: [darwin, linux], goarch: [amd64, arm64] }
  - { id: two, main: ./cmd/helper, binary: helper, goos: [darwin, windows], goarch: [amd64, arm64] }
`
const CONFIGS: Record<string, string> = {
  'a universal binary that replaces its parts': `${BUILDS}universal_binaries:
  - id: joined
    ids: [one]
    replace: true
    name_template: "{{ .ProjectName }}-{{ .Version }}"
    mod_timestamp: "{{ .CommitTimestamp }}"
    hooks:
      pre: [{ cmd: 'note pre "{{ .Name }}" {{ .Os }}/{{ .Arch }}/{{ .Target }}' }]
      post: [{ cmd: 'note post {{ .Path }} {{ .Name }}{{ .Ext }} {{ .Env.MARK_X }}', env: ["MARK_X={{ .Os }}"] }]
`,
  'beside its parts, and one without any': `${BUILDS}universal_binaries:
  - { id: two, name_template: bin/helper }
  - { id: none, ids: [nobody] }
`,
  upx: `${BUILDS}universal_binaries: [{ ids: [one] }]
upx:
  - { enabled: true, ids: [one], compress: best, lzma: true, brute: true }
  - { enabled: "{{ .IsSnapshot }}", goos: [linux, windows], goarch: [amd64], goamd64: [v1], compress: "7" }
  - { enabled: false }
  - { enabled: true, binary: no-such-upx }
`,
  'libraries of C': `builds:
  - { id: shared, buildmode: c-shared, goos: [linux, darwin, windows, wasip1], goarch: [amd64, wasm] }
  - id: static
    buildmode: c-archive
    goos: [linux, windows]
    goarch: [amd64]
    binary: lib/hello
    hooks:
      pre: sh -c "echo header > dist/static_{{ .Target }}/lib/hello.h"
universal_binaries: [{ ids: [shared] }]
upx: [{ enabled: true }]
`,
}

interface Recorded {
  calls: string[]
  files: Record<string, string>
  artifacts: { path: string }[]
}

describe.skipIf(GORELEASER === undefined || REAL_GO === undefined)('the same as GoReleaser', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let env: Record<string, string | undefined>
  let root: string
  let repository: TestRepository
  beforeAll(async () => {
    folder = await tempFolder('follow-up')
    root = join(folder.path, 'hello')
    await mkdir(join(folder.path, 'bin'))
    for (const [name, text] of [['go', GO] as const, ['upx', UPX] as const, ['note', NOTE] as const]) {
      await writeFile(join(folder.path, 'bin', name), text)
      await chmod(join(folder.path, 'bin', name), 0o755)
    }
    const PATH = `${join(folder.path, 'bin')}:${process.env['PATH']}`
    env = { ...TEST_ENV, PATH, CALLS: join(folder.path, 'calls'), HOME: folder.path }
    repository = await testRepository(root)
    await repository.commit('First', TREE)
    await repository.git('remote', 'add', 'origin', 'https://github.com/ann/hello')
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  async function record(build: () => Promise<unknown>): Promise<Recorded> {
    const calls = join(folder.path, 'calls')
    await rm(calls, { recursive: true, force: true })
    await mkdir(calls)
    await build()
    const texts = await Promise.all((await readdir(calls)).map((name) => readFile(join(calls, name), 'utf8')))
    const all = await readdir(join(root, 'dist'), { recursive: true, withFileTypes: true })
    const files: Record<string, string> = {}
    for (const one of all) {
      const path = join(one.parentPath, one.name)
      if (!one.isFile() || one.parentPath === join(root, 'dist')) continue
      files[path] = `${(await readFile(path)).toString('latin1')} ${(await stat(path)).mode & 0o111}`
    }
    const artifacts = JSON.parse(await readFile(join(root, 'dist/artifacts.json'), 'utf8')) as { path: string }[]
    return {
      calls: texts.map((one) => one.replaceAll(/main\.date=\S+/g, 'main.date=…')).toSorted(),
      files,
      artifacts: artifacts.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    }
  }

  async function theirs(args: string[], more: Record<string, string> = {}): Promise<Recorded> {
    return record(async () => {
      // One after another: the order of the parts of a universal binary is that in which they were built.
      const argv = [GORELEASER ?? '', 'build', '--clean', '-p', '1', ...args]
      const result = await run(argv, { cwd: root, env: { ...env, ...more } })
      expect(`${result.code} ${result.stderr}`).toMatch(/^0 /)
    })
  }

  async function ours(snapshot: boolean, seen: Event[] = [], more: Record<string, string> = {}): Promise<Recorded> {
    const events = new Events()
    events.on((event) => seen.push(event))
    const { signal } = new AbortController()
    return record(() =>
      events.task('build', (task) =>
        buildCommand({ root, env: { ...env, ...more }, signal, task, snapshot, clean: true }),
      ),
    )
  }

  const config = (yaml: string): Promise<void> =>
    writeFile(join(root, '.goreleaser.yaml'), `version: 2\nproject_name: hello\n${yaml}`)

  it.each(Object.entries(CONFIGS))('calls, files and artifacts.json: %s', async (_, yaml) => {
    await config(yaml)
    const judge = await theirs(['--snapshot'])
    expect(await ours(true)).toEqual(judge)
  })

  it('archives a universal binary as GoReleaser does', async () => {
    await config(`${CONFIGS['a universal binary that replaces its parts']}archives:
  - { id: two, ids: [two] }
  - { id: joined, ids: [joined], name_template: "{{ .Binary }}_{{ .Os }}_{{ .Arch }}_{{ .Target }}" }
`)
    const args = [GORELEASER ?? '', 'release', '--snapshot', '--clean']
    const result = await run(args, { cwd: root, env })
    expect(`${result.code} ${result.stderr}`).toMatch(/^0 /)
    const text = await readFile(join(root, 'dist/artifacts.json'), 'utf8')
    const names = (JSON.parse(text) as { name: string; internal_type: number }[])
      .filter((one) => one.internal_type === 1)
      .map((one) => one.name)
    const { plan } = await planCommand({ root, env, snapshot: true })
    expect(plan.archives.map((one) => one.name).toSorted()).toEqual(names.toSorted())
    expect(names.filter((one) => one.includes('_all_'))).toHaveLength(1)
  })

  it('packs the header that the compiler makes with the library, where GoReleaser 2.16 looks too early', async () => {
    await config('builds: [{ buildmode: c-archive, goos: [linux], goarch: [amd64], binary: lib/hello }]\n')
    const { artifacts } = await ours(true, [], { HEADER: '1' })
    expect(artifacts.map((one) => one.path)).toContain('dist/hello_linux_amd64_v1/lib/hello.h')
    const { plan } = await planCommand({ root, env, snapshot: true })
    const [library] = plan.binaries
    const [archive] = plan.archives
    if (library === undefined || archive === undefined) throw new Error('nothing is planned')
    const header = { ...library, name: 'hello', ext: '.h', path: headerPath(library), product: 'header' as const }
    const binaries = new Map([library, header].map((one) => [one.path, one]))
    const { signal } = new AbortController()
    const packed = await packArchive(archive, { root, dist: plan.dist, commitTimestamp: 0, binaries, signal })
    expect(packed.binaries.map((one) => one.path)).toEqual(['hello.h', 'lib/hello.a'])
  })

  it('says that upx is missing, and goes on', async () => {
    await config(`builds: [{ goos: [linux], goarch: [amd64] }]\nupx: [{ enabled: true, binary: no-such-upx }]\n`)
    const seen: Event[] = []
    await ours(true, seen)
    const end = seen.find((one) => one.type === 'task.end' && one.state === 'skipped')
    expect(end).toMatchObject({ note: 'no-such-upx is not on the PATH' })
  })

  it('ends where upx fails for another reason', async () => {
    await config(`builds: [{ goos: [freebsd], goarch: [amd64] }]\nupx: [{ enabled: true }]\n`)
    await expect(ours(true)).rejects.toMatchObject({ code: 'build', output: 'upx: something else' })
  })

  it('refuses a universal binary of two programs for one architecture', async () => {
    await config(
      `builds: [{ id: a, goos: [darwin], goarch: [amd64], goamd64: [v1, v2] }]\nuniversal_binaries: [{ ids: [a] }]\n`,
    )
    const { plan } = await planCommand({ root, env, snapshot: true })
    expect(plan.diagnostics.map((one) => one.code)).toContain('universal-twice')
  })

  describe('gomod.proxy', () => {
    const yaml = `gomod: { proxy: true, env: [GOPRIVATE=none, MARK_OUTER=config] }
builds:
  - { id: root, goos: [linux], goarch: [amd64], flags: [-trimpath] }
  - { id: helper, binary: helper, main: ./cmd/helper, goos: [linux], goarch: [amd64], env: ["MARK=$MARK_OUTER"] }
  - { id: file, binary: file, main: cmd/helper/main.go, goos: [linux], goarch: [amd64] }
  - { id: unchecked, no_main_check: true, goos: [linux], goarch: [amd64] }
`
    const commit = async (text: string): Promise<void> => {
      await repository.commit('Config', { '.goreleaser.yaml': `version: 2\nproject_name: hello\n${text}` })
      await repository.git('tag', '-f', 'v1.2.3')
    }

    it('asks the proxy in a module of its own, and builds from there', async () => {
      await commit(yaml)
      const more = { MARK_OUTER: 'outer' }
      const judge = await theirs([], more)
      const made = await ours(false, [], more)
      expect(made.calls).toEqual(judge.calls)
      expect(Object.keys(made.files)).toEqual(Object.keys(judge.files))
      expect(made.calls.filter((one) => one.includes('arg example.org/hello@v1.2.3'))).toHaveLength(4)
    })

    it('finds the programs of a pattern there', async () => {
      await commit('gomod: { proxy: true }\nbuilds: [{ main: ./..., goos: [linux], goarch: [amd64] }]\n')
      const { plan } = await planCommand({ root, env })
      expect(plan.binaries[0]?.command?.argv.slice(-2)).toEqual(['example.org/hello', 'example.org/hello/cmd/helper'])
      expect(plan.binaries[0]?.command?.dir).toBe('dist/proxy/hello')
    })

    it('waits for a proxy that does not have the tag yet, and ends at other faults', async () => {
      const { signal } = new AbortController()
      const waits: number[] = []
      const sleep = (milliseconds: number): Promise<void> => {
        waits.push(milliseconds)
        return Promise.resolve()
      }
      const make = (once: string, argv: string[]): Promise<void> =>
        new Events().task('proxy', (task) =>
          makeProxyModule(
            { dir: 'dist/proxy/x', goMod: 'module x', command: { argv, dir: 'dist/proxy/x', env: [] } },
            { root, env: { ...env, ONCE: once }, signal, task, sleep },
          ),
        )
      await make(join(root, 'once'), ['go', 'get', 'example.org/hello@v1.2.3'])
      expect(waits).toEqual([10_000])
      await expect(make('', ['sh', '-c', 'echo 410 Gone; exit 1'])).rejects.toMatchObject({ output: '410 Gone' })
      await expect(make('', ['sh', '-c', 'echo 404 Not Found; exit 1'])).rejects.toMatchObject({ code: 'build' })
      expect(waits).toHaveLength(10)
    })

    it('leaves a snapshot alone, and refuses `replace`', async () => {
      await commit(yaml)
      expect((await ours(true)).calls.filter((one) => one.includes('arg get'))).toEqual([])
      await writeFile(join(root, 'go.mod'), `${TREE['go.mod']}replace example.org/x => ../x\n`)
      const codes = async (snapshot: boolean): Promise<(string | undefined)[]> =>
        (await planCommand({ root, env, snapshot })).plan.diagnostics.flatMap(({ code, severity }) =>
          code === 'proxy-replace' ? [severity] : [],
        )
      expect([await codes(false), await codes(true)]).toEqual([['error'], ['warning']])
      await writeFile(join(root, 'go.mod'), TREE['go.mod'])
    })
  })
})
