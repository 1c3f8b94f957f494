import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../config/load.ts'
import { TagonceError } from '../core/errors.ts'
import { type Event, Events } from '../core/events.ts'
import { tempFolder } from '../core/temp.ts'
import { isRunning } from '../external/test-process.ts'
import { makePlan } from '../plan/make.ts'
import type { PlannedBinary } from '../plan/plan.ts'
import { projectFiles } from '../plan/project-files.ts'
import { TEST_SOURCE, told } from '../plan/test-plan.ts'
import { buildAll, type BuildAllIO } from './build.ts'
import { findTool } from './tools.ts'

const GO = findTool('go', process.env, '.')
if (GO === undefined) console.log('skipped: no go on the PATH; nothing is built with the real compiler')

// A stand-in for the compiler: writes its arguments and variables to -o; what it shall do besides, a variable tells.
const TOOL = `#!/bin/sh
while [ $# -gt 0 ]; do
  if [ "$1" = -o ]; then out=$2; shift; fi
  shift
done
echo "$GOOS/$GOARCH" >> built.txt
if [ "$GOOS" = "$FAIL" ]; then echo "./main.go:3:2: undefined: x" >&2; exit 1; fi
if [ "$GOOS" = "$HANG" ]; then sleep 60 & echo $! > child.txt; wait; fi
echo "$GOOS $GOARCH $GOAMD64 $EXTRA" > "$out"
`
const YAML = `version: 2
project_name: hello
builds:
  - tool: ./tool.sh
    goos: [linux, windows]
    goarch: [amd64]
    flags: [-trimpath]
`

let folder: Awaited<ReturnType<typeof tempFolder>>
beforeEach(async () => {
  folder = await tempFolder('build')
})
afterEach(() => folder[Symbol.asyncDispose]())

const file = (name: string): string => join(folder.path, name)
const text = (name: string): Promise<string> => readFile(file(name), 'utf8')

async function build(
  yaml: string,
  more: Partial<BuildAllIO> & { tree?: Record<string, string> } = {},
): Promise<Event[]> {
  const { tree, ...io } = more
  const all = { 'go.mod': 'module example.org/hello\n\ngo 1.21\n', 'main.go': 'package main\n\nfunc main() {}\n' }
  for (const [name, content] of Object.entries({ ...all, 'tool.sh': TOOL, '.goreleaser.yaml': yaml, ...tree })) {
    await mkdir(dirname(file(name)), { recursive: true })
    await writeFile(file(name), content)
    await chmod(file(name), 0o755)
  }
  const env = io.env ?? { PATH: process.env['PATH'], HOME: process.env['HOME'] }
  const loaded = await readConfig(folder.path)
  const plan = makePlan(loaded, TEST_SOURCE, { root: folder.path, env, files: projectFiles(folder.path) })
  expect(told(plan)).toEqual([])
  const events = new Events()
  const seen: Event[] = []
  events.on((event) => seen.push(event))
  const { signal } = new AbortController()
  await events.task('build', (task) => buildAll(plan, { root: folder.path, signal, task, ...io, env }))
  return seen
}

describe('buildAll', () => {
  it('builds every target, tells of each, and sets the time of the commit', async () => {
    const binaries: string[] = []
    await build(YAML, { onBinary: (binary) => void binaries.push(binary.path) })
    expect(binaries.toSorted()).toEqual(['dist/hello_linux_amd64_v1/hello', 'dist/hello_windows_amd64_v1/hello.exe'])
    expect(await text('dist/hello_linux_amd64_v1/hello')).toBe('linux amd64 v1 \n')
    expect((await stat(file('dist/hello_linux_amd64_v1/hello'))).mtimeMs).toBe(TEST_SOURCE.commitTimestamp * 1000)
  })

  it('takes mod_timestamp, also after a hook has changed the file', async () => {
    const more = `    mod_timestamp: "{{ .CommitTimestamp }}"\n    hooks: { post: 'sh -c "echo more >> {{ .Path }}"' }\n`
    await build(YAML + more)
    expect(await text('dist/hello_linux_amd64_v1/hello')).toBe('linux amd64 v1 \nmore\n')
    expect((await stat(file('dist/hello_linux_amd64_v1/hello'))).mtimeMs).toBe(TEST_SOURCE.commitTimestamp * 1000)
  })

  it('hands on a binary while others are still being built', async () => {
    const order: string[] = []
    const env = { PATH: process.env['PATH'], HANG: 'windows' }
    const stop = new AbortController()
    const onBinary = (binary: PlannedBinary): void => {
      order.push(binary.platform.goos)
      stop.abort(new TagonceError('interrupted', 'stopped'))
    }
    await expect(build(YAML, { env, onBinary, parallelism: 2, signal: stop.signal })).rejects.toThrow('stopped')
    expect(order).toEqual(['linux'])
  })

  it('shows the compiler’s own words, stops the other builds and leaves none of their children', async () => {
    const env = { PATH: process.env['PATH'], FAIL: 'windows', HANG: 'linux' }
    const yaml = `${YAML}    hooks: { pre: ["sh -c 'case {{ .Os }} in windows) while [ ! -s child.txt ]; do sleep 0.05; done;; esac'"] }\n`
    const failure = await build(yaml, { env, parallelism: 2 }).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'build',
      message: 'building hello for windows/amd64 v1 failed',
      output: './main.go:3:2: undefined: x',
    })
    const child = Number(await text('child.txt'))
    await expect.poll(() => isRunning(child)).toBe(false)
  })

  it('ends all builds when one that follows a binary fails', async () => {
    const onBinary = (): Promise<void> => Promise.reject(new TagonceError('pack', 'no room'))
    await expect(build(YAML, { onBinary, parallelism: 1 })).rejects.toMatchObject({ code: 'pack' })
  })

  it('runs as many at once as it may', async () => {
    const pre = `"sh -c 'echo b >> log; sleep 0.2; echo e >> log'"`
    await build(`${YAML}    hooks: { pre: [${pre}] }\n`, { parallelism: 1 })
    expect(await text('log')).toBe('b\ne\nb\ne\n')
  })

  it('says that go is missing before any hook runs', async () => {
    const yaml = `${YAML.replace('./tool.sh', 'go')}before: { hooks: ["touch ran"] }\n`
    await expect(build(yaml, { env: { PATH: '/nonexistent' } })).rejects.toMatchObject({
      code: 'tool-missing',
      message: 'go is not on the PATH; the binaries can’t be built',
      hint: 'install Go from https://go.dev/dl/',
    })
    await expect(stat(file('ran'))).rejects.toThrow('ENOENT')
  })

  it('refuses a package without a main function, but takes one that a hook makes', async () => {
    const tree = { 'main.go': 'package main\n\n// func main() {}\nvar s = `\nfunc main() {`\nfunc (t T) main() {}\n' }
    const main = await build(YAML, { tree }).catch((error: unknown) => error)
    expect((main as TagonceError).diagnostics[0]).toMatchObject({ code: 'no-main' })
    await build(`${YAML}    no_main_check: true\n`, { tree })
    const hook = 'before: { hooks: [cp made.txt main.go] }\n'
    await build(YAML + hook, { tree: { ...tree, 'made.txt': 'package main\n\nfunc main() {}\n' } })
  })
})

describe('hooks', () => {
  it('run in order, before all builds, with quotes and without a shell', async () => {
    const yaml = `${YAML}before:
  hooks:
    - sh -c 'echo one >> "a file"'
    - cmd: sh -c 'echo two $WHAT >> "../a file"'
      dir: dist
      env: ["WHAT={{ .Version }}"]
env: ["A=b"]
`
    await build(yaml, { tree: { 'dist/x': '' } })
    expect(await text('a file')).toBe('one\ntwo 1.2.3\n')
  })

  it('get no credentials in a rehearsal, but the compiler gets its variables', async () => {
    const env = { PATH: process.env['PATH'], GITHUB_TOKEN: 'ghp_0123456789', OTHER: 'x' }
    const yaml = `${YAML}before: { hooks: ["sh -c 'env > env.txt'"] }\nenv: ["NPM_TOKEN={{ .Env.OTHER }}"]\n`
    await build(yaml, { env, stripSecrets: true })
    expect(await text('env.txt')).toMatch(/^OTHER=x$/m)
    expect(await text('env.txt')).not.toMatch(/TOKEN/)
    await build(yaml, { env })
    expect(await text('env.txt')).toMatch(/^GITHUB_TOKEN=ghp_0123456789$/m)
  })

  it('show their output when they fail', async () => {
    const hook = `before: { hooks: ["sh -c 'echo one; echo two >&2; exit 3'"] }\n`
    const failure = await build(YAML + hook).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'build', message: expect.stringContaining('failed with status 3') as string })
    expect((failure as TagonceError).output?.split('\n').toSorted()).toEqual(['one', 'two'])
  })
})

describe('prebuilt', () => {
  const yaml = `version: 2
project_name: hello
builds:
  - builder: prebuilt
    goos: [linux, darwin]
    goarch: [amd64, arm64]
    goamd64: [v1]
    binary: bin/hello
    prebuilt: { path: 'out/hello_{{ .Os }}_{{ .Arch }}{{ with .Amd64 }}_{{ . }}{{ end }}' }
`
  const names = ['linux_amd64_v1', 'linux_arm64', 'darwin_amd64_v1', 'darwin_arm64']
  const tree = Object.fromEntries(names.map((name) => [`out/hello_${name}`, name]))

  it('takes in what is there, executable and with the time of the commit', async () => {
    await build(yaml, { tree })
    const made = await stat(file('dist/hello_darwin_arm64_v8.0/bin/hello'))
    expect([made.mode & 0o777, made.mtimeMs]).toEqual([0o755, TEST_SOURCE.commitTimestamp * 1000])
    expect(await text('dist/hello_linux_amd64_v1/bin/hello')).toBe('linux_amd64_v1')
  })

  it('names all files that are missing', async () => {
    const failure = (await build(yaml, { tree: { 'out/hello_linux_arm64': '' } }).catch(
      (error: unknown) => error,
    )) as TagonceError
    expect(failure.diagnostics.map((one) => one.message)).toEqual([
      'the prebuilt binary for darwin/amd64 v1, out/hello_darwin_amd64_v1, does not exist',
      'the prebuilt binary for darwin/arm64 v8.0, out/hello_darwin_arm64, does not exist',
      'the prebuilt binary for linux/amd64 v1, out/hello_linux_amd64_v1, does not exist',
    ])
  })

  it('follows no link out of the project', async () => {
    await symlink('/etc', file('out'))
    await expect(build(yaml.replace(/out\/.*'/, "out/hostname'"))).rejects.toThrow('leaves the folder')
  })
})

describe.skipIf(GO === undefined)('the real Go compiler', () => {
  const real = YAML.replace('    tool: ./tool.sh\n', '')
    .replace('- tool: ./tool.sh\n    ', '- ')
    .replace('[linux, windows]', '[linux]')

  it('builds a program that knows its version', { timeout: 300_000 }, async () => {
    const main = 'package main\n\nvar version = "dev"\n\nfunc main() { println(version) }\n'
    await build(`${real}    env: [CGO_ENABLED=0]\n    ldflags: ["-s -w -X main.version={{ .Version }}"]\n`, {
      tree: { 'main.go': main },
    })
    expect((await readFile(file('dist/hello_linux_amd64_v1/hello'))).includes('1.2.3')).toBe(true)
  })

  it('is quoted where the program has a fault', { timeout: 300_000 }, async () => {
    const tree = { 'main.go': 'package main\n\nfunc main() { missing() }\n' }
    await expect(build(`${real}    env: [CGO_ENABLED=0]\n`, { tree })).rejects.toMatchObject({
      code: 'build',
      output: expect.stringContaining('./main.go:3:15: undefined: missing') as string,
    })
  })
})
