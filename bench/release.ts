import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { tempFolder } from '../src/core/temp.ts'
import { run } from '../src/external/process.ts'
import { seedGithub } from '../src/rehearsal/github/seed.ts'
import { githubServer } from '../src/rehearsal/github/server.ts'
import { startWorld, type WorldHandle } from '../src/rehearsal/world.ts'
import { onlyChannels } from '../tests/support/project.ts'
import { inTurn, measure, type Measured, type Pair } from './measure.ts'

const root = resolve(import.meta.dirname, '..')
const program = join(root, 'package', 'bin', 'tagonce.cjs')

/** The pinned real GoReleaser: from the environment, else from the PATH. */
export function findGoreleaser(): string {
  const found = [
    process.env['GORELEASER'] ?? '',
    ...(process.env['PATH'] ?? '').split(delimiter).map((one) => join(one, 'goreleaser')),
  ].find((one) => one !== '' && existsSync(one))
  if (found === undefined) throw new Error('the peer is missing: set GORELEASER')
  return found
}

const TOKEN = 'ghp_benchmark'

interface Bench extends AsyncDisposable {
  world: WorldHandle
  project: string
  env: Record<string, string | undefined>
}

/** A fresh world and a fresh copy of examples/hello, tagged. Both tools reach GitHub's public addresses through the proxy. */
export async function prepare(standIn: string | undefined): Promise<Bench> {
  const folder = await tempFolder('bench')
  const world = await startWorld({ folder: join(folder.path, 'world'), servers: [githubServer()], proxy: true })
  const project = join(folder.path, 'hello')
  await cp(join(root, 'examples', 'hello'), project, {
    recursive: true,
    filter: (path) => !path.endsWith('/dist') && !path.endsWith('tagonce.yaml'),
  })
  await writeFile(join(project, '.gitignore'), 'dist/\n')
  const config = join(project, '.goreleaser.yaml')
  await writeFile(config, onlyChannels(await readFile(config, 'utf8'), ['brews', 'homebrew_casks']))
  const git = (...args: string[]): Promise<unknown> =>
    run(['git', '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: project })
  await git('init', '-q', '-b', 'main')
  await git('remote', 'add', 'origin', 'https://github.com/tagonce-example/hello.git')
  await git('add', '-A')
  await git('commit', '-q', '-m', 'feat: first')
  await git('tag', 'v1.0.0')
  const seed = seedGithub(join(folder.path, 'world'))
  seed.token({ token: TOKEN, login: 'tagonce-example' })
  await seed.repository({ name: 'tagonce-example/hello', from: project })
  await seed.repository({ name: 'tagonce-example/homebrew-tap', files: { 'README.md': '# tap\n' } })
  const path = standIn === undefined ? process.env['PATH'] : `${standIn}${delimiter}${process.env['PATH']}`
  const cache = (await run(['go', 'env', 'GOCACHE'], {})).stdout.trim()
  const home = world.clientEnv(join(folder.path, 'home'))
  // NODE_USE_ENV_PROXY is for other programs: ours reads the proxy's variables by itself, as Go does.
  const env = {
    ...home,
    NODE_USE_ENV_PROXY: undefined,
    PATH: path,
    GOCACHE: cache,
    GITHUB_TOKEN: TOKEN,
    TAP_GITHUB_TOKEN: TOKEN,
  }
  return {
    world,
    project,
    env,
    async [Symbol.asyncDispose]() {
      await world.stop()
      await folder[Symbol.asyncDispose]()
    },
  }
}

async function timed(argv: string[], standIn: string | undefined): Promise<Measured> {
  await using bench = await prepare(standIn)
  return await measure(argv, { cwd: bench.project, env: bench.env })
}

/**
 * A stand-in for `go` that copies a real small program for the target to where `-o` points, and passes everything else on.
 * So what is measured is the release tool, not the compiler.
 */
export async function standInGo(folder: string): Promise<string> {
  const cache = join(folder, 'programs')
  await mkdir(cache, { recursive: true })
  for (const target of ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64', 'windows_amd64']) {
    const [goos, goarch] = target.split('_')
    await run(['go', 'build', '-trimpath', '-o', join(cache, target), '.'], {
      cwd: join(root, 'examples', 'hello'),
      env: { ...process.env, GOOS: goos, GOARCH: goarch, CGO_ENABLED: '0' },
    })
  }
  const real =
    (process.env['PATH'] ?? '')
      .split(delimiter)
      .map((one) => join(one, 'go'))
      .find((one) => existsSync(one)) ?? 'go'
  const bin = join(folder, 'bin')
  await mkdir(bin, { recursive: true })
  const script = `#!/bin/sh
case "$1" in
  build) while [ "$1" != -o ]; do shift; done; mkdir -p "$(dirname "$2")"; exec cp "${cache}/\${GOOS}_\${GOARCH}" "$2" ;;
  vet|mod|generate|run|test|install) exit 0 ;;
  *) exec "${real}" "$@" ;;
esac
`
  await writeFile(join(bin, 'go'), script)
  await chmod(join(bin, 'go'), 0o755)
  return bin
}

/** The whole release into the local GitHub, with the real compiler (its cache warm) and with the stand-in. */
export async function benchRelease(rounds: number): Promise<Pair[]> {
  const goreleaser = findGoreleaser()
  await using folder = await tempFolder('bench-go')
  const standIn = await standInGo(folder.path)
  const ours = [process.execPath, program, 'release', '--clean', '-q']
  const theirs = [goreleaser, 'release', '--clean']
  const peer = 'GoReleaser 2.16.0'
  return [
    await inTurn(
      'release of examples/hello, compiler cache warm',
      '≤ 0.8',
      peer,
      rounds,
      () => timed(ours, undefined),
      () => timed(theirs, undefined),
    ),
    await inTurn(
      'the same with a stand-in for `go`',
      '≤ 0.5',
      peer,
      rounds,
      () => timed(ours, standIn),
      () => timed(theirs, standIn),
    ),
    await inTurn(
      'repair: the tap was down, run again',
      'less',
      `${peer} (delete the release, run all again)`,
      rounds,
      () => repairOurs(ours, standIn),
      () => repairTheirs(theirs, standIn),
    ),
  ]
}

/** The tap is lacking at first, so a spoke fails; then it is there. Only the second run is timed. */
async function repairOurs(argv: string[], standIn: string): Promise<Measured> {
  await using bench = await prepare(standIn)
  await bench.world.fault({ nth: 12, when: 'before', action: { status: 500 } })
  await measure(argv, { cwd: bench.project, env: bench.env, fails: true })
  return await measure([process.execPath, program, 'release', '--clean', '-q'], { cwd: bench.project, env: bench.env })
}

/** GoReleaser cannot go on: its release is deleted, and everything is done again. */
async function repairTheirs(argv: string[], standIn: string): Promise<Measured> {
  await using bench = await prepare(standIn)
  await bench.world.fault({ nth: 9, when: 'before', action: { status: 422 } })
  await measure(argv, { cwd: bench.project, env: bench.env, fails: true })
  const api = `${bench.world.origin}/_/api.github.com/repos/tagonce-example/hello/releases`
  const headers = { authorization: `Bearer ${TOKEN}` }
  const releases = (await (await fetch(api, { headers })).json()) as { id: number }[]
  for (const one of releases) await fetch(`${api}/${one.id}`, { method: 'DELETE', headers })
  return await measure(argv, { cwd: bench.project, env: bench.env })
}

/** Start-up beside an empty Node. */
export async function benchStart(rounds: number): Promise<Pair> {
  return inTurn(
    '`tagonce --version`',
    '45 ms more at most',
    `node ${process.version} -e 0`,
    rounds,
    () => measure([process.execPath, program, '--version']),
    () => measure([process.execPath, '-e', '0']),
  )
}

/** Packing beside `tar | gzip -9`: one file of 1 GB, and 200 of 5 MB. */
export async function benchPack(rounds: number): Promise<Pair[]> {
  await using folder = await tempFolder('bench-pack')
  const one = join(folder.path, 'one')
  const many = join(folder.path, 'many')
  await mkdir(one)
  await mkdir(many)
  const content = await programBytes()
  await writeFile(join(one, 'big'), '')
  const { appendFile } = await import('node:fs/promises')
  for (let size = 0; size < 1_000_000_000; size += content.length)
    await appendFile(join(one, 'big'), content.subarray(0, Math.min(content.length, 1_000_000_000 - size)))
  for (let at = 0; at < 200; at++)
    await writeFile(
      join(many, `file${at}`),
      content.subarray((at * 4096) % 1_000_000, ((at * 4096) % 1_000_000) + 5_000_000),
    )
  const ours = (from: string): Promise<Measured> =>
    measure([process.execPath, join(import.meta.dirname, 'pack-one.ts'), from, join(folder.path, 'ours.tar.gz')])
  const theirs = (from: string, level = 9): Promise<Measured> => {
    const pipe = `tar -C "$1" -cf - . | gzip -${level} > "$2"`
    return measure(['sh', '-c', pipe, 'sh', from, join(folder.path, 'theirs.tar.gz')])
  }
  const pairs = [
    await inTurn(
      'tar.gz of 1 × 1 GB',
      '200 MB of memory at most',
      'tar | gzip -9',
      rounds,
      () => ours(one),
      () => theirs(one),
    ),
    // The level that we pack with.
    await inTurn(
      'the same',
      'less',
      'tar | gzip -6',
      rounds,
      () => ours(one),
      () => theirs(one, 6),
    ),
    await inTurn(
      'tar.gz of 200 × 5 MB',
      '200 MB of memory at most',
      'tar | gzip -9',
      rounds,
      () => ours(many),
      () => theirs(many),
    ),
  ]
  for (const name of await readdir(folder.path)) await rm(join(folder.path, name), { recursive: true })
  return pairs
}

/** Bytes that compress as a program does: this Node itself. */
async function programBytes(): Promise<Buffer> {
  return (await readFile(process.execPath)).subarray(0, 64_000_000)
}
