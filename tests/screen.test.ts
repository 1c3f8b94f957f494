import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import stringWidth from 'fast-string-width'
import { beforeAll, describe, expect, test } from 'vitest'
import { tempFolder } from '../src/core/temp.ts'
import { run } from '../src/external/process.ts'
import type { TestRepository } from '../src/source/test-repository.ts'
import { PROGRAM, plainEnv, tagonce } from './support/program.ts'
import { smallProject } from './support/project.ts'
import { tool } from './support/tools.ts'

const TAP = { TAP_GITHUB_TOKEN: 'ghp_ofAcmeForTests' }
const ARGS = ['release', '--skip', 'publish', '--clean']
const ESC = '\u001b'
// oxlint-disable-next-line no-control-regex -- terminal escapes begin with ESC
const ESCAPES = /\u001b\[[0-9;?]*[A-Za-z]/g
// oxlint-disable-next-line no-control-regex -- terminal escapes begin with ESC
const COLOURS = /\u001b\[[0-9;]*m/

describe('what a run shows', () => {
  let project: string
  let folder: Awaited<ReturnType<typeof tempFolder>>
  beforeAll(async () => {
    folder = await tempFolder('screen')
    project = (await smallProject(join(folder.path, 'project'))).path
    return () => folder[Symbol.asyncDispose]()
  })
  const show = (args: string[], env: Record<string, string> = {}): ReturnType<typeof tagonce> =>
    tagonce(args, { cwd: project, env: { ...TAP, ...env } })

  test('in a pipe: plain lines on stderr, the result alone on stdout', async () => {
    const { code, stdout, stderr } = await show(ARGS)
    expect(code).toBe(0)
    expect(`${stdout}${stderr}`).not.toContain(ESC)
    expect(stderr).not.toContain('\r')
    expect(stderr).toMatch(/^✔ plan hello 1\.2\.3, 2 binaries, 4 spokes \d+ ms$/m)
    expect(stderr).toMatch(/^✔ build › hello linux\/amd64 v1 \d+ ms$/m)
    expect(stderr).toMatch(/^✔ seal 4 files \d+ ms$/m)
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => line.replace(/ {2,}.*/, '')).toSorted()).toEqual([
      'dist/checksums.txt',
      'dist/hello_1.2.3_darwin_arm64.tar.gz',
      'dist/hello_1.2.3_linux_amd64.tar.gz',
      'dist/tagonce.json',
    ])
  })

  test('FORCE_COLOR gives colours to a pipe, and NO_COLOR takes them away before all else', async () => {
    expect((await show(ARGS, { FORCE_COLOR: '1' })).stderr).toMatch(COLOURS)
    expect((await show(ARGS, { FORCE_COLOR: '1', NO_COLOR: '1' })).all).not.toContain(ESC)
  })

  test('in GitHub Actions: a group for each task, an annotation for each problem', async () => {
    const { code, stderr } = await show(ARGS, { GITHUB_ACTIONS: 'true', NO_COLOR: '1' })
    expect(code).toBe(0)
    const lines = stderr.trimEnd().split('\n')
    expect(lines).toContainEqual(expect.stringMatching(/^::group::✔ build 2 targets/))
    let open = 0
    for (const line of lines) {
      if (line.startsWith('::group::')) open += 1
      if (line === '::endgroup::') open -= 1
      expect(open === 0 || open === 1).toBe(true)
    }
    expect(open).toBe(0)
    expect(lines).toContainEqual(
      expect.stringMatching(/^::warning file=[^,]*\.goreleaser\.yaml,line=11,col=1::`brews`/),
    )
  })

  test('--json: one object a line on stdout, tasks that begin and end, the result last; stderr is silent', async () => {
    const { code, stdout, stderr } = await show(['--json', ...ARGS])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    const ids = (type: string): Set<unknown> =>
      new Set(events.filter((one) => one['type'] === type).map((one) => one['id']))
    expect(ids('task.start').size).toBeGreaterThan(6)
    expect(ids('task.end')).toEqual(ids('task.start'))
    expect(events.at(-1)).toMatchObject({ type: 'release', files: expect.any(Array) })
  })

  test('--json, and something is wrong: the error is an object as well', async () => {
    const { code, stdout } = await show(['--json', 'release', '--config', 'no.yaml'])
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(code).toBe(1)
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'config', message: 'no.yaml does not exist' })
  })

  test('--quiet: results only', async () => {
    const { code, stdout, stderr } = await show(['--quiet', ...ARGS])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('dist/tagonce.json')
  })
})

const SCRIPT = tool('script')
const SLOW = `#!/bin/sh
while [ "$1" != -o ]; do shift; done
mkdir -p "$(dirname "$2")"
echo half > "$2"
case "$GOOS" in linux) sleep 300 & wait;; esac
echo whole > "$2"
`
const SLOW_CONFIG = `version: 2
project_name: hello
builds: [{ tool: ./slow, no_main_check: true, env: [CGO_ENABLED=0], targets: [darwin_arm64, linux_amd64, linux_arm64], flags: [-trimpath] }]
release: { github: { owner: acme, name: hello } }
`

describe.skipIf(SCRIPT === undefined || process.platform !== 'linux')('in a terminal', () => {
  test('a narrow one: the live tree is drawn within its width, and the cursor comes back', async () => {
    await using folder = await tempFolder('screen')
    // Long enough for the tree to be drawn more than once; and no warning, which is shown whole however narrow it is.
    const hook = 'before: { hooks: [sleep 0.4] }\n'
    const config = SLOW_CONFIG.replaceAll('linux_', 'windows_') + hook
    const project = await slowProject(folder.path, config)
    const { code, shown } = await inTerminal(project.path, ARGS, { columns: 40 })
    expect(code).toBe(0)
    expect(shown).toMatch(COLOURS)
    expect(shown).toContain(`${ESC}[0J`)
    expectCursor(shown)
    const drawn = shown.slice(shown.indexOf(`${ESC}[?25l`), shown.lastIndexOf(`${ESC}[?25h`))
    const widths = drawn
      .replaceAll(ESCAPES, '')
      .split(/\r?\n/)
      .map((line) => stringWidth(line))
    expect(Math.max(...widths)).toBeLessThanOrEqual(40)
    expect(Math.max(...widths)).toBeGreaterThan(30)
  })

  test.each([
    { what: 'a release', args: ['release', '--skip', 'publish', '-p', '2'] },
    { what: 'a rehearsal', args: ['rehearse', '-p', '2'] },
  ])(
    'Ctrl-C in a slow build of $what: no process and no half-written file stay, and it says what is left',
    async ({ args }) => {
      await using folder = await tempFolder('screen')
      const project = await slowProject(folder.path, SLOW_CONFIG)
      const own = join(folder.path, 'tmp')
      await mkdir(own)
      const rehearsal = join(own, 'rehearsal')
      const dist = args[0] === 'rehearse' ? join(rehearsal, 'clone', 'dist') : join(project.path, 'dist')
      const whole = args[0] === 'rehearse' ? [...args, '--folder', rehearsal] : args
      const { code, shown } = await inTerminal(project.path, whole, {
        columns: 100,
        env: { TMPDIR: own },
        // Both slow builds run, and what the quick one made is packed.
        interruptWhen: async () =>
          (await ownProcesses(folder.path)).filter((name) => name === 'sleep').length === 2 &&
          (await readdir(dist)).some((name) => name.endsWith('.tar.gz')),
      })
      expect(code).toBe(130)
      expectCursor(shown)
      const text = shown.replaceAll(ESCAPES, '')
      expect(text).toContain(
        args[0] === 'rehearse'
          ? `stopped by Ctrl-C; nothing left this machine; what was made until then is in ${rehearsal}`
          : 'stopped by Ctrl-C; dist holds 1 of 3 binaries and 1 packed file; nothing was published\r\n  mend: run it again with --clean',
      )
      expect(text).not.toMatch(/^\s+at .+:\d+:\d+/m)
      expect(await ownProcesses(folder.path)).toEqual([])
      const files = (await readdir(dist, { recursive: true, withFileTypes: true })).filter((one) => one.isFile())
      expect(files.map((one) => one.name).toSorted()).toEqual([
        'artifacts.json',
        'config.yaml',
        'hello',
        expect.stringMatching(/^hello_1\.2\.\d_darwin_arm64\.tar\.gz$/),
        'metadata.json',
      ])
      expect(await readFile(join(dist, 'hello_darwin_arm64_v8.0', 'hello'), 'utf8')).toBe('whole\n')
      const listed = JSON.parse(await readFile(join(dist, 'artifacts.json'), 'utf8')) as {
        type: string
        path: string
      }[]
      expect(listed.filter((one) => one.type === 'Binary').map((one) => one.path)).toEqual([
        'dist/hello_darwin_arm64_v8.0/hello',
      ])
      expect((await readdir(own)).filter((name) => name !== 'rehearsal' && !name.startsWith('node-'))).toEqual([])
    },
  )
})

/** A project whose compiler takes minutes for Linux. */
async function slowProject(folder: string, config: string): Promise<TestRepository> {
  const project = await smallProject(join(folder, 'project'), {
    '.goreleaser.yaml': config,
    'tagonce.yaml': undefined,
    'go.mod': 'module example.com/hello\n\ngo 1.21\n',
    'main.go': 'package main\n\nfunc main() {}\n',
    slow: SLOW,
  })
  await run(['chmod', '755', join(project.path, 'slow')])
  await project.commit('fix: mode')
  await project.git('tag', '-f', 'v1.2.3')
  return project
}

/** The names of the processes whose folder or environment leads below a folder. */
async function ownProcesses(folder: string): Promise<string[]> {
  const found: string[] = []
  for (const id of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (name: string): Promise<string> => readFile(`/proc/${id}/${name}`, 'latin1').catch(() => '')
    const state = /^\d+ \((.*)\) (\S)/s.exec(await read('stat'))
    if (state === null || state[2] === 'Z' || !(await read('environ')).includes(`TEST_MARK=${folder}\0`)) continue
    found.push(state[1] ?? '')
  }
  return found
}

/** Runs the program in a pseudo terminal, whose Ctrl-C it gets as soon as something is so. */
async function inTerminal(
  project: string,
  args: string[],
  more: { columns: number; env?: Record<string, string>; interruptWhen?: () => Promise<boolean> },
): Promise<{ code: number; shown: string }> {
  const line = `stty cols ${more.columns} rows 24; exec "$NODE" "$PROGRAM" ${args.join(' ')}`
  const keys = new PassThrough()
  const mark = { TEST_MARK: join(project, '..'), TERM: 'xterm', NODE: process.execPath, PROGRAM }
  const ended = run([SCRIPT ?? '', '-qefc', line, '/dev/null'], {
    cwd: project,
    env: plainEnv({ ...TAP, ...mark, SHELL: '/bin/sh', ...more.env }),
    input: keys,
    timeout: 60_000,
  })
  if (more.interruptWhen !== undefined) {
    for (let tries = 0; tries < 300 && !(await more.interruptWhen()); tries += 1) await wait(100)
    keys.write('\u0003')
  }
  const { code, stdout } = await ended
  keys.end()
  return { code, shown: stdout }
}

function expectCursor(shown: string): void {
  expect(shown).toContain(`${ESC}[?25l`)
  expect(shown.lastIndexOf(`${ESC}[?25h`)).toBeGreaterThan(shown.lastIndexOf(`${ESC}[?25l`))
}
