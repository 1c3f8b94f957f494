import { cp, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { publishFromHub } from '../src/commands/publish.ts'
import { credentialsOf } from '../src/core/credentials.ts'
import { Events } from '../src/core/events.ts'
import { tempFolder } from '../src/core/temp.ts'
import { createHttp } from '../src/external/http.ts'
import { run as runProgram } from '../src/external/process.ts'
import { openPlan } from '../src/plan/open.ts'
import { seedWorld } from '../src/rehearsal/seed.ts'
import { spawnWorld } from '../src/rehearsal/world-process.ts'
import type { WorldHandle } from '../src/rehearsal/world.ts'
import { release } from '../src/release.ts'
import { planSpokes } from '../src/release/spokes.ts'
import { spokes } from '../src/spokes/registry.ts'
import { plainEnv } from '../tests/support/program.ts'
import { helloProject } from '../tests/support/project.ts'
import { inTurn, measure, type Measured, type Pair } from './measure.ts'
import { findGoreleaser } from './release.ts'

const PROGRAM = [process.execPath, resolve(import.meta.dirname, '..', 'package', 'bin', 'tagonce.cjs'), '__world']
/** Added to every answer of the world. */
const DELAY = 200
const TAG = 'v1.2.3'
const HUB = 'tagonce-example/hello'

/** A world in which the hub of examples/hello is public and no channel has anything, as a folder to begin from. */
interface Begin {
  state: string
  credentials: Record<string, string>
  /** Names of the spokes that the example enables. */
  names: string[]
  env: Record<string, string | undefined>
}

async function begin(folder: string): Promise<Begin> {
  const project = join(folder, 'hello')
  const state = join(folder, 'begin')
  await helloProject(project)
  await mkdir(state)
  const secrets = { TAP_GITHUB_TOKEN: 'tap', AUR_KEY: 'key', CHOCOLATEY_API_KEY: 'key' }
  const env = plainEnv(secrets)
  const planned = await openPlan({ root: project, env, planSpokes: (config) => planSpokes(config, new Set()) })
  const credentials = await seedWorld({ folder: state }, planned.plan, spokes, project)
  const names = [...new Set(planned.plan.spokes.map((one) => one.spoke))]
  await using world = await spawnWorld(PROGRAM, state, { git: true })
  const io = await ioOf(world, credentials, join(folder, 'release'))
  // Passed over in this run only: the manifest has them all.
  await release(
    { root: project, snapshot: false, clean: true, skip: new Set(names) },
    { ...io, env, stripSecrets: false },
  )
  return { state, credentials, names, env }
}

async function ioOf(world: WorldHandle, credentials: Record<string, string>, folder: string) {
  const events = new Events()
  const { signal } = new AbortController()
  const http = createHttp({ routes: world.routes(), signal, events, userAgent: 'tagonce/bench', offline: true })
  await mkdir(folder, { recursive: true })
  return { http, events, signal, folder, credentials: credentialsOf(credentials) }
}

/** Publishes these spokes (all when empty) into a fresh copy of the world; seconds until every unit is live. */
async function publishing({ state, credentials, env }: Begin, only: string[], rest: number): Promise<number> {
  await using folder = await tempFolder('bench-spokes')
  const own = join(folder.path, 'world')
  await cp(state, own, { recursive: true })
  await using world = await spawnWorld(PROGRAM, own, { git: true })
  await world.delay(rest)
  const io = await ioOf(world, credentials, join(folder.path, 'run'))
  const began = performance.now()
  const report = await publishFromHub({ root: folder.path, tag: TAG, hub: HUB, only, env }, io)
  const seconds = (performance.now() - began) / 1000
  const lacking = report.channels.flatMap((one) => one.units.filter((unit) => unit.observation.state !== 'live'))
  const failed = report.channels.flatMap((one) => one.failure?.message ?? [])
  if (report.exitCode !== 0) throw new Error(`${only.join()}: ${failed.join()}${lacking.map((one) => one.id).join()}`)
  return seconds
}

/**
 * All spokes of examples/hello side by side, with 200 ms added to every answer, beside the slowest alone and beside the sum of them
 * one by one. The AUR is reached over ssh, which is not delayed.
 */
export async function benchSpokes(rounds: number): Promise<Pair[]> {
  await using folder = await tempFolder('bench-spokes')
  const start = await begin(folder.path)
  const together: number[] = []
  const sums: number[] = []
  const slowest: number[] = []
  let name = ''
  for (let round = 0; round < rounds; round++) {
    together.push(await publishing(start, [], DELAY))
    const alone = new Map<string, number>()
    for (const spoke of start.names) alone.set(spoke, await publishing(start, [spoke], DELAY))
    console.error([...alone].map(([spoke, seconds]) => `${spoke} ${seconds.toFixed(2)} s`).join(', '))
    const most = Math.max(...alone.values())
    name = [...alone].find(([, seconds]) => seconds === most)?.[0] ?? ''
    slowest.push(most)
    sums.push([...alone.values()].reduce((sum, one) => sum + one, 0))
  }
  const measured = (all: number[]): Measured[] => all.map((seconds) => ({ seconds, megabytes: 0 }))
  const what = `${start.names.length} spokes side by side, ${DELAY} ms added to every answer`
  return [
    {
      name: what,
      aim: '≤ 1.2',
      peer: `the slowest alone (${name})`,
      ours: measured(together),
      theirs: measured(slowest),
    },
    { name: 'the same', aim: 'less', peer: 'one by one, summed', ours: measured(together), theirs: measured(sums) },
    await wholeRelease(rounds),
  ]
}

/** Needs choco, snapcraft, a Docker engine, or the real AUR. */
const NOT_HERE = ['chocolatey', 'snapcraft', 'docker', 'aur', 'aur-source']

/** From the tag to every channel of examples/hello; GoReleaser with those that it can reach here, and without npm and PyPI. */
async function wholeRelease(rounds: number): Promise<Pair> {
  const peer = `GoReleaser 2.16.0 without ${NOT_HERE.join(', ')}, npm, PyPI`
  return await inTurn(
    'release of examples/hello with all spokes, compiler cache warm',
    '–',
    peer,
    rounds,
    () =>
      inFreshWorld((world, project, env, credentials, folder) => releaseAll(world, project, env, credentials, folder)),
    () =>
      inFreshWorld((world, project, env, credentials, folder) => {
        const argv = [findGoreleaser(), 'release', '--clean', `--skip=${NOT_HERE.join(',')}`]
        const proxied = {
          ...env,
          ...credentials,
          ...world.clientEnv(join(folder, 'home')),
          NODE_USE_ENV_PROXY: undefined,
        }
        return measure(argv, { cwd: project, env: { ...proxied, PATH: env['PATH'], GOCACHE: env['GOCACHE'] } })
      }),
  )
}

type Env = Record<string, string | undefined>

async function inFreshWorld(
  run: (
    world: WorldHandle,
    project: string,
    env: Env,
    credentials: Record<string, string>,
    folder: string,
  ) => Promise<Measured>,
): Promise<Measured> {
  await using folder = await tempFolder('bench-whole')
  const project = join(folder.path, 'hello')
  const state = join(folder.path, 'world')
  await helloProject(project)
  await mkdir(state)
  const cache = (await runProgram(['go', 'env', 'GOCACHE'], {})).stdout.trim()
  const env = { ...plainEnv({ TAP_GITHUB_TOKEN: 'tap', AUR_KEY: 'key', CHOCOLATEY_API_KEY: 'key' }), GOCACHE: cache }
  const planned = await openPlan({ root: project, env, planSpokes: (config) => planSpokes(config, new Set()) })
  const credentials = await seedWorld({ folder: state }, planned.plan, spokes, project)
  await using world = await spawnWorld(PROGRAM, state, { git: true })
  return await run(world, project, env, credentials, folder.path)
}

async function releaseAll(
  world: WorldHandle,
  root: string,
  env: Env,
  credentials: Record<string, string>,
  folder: string,
): Promise<Measured> {
  const io = await ioOf(world, credentials, join(folder, 'run'))
  const began = performance.now()
  const options = { root, snapshot: false, clean: true, skip: new Set<string>() }
  const { report } = await release(options, { ...io, env, stripSecrets: false })
  const seconds = (performance.now() - began) / 1000
  if (report?.exitCode !== 0) throw new Error(JSON.stringify(report?.channels))
  return { seconds, megabytes: 0 }
}
