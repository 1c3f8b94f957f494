import { createHash, createHmac, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Artifact } from '../../core/artifact.ts'
import { credentialsOf } from '../../core/credentials.ts'
import { Events } from '../../core/events.ts'
import { tempFolder } from '../../core/temp.ts'
import { AZURE_VERSION, signAzure } from '../../external/azure-storage.ts'
import { createHttp } from '../../external/http.ts'
import { run } from '../../external/process.ts'
import { told } from '../../plan/test-plan.ts'
import { freePort } from '../../rehearsal/free-port.ts'
import { GORELEASER, peerProject } from '../../release/testing/peer.ts'
import { blobs } from './index.ts'
import { afterWorld, rows } from '../testing/world.ts'

/** Microsoft's emulator of its storage (its `dist/src/blob/main.js`), and one of Google's that others wrote; .ci/tools installs them. */
const { AZURITE, FAKE_GCS_SERVER } = process.env
if (AZURITE === undefined) console.log('skipped: AZURITE does not name azurite; azblob is not judged')
if (FAKE_GCS_SERVER === undefined)
  console.log('skipped: FAKE_GCS_SERVER does not name fake-gcs-server; gs is not judged')

const ACCOUNT = 'acme'
const KEY = randomBytes(64).toString('base64')
const CONFIG = `version: 2
project_name: hello
release: { disable: true }
builds: [{ goos: [linux, windows], goarch: [amd64] }]
archives: [{ format_overrides: [{ goos: windows, formats: [zip] }] }]
`
const entry = (provider: string, bucket: string): string =>
  `blobs: [{ provider: ${provider}, bucket: ${bucket}, directory: "/d/{{ .Tag }}", cache_control: [max-age=60, public] }]\n`

type Listed = Record<string, Record<string, string | undefined>>

/** A release of GoReleaser into a bucket; what it made. */
async function theirs(yaml: string, env: Record<string, string>) {
  const { path } = await tempFolder('blobs-peer')
  const peer = await peerProject(path, {
    'go.mod': 'module example.org/hello\n\ngo 1.24\n',
    'main.go': 'package main\n\nfunc main() {}\n',
    'README.md': '# hello\n',
    '.gitignore': 'dist/\n',
    '.goreleaser.yaml': `${CONFIG}${yaml}`,
  })
  await peer.repository.git('tag', 'v1.2.3')
  const made = await run([GORELEASER ?? '', 'release', '--clean'], { cwd: peer.root, env: { ...peer.env, ...env } })
  if (made.code !== 0) throw new Error(`goreleaser: ${made.stderr}`)
  const folder = join(peer.root, 'dist')
  const names = (await readdir(folder)).filter((name) => /\.(tar\.gz|zip)$|checksums\.txt$/.test(name)).toSorted()
  return { folder, names, [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() }
}

/** Our upload of the same files. */
async function oursOf(yaml: string, env: Record<string, string>, from: { folder: string; names: string[] }) {
  const world = await afterWorld(yaml, { env })
  expect(told(world.plan)).toEqual([])
  const files = await Promise.all(
    from.names.map(async (name): Promise<Artifact> => {
      const bytes = await readFile(join(from.folder, name))
      await writeFile(join(world.folder, name), bytes)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      return { name, id: 'default', kind: 'archive', size: bytes.length, sha256, binaries: [] }
    }),
  )
  world.manifest.artifacts.splice(0, Infinity, ...files)
  return world
}

/** Our upload of one file of so many bytes; its md5. */
async function large(yaml: string, env: Record<string, string>, size: number) {
  const folder = await tempFolder('blobs-large')
  const bytes = Buffer.alloc(size, 'tagonce ')
  await writeFile(join(folder.path, 'large.bin'), bytes)
  const world = await oursOf(yaml, env, { folder: folder.path, names: ['large.bin'] })
  return { world, folder, md5: createHash('md5').update(bytes).digest('base64') }
}

const md5Of = async (answer: Response): Promise<string> =>
  createHash('md5')
    .update(Buffer.from(await answer.arrayBuffer()))
    .digest('base64')

/** What a preflight says of the one entry. */
async function probed(yaml: string, env: Record<string, string>): Promise<string[]> {
  await using world = await afterWorld(yaml, { env })
  const events = new Events()
  const { signal } = new AbortController()
  const http = createHttp({ routes: {}, signal, events, userAgent: 'tagonce/test', offline: true })
  const found = await events.task('probe', (task) =>
    blobs.probe(world.plan.spokes[0]?.settings, {
      http,
      credentials: credentialsOf(env),
      signal,
      clock: () => new Date(),
      task,
      folder: world.folder,
    }),
  )
  return found.map(({ message, mend }) => `${message} | ${mend}`)
}

async function started(argv: string[], env: Record<string, string>, ping: string) {
  const folder = await tempFolder('blobs-emulator')
  const stop = new AbortController()
  await mkdir(join(folder.path, 'data'))
  const ended = run(
    argv.map((one) => one.replace('FOLDER', folder.path)),
    { cwd: folder.path, env: { PATH: process.env['PATH'], HOME: folder.path, ...env }, signal: stop.signal },
  ).catch(() => {})
  for (let tries = 0; tries < 200; tries++) {
    if ((await fetch(ping).catch(() => undefined)) !== undefined) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return async (): Promise<void> => {
    stop.abort()
    await ended
    await folder[Symbol.asyncDispose]()
  }
}

describe.skipIf(AZURITE === undefined)('azblob, by azurite', () => {
  let host = ''
  let end: () => Promise<void>
  const env = { AZURE_STORAGE_ACCOUNT: ACCOUNT, AZURE_STORAGE_KEY: KEY, AZURE_STORAGE_PROTOCOL: 'http' }

  beforeAll(async () => {
    const port = await freePort()
    host = `127.0.0.1:${port}`
    const argv = [process.execPath, AZURITE ?? '', '--blobHost', '127.0.0.1', '--blobPort', `${port}`]
    const quiet = ['--location', 'FOLDER', '--silent', '--disableTelemetry']
    end = await started([...argv, ...quiet], { AZURITE_ACCOUNTS: `${ACCOUNT}:${KEY}` }, `http://${host}/`)
    for (const name of ['theirs', 'ours', 'large']) await ask('PUT', `${name}?restype=container`)
  }, 60_000)
  afterAll(() => end())

  async function ask(method: string, path: string): Promise<string> {
    const url = new URL(`http://${host}/${ACCOUNT}/${path}`)
    const headers = { 'x-ms-version': AZURE_VERSION, 'x-ms-date': new Date().toUTCString() }
    const signed = signAzure({ method, url, headers, length: 0 }, { account: ACCOUNT, key: KEY })
    const answer = await fetch(url, { method, headers: signed })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${answer.status} ${text}`)
    return text
  }
  async function listed(container: string): Promise<Listed> {
    const xml = await ask('GET', `${container}?restype=container&comp=list`)
    const blobs = [...xml.matchAll(/<Blob>(.*?)<\/Blob>/gs)].map((one) => one[1] ?? '')
    const field = (text: string, name: string): string | undefined =>
      new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]
    const names = ['BlobType', 'Content-Length', 'Content-Type', 'Content-MD5', 'Cache-Control', 'Content-Disposition']
    return Object.fromEntries(
      blobs.map((one) => [field(one, 'Name') ?? '', Object.fromEntries(names.map((name) => [name, field(one, name)]))]),
    )
  }

  test.skipIf(GORELEASER === undefined)('names, bytes and what is kept with them are those of GoReleaser', async () => {
    const all = { ...env, AZURE_STORAGE_DOMAIN: host }
    await using made = await theirs(entry('azblob', 'theirs'), all)
    await using world = await oursOf(entry('azblob', 'ours'), all, made)
    expect(rows(await world.run())).toEqual(
      made.names.map((name) => `blobs:azblob://ours/d/v1.2.3/${name} live published, verified`),
    )
    const [mine, other] = [await listed('ours'), await listed('theirs')]
    expect(Object.keys(other)).toHaveLength(3)
    expect(mine).toEqual(other)
    expect(rows(await world.run()).every((row) => row.endsWith('live nothing to do, verified'))).toBe(true)
  })

  const sas = (ends: string, rights: string): string => {
    // learn.microsoft.com/rest/api/storageservices/create-account-sas, version 2020-12-06 and later.
    const fields = { sp: rights, ss: 'b', srt: 'o', st: '', se: ends, sip: '', spr: '', sv: AZURE_VERSION, ses: '' }
    const toSign = `${[ACCOUNT, ...Object.values(fields)].join('\n')}\n`
    const sig = createHmac('sha256', Buffer.from(KEY, 'base64')).update(toSign).digest('base64')
    const { sp, ss, srt, se, sv } = fields
    return new URLSearchParams({ sp, ss, srt, se, sv, sig }).toString()
  }
  const bySas = (token: string) => ({
    AZURE_STORAGE_ACCOUNT: ACCOUNT,
    AZURE_STORAGE_PROTOCOL: 'http',
    AZURE_STORAGE_DOMAIN: host,
    AZURE_STORAGE_SAS_TOKEN: token,
  })

  test('a file above the size of a block goes up in blocks, and is not sent again', async () => {
    const all = { ...env, AZURE_STORAGE_DOMAIN: host }
    const made = await large(entry('azblob', 'large'), all, 65 * 1024 * 1024)
    await using _ = made.folder
    await using world = made.world
    expect(rows(await world.run())).toEqual(['blobs:azblob://large/d/v1.2.3/large.bin live published, verified'])
    expect((await listed('large'))['d/v1.2.3/large.bin']?.['Content-MD5']).toBe(made.md5)
    const token = sas('2099-01-01T00:00:00Z', 'r')
    expect(await md5Of(await fetch(`http://${host}/${ACCOUNT}/large/d/v1.2.3/large.bin?${token}`))).toBe(made.md5)
    expect(rows(await world.run())).toEqual(['blobs:azblob://large/d/v1.2.3/large.bin live nothing to do, verified'])
  })

  test('a SAS and a connection string do as well as a key, and are shown nowhere', async () => {
    const token = sas('2099-01-01T00:00:00Z', 'rcw')
    const connection = `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};BlobEndpoint=http://${host}/${ACCOUNT};`
    for (const [directory, given] of [
      ['sas', bySas(token)],
      ['connection', { AZURE_STORAGE_CONNECTION_STRING: connection }],
    ] as const) {
      const yaml = entry('azblob', 'ours').replace('/d/', `/${directory}/`)
      await using world = await afterWorld(yaml, { env: given })
      const report = await world.run()
      expect(rows(report)).toHaveLength(2)
      expect(rows(report).every((row) => row.endsWith('live published, verified'))).toBe(true)
      const shown = JSON.stringify([report, world.manifest])
      expect(shown).not.toContain(KEY)
      expect(shown).not.toContain(new URLSearchParams(token).get('sig'))
      expect(rows(await world.run()).every((row) => row.endsWith('live nothing to do, verified'))).toBe(true)
      expect(await probed(yaml, given)).toEqual([])
    }
  })

  test('other bytes that stand there stay', async () => {
    const all = { ...env, AZURE_STORAGE_DOMAIN: host }
    await using world = await afterWorld(entry('azblob', 'ours').replace('/d/', '/other/'), { env: all })
    await world.run()
    const [, archive] = world.manifest.artifacts
    await writeFile(join(world.folder, archive?.name ?? ''), 'tampered!!!')
    expect(rows(await world.run())[1]).toMatch(/mismatch stopped$/)
  })

  test('what is wrong is told before anything is built, with its mend', async () => {
    const all = { ...env, AZURE_STORAGE_DOMAIN: host }
    const ask = async (yaml: string, given: Record<string, string>): Promise<string> =>
      (await probed(yaml, given)).join()
    expect(await ask(entry('azblob', 'nowhere'), all)).toMatch(/nowhere.*ContainerNotFound \| make the container/)
    const other = { ...all, AZURE_STORAGE_KEY: randomBytes(64).toString('base64') }
    expect(await ask(entry('azblob', 'ours'), other)).toMatch(/Azure answers (403|Auth\w+) \| the /)
    expect(await ask(entry('azblob', 'ours'), bySas(sas('2020-01-01T00:00:00Z', 'rcw')))).toMatch(
      /expired on 2020-01-01/,
    )
    expect(await ask(entry('azblob', 'ours'), bySas(sas('2099-01-01T00:00:00Z', 'r')))).toMatch(/lacks the right w/)
    await using world = await afterWorld(entry('azblob', 'nowhere'), { env: all })
    const report = await world.run()
    expect(report.channels[0]?.units[0]?.observation.reason).toMatch(/ContainerNotFound \(make the container/)
    expect(report.exitCode).not.toBe(0)
  })
})

describe.skipIf(FAKE_GCS_SERVER === undefined)('gs, by fake-gcs-server', () => {
  let host = ''
  let end: () => Promise<void>

  beforeAll(async () => {
    const port = await freePort()
    host = `127.0.0.1:${port}`
    const argv = [FAKE_GCS_SERVER ?? '', '-backend', 'memory', '-scheme', 'http', '-host', '127.0.0.1']
    const more = ['-port', `${port}`, '-external-url', `http://${host}`, '-public-host', host, '-data', 'FOLDER/data']
    end = await started([...argv, ...more], {}, `http://${host}/storage/v1/b`)
    for (const name of ['theirs', 'ours', 'large']) {
      const body = JSON.stringify({ name })
      await fetch(`http://${host}/storage/v1/b`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      })
    }
  }, 60_000)
  afterAll(() => end())

  async function listed(bucket: string): Promise<Listed> {
    const answer = await fetch(`http://${host}/storage/v1/b/${bucket}/o`)
    const { items = [] } = (await answer.json()) as { items?: Record<string, string>[] }
    const names = ['size', 'md5Hash', 'crc32c', 'contentType', 'cacheControl', 'contentDisposition', 'metadata']
    return Object.fromEntries(
      items.map((one) => [one['name'] ?? '', Object.fromEntries(names.map((name) => [name, one[name]]))]),
    )
  }

  test.skipIf(GORELEASER === undefined)('names, bytes and what is kept with them are those of GoReleaser', async () => {
    await using made = await theirs(entry('gs', 'theirs'), { STORAGE_EMULATOR_HOST: host })
    await using world = await oursOf(entry('gs', 'ours'), { STORAGE_EMULATOR_HOST: host }, made)
    expect(rows(await world.run())).toEqual(
      made.names.map((name) => `blobs:gs://ours/d/v1.2.3/${name} live published, verified`),
    )
    const [mine, other] = [await listed('ours'), await listed('theirs')]
    expect(Object.keys(other)).toHaveLength(3)
    expect(mine).toEqual(other)
    expect(rows(await world.run()).every((row) => row.endsWith('live nothing to do, verified'))).toBe(true)
  })

  test('a file above 16 MiB goes up in parts, and is not sent again', async () => {
    const made = await large(entry('gs', 'large'), { STORAGE_EMULATOR_HOST: `http://${host}` }, 40 * 1024 * 1024 + 1)
    await using _ = made.folder
    await using world = made.world
    expect(rows(await world.run())).toEqual(['blobs:gs://large/d/v1.2.3/large.bin live published, verified'])
    const at = `http://${host}/storage/v1/b/large/o/${encodeURIComponent('d/v1.2.3/large.bin')}?alt=media`
    expect(await md5Of(await fetch(at))).toBe(made.md5)
    expect((await listed('large'))['d/v1.2.3/large.bin']).toMatchObject({ cacheControl: 'max-age=60, public' })
    expect(rows(await world.run())).toEqual(['blobs:gs://large/d/v1.2.3/large.bin live nothing to do, verified'])
  })

  test('other bytes that stand there stay; a bucket that is not there is told before anything is built', async () => {
    const env = { STORAGE_EMULATOR_HOST: host }
    await using world = await afterWorld(entry('gs', 'ours').replace('/d/', '/other/'), { env })
    await world.run()
    const [, archive] = world.manifest.artifacts
    await writeFile(join(world.folder, archive?.name ?? ''), 'tampered!!!')
    expect(rows(await world.run())[1]).toMatch(/mismatch stopped$/)
    expect(await probed(entry('gs', 'ours'), env)).toEqual([])
    expect((await probed(entry('gs', 'nowhere'), env)).join()).toBe(
      'there is no bucket nowhere at Google | make the bucket, or mend `blobs[].bucket`',
    )
    await using nowhere = await afterWorld(entry('gs', 'nowhere'), { env })
    expect((await nowhere.run()).exitCode).not.toBe(0)
  })
})
