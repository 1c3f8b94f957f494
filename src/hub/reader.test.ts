import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TagonceError } from '../core/errors.ts'
import { gzip } from '../formats/gzip.ts'
import { tar } from '../formats/tar.ts'
import type { ArchiveEntry } from '../formats/tar.ts'
import { zip } from '../formats/zip.ts'
import { MANIFEST_NAME } from '../manifest/manifest.ts'
import { createDirectoryHub } from './directory.ts'
import { createGitHubHub } from './github.ts'
import type { HubFile } from './hub.ts'
import { HUB, hubFile, hubWorld, manifestOf } from './testing.ts'
import type { HubUnderTest } from './testing.ts'

const PROGRAM = Buffer.from('\u007FELF a program, or nearly')

function entry(name: string): ArchiveEntry {
  async function* chunks(): AsyncGenerator<Buffer> {
    await Promise.resolve()
    yield PROGRAM
  }
  return { name, mode: 0o755, mtime: 0, body: { type: 'file', size: PROGRAM.length, content: chunks } }
}

async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Files of a release with a program in each kind of archive, and their manifest, which is the last. */
async function programs(world: HubUnderTest): Promise<HubFile[]> {
  const { folder } = world
  const bare = await hubFile(folder, 'bare', PROGRAM)
  const files = [
    await hubFile(folder, 'a.tar.gz', await bytesOf(gzip(tar([entry('a/README'), entry('a/hello')])))),
    await hubFile(folder, 'a.zip', await bytesOf(zip([entry('a/hello.exe')]))),
    { ...bare, name: 'hello_linux' },
    await hubFile(folder, 'a.tar.lz', 'not read here'),
  ]
  const manifest = manifestOf(files, 'c'.repeat(40))
  const formats = ['tar.gz', 'zip', 'binary', 'tar.lz']
  const paths = ['a/hello', 'a/hello.exe', 'hello_linux', 'a/hello']
  manifest.artifacts = manifest.artifacts.map((one, index) => ({
    ...one,
    kind: index === 2 ? 'binary' : 'archive',
    format: formats[index] ?? '',
    binaries: [{ name: 'hello', path: paths[index] ?? '', mode: '0755', size: PROGRAM.length, sha256: bare.sha256 }],
  }))
  manifest.artifacts.sort((a, b) => (a.name < b.name ? -1 : 1))
  return [...files, await hubFile(folder, MANIFEST_NAME, JSON.stringify(manifest))]
}

async function thrown(promise: Promise<unknown>): Promise<TagonceError> {
  const error = await promise.then(
    (value) => value,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(TagonceError)
  return error as TagonceError
}

test('a public release is read without a token, its bytes checked, and each file fetched once', async () => {
  await using world = await hubWorld()
  await world.store({}, await programs(world))
  let fetched = 0
  world.intercept((request, next) => {
    if (request.host === 'github.com' && request.method === 'GET') fetched += 1
    expect(request.headers.get('authorization')).toBeNull()
    return next()
  })
  const reader = await createGitHubHub(HUB, world.io(undefined, '')).read('v1.0.0')
  expect(reader.manifest.tag).toBe('v1.0.0')
  expect(reader.address('a.tar.gz')).toBe('https://github.com/acme/hello/releases/download/v1.0.0/a.tar.gz')
  const [one, two] = await Promise.all([reader.file('a.tar.gz'), reader.file('a.tar.gz')])
  expect(one).toBe(two)
  expect(fetched).toBe(2)
  expect(JSON.parse(await readFile(await reader.file(MANIFEST_NAME), 'utf8'))).toMatchObject({ tag: 'v1.0.0' })
})

test('a program comes out of tar.gz, out of zip and bare, and may be run', async () => {
  await using world = await hubWorld()
  await world.store({}, await programs(world))
  const reader = await world.hub().read('v1.0.0')
  for (const artifact of reader.manifest.artifacts.filter((one) => one.format !== 'tar.lz')) {
    const path = await reader.binary(artifact, artifact.binaries[0]?.path ?? '')
    expect(await readFile(path)).toEqual(PROGRAM)
    expect((await stat(path)).mode & 0o777).toBe(0o755)
  }
  const xz = reader.manifest.artifacts.find((one) => one.format === 'tar.lz')
  if (xz === undefined) throw new Error('no tar.lz')
  expect((await thrown(reader.binary(xz, 'a/hello'))).hint).toContain('tar.gz or zip')
  expect((await thrown(reader.binary(xz, '../../etc/passwd'))).message).toContain('holds no binary')
})

test('bytes that are not what was sealed are refused with both digests, and do not stay', async () => {
  await using world = await hubWorld()
  const files = await programs(world)
  await world.store({}, files)
  world.intercept(async (request, next) => {
    const response = await next()
    return request.path.includes('/github-production-release-asset/') && request.query.get('rscd')?.includes('a.zip')
      ? new Response('tampered')
      : response
  })
  const reader = await world.hub().read('v1.0.0')
  const error = await thrown(reader.file('a.zip'))
  expect(error.message).toMatch(/a\.zip is not what was sealed: the hub has sha256:[0-9a-f]{64} \(8 bytes\)/)
  expect(error.message).toContain(`the manifest says sha256:${files[1]?.sha256}`)
  await expect(stat(join(world.folder, 'run', 'hub', 'a.zip'))).rejects.toThrow('ENOENT')
  expect((await thrown(reader.file('../other'))).message).toContain('leaves the folder')
  expect((await thrown(reader.file('stranger.zip'))).message).toContain('not in the manifest')
})

test('a draft, a release without a manifest and a tag without a release cannot be read', async () => {
  for (const prepare of ['nothing', 'draft', 'no manifest']) {
    await using world = await hubWorld()
    if (prepare === 'draft') await world.store({ draft: true })
    if (prepare === 'no manifest') await world.store({}, world.files.slice(0, 2))
    const error = await thrown(world.hub().read('v1.0.0'))
    expect([error.code, error.message]).toEqual(['hub', 'v1.0.0 has no public release with tagonce.json (404)'])
  }
})

test('a private repository is read with the token, over the API', async () => {
  await using world = await hubWorld({ private: true })
  const files = await programs(world)
  await world.store({}, files)
  const reader = await world.hub().read('v1.0.0')
  expect(await readFile(await reader.file('a.zip'))).toEqual(await readFile(files[1]?.path ?? ''))
  expect((await thrown(createGitHubHub(HUB, world.io(undefined, '')).read('v1.0.0'))).code).toBe('hub')
})

test('a download that is cut underway is fetched again', async () => {
  await using world = await hubWorld()
  const big = await hubFile(world.folder, 'big.bin', Buffer.alloc(3_000_000, 'x'))
  const manifest = await hubFile(world.folder, MANIFEST_NAME, JSON.stringify(manifestOf([big], 'c'.repeat(40))))
  await world.store({}, [big, manifest])
  let cut = 0
  world.intercept(async (request, next) => {
    const response = await next()
    if (!request.path.startsWith('/github-production') || request.method !== 'GET') return response
    if (!request.query.get('rscd')?.includes('big') || cut++ > 1) return response
    const half = Buffer.from(await response.arrayBuffer()).subarray(0, 2_000_000)
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(half)
        setTimeout(() => controller.error(new Error('cut')), 20)
      },
    })
    return new Response(body, response)
  })
  const reader = await world.hub().read('v1.0.0')
  expect((await stat(await reader.file('big.bin'))).size).toBe(3_000_000)
  expect(cut).toBe(3)
})

test('a hub in a folder keeps the same contract', async () => {
  await using world = await hubWorld()
  const files = await programs(world)
  const root = join(world.folder, 'directory')
  const hub = createDirectoryHub(root, { folder: join(world.folder, 'mine'), now: () => new Date(0) })
  expect((await hub.observe('v1.0.0')).state).toBe('absent')
  expect((await world.store({ draft: true }, files, hub)).state).toBe('staged')
  expect((await thrown(hub.read('v1.0.0'))).message).toContain('a draft only')
  expect(await world.store({}, files, hub)).toMatchObject({
    state: 'live',
    evidence: [{ what: 'a release with 5 files, digests equal', at: '1970-01-01T00:00:00.000Z' }],
  })
  const reader = await hub.read('v1.0.0')
  const artifact = reader.manifest.artifacts.find((one) => one.name === 'a.tar.gz')
  if (artifact === undefined) throw new Error('no artifact')
  expect(await readFile(await reader.binary(artifact, 'a/hello'))).toEqual(PROGRAM)
  expect(reader.address('a.zip')).toBe('https://github.com/acme/hello/releases/download/v1.0.0/a.zip')

  const other = await hubFile(world.folder, 'other', 'other')
  const seen = await world.store({}, [{ ...other, name: 'a.zip' }], hub)
  expect(seen).toMatchObject({ state: 'mismatch', reason: expect.stringContaining(files[1]?.sha256 ?? '') })
  await writeFile(join(root, 'v1.0.0', 'assets', 'a.zip'), 'rotten')
  expect((await hub.observe('v1.0.0')).state).toBe('mismatch')
  await rm(join(root, 'v1.0.0', 'assets', 'a.zip'))
  expect((await hub.observe('v1.0.0')).state).toBe('partial')
})
