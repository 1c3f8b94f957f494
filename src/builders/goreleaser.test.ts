import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCommand } from '../commands/build.ts'
import { openPlan } from '../plan/open.ts'
import { Events } from '../core/events.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { TEST_ENV, testRepository } from '../source/test-repository.ts'
import { findTool } from './tools.ts'

// The judge: the real GoReleaser (v2.16.0) builds the same project, with a stand-in for `go` that notes how it is called.
const GORELEASER = process.env['GORELEASER'] ?? findTool('goreleaser', process.env, '.')
if (GORELEASER === undefined)
  console.log('skipped: no goreleaser on the PATH or in GORELEASER; command lines are not compared')

const REAL_GO = findTool('go', process.env, '.')
const GO = `#!/bin/sh
case "$1" in
  list) [ "$2" = -m ] && [ $# = 2 ] && { echo example.org/hello; exit 0; }; exec "${REAL_GO}" "$@";;
  version|env) exec "${REAL_GO}" "$@";;
esac
note="$CALLS/$(date +%s%N).$$"
{
  pwd
  for one in "$@"; do printf 'arg %s\\n' "$one"; done
  env | grep -E '^(GO(OS|ARCH|AMD64|386|ARM|ARM64|MIPS|MIPS64|PPC64|RISCV64|FLAGS)|CGO_[A-Z]*|CC|MARK[A-Z]*)=' | sort
} > "$note"
while [ $# -gt 0 ]; do
  if [ "$1" = -o ]; then out=$2; fi
  last=$1
  shift
done
[ -z "$out" ] && exit 0
case "$out" in *_v1|*_v8.0) mkdir -p "$out"; echo x > "$out/hello"; echo x > "$out/helper";; *) echo x > "$out";; esac
`
const MAIN = 'package main\n\nfunc main() {}\n'
const TREE: Record<string, string> = {
  'go.mod': 'module example.org/hello\n\ngo 1.24\n',
  'main.go': MAIN,
  'cmd/helper/main.go': MAIN,
  'sub/go.mod': 'module example.org/hello/sub\n\ngo 1.24\n',
  'sub/cmd/tool/main.go': MAIN,
  '.gitignore': 'dist/\n',
}

const CONFIGS: Record<string, string> = {
  'all defaults': 'version: 2\n',
  'many variants': `version: 2
project_name: my-app
builds:
  - goos: [linux, darwin, windows, freebsd, js, wasip1, aix, openbsd]
    goarch: [amd64, arm, arm64, "386", mips, mipsle, mips64, ppc64, ppc64le, riscv64, s390x, loong64, wasm]
    goamd64: [v1, v3]
    goarm: [6, 7]
    goarm64: [v8.0, "v9.0,lse"]
    gomips: [hardfloat, softfloat]
    ignore:
      - { goos: darwin, goamd64: v3 }
      - { goos: linux, goarch: arm, goarm: 6 }
      - goarm64: v9.0,lse
`,
  'every flag': `version: 2
project_name: hello
env:
  - MARK_CONFIG=from-config
  - MARK_BOTH=config
before:
  hooks:
    - go generate "two words" 'and {{ .ProjectName }}' plain\\ space
builds:
  - id: one
    binary: bin/hello-{{ .Os }}-{{ .Arch }}
    targets: [linux_amd64, linux_arm_7, windows_arm64, go_first_class]
    flags: -trimpath -v
    tags: [netgo, "{{ .Os }}", "{{ if eq .Os \\"x\\" }}no{{ end }}"]
    asmflags: ["all=-trimpath={{ .Env.MARK_CONFIG }}", ""]
    gcflags: all=-N
    ldflags:
      - -s -w
      - -X main.version={{ .Version }} -X main.arch={{ .Arch }}{{ .Arm }} -X main.env={{ .Env.MARK_BUILD }}
      - -X main.name={{ .ArtifactName }}/{{ .Binary }}/{{ .Target }}
    env:
      - CGO_ENABLED=0
      - MARK_BUILD={{ .Os }}-{{ .Env.MARK_CONFIG }}
      - MARK_BOTH=build
      - '{{ if eq .Os "windows" }}CC=wincc{{ end }}'
    hooks:
      pre: go vet "{{ .Name }}" {{ .Ext }} {{ .Target }}
      post:
        - cmd: go tool {{ .Path }}
          dir: sub
          env: ["MARK_HOOK={{ .Arch }}"]
    overrides:
      - goos: windows
        goarch: arm64
        goarm64: v8.0
        ldflags: [-H=windowsgui]
        env: [CGO_ENABLED=1, MARK_OVER=yes]
      - goos: linux
        goarch: '{{ if .IsSnapshot }}amd64{{ end }}'
        goamd64: v1
        tags: [other]
        buildmode: pie
  - id: two
    dir: sub
    main: ./cmd/tool
    binary: tool
    goos: [linux]
    goarch: [amd64]
    no_unique_dist_dir: true
    buildmode: c-shared
    ldflags: ["{{ if false }}x{{ end }}"]
    env: ["MARK_A={{ .Os }}", "MARK_B={{ .Env.MARK_A }}{{ .Ext }}", ""]
  - id: three
    command: test
    no_main_check: true
    main: ./nowhere
    binary: hello.test
    goos: [linux]
    goarch: [arm64]
    skip: "{{ false }}"
  - id: four
    skip: true
`,
  'a pattern of programs': `version: 2
project_name: hello
builds:
  - main: ./...
    goos: [linux]
    goarch: [amd64, arm64]
    hooks: { pre: go vet once }
`,
}

interface TheirArtifact {
  name: string
  path: string
  type: string
  internal_type: number
  extra: { ID?: string; Format?: string; WrappedIn?: string; Binaries?: string[] }
}

const ARCHIVES = `version: 2
project_name: hello
builds:
  - id: hello
    binary: bin/hello
    goos: [linux, windows, darwin, wasip1]
    goarch: [amd64, arm, arm64, wasm, mips]
    goamd64: [v1, v2]
    goarm: [6, 7]
  - id: helper
    main: ./cmd/helper
    binary: helper
    targets: [linux_amd64, windows_amd64, linux_riscv64]
archives:
  - ids: [hello]
    formats: [tar.gz, zip]
    format_overrides: [{ goos: win, formats: [zip] }, { goos: wasip, formats: [none] }]
    wrap_in_directory: true
  - id: bare
    formats: binary
    name_template: "{{ .Binary }}-{{ .Os }}-{{ .Target }}"
  - id: both
    allow_different_binary_count: true
    name_template: both_{{ .Os }}_{{ .Arch }}{{ .Arm }}{{ .Amd64 }}{{ .Mips }}{{ .Riscv64 }}
    wrap_in_directory: "{{ .ProjectName }}-{{ .Version }}/{{ .Os }}"
    strip_binary_directory: true
    files: [{ src: go.mod, dst: docs }]
  - id: meta
    meta: true
    name_template: "{{ .ProjectName }}-files"
    files: [main.go]
checksum: { name_template: "{{ .ProjectName }}-sums.{{ .Tag }}.txt" }
`

describe.skipIf(GORELEASER === undefined || REAL_GO === undefined)('the same as GoReleaser', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let env: Record<string, string | undefined>
  let root: string
  beforeAll(async () => {
    folder = await tempFolder('goreleaser')
    root = join(folder.path, 'hello')
    await mkdir(join(folder.path, 'bin'))
    await writeFile(join(folder.path, 'bin', 'go'), GO)
    await chmod(join(folder.path, 'bin', 'go'), 0o755)
    env = {
      ...TEST_ENV,
      PATH: `${join(folder.path, 'bin')}:${process.env['PATH']}`,
      CALLS: join(folder.path, 'calls'),
      HOME: folder.path,
    }
    const repository = await testRepository(root)
    await repository.commit('First', TREE)
    await repository.git('tag', 'v1.2.3')
    await repository.git('remote', 'add', 'origin', 'https://github.com/ann/hello-repository')
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  /** Each call of `go`, in an order that does not depend on time, and the files that came of it. */
  async function record(build: () => Promise<void>): Promise<{ calls: string[]; files: string[] }> {
    const calls = join(folder.path, 'calls')
    await rm(calls, { recursive: true, force: true })
    await mkdir(calls)
    await build()
    const texts = await Promise.all((await readdir(calls)).map((name) => readFile(join(calls, name), 'utf8')))
    const all = await readdir(join(root, 'dist'), { recursive: true, withFileTypes: true })
    const files = all.filter((one) => one.isFile()).map((one) => relative(root, join(one.parentPath, one.name)))
    return {
      // The time of day against the time of the commit: an intended difference.
      calls: texts.map((one) => one.replaceAll(/main\.date=\S+/g, 'main.date=…')).toSorted(),
      files: files.filter((one) => !/^dist\/(artifacts|metadata)\.json$|^dist\/config\.yaml$/.test(one)).toSorted(),
    }
  }

  it.each(Object.entries(CONFIGS))('calls the compiler alike: %s', { timeout: 120_000 }, async (_, yaml) => {
    await mkdir(dirname(join(root, '.goreleaser.yaml')), { recursive: true })
    await writeFile(join(root, '.goreleaser.yaml'), yaml)
    const theirs = await record(async () => {
      const result = await run([GORELEASER ?? '', 'build', '--snapshot', '--clean'], { cwd: root, env })
      expect(`${result.code} ${result.stderr}`).toMatch(/^0 /)
    })
    const ours = await record(async () => {
      const { signal } = new AbortController()
      await new Events().task('build', async (task) => {
        await buildCommand({ root, env, signal, task, snapshot: true, clean: true })
      })
    })
    expect(ours.calls).toEqual(theirs.calls)
    expect(ours.files).toEqual(theirs.files)
    expect(ours.calls.length).toBeGreaterThan(1)
  })

  it('names the same archives, uploads and checksums', { timeout: 120_000 }, async () => {
    await writeFile(join(root, '.goreleaser.yaml'), ARCHIVES)
    const args = ['release', '--snapshot', '--clean', '--skip=before']
    const result = await run([GORELEASER ?? '', ...args], { cwd: root, env })
    expect(`${result.code} ${result.stderr}`).toMatch(/^0 /)
    const artifacts = JSON.parse(await readFile(join(root, 'dist', 'artifacts.json'), 'utf8')) as TheirArtifact[]
    const metadata = JSON.parse(await readFile(join(root, 'dist', 'metadata.json'), 'utf8')) as Record<string, string>
    const { plan } = await openPlan({ root, env, snapshot: true })
    const names = new Map(plan.binaries.map((one) => [one.path, one.name + one.ext]))
    const archives = plan.archives.map((one) => {
      const { target, ...variants } = one.platform ?? {}
      const binaries = one.binaries.map((path) => names.get(path) ?? '').toSorted()
      return {
        name: one.name,
        ...variants,
        ...(target && { target }),
        id: one.id,
        format: one.format,
        wrap: one.wrapDirectory,
        binaries,
      }
    })
    const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1)
    const theirs = artifacts.filter((one) => one.internal_type === 1)
    expect(archives.toSorted(byName)).toEqual(
      theirs
        .map((one) => {
          const { ID, Format, WrappedIn, Binaries } = one.extra
          const platform = Object.entries(one).filter(([key]) => /^(target$|go)/.test(key))
          const facts = { id: ID, format: Format, wrap: WrappedIn, binaries: (Binaries ?? []).toSorted() }
          return { name: one.name, ...Object.fromEntries(platform), ...facts }
        })
        .toSorted(byName),
    )
    expect(archives.length).toBeGreaterThan(12)
    const uploads = artifacts.filter((one) => one.internal_type === 2).map(({ name, path }) => ({ name, path }))
    expect(plan.uploads.map(({ name, path }) => ({ name, path })).toSorted(byName)).toEqual(uploads.toSorted(byName))
    expect(artifacts.find((one) => one.type === 'Checksum')?.name).toBe(plan.checksums?.name)
    expect(metadata).toMatchObject({
      project_name: plan.project,
      tag: plan.source.tag,
      previous_tag: plan.source.previousTag,
      version: plan.version,
      commit: plan.source.commit,
    })
  })
})
