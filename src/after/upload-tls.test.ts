import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findTool } from '../builders/tools.ts'
import { credentialsOf } from '../core/credentials.ts'
import { Events } from '../core/events.ts'
import { tempFolder } from '../core/temp.ts'
import { createHttp } from '../external/http.ts'
import { run } from '../external/process.ts'
import { told } from '../plan/test-plan.ts'
import { GORELEASER, peerProject } from '../release/testing/peer.ts'
import { afterWorld, rows } from './testing/world.ts'
import { uploads } from './uploads.ts'

const hasOpenssl = findTool('openssl', process.env, '.') !== undefined
if (!hasOpenssl) console.log('skipped: no openssl; certificates of uploads are not tried')

describe.skipIf(!hasOpenssl)('uploads to a server that wants a certificate, and has one of its own', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let server: Server
  let origin = ''
  const files = new Map<string, Buffer>()
  const puts: string[] = []
  const pem = (name: string): Promise<string> => readFile(join(folder.path, name), 'utf8')

  beforeAll(async () => {
    folder = await tempFolder('upload-tls')
    const openssl = async (...args: string[]): Promise<void> => {
      const { code, stderr } = await run(['openssl', ...args], { cwd: folder.path })
      if (code !== 0) throw new Error(stderr)
    }
    const made = ['req', '-newkey', 'rsa:2048', '-nodes', '-keyout']
    await openssl(...made, 'ca.key', '-x509', '-out', 'ca.pem', '-subj', '/CN=Root', '-days', '30')
    for (const name of ['server', 'releaser']) {
      await openssl(...made, `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
      await writeFile(join(folder.path, `${name}.ext`), 'subjectAltName=IP:127.0.0.1\n')
      const sign = ['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial']
      await openssl(...sign, '-days', '30', '-extfile', `${name}.ext`, '-out', `${name}.pem`)
    }
    const own = { key: await pem('server.key'), cert: await pem('server.pem'), ca: await pem('ca.pem') }
    server = createServer({ ...own, requestCert: true }, (request, response) => {
      const path = request.url ?? ''
      const { subject } = (request.socket as TLSSocket).getPeerCertificate()
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const length = files.get(path)?.length
        if (request.method === 'HEAD') {
          response.writeHead(length === undefined ? 404 : 200, length === undefined ? {} : { 'content-length': length })
        } else {
          const body = Buffer.concat(chunks)
          files.set(path, body)
          const { authorization, 'x-sum': sum } = request.headers
          const who = (request.socket as TLSSocket).authorized ? subject.CN : 'nobody'
          puts.push(
            [request.method, path, who, authorization, sum, createHash('md5').update(body).digest('hex')].join(),
          )
          response.writeHead(who === 'nobody' ? 403 : 201)
        }
        response.end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  }, 60_000)
  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await folder[Symbol.asyncDispose]()
  })

  const config = async (to: string, own: { cert?: string; key?: string } = {}): Promise<string> => {
    const { cert = join(folder.path, 'releaser.pem'), key = join(folder.path, 'releaser.key') } = own
    const trusted = (await pem('ca.pem')).trim().split('\n').join('\n      ')
    return `uploads:
  - name: files
    target: "${origin}/${to}/{{ .Version }}/"
    username: ann
    checksum_header: X-Sum
    client_x509_cert: ${JSON.stringify(cert)}
    client_x509_key: ${JSON.stringify(key)}
    trusted_certificates: |
      ${trusted}
`
  }
  const env = { UPLOAD_FILES_SECRET: 'pass-word-of-ann' }

  test('the certificate is shown, the server’s is trusted, and nothing is sent again', async () => {
    puts.length = 0
    await using world = await afterWorld(await config('ours'), { env })
    expect(told(world.plan)).toEqual([])
    expect(rows(await world.run())).toEqual(['uploads:files/hello_1.2.3_linux_amd64.tar.gz live published, verified'])
    expect(puts).toHaveLength(1)
    expect(puts[0]).toContain('PUT,/ours/1.2.3/hello_1.2.3_linux_amd64.tar.gz,releaser,Basic ')
    expect(JSON.stringify(world.manifest)).not.toContain('PRIVATE KEY')
    expect(rows(await world.run())[0]).toMatch(/live nothing to do, verified$/)
    expect(puts).toHaveLength(1)
  })

  test.skipIf(GORELEASER === undefined)('the server sees what it sees of GoReleaser', async () => {
    puts.length = 0
    const work = join(folder.path, 'peer')
    await mkdir(work)
    const peer = await peerProject(work, {
      'go.mod': 'module example.org/hello\n\ngo 1.24\n',
      'main.go': 'package main\n\nfunc main() {}\n',
      '.gitignore': 'dist/\n',
      '.goreleaser.yaml': `version: 2
project_name: hello
release: { disable: true }
builds: [{ goos: [linux], goarch: [amd64] }]
${await config('theirs')}`,
    })
    await peer.repository.git('tag', 'v1.2.3')
    const made = await run([GORELEASER ?? '', 'release'], { cwd: peer.root, env: { ...peer.env, ...env } })
    expect([made.code, made.code === 0 ? '' : made.stderr]).toEqual([0, ''])
    const name = 'hello_1.2.3_linux_amd64.tar.gz'
    const bytes = await readFile(join(peer.root, 'dist', name))
    await using world = await afterWorld(await config('ours2'), { env })
    await writeFile(join(world.folder, name), bytes)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    Object.assign(world.manifest.artifacts[1] ?? {}, { size: bytes.length, sha256 })
    await world.run()
    const [theirs, ours] = puts
    expect(ours).toBe(theirs?.replace('/theirs/', '/ours2/'))
  })

  test.each([
    [{ cert: 'none.pem' }, /client_x509_cert: there is no file/],
    [{ key: 'server.key' }, /are no certificate with its key/],
  ])('what is wrong with %j is told before anything is built', async (own, message) => {
    const at = Object.fromEntries(Object.entries(own).map(([key, name]) => [key, join(folder.path, name)]))
    await using world = await afterWorld(await config('ours', at), { env })
    const { signal } = new AbortController()
    const events = new Events()
    const http = createHttp({ routes: {}, signal, events, userAgent: 'tagonce/test', offline: true })
    const io = { http, credentials: credentialsOf(env), signal, clock: () => new Date(), folder: world.folder }
    const said = await events
      .task('probe', (task) => uploads.probe(world.plan.spokes[0]?.settings, { ...io, task }))
      .then((found) => found.map((one) => one.message).join(), String)
    expect(said).toMatch(message)
    // A rehearsal reads nothing of it.
    const rehearsed = events.task('probe', (task) =>
      uploads.probe(world.plan.spokes[0]?.settings, { ...io, task, stripSecrets: true }),
    )
    expect(await rehearsed).toEqual([])
  })

  test('a config that lacks one of two, or has no certificate, is told with its place', async () => {
    const yaml = `uploads:
  - { name: a, target: "https://a.example", client_x509_cert: a.pem }
  - { name: b, target: "https://b.example", trusted_certificates: none }
`
    await using world = await afterWorld(yaml)
    const said = told(world.plan)
    expect(said[0]).toMatch(/^5:\d+ after `client_x509_cert` goes with `client_x509_key`/)
    expect(said[1]).toMatch(/^6:\d+ after that is no certificate in PEM/)
  })
})
