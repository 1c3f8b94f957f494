import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readConfig } from '../../config/load.ts'
import { converge } from '../../converge/converge.ts'
import type { Report } from '../../converge/report.ts'
import type { Artifact } from '../../core/artifact.ts'
import { credentialsOf } from '../../core/credentials.ts'
import { Events } from '../../core/events.ts'
import { tempFolder } from '../../core/temp.ts'
import { createHttp } from '../../external/http.ts'
import { run as runTool } from '../../external/process.ts'
import { fakeClock } from '../../external/testing.ts'
import type { HubReader } from '../../hub/hub.ts'
import { hubNamed } from '../../hub/named.ts'
import type { Manifest } from '../../manifest/manifest.ts'
import { makePlan } from '../../plan/make.ts'
import { projectFiles } from '../../plan/project-files.ts'
import { TEST_SOURCE } from '../../plan/test-plan.ts'
import { seedGithub } from '../../rehearsal/github/seed.ts'
import { githubServer } from '../../rehearsal/github/server.ts'
import { startWorld } from '../../rehearsal/world.ts'
import { planSpokes } from '../../release/spokes.ts'
import type { AnySpoke } from '../../spokes/spoke.ts'
import type { WorldRequest } from '../../spokes/world.ts'
import { recorder } from '../recorder.ts'
import { afters } from '../registry.ts'

export interface Sent {
  method: string
  url: string
  headers: Headers
  body: string
}

interface Options {
  env?: Record<string, string>
  /** Answers before the recorder does; GitHub's milestones, too. */
  answer?: (request: WorldRequest) => Response | undefined
  spokes?: AnySpoke[]
}

/** A release of `acme/hello` whose channels are a GitHub on loopback and the recorder. */
export async function afterWorld(yaml: string, { env = {}, answer, spokes = afters }: Options = {}) {
  const folder = await tempFolder('after')
  const sent: Sent[] = []
  const github = githubServer()
  const own = [
    'files.example.org',
    'bucket.example.org',
    'acme.blob.core.windows.net',
    'mastodon.example.org',
    'forum.example.org',
    'chat.example.org',
  ]
  const world = await startWorld({
    folder: join(folder.path, 'world'),
    servers: [
      { ...github, handle: async (request, store) => answer?.(request) ?? github.handle(request, store) },
      {
        ...recorder,
        hosts: [...recorder.hosts, ...own],
        async handle(request, store) {
          const put = request.method === 'PUT'
          const body = put ? Buffer.alloc(0) : await request.body()
          const { method, host, path, headers } = request
          sent.push({ method, url: `https://${host}${path}`, headers, body: body.toString() })
          const given = { ...request, body: async () => body, bodyFile: () => request.bodyFile() }
          return answer?.(request) ?? recorder.handle(given, store)
        },
      },
    ],
  })
  const seed = seedGithub(join(folder.path, 'world'))
  seed.token({ token: 'ghp_ofAcmeForTests', login: 'acme' })
  await seed.repository({ name: 'acme/hello', files: { 'README.md': '# hello\n' } })
  const git = ['git', '--git-dir', seed.gitFolder('acme/hello')]
  const commit = (await runTool([...git, 'rev-parse', 'main'])).stdout.trim()

  await writeFile(
    join(folder.path, '.goreleaser.yaml'),
    `version: 2\nproject_name: hello\nrelease: { github: { owner: acme, name: hello } }\n${yaml}`,
  )
  await writeFile(join(folder.path, 'go.mod'), 'module example.org/hello\n')
  const loaded = await readConfig(folder.path)
  const options = { root: folder.path, env, files: projectFiles(folder.path) }
  const plan = makePlan(loaded, TEST_SOURCE, { ...options, planSpokes: (config) => planSpokes(config, new Set()) })
  const manifest = await manifestIn(folder.path, commit, plan.spokes)
  const run = async (more: { stripSecrets?: boolean } = {}): Promise<Report> => {
    const events = new Events()
    const { signal } = new AbortController()
    const http = createHttp({
      routes: world.routes(),
      signal,
      events,
      userAgent: 'tagonce/test',
      clock: fakeClock(),
      offline: true,
    })
    const known = credentialsOf({ GITHUB_TOKEN: 'ghp_ofAcmeForTests', ...env })
    const reader: HubReader = {
      manifest,
      address: (name) => `https://github.com/acme/hello/releases/download/v1.2.3/${name}`,
      file: async (name) => join(folder.path, name),
      binary: () => Promise.reject(new Error('no binary')),
    }
    return events.task('spokes', (task) =>
      converge(
        reader,
        spokes,
        {
          http,
          credentials: { ...known, plain: (name) => process.env[name] ?? '' },
          events,
          task,
          signal,
          clock: () => new Date('2026-01-02T03:04:05Z'),
          folder: join(folder.path, 'run'),
          sleep: async () => {},
          ...more,
        },
        { verify: true },
      ),
    )
  }
  return {
    plan,
    manifest,
    sent,
    run,
    folder: folder.path,
    refs: async () =>
      (await runTool([...git, 'for-each-ref', '--format=%(refname)', 'refs/tagonce'])).stdout
        .trim()
        .split('\n')
        .filter(Boolean),
    async [Symbol.asyncDispose]() {
      await world.stop()
      await folder[Symbol.asyncDispose]()
    },
  }
}

async function manifestIn(
  folder: string,
  commit: string,
  spokes: { spoke: string; entry: string; settings: unknown; skip?: string }[],
): Promise<Manifest> {
  const hub = hubNamed({ owner: 'acme', name: 'hello' }, 'https://github.com')
  const file = async (
    name: string,
    text: string,
    more: Pick<Artifact, 'kind'> & Partial<Artifact>,
  ): Promise<Artifact> => {
    await writeFile(join(folder, name), text)
    const sha256 = createHash('sha256').update(text).digest('hex')
    return { name, id: 'default', size: text.length, sha256, binaries: [], ...more }
  }
  const platform = { goos: 'linux', goarch: 'amd64', goamd64: 'v1', target: 'linux_amd64_v1' }
  return {
    $schema: '',
    schema: 1,
    project: 'hello',
    tag: 'v1.2.3',
    version: '1.2.3',
    previousTag: '',
    commit,
    date: '2026-01-02T03:04:05Z',
    prerelease: false,
    tool: { name: 'tagonce', version: '0.0.0' },
    hub: { kind: 'github', owner: hub.owner, repo: hub.repo, download: hub.download, api: hub.api, upload: hub.upload },
    notes: '',
    artifacts: [
      await file('checksums.txt', 'sums', { kind: 'checksums', id: '' }),
      await file('hello_1.2.3_linux_amd64.tar.gz', 'the archive', { kind: 'archive', format: 'tar.gz', platform }),
    ],
    spokes: spokes.map(({ spoke, entry, settings, skip }) => ({
      spoke,
      entry,
      settings,
      pins: {},
      ...(skip === undefined ? {} : { skip }),
    })),
  }
}

/** Each unit with its state and what was done for it. */
export function rows(report: Report): string[] {
  return report.channels.flatMap((channel) =>
    channel.units.map((unit) => `${unit.id} ${unit.observation.state} ${unit.actions.join(', ')}`),
  )
}
