import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../src/external/process.ts'
import { seedGithub } from '../../src/rehearsal/github/seed.ts'
import { githubServer } from '../../src/rehearsal/github/server.ts'
import type { Fault } from '../../src/rehearsal/faults.ts'
import { startWorld, type WorldHandle } from '../../src/rehearsal/world.ts'
import { spokes } from '../../src/spokes/registry.ts'
import type { Packument } from '../../src/external/npm-registry.ts'
import type { Report } from '../../src/converge/report.ts'
import { plainEnv } from './program.ts'

const TOKEN = 'ghp_ofAcmeForTests'
export const CREDENTIALS = { GITHUB_TOKEN: TOKEN, TAP_GITHUB_TOKEN: TOKEN, NPM_TOKEN: 'npm_ofAcmeForTests' }

/** Writes the state of a world before the release: acme's repository as it is, and an almost empty tap. */
export async function seedWorldFor(project: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const seed = seedGithub(folder)
  seed.token({ token: TOKEN, login: 'acme' })
  await seed.repository({ name: 'acme/hello', from: project })
  await seed.repository({ name: 'acme/homebrew-tap', files: { 'README.md': '# tap\n' } })
}

/** A world with the channel of every spoke, in this process; `from` is a folder of state to begin with. */
export async function worldOf(folder: string, from?: string): Promise<WorldHandle> {
  if (from !== undefined) await cp(from, folder, { recursive: true })
  return startWorld({ folder, servers: [githubServer(), ...new Set(spokes.flatMap((one) => one.world.server ?? []))] })
}

export interface ChildOrder {
  root: string
  /** A private folder of the run. */
  folder: string
  credentials?: Record<string, string>
  /** SIGKILL of the child itself, unless another action is named. */
  faults?: (Omit<Fault, 'action'> & Partial<Pick<Fault, 'action'>>)[]
  /** Publish from the hub instead of a release. */
  publish?: { tag: string; hub: string; only: string[] }
}

/** Runs a release in a process of its own against a world. 128 is the code of a killed one. */
export async function releaseChild(
  world: WorldHandle,
  order: ChildOrder,
): Promise<{ code: number; stderr: string; report?: Report }> {
  const whole = { credentials: CREDENTIALS, ...order, routes: world.routes(), control: world.control }
  const child = join(import.meta.dirname, 'release-child.mjs')
  const { code, stdout, stderr } = await run([process.execPath, child, JSON.stringify(whole)], {
    cwd: order.root,
    env: plainEnv({ TAP_GITHUB_TOKEN: TOKEN }),
    timeout: 60_000,
  })
  return { code, stderr, ...(stdout.startsWith('{') ? { report: JSON.parse(stdout) as Report } : {}) }
}

/** What the channels hold in the end, without what has to differ (ids, times). */
export interface EndState {
  /** `hello-1.2.3 draft=false files…` per release. */
  releases: { tag: string; draft: boolean; title: string; body: string; assets: string[] }[]
  /** Paths with their content's id, and how many commits it took. */
  tap: { commits: number; files: string[] }
  /** Package → versions with their integrity, and dist-tags. */
  npm: Record<string, { versions: Record<string, string | undefined>; tags: Record<string, string> }>
}

/** Reads the end state from the world itself: its git repositories, its API, its registry's documents. */
export async function endState(world: WorldHandle, folder: string): Promise<EndState> {
  const get = async <T>(url: string): Promise<T> => {
    const response = await fetch(world.route(url), { headers: { authorization: `token ${TOKEN}` } })
    return (await response.json()) as T
  }
  type Listed = { tag_name: string; draft: boolean; name: string; body: string; assets: Asset[] }
  type Asset = { name: string; state: string; digest: string }
  const listed = await get<Listed[]>('https://api.github.com/repos/acme/hello/releases?per_page=100')
  const releases = listed.map(({ tag_name: tag, draft, name: title, body, assets }) => ({
    tag,
    draft,
    title,
    body,
    assets: assets.map((one) => `${one.name} ${one.state} ${one.digest}`).toSorted(),
  }))
  const bare = seedGithub(folder).gitFolder('acme/homebrew-tap')
  const git = async (...args: string[]): Promise<string[]> =>
    (await run(['git', '--git-dir', bare, ...args])).stdout.split('\n').filter((line) => line !== '')
  const tap = {
    commits: (await git('rev-list', 'main')).length,
    files: await git('ls-tree', '-r', 'main'),
  }
  const npm: EndState['npm'] = {}
  for (const name of PACKAGES) {
    const found = await get<Packument>(`https://registry.npmjs.org/${name.replace('/', '%2f')}`)
    const versions = Object.entries(found.versions ?? {}).map(
      ([version, one]) => [version, one.dist?.integrity] as const,
    )
    npm[name] = { versions: Object.fromEntries(versions), tags: found['dist-tags'] ?? {} }
  }
  return { releases, tap, npm }
}

const PACKAGES = ['@acme/hello', '@acme/hello-linux-x64', '@acme/hello-darwin-arm64', '@acme/hello-download']
