import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { credentialsOf } from '../../../core/credentials.ts'
import { Events } from '../../../core/events.ts'
import type { Task } from '../../../core/events.ts'
import { tempFolder } from '../../../core/temp.ts'
import { createHttp } from '../../../external/http.ts'
import { run } from '../../../external/process.ts'
import { startWorld, type WorldHandle } from '../../../rehearsal/world.ts'
import type { ChannelIO } from '../../spoke.ts'
import type { WorldServer } from '../../world.ts'

/** A local world with a git server over ssh, and what a spoke needs to speak with it. */
export interface RemoteWorld extends AsyncDisposable {
  world: WorldHandle
  io: ChannelIO
  folder: string
  /** Lines of the task's log. */
  logged: string[]
  /** Runs git in a repository of the server: `git.acme.example/acme/tap`. */
  git(name: string, ...args: string[]): Promise<string>
  /** Pushes since the last call. */
  pushes(): number
}

export async function remoteWorld(
  options: { servers?: WorldServer[]; env?: Record<string, string>; proxy?: boolean } = {},
): Promise<RemoteWorld> {
  const temp = await tempFolder('remote')
  const { servers = [], env = {}, proxy = false } = options
  const world = await startWorld({ folder: temp.path, servers, git: true, proxy })
  const signal = new AbortController().signal
  const http = createHttp({
    routes: world.routes(),
    signal,
    events: new Events(),
    userAgent: 'tagonce/test',
    offline: true,
  })
  const folder = join(temp.path, 'io')
  await mkdir(folder)
  const logged: string[] = []
  let counted = 0
  return {
    world,
    folder: temp.path,
    logged,
    io: {
      http,
      credentials: credentialsOf({ GITHUB_TOKEN: 'ghp_ofAcmeForTests', ...env }),
      signal,
      clock: () => new Date('2026-01-02T03:04:05Z'),
      task: taskOf(logged),
      folder,
    },
    async git(name, ...args) {
      const repository = join(temp.path, 'git', 'repositories', `${name}.git`)
      const result = await run(['git', '--git-dir', repository, ...args])
      if (result.code !== 0) throw new Error(result.stderr)
      return result.stdout
    },
    pushes() {
      const all = world.requests().filter((one) => one.mutating).length
      const fresh = all - counted
      counted = all
      return fresh
    },
    async [Symbol.asyncDispose]() {
      await world.stop()
      await temp[Symbol.asyncDispose]()
    },
  }
}

export function taskOf(logged: string[]): Task {
  return {
    id: 0,
    log: (line) => void logged.push(line),
    progress: () => {},
    note: () => {},
    skip: () => {},
    task: async (_title, work) => work(taskOf(logged)),
  }
}
