import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCommand, type BuildCommandOptions } from '../commands/build.ts'
import { Events } from '../core/events.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { TEST_ENV, testRepository } from '../source/test-repository.ts'
import { findTool } from './tools.ts'

// The judge: the real GoReleaser (v2.16.0), with stand-ins for the toolchains that note how they are called.
const GORELEASER = process.env['GORELEASER'] ?? findTool('goreleaser', process.env, '.')
if (GORELEASER === undefined)
  console.log('skipped: no goreleaser on the PATH or in GORELEASER; nothing to compare with')

// Notes folder, arguments and variables; leaves the file where the tool of that name would.
const TOOL = `#!/bin/sh
name=$(basename "$0")
{
  echo "$name in $PWD"
  for one in "$@"; do printf 'arg %s\\n' "$one"; done
  env | grep -E '^MARK' | sort
} > "$CALLS/$(date +%s%N).$$"
put() { mkdir -p "$(dirname "$1")"; echo "made by $name" > "$1"; chmod 755 "$1"; }
for one in "$@"; do
  case "$previous" in --outfile|--output|--out-dir) out=$one;; -p) prefix=$one;; esac
  case "$one" in --target=*) target=\${one#--target=};; esac
  previous=$one
done
case "$name" in
  cargo)
    case "$target" in *windows*) file=$FILE.exe;; *) file=$FILE;; esac
    put "target/\${target%%.2.17}/release/$file";;
  zig)
    case "$prefix" in *windows*) file=$FILE.exe;; *wasm*) file=$FILE.wasm;; *) file=$FILE;; esac
    put "$prefix/bin/$file";;
  uv|poetry)
    case "$*" in *sdist*) put "$out/my_tool-1.0.tar.gz";; *) put "$out/my_tool-1.0-py3-none-any.whl";; esac;;
  rustup|upx) ;;
  *) put "$out";;
esac
`
const TREE: Record<string, string> = {
  'Cargo.toml': '[package]\nname = "hello"\nversion = "1.0.0"\n',
  'all/Cargo.toml': '[workspace]\nmembers = ["one", "two"]\n',
  'pyproject.toml': '[project]\nname = "my-tool"\nversion = "1.0"\n',
  'package.json': '{"name": "hello", "module": "source/index.ts"}\n',
  'sub/package.json': '{"name": "hello"}\n',
  '.gitignore': 'dist/\ntarget/\nzig-out/\n',
}
const MORE = `    env: ["MARK_A={{ .Os }}-{{ .Arch }}$OUTER", "MARK_B={{ .Target }}"]
    flags: ["--first={{ .Os }}", "{{ if false }}x{{ end }}", "--second={{ .Env.MARK_B }}", "--arch={{ .Arch }}-{{ .Binary }}"]
    mod_timestamp: "{{ .CommitTimestamp }}"
    hooks:
      pre: [{ cmd: 'rustup pre {{ .Os }} {{ .Arch }} {{ .Target }} {{ .Name }} {{ .Ext }}', env: ["MARK_HOOK={{ .Path }}"] }]
      post: [{ cmd: rustup post, dir: sub }]
`
const CONFIGS: Record<string, string> = {
  rust: '  - builder: rust\n',
  'rust, all keys': `  - builder: rust
    command: build
    targets: [armv7-unknown-linux-gnueabihf, x86_64-unknown-linux-gnu.2.17, aarch64-unknown-linux-musl, i686-pc-windows-gnu, riscv64gc-unknown-linux-gnu]
    dir: all
${MORE.replace('"--first', '"--package=one", "--first')}`,
  zig: '  - builder: zig\n',
  'zig, all keys': `  - builder: zig
    targets: [x86_64-linux-musl, aarch64-macos-none, x86-windows-gnu, wasm32-wasi]
    dir: sub
${MORE}`,
  bun: '  - builder: bun\n',
  'bun, all keys': `  - builder: bun
    targets: [linux-x64-musl-baseline, bun-darwin-arm64, windows-x64, linux-x64-musl]
    dir: sub
    main: "{{ .ProjectName }}.ts"
${MORE}`,
  deno: '  - builder: deno\n',
  'deno, all keys': `  - builder: deno
    targets: [x86_64-pc-windows-msvc, aarch64-apple-darwin]
    main: src/main.ts
    binary: "bin/{{ .Os }}-{{ .Arch }}/hello"
${MORE}`,
  uv: '  - builder: uv\n',
  'uv, source':
    '  - builder: uv\n    buildmode: sdist\n    flags: ["--x={{ .Version }}"]\n    hooks: { post: "rustup {{ .Name }} {{ .Path }} {{ .Os }}" }\n',
  poetry: '  - builder: poetry\n',
  'poetry, source': '  - builder: poetry\n    buildmode: sdist\n    env: ["MARK_A={{ .Version }}"]\n',
  'several, some skipped': `  - builder: zig
    id: one
    no_unique_dist_dir: true
    targets: [x86_64-linux]
  - builder: deno
    id: two
    tool: "{{ if true }}bun{{ end }}"
    targets: [aarch64-apple-darwin]
  - { builder: bun, id: three, skip: "{{ .IsSnapshot }}" }
`,
}

describe.skipIf(GORELEASER === undefined)('the same as GoReleaser', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let env: Record<string, string | undefined>
  let root: string
  beforeAll(async () => {
    folder = await tempFolder('toolchains')
    root = join(folder.path, 'hello')
    await mkdir(join(folder.path, 'bin'))
    for (const name of ['cargo', 'rustup', 'zig', 'bun', 'deno', 'uv', 'poetry', 'upx']) {
      await writeFile(join(folder.path, 'bin', name), TOOL)
      await chmod(join(folder.path, 'bin', name), 0o755)
    }
    env = {
      ...TEST_ENV,
      PATH: `${join(folder.path, 'bin')}:${process.env['PATH']}`,
      CALLS: join(folder.path, 'calls'),
      FILE: 'hello',
      OUTER: '+',
      HOME: folder.path,
    }
    const repository = await testRepository(root)
    await repository.commit('First', TREE)
    await repository.git('tag', 'v1.2.3')
    await repository.git('remote', 'add', 'origin', 'https://github.com/ann/hello')
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  interface Recorded {
    calls: string[]
    files: string[]
    artifacts: unknown[]
  }

  /** Each call of a tool, in an order that does not depend on time, and what came of it. */
  async function record(build: () => Promise<void>): Promise<Recorded> {
    const calls = join(folder.path, 'calls')
    await rm(calls, { recursive: true, force: true })
    await mkdir(calls)
    await build()
    const texts = await Promise.all((await readdir(calls)).map((name) => readFile(join(calls, name), 'utf8')))
    const all = await readdir(join(root, 'dist'), { recursive: true, withFileTypes: true })
    const artifacts = JSON.parse(await readFile(join(root, 'dist/artifacts.json'), 'utf8')) as { path: string }[]
    return {
      calls: texts.toSorted(),
      files: all.flatMap((one) => (one.isFile() ? [relative(root, join(one.parentPath, one.name))] : [])).toSorted(),
      artifacts: artifacts.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    }
  }

  async function compare(
    yaml: string,
    more: { args?: string[]; env?: Record<string, string>; options?: Partial<BuildCommandOptions> } = {},
  ): Promise<Recorded> {
    await mkdir(dirname(join(root, '.goreleaser.yaml')), { recursive: true })
    await writeFile(join(root, '.goreleaser.yaml'), `version: 2\nproject_name: hello\n${yaml}`)
    const whole = { ...env, ...more.env }
    const theirs = await record(async () => {
      const args = ['build', '--snapshot', '--clean', ...(more.args ?? [])]
      const result = await run([GORELEASER ?? '', ...args], { cwd: root, env: whole })
      expect(`${result.code} ${result.stderr}`).toMatch(/^0 /)
    })
    const ours = await record(async () => {
      const { signal } = new AbortController()
      await new Events().task('build', async (task) => {
        await buildCommand({ root, env: whole, signal, task, snapshot: true, clean: true, ...more.options })
      })
    })
    expect(ours).toEqual(theirs)
    return ours
  }

  it.each(Object.entries(CONFIGS))('calls, files and artifacts.json: %s', async (_, builds) => {
    const { calls } = await compare(`report_sizes: true\nbuilds:\n${builds}`)
    expect(calls.length).toBeGreaterThan(0)
  })

  it.each([
    ['zig', 'zig', { GOOS: 'linux', GOARCH: 'arm64' }],
    ['deno', 'deno', { TARGET: 'aarch64-apple-darwin' }],
  ])('--single-target: %s', async (_, builder, variables) => {
    const { calls } = await compare(`builds: [{ builder: ${builder} }]\n`, {
      args: ['--single-target'],
      env: variables,
      options: { singleTarget: true },
    })
    expect(calls).toHaveLength(1)
  })
})

const CARGO = findTool('cargo', process.env, '.')
if (CARGO === undefined) console.log('skipped: no cargo on the PATH; no real Rust program is built')

it.skipIf(CARGO === undefined)('a real Rust program is built and runs', { timeout: 300_000 }, async () => {
  const host = /host: (\S+)/.exec((await run(['rustc', '-vV'])).stdout)?.[1] ?? ''
  await using folder = await tempFolder('cargo')
  const repository = await testRepository(folder.path)
  await repository.commit('First', {
    'Cargo.toml': '[package]\nname = "hello"\nversion = "1.0.0"\nedition = "2021"\n',
    'src/main.rs': 'fn main() { println!("{}", env!("WHAT")); }\n',
    '.goreleaser.yaml': `version: 2
project_name: hello
builds:
  - { builder: rust, command: build, targets: [${host}], env: ["WHAT={{ .Version }} for {{ .Os }}"] }
`,
  })
  const { signal } = new AbortController()
  const { plan } = await new Events().task('build', (task) =>
    buildCommand({ root: folder.path, env: process.env, signal, task, snapshot: true }),
  )
  const made = await run([join(folder.path, plan.binaries[0]?.path ?? '')])
  expect(made.stdout).toBe(`${plan.version} for ${host.split('-')[2]}\n`)
})
