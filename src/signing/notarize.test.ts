import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findTool } from '../builders/tools.ts'
import { Events } from '../core/events.ts'
import { tempFolder } from '../core/temp.ts'
import { createHttp } from '../external/http.ts'
import { run } from '../external/process.ts'
import type { PlannedBinary, PlannedNotarize } from '../plan/plan.ts'
import { checkNotarize, notarizeBinary, type NotarizeIO } from './notarize.ts'

const GO = findTool('go', process.env, '.')
const OPENSSL = findTool('openssl', process.env, '.')
const able = GO !== undefined && OPENSSL !== undefined
if (!able) console.log('skipped: go and openssl are needed to judge signatures for macOS')

const TSA = `[tsa]
default_tsa = own
[own]
serial = SERIAL
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
`

/** Certificates, made once: that takes seconds. */
const certificates = { folder: undefined as Awaited<ReturnType<typeof tempFolder>> | undefined }
afterAll(async () => certificates.folder?.[Symbol.asyncDispose]())
beforeAll(async () => {
  if (!able) return
  const folder = await tempFolder('apple-ca')
  certificates.folder = folder
  const path = (name: string): string => join(folder.path, name)
  const openssl = opensslIn(folder.path)
  const request = ['req', '-newkey', 'rsa:2048', '-nodes', '-keyout']
  await openssl(...request, 'ca.key', '-x509', '-out', 'ca.pem', '-subj', '/CN=Root', '-days', '30')
  for (const [name, subject, extension] of [
    ['dev', '/CN=Ann/OU=TEAM123456', 'extendedKeyUsage=codeSigning'],
    ['tsa', '/CN=Stamps', 'extendedKeyUsage=critical,timeStamping'],
  ] as const) {
    await openssl(...request, `${name}.key`, '-out', `${name}.csr`, '-subj', subject)
    await writeFile(path('ext'), extension)
    const sign = ['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial']
    await openssl(...sign, '-out', `${name}.pem`, '-extfile', 'ext', '-days', '30')
  }
  const p12 = ['pkcs12', '-export', '-in', 'dev.pem', '-inkey', 'dev.key', '-passout', 'pass:the-pass']
  await openssl(...p12, '-certfile', 'ca.pem', '-out', 'dev.p12')
  await openssl(...p12, '-out', 'alone.p12')
}, 60_000)

const opensslIn =
  (cwd: string) =>
  async (...args: string[]): Promise<Buffer> => {
    const { code, stderr, bytes } = await run([OPENSSL ?? '', ...args], { cwd })
    expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
    return bytes
  }

/** A certificate authority, a developer of the team TEAM123456, a timestamp server, a notary and a store, all on loopback. */
async function apple(statuses: string[] = ['In Progress', 'Accepted']) {
  const folder = await tempFolder('apple')
  const path = (name: string): string => join(folder.path, name)
  const openssl = opensslIn(folder.path)
  await cp(certificates.folder?.path ?? '', folder.path, { recursive: true })
  await writeFile(path('tsa.cnf'), TSA.replace('SERIAL', path('serial')))
  const notaryKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await writeFile(path('key.p8'), notaryKey.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const seen: string[] = []
  const server = createServer((incoming, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk as Buffer)
      const body = Buffer.concat(chunks)
      const { method = '', url = '', headers } = incoming
      const answer = (value: unknown): void => void response.end(JSON.stringify(value))
      if (url === '/ts01') {
        seen.push('stamp')
        await writeFile(path('query'), body)
        const reply = ['ts', '-reply', '-queryfile', 'query', '-signer', 'tsa.pem', '-inkey', 'tsa.key']
        response.end(await openssl(...reply, '-config', 'tsa.cnf'))
      } else if (method === 'PUT') {
        seen.push(`put ${url} ${createHash('sha256').update(body).digest('hex') === headers['x-amz-content-sha256']}`)
        await writeFile(path('sent.zip'), body)
        response.end()
      } else if (url === '/log') response.end('the log of Apple')
      else {
        const [head = '', claims = '', signature = ''] = (headers.authorization ?? '').replace('Bearer ', '').split('.')
        const key = { key: createPublicKey(notaryKey.privateKey), dsaEncoding: 'ieee-p1363' as const }
        const good = verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'))
        seen.push(`${method} ${url.replace('/notary/v2/submissions', '')} ${good ? 'known' : 'unknown'}`)
        const attributes = url.endsWith('/logs')
          ? { developerLogUrl: 'https://log.example.org/log' }
          : method === 'POST'
            ? { bucket: 'b', object: 'o/p', awsAccessKeyId: 'id', awsSecretAccessKey: 'secret', awsSessionToken: 't' }
            : { status: statuses.shift() }
        answer({ data: { id: 'x', attributes } })
      }
    })()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const loop = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const hosts = ['https://appstoreconnect.apple.com', 'https://b.s3.us-west-2.amazonaws.com', 'https://log.example.org']
  const routes = Object.fromEntries([...hosts, 'http://timestamp.apple.com'].map((one) => [one, loop]))
  const signal = new AbortController().signal
  const http = createHttp({ routes, signal, events: new Events(), userAgent: 'tagonce/test', offline: true })
  return {
    path,
    openssl,
    seen,
    sign: (planned: Partial<PlannedNotarize>, binary: PlannedBinary, more: Partial<NotarizeIO> = {}) =>
      new Events().task('sign', (task) =>
        notarizeBinary([{ ...PLANNED, ...planned }], binary, {
          root: folder.path,
          late: { render: (text = '') => text, isTrue: () => true, env: {} },
          http,
          signal,
          task,
          stripSecrets: false,
          sleep: async () => {},
          ...more,
        }),
      ),
    async [Symbol.asyncDispose]() {
      await new Promise((done) => server.close(done))
      await folder[Symbol.asyncDispose]()
    },
  }
}

const PLANNED: PlannedNotarize = {
  ids: ['hello'],
  certificate: 'dev.p12',
  password: 'the-pass',
  entitlements: '',
  issuer: '',
  keyId: '',
  key: '',
  timeout: 60_000,
  wait: true,
  at: ['notarize', 'macos', 0],
}
const NOTARY = { issuer: 'iss', keyId: 'kid', key: 'key.p8' }

const binary = (goarch: string): PlannedBinary => ({
  id: 'hello',
  builder: 'go',
  name: 'hello',
  ext: '',
  platform: { goos: 'darwin', goarch, target: `darwin_${goarch}` },
  path: 'hello',
  hooks: { pre: [], post: [] },
})

async function build(path: (name: string) => string, goarch: string): Promise<void> {
  await writeFile(path('go.mod'), 'module hello\n\ngo 1.21\n')
  await writeFile(path('main.go'), 'package main\n\nfunc main() {}\n')
  const env = { ...process.env, GOOS: 'darwin', GOARCH: goarch, CGO_ENABLED: '0', GOFLAGS: '' }
  const built = await run([GO ?? '', 'build', '-trimpath', '-o', 'hello', '.'], { cwd: path('.'), env })
  expect(built.stderr).toBe('')
}

/** The blobs of a signature by their slot, read without our writer. */
function blobsOf(program: Buffer): Map<number, Buffer> {
  let at = 32
  while (program.readUInt32LE(at) !== 0x1d) at += program.readUInt32LE(at + 4)
  const whole = program.subarray(program.readUInt32LE(at + 8))
  return new Map(
    Array.from({ length: whole.readUInt32BE(8) }, (_, index) => {
      const begin = whole.readUInt32BE(16 + 8 * index)
      return [whole.readUInt32BE(12 + 8 * index), whole.subarray(begin, begin + whole.readUInt32BE(begin + 4))] as const
    }),
  )
}

describe.skipIf(!able)('programs for macOS', { timeout: 60_000 }, () => {
  test.each(['arm64', 'amd64'])('openssl finds the signature good, with its chain and timestamp: %s', async (arch) => {
    await using under = await apple()
    await build(under.path, arch)
    await writeFile(under.path('plist'), '<plist/>')
    await under.sign({ entitlements: 'plist' }, binary(arch))
    const program = await readFile(under.path('hello'))
    const blobs = blobsOf(program)
    expect([...blobs.keys()]).toEqual([0, 2, 5, 0x10000])
    const directory = blobs.get(0)!
    await writeFile(under.path('directory'), directory)
    await writeFile(under.path('cms'), blobs.get(0x10000)!.subarray(8))
    const cms = [
      'cms',
      '-verify',
      '-inform',
      'DER',
      '-in',
      'cms',
      '-content',
      'directory',
      '-binary',
      '-CAfile',
      'ca.pem',
    ]
    await under.openssl(...cms, '-purpose', 'any', '-out', 'verified')
    const shown = (await under.openssl('cms', '-cmsout', '-print', '-inform', 'DER', '-in', 'cms')).toString()
    expect(shown).toContain('id-smime-aa-timeStampToken')
    // What the directory says: pages, blobs, runtime, team.
    const hashes = directory.readUInt32BE(16)
    const limit = directory.readUInt32BE(32)
    const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
    for (let page = 0; page * 4096 < limit; page += 1)
      expect(directory.toString('hex', hashes + 32 * page, hashes + 32 * page + 32)).toBe(
        digest(program.subarray(page * 4096, Math.min(limit, (page + 1) * 4096))),
      )
    for (const slot of [2, 5])
      expect(directory.toString('hex', hashes - 32 * slot, hashes - 32 * slot + 32)).toBe(digest(blobs.get(slot)!))
    expect([directory.readUInt32BE(8), directory.readUInt32BE(12)]).toEqual([0x20500, 0x10000])
    const team = directory.readUInt32BE(48)
    expect(directory.toString('utf8', team, team + 11)).toBe('TEAM123456\0')
    // Signed again, it is the same up to the moment.
    await under.sign({}, binary(arch))
    expect(under.seen).toEqual(['stamp', 'stamp'])
  })

  test('Apple is asked, given the program, and waited for', async () => {
    await using under = await apple()
    await build(under.path, 'arm64')
    await under.sign(NOTARY, binary('arm64'))
    expect(under.seen).toEqual(['stamp', 'POST  known', 'put /o/p true', 'GET /x known', 'GET /x known'])
    expect((await readFile(under.path('sent.zip'))).subarray(0, 2).toString()).toBe('PK')
  })

  test('what Apple says no to ends the release with its log; nobody is waited for without `wait`', async () => {
    await using under = await apple(['Invalid'])
    await build(under.path, 'arm64')
    await expect(under.sign(NOTARY, binary('arm64'))).rejects.toMatchObject({
      message: expect.stringContaining('says of hello: invalid'),
      output: 'the log of Apple',
    })
    under.seen.length = 0
    await under.sign({ ...NOTARY, wait: false }, binary('arm64'))
    expect(under.seen).toEqual(['stamp', 'POST  known', 'put /o/p true'])
  })

  test.each([
    [{ password: 'other' }, 'the password of the certificate file is wrong'],
    [{ certificate: 'alone.p12' }, 'lacks the certificate of Root'],
    [{ certificate: 'nowhere.p12' }, 'neither a file nor base64'],
    [{ certificate: 'dev.pem' }, 'no P12 file'],
  ])('%j is told', async (planned, message) => {
    await using under = await apple()
    await build(under.path, 'arm64')
    await expect(under.sign(planned, binary('arm64'))).rejects.toThrow(message)
    const late = { render: (text = '') => text, isTrue: () => true, env: {} }
    const found = await checkNotarize([{ ...PLANNED, ...planned }], { root: under.path('.'), late })
    expect(found.map((one) => one.message)).toEqual([expect.stringContaining(message)])
  })

  test('what is public is taken when it is the same program, signed alike; not when it is another', async () => {
    await using under = await apple()
    await build(under.path, 'arm64')
    await cp(under.path('hello'), under.path('built'))
    await under.sign({}, binary('arm64'))
    await cp(under.path('hello'), under.path('public'))
    const again = async (planned: Partial<PlannedNotarize>): Promise<boolean> => {
      await cp(under.path('built'), under.path('hello'))
      await under.sign(planned, binary('arm64'), {
        earlier: async () => under.path('public'),
        clock: () => new Date('2040-01-02T03:04:05Z'),
      })
      return (await readFile(under.path('hello'))).equals(await readFile(under.path('public')))
    }
    expect(await again({})).toBe(true)
    expect(under.seen).toEqual(['stamp'])
    await writeFile(under.path('plist'), '<plist/>')
    expect(await again({ entitlements: 'plist' })).toBe(false)
    const other = await readFile(under.path('built'))
    other.writeUInt8(other.readUInt8(20_000) ^ 1, 20_000)
    await writeFile(under.path('built'), other)
    expect(await again({})).toBe(false)
  })

  test('a rehearsal signs nothing; neither are other programs', async () => {
    await using under = await apple()
    await build(under.path, 'arm64')
    const before = await readFile(under.path('hello'))
    await under.sign({}, binary('arm64'), { stripSecrets: true })
    await under.sign({ ids: ['other'] }, binary('arm64'))
    expect((await readFile(under.path('hello'))).equals(before)).toBe(true)
  })
})
