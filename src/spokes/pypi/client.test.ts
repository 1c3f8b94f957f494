import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../rehearsal/free-port.ts'
import { run } from '../../external/process.ts'
import { lacks } from '../../rehearsal/testing.ts'
import { pypi } from './index.ts'
import { packed } from './pack.ts'
import { fixture, withChannel } from './testing/release.ts'
import type { FixtureOptions } from './testing/release.ts'
import { ALL, digestOf, inHub, startClients } from './testing/clients.ts'
import type { Clients } from './testing/clients.ts'

/** twine, uv and pypiserver, as .ci/tools puts them there. */
const tools = process.env['PYTOOLS'] ?? ''
const lacksTools = !existsSync(join(tools, 'twine'))
if (lacksTools) console.warn('skipped: twine, uv and pypiserver are not on this machine (PYTOOLS)')
const lacksPython = lacks('python3')

let clients: Clients
beforeAll(async () => {
  clients = await startClients(!lacksPython)
}, 60_000)
afterAll(() => clients[Symbol.asyncDispose]())

describe.skipIf(lacksPython)('pip', () => {
  test("installs this platform's wheel; the program is the hub's, executable, and runs", async () => {
    const { hub } = await clients.published({ name: 'hello-pip' })
    const got = await clients.start([clients.python, '-m', 'pip', 'install', '--no-cache-dir', 'hello-pip'])
    expect(got).toMatchObject({ code: 0 })
    const program = join(clients.folder, 'venv', 'bin', 'hello')
    expect(await digestOf(program)).toBe(inHub(hub))
    expect((await clients.start([program, 'a', 'b c'])).stdout).toBe('hello 1.2.3 a b c\n')
    expect((await clients.start([clients.python, '-m', 'pip', 'show', '--verbose', 'hello-pip'])).stdout).toMatch(
      /^Version: 1\.2\.3\n.*^License: MIT/ms,
    )
    expect(await clients.start([clients.python, '-m', 'pip', 'uninstall', '--yes', 'hello-pip'])).toMatchObject({
      code: 0,
    })
    expect(existsSync(program)).toBe(false)
  })

  test.each([
    ['manylinux_2_17_x86_64', 'linux_amd64'],
    ['manylinux2014_x86_64', 'linux_amd64'],
    ['musllinux_1_1_x86_64', 'linux_amd64'],
    ['manylinux2014_aarch64', 'linux_arm64'],
    ['musllinux_1_1_armv7l', 'linux_arm'],
    ['win_amd64', 'windows_amd64'],
    ['macosx_14_0_arm64', 'darwin_arm64'],
  ])('finds the wheel for %s', async (tag, target) => {
    const { hub } = await clients.published({ name: 'hello-tags' })
    const to = await mkdtemp(join(clients.folder, 'downloads-'))
    const got = await clients.start([
      clients.python,
      '-m',
      'pip',
      'download',
      '--no-cache-dir',
      '--no-deps',
      '--only-binary=:all:',
      '--platform',
      tag,
      '-d',
      to,
      'hello-tags',
    ])
    expect(got.stderr).toBe('')
    const [file = ''] = await readdir(to)
    await run(['python3', '-m', 'zipfile', '-e', join(to, file), to])
    const scripts = join(to, 'hello_tags-1.2.3.data', 'scripts')
    const [program = ''] = await readdir(scripts)
    expect(await digestOf(join(scripts, program))).toBe(inHub(hub, target))
  })

  test('finds nothing where no wheel is', async () => {
    await clients.published({ name: 'hello-tags' })
    const got = await clients.start([
      clients.python,
      '-m',
      'pip',
      'download',
      '--no-deps',
      '--only-binary=:all:',
      '--platform',
      'win32',
      '-d',
      clients.folder,
      'hello-tags',
    ])
    expect(got.code).toBe(1)
    expect(got.stderr).toContain('No matching distribution found')
  })

  test('passes a pre-release over unless told', async () => {
    await clients.published({ name: 'hello-pre', version: '1.0.0' })
    await clients.published({ name: 'hello-pre', version: '2.0.0-rc.1' })
    const to = await mkdtemp(join(clients.folder, 'pre-'))
    const download = (...what: string[]) =>
      clients.start([clients.python, '-m', 'pip', 'download', '--no-cache-dir', '--no-deps', '-d', to, ...what])
    await download('hello-pre')
    await download('hello-pre==2.0.0-rc.1')
    expect((await readdir(to)).map((one) => one.split('-')[1] ?? '').toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      '1.0.0',
      '2.0.0rc1',
    ])
  })
})

describe.skipIf(lacksTools || lacksPython)('uv and twine', () => {
  test('uv installs it into an environment', async () => {
    const { hub } = await clients.published({ name: 'hello-uv' })
    const home = await mkdtemp(join(clients.folder, 'uv-'))
    const env = { UV_PYTHON_DOWNLOADS: 'never' }
    const uv = join(tools, 'uv')
    expect(await clients.start([uv, 'venv', '--python', clients.python, join(home, 'venv')], env)).toMatchObject({
      code: 0,
    })
    const got = await clients.start(
      [uv, 'pip', 'install', '--python', join(home, 'venv', 'bin', 'python'), 'hello-uv'],
      env,
    )
    expect(got.stderr).toContain('hello-uv==1.2.3')
    expect(await digestOf(join(home, 'venv', 'bin', 'hello'))).toBe(inHub(hub))
  })

  test.each(['1.2.3', '2.0.0-rc.1'])('uv runs what is printed, as it is printed, for %s', async (version) => {
    const { hub, settings } = await clients.published({ name: 'hello-typed', version })
    const home = await mkdtemp(join(clients.folder, 'uv-'))
    const env = {
      PATH: `${tools}${delimiter}${process.env['PATH']}`,
      UV_PYTHON: clients.python,
      UV_PYTHON_DOWNLOADS: 'never',
      UV_TOOL_BIN_DIR: join(home, 'bin'),
      UV_TOOL_DIR: join(home, 'tools'),
    }
    const typed = pypi.instructions(hub.manifest, settings).map((one) => one.command.split(' '))
    const install = typed.find((one) => one[0] === 'uv') ?? []
    const once = typed.find((one) => one[0] === 'uvx') ?? []
    expect(await clients.start(install, env)).toMatchObject({ code: 0 })
    const program = join(home, 'bin', 'hello')
    expect(await digestOf(program)).toBe(inHub(hub))
    expect((await clients.start([program, 'z'], env)).stdout).toBe(`hello ${version} z\n`)
    expect((await clients.start([...once, 'z'], { ...env, UV_TOOL_DIR: join(home, 'other') })).stdout).toBe(
      `hello ${version} z\n`,
    )
  })

  const wheels = async (options: FixtureOptions): Promise<string[]> => {
    const { hub, settings } = await fixture(clients.folder, { platforms: ALL, ...options })
    const own = await mkdtemp(join(clients.folder, 'twine-'))
    const units = pypi.units(hub.manifest, settings).flatMap((one) => (one.role === 'wheel' ? [one] : []))
    const made = await withChannel(clients.http(), own, (io) => Promise.all(units.map((one) => packed(one, hub, io))))
    return made.map((one) => one.path)
  }

  test('twine finds nothing wrong with our wheels, of both modes', async () => {
    const paths = [
      ...(await wheels({ name: 'hello-check' })),
      ...(await wheels({ name: 'hello-check', mode: 'download' })),
    ]
    const got = await clients.start([join(tools, 'twine'), 'check', '--strict', ...paths])
    expect(got.stdout).not.toMatch(/WARNING|ERROR|FAILED/)
    expect(got.stdout.match(/PASSED/g)).toHaveLength(paths.length)
    expect(got.code).toBe(0)
  })

  test('twine uploads them to our index, and is refused as by the real one', async () => {
    const paths = await wheels({ name: 'hello-twine' })
    const twine = (password: string, files: string[]) =>
      clients.start([join(tools, 'twine'), 'upload', '--non-interactive', '--disable-progress-bar', ...files], {
        TWINE_USERNAME: '__token__',
        TWINE_PASSWORD: password,
      })
    expect(await twine('pypi-any', paths)).toMatchObject({ code: 0 })
    const other = await wheels({ name: 'hello-twine', settings: { summary: 'Otherwise' } })
    const again = await twine('pypi-any', other)
    expect(again.code).toBe(1)
    expect(again.stdout + again.stderr).toContain('File already exists')
    // Ours sees what twine has sent, and has nothing to do.
    const before = clients.world.requests().filter((one) => one.method === 'POST').length
    await clients.published({ name: 'hello-twine' })
    expect(clients.world.requests().filter((one) => one.method === 'POST')).toHaveLength(before)
  })

  test('a real pypiserver takes our uploads, and pip installs from it', async () => {
    const packages = join(clients.folder, 'packages')
    const htpasswd = join(clients.folder, 'htpasswd')
    await mkdir(packages)
    await writeFile(htpasswd, '')
    const port = await freePort()
    const stop = new AbortController()
    const argv = [
      join(tools, 'pypi-server'),
      'run',
      '-i',
      '127.0.0.1',
      '-p',
      `${port}`,
      '-a',
      '.',
      '-P',
      '.',
      '--disable-fallback',
      packages,
    ]
    const server = run(argv, { env: { PATH: process.env['PATH'] }, signal: stop.signal }).catch(() => undefined)
    const address = `http://127.0.0.1:${port}/`
    for (let tries = 0; tries < 50; tries += 1) {
      const up = await fetch(address).then(
        () => true,
        () => false,
      )
      if (up) break
      await setTimeout(200)
    }
    const { hub } = await fixture(clients.folder, {
      platforms: ALL,
      name: 'hello-server',
      repository: address,
      settings: { username: 'ann' },
    })
    const report = await clients.publish(hub, {})
    expect(report.channels[0]?.units.map((one) => one.observation.state)).toEqual(ALL.map(() => 'live'))
    expect((await readdir(packages)).length).toBe(ALL.length)
    const again = await clients.publish(hub, {})
    expect(new Set(again.channels[0]?.units.flatMap((one) => one.actions))).toEqual(
      new Set(['nothing to do', 'verified']),
    )
    const at = await mkdtemp(join(clients.folder, 'server-'))
    const pip = [
      clients.python,
      '-m',
      'pip',
      'install',
      '--no-cache-dir',
      '--index-url',
      `${address}simple/`,
      '--target',
      at,
      'hello-server',
    ]
    expect(
      await run(pip, { env: { PATH: process.env['PATH'], HOME: at, PIP_CONFIG_FILE: '/dev/null' } }),
    ).toMatchObject({ code: 0 })
    expect(await digestOf(join(at, 'bin', 'hello'))).toBe(inHub(hub))
    stop.abort()
    await server
  }, 60_000)
})
