import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildCommand } from '../commands/build.ts'
import { Events } from '../core/events.ts'
import { tempFolder } from '../core/temp.ts'
import { createHttp } from '../external/http.ts'
import { gzip } from '../formats/gzip.ts'
import { signMachO } from '../formats/macho-sign.ts'
import { tar } from '../formats/tar.ts'
import { TEST_ENV, type TestRepository, testRepository } from '../source/test-repository.ts'

// nodejs.org as it is, in small: an index, digests, archives. The stand-in for `node` copies the executable to the output.
const NODE = `#!/bin/sh
if [ "$1" = --version ]; then echo "\${NODE_VERSION_IS:-v25.5.0}"; exit 0; fi
value() { sed -n 's/^  "'"$1"'": "\\(.*\\)",*$/\\1/p' "$2"; }
[ "$1" = --build-sea ] && cp "$(value executable "$2")" "$(value output "$2")" && echo "$PWD" > "$(dirname "$2")/in"
`

/** A Mach-O program (<mach-o/loader.h>) whose only segment is __LINKEDIT. */
function macho(): Buffer {
  const bytes = Buffer.alloc(0x200)
  for (const [at, value] of [
    [0, 0xfeedfacf],
    [4, 0x0100000c],
    [12, 2],
    [16, 1],
    [20, 72],
    [32, 0x19],
    [36, 72],
  ] as const) {
    bytes.writeUInt32LE(value, at)
  }
  bytes.write('__LINKEDIT', 40)
  bytes.writeBigUInt64LE(0x180n, 72)
  bytes.writeBigUInt64LE(0x80n, 80)
  return bytes
}

async function archive(name: string, content: Buffer): Promise<Buffer> {
  const body = {
    type: 'file' as const,
    size: content.length,
    async *content() {
      yield content
    },
  }
  const chunks: Uint8Array[] = []
  for await (const one of gzip(tar([{ name, mode: 0o755, mtime: 0, owner: '', group: '', body }]))) chunks.push(one)
  return Buffer.concat(chunks)
}

const YAML = 'version: 2\nproject_name: hello\nbuilds: [{ builder: node, dir: app, env: ["MARK={{ .Target }}"] }]\n'
const files = new Map<string, Buffer>()
let server: Server
let folder: Awaited<ReturnType<typeof tempFolder>>
let root: string
let repository: TestRepository
beforeAll(async () => {
  server = createServer((request, response) => {
    const body = files.get(request.url ?? '')
    response.writeHead(body === undefined ? 404 : 200).end(body)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  folder = await tempFolder('node')
  root = join(folder.path, 'hello')
  await mkdir(join(folder.path, 'bin'))
  await writeFile(join(folder.path, 'bin/node'), NODE)
  await chmod(join(folder.path, 'bin/node'), 0o755)
  repository = await testRepository(root)
  const app = {
    'app/index.js': 'console.log(1)\n',
    'app/sea-config.json': '{"assets": {"a": "b.txt"}, "useCodeCache": true}',
  }
  await repository.commit('First', { ...app, '.gitignore': 'dist/\n', '.goreleaser.yaml': YAML })
  await repository.git('remote', 'add', 'origin', 'https://github.com/ann/hello')
})
beforeEach(async () => {
  files.clear()
  const add = (name: string, bytes: Buffer): void => void files.set(`/dist/v26.1.0/${name}`, bytes)
  for (const target of ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']) {
    const content = target.startsWith('darwin') ? macho() : Buffer.from(`node for ${target}`)
    add(`node-v26.1.0-${target}.tar.gz`, await archive(`node-v26.1.0-${target}/bin/node`, content))
  }
  for (const target of ['win-x64', 'win-arm64']) add(`${target}/node.exe`, Buffer.from(`node for ${target}`))
  const sums = [...files].map(([name, bytes]) => {
    const digest = createHash('sha256').update(bytes).digest('hex')
    return `${digest}  ${name.slice('/dist/v26.1.0/'.length)}\n`
  })
  add('SHASUMS256.txt', Buffer.from(sums.join('')))
  const index = [{ version: 'v27.0.0' }, { version: 'v26.1.0' }, { version: 'v26.0.0' }, { version: 'v24.1.0' }]
  files.set('/dist/index.json', Buffer.from(JSON.stringify(index)))
})
afterAll(async () => {
  server.close()
  await folder[Symbol.asyncDispose]()
})

async function build(engines: string | undefined, more: Record<string, string> = {}): Promise<string[]> {
  await writeFile(
    join(root, 'app/package.json'),
    JSON.stringify(engines === undefined ? {} : { engines: { node: engines } }),
  )
  const { signal } = new AbortController()
  const events = new Events()
  const routes = { 'https://nodejs.org': `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  const http = createHttp({ routes, signal, events, userAgent: 'test' })
  const env = { ...TEST_ENV, PATH: `${join(folder.path, 'bin')}:${process.env['PATH']}`, ...more }
  const { plan } = await events.task('build', (task) =>
    buildCommand({ root, env, signal, task, http, snapshot: true, clean: true }),
  )
  return plan.binaries.map((one) => one.path)
}
const made = (path: string): Promise<Buffer> => readFile(join(root, path))

describe('the builder of Node.js', () => {
  it('puts the Node.js of each target into its program', async () => {
    const paths = await build('^26')
    expect(paths).toEqual([
      'dist/hello_darwin-arm64/hello',
      'dist/hello_darwin-x64/hello',
      'dist/hello_linux-arm64/hello',
      'dist/hello_linux-x64/hello',
      'dist/hello_win-arm64/hello.exe',
      'dist/hello_win-x64/hello.exe',
    ])
    expect((await made('dist/hello_linux-arm64/hello')).toString()).toBe('node for linux-arm64')
    expect((await made('dist/hello_win-x64/hello.exe')).toString()).toBe('node for win-x64')
    expect((await made('dist/hello_darwin-x64/hello')).equals(signMachO(macho(), 'hello'))).toBe(true)
    expect((await stat(join(root, 'dist/hello_linux-x64/hello'))).mode & 0o777).toBe(0o755)
    const config = (await made('dist/hello_linux-x64/sea-config.json')).toString()
    expect(JSON.parse(config)).toEqual({
      assets: { a: join(root, 'app/b.txt') },
      executable: expect.stringMatching(/\/node$/) as string,
      main: join(root, 'app/index.js'),
      output: join(root, 'dist/hello_linux-x64/hello'),
      useCodeCache: true,
    })
    expect((await made('dist/hello_linux-x64/in')).toString().trim()).toBe(root)
    const artifacts = JSON.parse((await made('dist/artifacts.json')).toString()) as Record<string, string>[]
    expect(artifacts.find((one) => one['target'] === 'win-x64')).toMatchObject({
      goos: 'windows',
      goarch: 'amd64',
      extra: { Binary: 'hello', Builder: 'node', Ext: '.exe', ID: 'hello' },
    })
  })

  it.each([
    [undefined, 'does not say which Node.js'],
    ['latest', 'latest is no version'],
    ['^24', 'programs can be made from 25.5.0 on, not with 24.1.0'],
    ['>=90', 'no release of Node.js satisfies >=90'],
    ['26.9.9', 'does not give Node.js 26.9.9'],
  ])('engines.node %s: %s', (engines, message) => expect(build(engines)).rejects.toThrow(message))

  it('refuses what is not what the release says', async () => {
    files.set('/dist/v26.1.0/win-x64/node.exe', Buffer.from('other'))
    await expect(build('26.1.0')).rejects.toThrow('is not what its release says')
  })

  it('wants a Node.js on this machine that can do it, before anything is built', async () => {
    await expect(build('26.1.0', { NODE_VERSION_IS: 'v24.1.0' })).rejects.toMatchObject({
      code: 'tool-missing',
      message: 'node is version 24.1.0; programs can be made from 25.5.0 on',
    })
  })
})
