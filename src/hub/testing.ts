import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { credentialsOf } from '../core/credentials.ts'
import { Events } from '../core/events.ts'
import type { Observation } from '../core/states.ts'
import { tempFolder } from '../core/temp.ts'
import { createHttp } from '../external/http.ts'
import { run } from '../external/process.ts'
import { fakeClock } from '../external/testing.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { MANIFEST_NAME } from '../manifest/manifest.ts'
import type { HubSettings } from '../plan/plan.ts'
import { seedGithub } from '../rehearsal/github/seed.ts'
import type { GithubSeed, RepositorySeed } from '../rehearsal/github/seed.ts'
import { githubServer } from '../rehearsal/github/server.ts'
import { startWorld } from '../rehearsal/world.ts'
import type { WorldRequest, WorldStore } from '../spokes/world.ts'
import type { HubIO } from './context.ts'
import { createGitHubHub } from './github.ts'
import type { Hub, HubFile, ReleaseText } from './hub.ts'
import { hubNamed } from './named.ts'

export const HUB: HubSettings = { ...hubNamed({ owner: 'acme', name: 'hello' }, 'https://github.com'), title: 'v1.0.0' }

/** Comes between client and fake: may answer itself, or change what the fake answers. */
export type Intercept = (request: WorldRequest, next: () => Promise<Response>, store: WorldStore) => Promise<Response>

export interface HubUnderTest extends AsyncDisposable {
  seed: GithubSeed
  /** A private folder. */
  folder: string
  clock: ReturnType<typeof fakeClock>
  /** What the fake does from now on. */
  intercept(how: Intercept): void
  /** A client's view, as a process of its own would have it. */
  io(signal?: AbortSignal, token?: string): HubIO
  hub(signal?: AbortSignal): Hub
  /** What `POST`, `PATCH`, `DELETE` requests there were: `POST /repos/acme/hello/releases`. */
  writes(): string[]
  /** Lines that the last `store` logged. */
  said: string[]
  store(text?: Partial<ReleaseText>, files?: HubFile[], hub?: Hub): Promise<Observation>
  files: HubFile[]
  /** Makes a tag on the first commit. */
  tag(name: string): Promise<void>
  /** A request to the API, past the intercept's client code. */
  api(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>
}

/**
 * A hub against the stateful GitHub fake: `acme/hello` with the tag v1.0.0, three files, and a clock that does not wait.
 * @example await using world = await hubWorld()
 */
export async function hubWorld(seeding: Partial<RepositorySeed> = {}): Promise<HubUnderTest> {
  const folder = await tempFolder('hub-test')
  let how: Intercept = (_, next) => next()
  const fake = githubServer()
  const server = {
    ...fake,
    handle: (request: WorldRequest, store: WorldStore) => how(request, () => fake.handle(request, store), store),
  }
  const world = await startWorld({ folder: join(folder.path, 'world'), servers: [server] })
  const seed = seedGithub(join(folder.path, 'world'))
  seed.token({ token: 'ghp_ofAcmeForTests', login: 'acme' })
  await seed.repository({ name: 'acme/hello', files: { 'README.md': '# hello\n' }, ...seeding })
  const git = ['git', '--git-dir', seed.gitFolder('acme/hello')]
  const commit = (await run([...git, 'rev-parse', 'main'])).stdout.trim()
  const tag = async (name: string): Promise<void> => {
    await run([...git, 'update-ref', `refs/tags/${name}`, commit])
  }
  await tag('v1.0.0')
  const clock = fakeClock()
  const said: string[] = []
  const io = (signal = new AbortController().signal, token: string | undefined = 'ghp_ofAcmeForTests'): HubIO => {
    const http = createHttp({
      routes: world.routes(),
      signal,
      events: new Events(),
      userAgent: 'tagonce/test',
      offline: true,
      clock,
    })
    const credentials = credentialsOf({ GITHUB_TOKEN: token })
    return { http, credentials, signal, folder: join(folder.path, 'run'), clock }
  }
  const files = [await hubFile(folder.path, 'hello.tar.gz', 'archive'), await hubFile(folder.path, 'sums.txt', 'sums')]
  const manifest = manifestOf(files, commit)
  files.push(await hubFile(folder.path, MANIFEST_NAME, `${JSON.stringify(manifest, null, 2)}\n`))
  const under: HubUnderTest = {
    seed,
    folder: folder.path,
    clock,
    files,
    said,
    tag,
    io,
    intercept: (next) => {
      how = next
    },
    hub: (signal) => createGitHubHub(HUB, io(signal)),
    writes: () =>
      world
        .requests()
        .filter((one) => one.mutating)
        .map(({ method, path }) => `${method} ${path.split('?')[0]}`),
    async store(text = {}, which = files, hub = under.hub()) {
      const events = new Events()
      said.length = 0
      events.on((event) => event.type === 'task.log' && said.push(event.line))
      return events.task('hub', (task) =>
        hub.store(
          {
            tag: 'v1.0.0',
            commit,
            title: 'v1.0.0',
            body: 'what is new',
            draft: false,
            prerelease: false,
            makeLatest: 'auto',
            mode: 'keep-existing',
            ...text,
          },
          which,
          task,
        ),
      )
    },
    async api(method, path, body) {
      const { http } = io()
      const headers = { authorization: 'token ghp_ofAcmeForTests', 'content-type': 'application/json' }
      const text = body === undefined ? {} : { body: JSON.stringify(body) }
      const response = await http.request(`https://api.github.com${path}`, { method, headers, ...text })
      return (response.status === 204 ? {} : await response.json()) as Record<string, unknown>
    },
    async [Symbol.asyncDispose]() {
      await world.stop()
      await folder[Symbol.asyncDispose]()
    },
  }
  return under
}

/** A file of a test, on disk. */
export async function hubFile(folder: string, name: string, content: string | Buffer): Promise<HubFile> {
  const bytes = Buffer.from(content)
  const path = join(folder, name)
  await writeFile(path, bytes)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { name, path, size: bytes.length, sha256, contentType: 'application/octet-stream' }
}

/** A small, whole manifest for the files. */
export function manifestOf(files: HubFile[], commit: string, more: Partial<Manifest> = {}): Manifest {
  return {
    $schema: 'https://tagonce.dev/schema/manifest-1.json',
    schema: 1,
    project: 'hello',
    tag: 'v1.0.0',
    version: '1.0.0',
    previousTag: '',
    commit,
    date: '2026-01-01T00:00:00Z',
    prerelease: false,
    tool: { name: 'tagonce', version: '0.0.0' },
    hub: { kind: 'github', owner: HUB.owner, repo: HUB.repo, download: HUB.download, api: HUB.api, upload: HUB.upload },
    notes: 'what is new',
    artifacts: files.map(({ name, size, sha256 }) => ({
      name,
      kind: 'file',
      id: 'default',
      size,
      sha256,
      binaries: [],
    })),
    spokes: [],
    ...more,
  }
}
