import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { credentialsOf } from '../../../core/credentials.ts'
import { Events } from '../../../core/events.ts'
import type { Artifact } from '../../../core/artifact.ts'
import { tempFolder } from '../../../core/temp.ts'
import { createHttp } from '../../../external/http.ts'
import { run } from '../../../external/process.ts'
import { assetAddress } from '../../../hub/address.ts'
import type { HubReader } from '../../../hub/hub.ts'
import type { Manifest } from '../../../manifest/manifest.ts'
import { seedGithub } from '../../../rehearsal/github/seed.ts'
import type { GithubSeed } from '../../../rehearsal/github/seed.ts'
import { githubServer } from '../../../rehearsal/github/server.ts'
import { startWorld } from '../../../rehearsal/world.ts'
import type { WorldHandle } from '../../../rehearsal/world.ts'
import type { ChannelIO } from '../../spoke.ts'
import { taskOf } from '../../shared/testing/remote.ts'
import { archive } from './config.ts'

/** A host that serves what the formulas name, by file name; `spoiled` files are answered with other bytes. */
export const DOWNLOADS = 'https://dl.acme.example'

export interface Tap extends AsyncDisposable {
  world: WorldHandle
  seed: GithubSeed
  io: ChannelIO
  folder: string
  /** Files that are served with other bytes. */
  spoiled: Set<string>
  /** Runs git in the bare repository of the tap. */
  git(...args: string[]): Promise<string>
  /** Requests that could change something, since the last call. */
  writes(): number
}

/** A local GitHub with acme/hello and an acme/homebrew-tap. */
export async function tapUnderTest(files?: Record<string, string>): Promise<Tap> {
  const temp = await tempFolder('tap')
  const spoiled = new Set<string>()
  const downloads = {
    hosts: ['dl.acme.example'],
    handle: async ({ path }: { path: string }) => {
      const name = path.slice(path.lastIndexOf('/') + 1)
      return name.includes('absent') ? new Response('', { status: 404 }) : new Response(bytesOf(name, spoiled))
    },
  }
  const world = await startWorld({ folder: temp.path, servers: [githubServer(), downloads] })
  const seed = seedGithub(temp.path)
  seed.token({ token: 'ghp_ofAcmeForTests', login: 'acme' })
  await seed.repository({ name: 'acme/homebrew-tap', ...(files === undefined ? {} : { files }) })
  const signal = new AbortController().signal
  const events = new Events()
  const http = createHttp({ routes: world.routes(), signal, events, userAgent: 'tagonce/test', offline: true })
  const folder = join(temp.path, 'io')
  await mkdir(folder)
  let counted = 0
  return {
    world,
    seed,
    folder,
    spoiled,
    io: {
      http,
      credentials: credentialsOf({ GITHUB_TOKEN: 'ghp_ofAcmeForTests', TAP_TOKEN: 'ghp_wrongForTests' }),
      signal,
      clock: () => new Date('2026-01-02T03:04:05Z'),
      task: taskOf([]),
      folder,
    },
    async git(...args) {
      const git = ['git', '-C', seed.gitFolder('acme/homebrew-tap'), '-c', 'user.name=Stranger', '-c', 'user.email=s@x']
      const result = await run([...git, ...args])
      if (result.code !== 0) throw new Error(result.stderr)
      return result.stdout
    },
    writes() {
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

function bytesOf(name: string, spoiled: Set<string>): string {
  return spoiled.has(name) ? 'other bytes' : `bytes of ${name}`
}

/** Archives whose bytes the download host has. */
export function servedArchive(goos: string, goarch: string, more: Partial<Artifact> = {}): Artifact {
  const one = archive(goos, goarch, more)
  return { ...one, sha256: createHash('sha256').update(bytesOf(one.name, new Set())).digest('hex') }
}

export function hubOf(manifest: Manifest): HubReader {
  return {
    manifest,
    address: (name) => assetAddress(manifest.hub, manifest.tag, name),
    file: () => Promise.reject(new Error('not needed')),
    binary: () => Promise.reject(new Error('not needed')),
  }
}

/** A commit of somebody else. */
export async function strangerCommits(tap: Tap, path: string, content: string): Promise<string> {
  await using folder = await tempFolder('stranger')
  const clone = join(folder.path, 'clone')
  await tap.git('clone', '-q', tap.seed.gitFolder('acme/homebrew-tap'), clone)
  await mkdir(join(clone, path, '..'), { recursive: true })
  await writeFile(join(clone, path), content)
  const inside = ['git', '-C', clone, '-c', 'user.name=Stranger', '-c', 'user.email=s@x']
  for (const args of [
    ['add', '-A'],
    ['commit', '-qm', `stranger: ${path}`],
    ['push', '-q', 'origin', 'HEAD'],
  ]) {
    const result = await run([...inside, ...args])
    if (result.code !== 0) throw new Error(result.stderr)
  }
  return (await tap.git('rev-parse', 'HEAD')).trim()
}
