import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { cp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { tempFolder } from '../src/core/temp.ts'
import { run } from '../src/external/process.ts'
import { seedGithub } from '../src/rehearsal/github/seed.ts'
import { plainEnv } from './support/program.ts'
import { helloProject, TAPS_AND_NPM } from './support/project.ts'
import { goreleaser, tool } from './support/tools.ts'
import { CREDENTIALS, releaseChild, worldOf } from './support/world.ts'

const PEER = goreleaser()
const UNZIP = tool('unzip')
const OWNER = 'tagonce-example'

/** What one of the two made of the same commit. */
interface Made {
  /** Path → whether it can be run. */
  files: Record<string, boolean>
  dist: string
  /** Path → text, of what is in the tap. */
  tap: Record<string, string>
  release: { name: string; draft: boolean; prerelease: boolean; body: string; assets: string[] }
}

describe.skipIf(PEER === undefined)('the real GoReleaser and tagonce release examples/hello', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let theirs: Made
  let ours: Made
  beforeAll(async () => {
    folder = await tempFolder('peer')
    const project = join(folder.path, 'hello')
    const state = join(folder.path, 'world')
    const seeded = join(folder.path, 'seeded')
    const repository = await helloProject(project, TAPS_AND_NPM)
    await using world = await worldOf(state)
    const base = `${world.origin}/_`
    const urls = `github_urls: { api: ${base}/api.github.com/, upload: ${base}/uploads.github.com/ }\n`
    const config = await readFile(join(project, '.goreleaser.yaml'), 'utf8')
    await repository.commit('fix: the hub is on this machine', { '.goreleaser.yaml': `${config}${urls}` })
    await repository.git('tag', 'v1.2.4')
    const seed = seedGithub(seeded)
    seed.token({ token: CREDENTIALS.GITHUB_TOKEN, login: OWNER })
    await seed.repository({ name: `${OWNER}/hello`, from: project })
    await seed.repository({ name: `${OWNER}/homebrew-tap`, files: { 'README.md': '# tap\n' } })

    const begin = async (): Promise<void> => {
      await rm(join(state, 'state'), { recursive: true, force: true })
      await cp(join(seeded, 'state'), join(state, 'state'), { recursive: true })
    }
    const end = async (name: string): Promise<Made> => {
      const dist = join(folder.path, name)
      await cp(join(project, 'dist'), dist, { recursive: true, preserveTimestamps: true })
      const headers = { authorization: `token ${CREDENTIALS.GITHUB_TOKEN}` }
      const latest = await fetch(world.route(`https://api.github.com/repos/${OWNER}/hello/releases/latest`), {
        headers,
      })
      const { assets, ...release } = (await latest.json()) as Omit<Made['release'], 'assets'> & {
        assets: { name: string }[]
      }
      return {
        files: await filesBelow(dist),
        dist,
        tap: await tapFiles(state),
        release: {
          ...pick(release, 'name', 'draft', 'prerelease', 'body'),
          assets: assets.map((one) => one.name).toSorted(),
        },
      }
    }
    await begin()
    const { code, stderr } = await run([PEER ?? '', 'release', '--clean'], {
      cwd: project,
      env: plainEnv({ GITHUB_TOKEN: CREDENTIALS.GITHUB_TOKEN, TAP_GITHUB_TOKEN: CREDENTIALS.TAP_GITHUB_TOKEN }),
      timeout: 120_000,
    })
    if (code !== 0) throw new Error(stderr)
    theirs = await end('theirs')
    await begin()
    const own = await releaseChild(world, { root: project, folder: join(folder.path, 'run') })
    if (own.code !== 0) throw new Error(own.stderr)
    ours = await end('ours')
    return () => folder[Symbol.asyncDispose]()
  }, 180_000)

  test('dist holds the same files, with the same modes', () => {
    const own = (files: Record<string, boolean>, ...not: string[]): Record<string, boolean> =>
      Object.fromEntries(Object.entries(files).filter(([name]) => !not.includes(name)))
    // The manifest is ours. GoReleaser lists digests of images in digests.txt, and leaves it empty where there are none.
    expect(own(ours.files, 'tagonce.json')).toEqual(own(theirs.files, 'digests.txt'))
  })

  test('the binaries are the same bytes', async () => {
    const binaries = Object.entries(theirs.files).flatMap(([name, runs]) => (runs ? [name] : []))
    expect(binaries).toHaveLength(5)
    for (const name of binaries)
      expect([name, await sha256(join(ours.dist, name))]).toEqual([name, await sha256(join(theirs.dist, name))])
  })

  test('the archives hold the same entries, with the same modes, owners and contents', async () => {
    const archives = Object.keys(theirs.files).filter((name) => /\.(tar\.gz|zip)$/.test(name))
    expect(archives).toHaveLength(5)
    for (const name of archives.filter((one) => UNZIP !== undefined || !one.endsWith('.zip'))) {
      const [a, b] = [await entries(ours.dist, name), await entries(theirs.dist, name)]
      expect(a.entries).toEqual(b.entries)
      expect(a.listing).toEqual(b.listing)
      expect(a.listing).toHaveLength(3)
    }
  })

  test('the checksum file covers the same names, each with its own digest', async () => {
    const lines = async (made: Made): Promise<string[][]> =>
      (await readFile(join(made.dist, 'checksums.txt'), 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => line.split('  '))
    const own = await lines(ours)
    expect(own.map(([, name]) => name)).toEqual((await lines(theirs)).map(([, name]) => name))
    for (const [digest, name = ''] of own) expect(digest).toBe(await sha256(join(ours.dist, name)))
  })

  test('metadata.json says the same', async () => {
    const [a, b] = await Promise.all([ours, theirs].map((made) => json<Record<string, unknown>>(made, 'metadata.json')))
    expect(Object.keys(a ?? {})).toEqual(Object.keys(b ?? {}))
    // The date is the commit's with us, and that of the run with GoReleaser.
    expect({ ...a, date: '' }).toEqual({ ...b, date: '' })
  })

  test('artifacts.json lists the same', async () => {
    const [a, b] = await Promise.all([ours, theirs].map((made) => json<Artifact[]>(made, 'artifacts.json')))
    expect(general(a)).toEqual(general(b))
    expect(general(a)).toHaveLength(14)
  })

  test('formula and cask are the same text, but for the line that names the tool and the digests of the archives', () => {
    expect(Object.keys(ours.tap).toSorted()).toEqual(['Casks/hello-bin.rb', 'hello.rb'])
    for (const [path, text] of Object.entries(ours.tap)) {
      expect(text).toContain('# This file was generated by tagonce. DO NOT EDIT.\n')
      expect(anyTool(text)).toBe(anyTool(theirs.tap[path] ?? ''))
      expect(text.match(/sha256 "[0-9a-f]{64}"/g)).toHaveLength(4)
    }
  })

  test('the release is the same, with the manifest added', () => {
    const { assets, ...rest } = ours.release
    expect(assets).toEqual([...theirs.release.assets, 'tagonce.json'].toSorted())
    const { assets: _, ...peers } = theirs.release
    expect({ ...rest, body: rest.body.trimEnd() }).toEqual({ ...peers, body: peers.body.trimEnd() })
  })
})

interface Artifact {
  name: string
  path: string
  type: string
  extra?: Record<string, unknown>
}

/** By path; what differs is put aside by name: the manifest, digests of archives, and configs of spokes as GoReleaser has them. */
function general(all: Artifact[] | undefined): unknown[] {
  return (all ?? [])
    .filter((one) => one.name !== 'tagonce.json')
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ extra = {}, ...one }) => {
      const { BrewConfig: _, BrewCaskConfig: __, Checksum, ...rest } = extra
      const archive = one.type === 'Archive'
      return { ...one, ...rest, checksum: archive ? String(Checksum).replace(/[0-9a-f]{64}/, '') : Checksum }
    })
}

async function json<T>(made: Made, name: string): Promise<T> {
  return JSON.parse(await readFile(join(made.dist, name), 'utf8')) as T
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** A formula without what has to differ. */
function anyTool(text: string): string {
  return text.replace(/generated by \w+\./, 'generated by it.').replaceAll(/sha256 "[0-9a-f]{64}"/g, 'sha256 ""')
}

/** Unpacked by tar or unzip: path → mode and digest; and the listing, where the format has owners. */
async function entries(dist: string, name: string): Promise<{ entries: Record<string, string>; listing: string[] }> {
  await using folder = await tempFolder('peer-unpack')
  const zip = name.endsWith('.zip')
  const archive = join(dist, name)
  const unpack = zip ? ['unzip', '-q', archive, '-d', folder.path] : ['tar', '-xpzf', archive, '-C', folder.path]
  expect(await run(unpack)).toMatchObject({ code: 0 })
  const found: Record<string, string> = {}
  for (const path of Object.keys(await filesBelow(folder.path)).toSorted()) {
    const whole = join(folder.path, path)
    found[path] = `${((await stat(whole)).mode & 0o7777).toString(8)} ${await sha256(whole)}`
  }
  const list = zip ? ['unzip', '-Z', archive] : ['tar', '--numeric-owner', '--full-time', '-tvzf', archive]
  // Times aside: GoReleaser keeps those of the checkout. So is the version of zip (4.5 with us: entries over 4 GB).
  const lines = (await run(list)).stdout.split('\n').filter((line) => line.startsWith('-'))
  const times = / \d{4}-\d\d-\d\d \d\d:\d\d:\d\d | \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d /
  return { entries: found, listing: lines.map((line) => line.replace(times, ' ').replace(/ \d\.\d unx/, ' unx')) }
}

function pick<T extends object, K extends keyof T>(whole: T, ...keys: K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, whole[key]])) as Pick<T, K>
}

async function filesBelow(folder: string): Promise<Record<string, boolean>> {
  const found: Record<string, boolean> = {}
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile()) found[relative(folder, path)] = ((await stat(path)).mode & 0o111) !== 0
  }
  return found
}

async function tapFiles(state: string): Promise<Record<string, string>> {
  const bare = seedGithub(state).gitFolder(`${OWNER}/homebrew-tap`)
  const git = async (...args: string[]): Promise<string> => (await run(['git', '--git-dir', bare, ...args])).stdout
  const paths = (await git('ls-tree', '-r', '--name-only', 'main')).split('\n').filter((path) => path.endsWith('.rb'))
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await git('show', `main:${path}`)] as const)),
  )
}
