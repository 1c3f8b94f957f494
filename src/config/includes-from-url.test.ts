import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { redact } from '../core/secrets.ts'
import { tempFolder } from '../core/temp.ts'
import { loopback, type Loopback } from '../external/testing.ts'
import { webTexts } from '../external/web-text.ts'
import { lines, readFiles } from './testing/read.ts'

const BASE = 'builds:\n  - id: base\n    ldflag: x\nincludes:\n  - from_file: { path: ci/more.yaml }\n'
const BASE_DIGEST = createHash('sha256').update(BASE).digest('hex')

/** Answers of a server by path. */
const ANSWERS: Record<string, { status?: number; type?: string; location?: string; body?: string | Buffer }> = {
  '/base.yaml': { body: BASE },
  '/ann/files/main/short.yaml': { body: 'project_name: short\n' },
  '/self.yaml': { body: 'includes: [{ from_url: { url: "https://example.org/self.yaml" } }]\n' },
  '/page.yaml': { type: 'text/html; charset=utf-8', body: '<p>Sign in</p>' },
  '/page2.yaml': { body: '\n<!DOCTYPE html><title>x</title>' },
  '/latin.yaml': { body: Buffer.from([0x61, 0x3a, 0x20, 0xe4, 0x0a]) },
  '/big.yaml': { body: Buffer.alloc(10 * 1024 * 1024 + 1, 'a') },
  '/away.yaml': { status: 302, location: 'https://elsewhere.example/final.yaml' },
  '/final.yaml': { body: 'project_name: final\n' },
  '/plain.yaml': { status: 302, location: 'http://example.org/base.yaml' },
  '/file.yaml': { status: 302, location: 'file:///etc/passwd' },
  '/loop.yaml': { status: 302, location: '/loop.yaml' },
  '/down.yaml': { status: 503 },
  '/busy.yaml': { status: 429 },
  '/head.md': { body: '# {{ .Tag }}\n' },
}

function serve(): Promise<Loopback> {
  return loopback(
    ['example.org', 'elsewhere.example', 'raw.githubusercontent.com'],
    ({ url }, response) => {
      const { status = 200, type = 'text/plain', location, body = '' } = ANSWERS[url] ?? { status: 404 }
      response.writeHead(status, { 'content-type': type, ...(location === undefined ? {} : { location }) }).end(body)
    },
    { offline: true },
  )
}

async function read(
  server: Loopback,
  config: string,
  more: { files?: Record<string, string>; env?: Record<string, string>; folder?: string; offline?: boolean } = {},
): Promise<{ config: unknown; said: string[] }> {
  await using temp = await tempFolder('cache')
  const { http } = server
  const texts = webTexts({ http, folder: more.folder ?? temp.path, offline: more.offline ?? false })
  const files = { '.goreleaser.yaml': `version: 2\n${config}`, ...more.files }
  const loaded = await readFiles(files, { env: more.env ?? {}, read: (url, headers) => texts.read(url, headers) })
  return { config: loaded.config, said: lines(loaded) }
}

const include = (url: string): string => `includes:\n  - from_url: { url: "${url}" }\n`

test('an include from an address: merged, its digest told, its own mistakes named by its address', async () => {
  await using server = await serve()
  const files = { 'ci/more.yaml': 'builds: [{ id: more }]\n' }
  const { config, said } = await read(server, `${include('https://example.org/base.yaml')}builds: [{ id: own }]\n`, {
    files,
  })
  expect(config).toMatchObject({ builds: [{ id: 'more' }, { id: 'base' }, { id: 'own' }] })
  expect(said).toEqual([
    `.goreleaser.yaml:3:5+50 info read-from-outside: the include was read from https://example.org/base.yaml: sha256:${BASE_DIGEST} (${BASE.length} bytes) → pin it: add \`#sha256=${BASE_DIGEST}\` to the address`,
    'https://example.org/base.yaml:3:5+6 error unknown-key: unknown key `ldflag` in `builds[0]` → did you mean `ldflags`?',
  ])
})

test('GitHub’s host may be left out; headers and addresses know the environment, and no secret is shown', async () => {
  await using server = await serve()
  const config = `includes:
  - from_url: { url: ann/files/main/short.yaml }
  - from_url:
      url: "https://example.org/{{ .Env.NAME }}.yaml"
      headers: { x-api-token: "\${API_TOKEN}", accept: "{{ .Env.KIND }}" }
`
  const env = { NAME: 'final', API_TOKEN: 'tok-1234567890', KIND: 'text/yaml' }
  const { config: found } = await read(server, config, { env })
  expect(found).toMatchObject({ project_name: 'final' })
  expect(server.seen.map((one) => one.url)).toEqual(['/ann/files/main/short.yaml', '/final.yaml'])
  expect(server.seen[1]?.headers).toMatchObject({ 'x-api-token': 'tok-1234567890', accept: 'text/yaml' })
  expect(redact('tok-1234567890')).toBe('***')
})

test('headers stay with the host that they are for', async () => {
  await using server = await serve()
  const config =
    'includes: [{ from_url: { url: "https://example.org/away.yaml", headers: { x-api-token: abcdef } } }]\n'
  expect((await read(server, config)).config).toMatchObject({ project_name: 'final' })
  expect(server.seen.map((one) => one.headers['x-api-token'])).toEqual(['abcdef', undefined])
})

test('a pinned one is taken as it is, or refused', async () => {
  await using server = await serve()
  const right = await read(server, include(`https://example.org/final.yaml#sha256=${digest('project_name: final\n')}`))
  expect(right.said).toEqual([expect.stringMatching(/info read-from-outside: the include was read .* \(20 bytes\)$/)])
  const wrong = await read(server, include(`https://example.org/final.yaml#sha256=${'0'.repeat(64)}`))
  expect(wrong.said).toEqual([
    `.goreleaser.yaml:3:5+123 error bad-include: \`https://example.org/final.yaml\` has the digest sha256:${digest('project_name: final\n')}, not the one it is pinned to → look at what has changed there; when it is right, write its new digest after \`#sha256=\``,
  ])
  expect(wrong.config).not.toHaveProperty('project_name')
})

test('texts of a release', async () => {
  await using server = await serve()
  const config =
    'release:\n  header: { from_url: { url: "https://example.org/head.md" } }\n  footer: { from_url: { url: "https://example.org/latin.yaml" } }\n'
  const { config: found, said } = await read(server, config)
  expect(found).toMatchObject({ release: { header: '# {{ .Tag }}\n', footer: '' } })
  expect(said).toEqual([
    expect.stringContaining(
      '3:3+6 info read-from-outside: `release.header` was read from https://example.org/head.md: sha256:',
    ),
    '.goreleaser.yaml:4:3+6 error bad-include: `https://example.org/latin.yaml` is not valid UTF-8 → save it as UTF-8',
  ])
})

const WRONG: [url: string, said: string][] = [
  [
    'https://example.org/nope.yaml',
    '`? https://example.org/nope.yaml answered 404 → check the address; a private file needs `headers` with a token',
  ],
  [
    'https://example.org/page.yaml',
    'https://example.org/page.yaml answered with a web page, not with the file → give the address of the raw file',
  ],
  [
    'https://example.org/page2.yaml',
    'https://example.org/page2.yaml answered with a web page, not with the file → give the address of the raw file',
  ],
  [
    'https://example.org/big.yaml',
    'https://example.org/big.yaml answers with more than 10 MB → check that it is the right file',
  ],
  [
    'https://example.org/plain.yaml',
    'https://example.org/plain.yaml redirects to http://example.org/base.yaml, not to https → check the address',
  ],
  [
    'https://example.org/file.yaml',
    'https://example.org/file.yaml redirects to file:///etc/passwd, not to https → check the address',
  ],
  ['https://example.org/loop.yaml', 'https://example.org/loop.yaml redirects more than 5 times → check the address'],
  [
    'http://example.org/base.yaml',
    '`http://example.org/base.yaml` is no https address → only https is read: write `https://…`',
  ],
  ['file:///etc/passwd', '`file:///etc/passwd` is no https address → only https is read: write `https://…`'],
  ['https://', '`https://` is no https address → only https is read: write `https://…`'],
  ['https://example.org/{{ .Tag }}', 'only `.Env` is known here: nothing else has been read yet'],
]

describe('one clear error for an include that', () => {
  test.each(WRONG)('%s', async (url, said) => {
    await using server = await serve()
    const { said: found } = await read(server, include(url))
    expect(found).toEqual([expect.stringContaining(said.replace('`? ', ''))])
    expect(found[0]).toMatch(/^\.goreleaser\.yaml:3:5\+\d+ error bad-include: /)
  })

  test('is not UTF-8, or includes itself', async () => {
    await using server = await serve()
    expect((await read(server, include('https://example.org/latin.yaml'))).said.slice(1)).toEqual([
      'https://example.org/latin.yaml:1:4+1 error not-utf8: the config is not valid UTF-8 → save the file as UTF-8',
    ])
    expect((await read(server, include('https://example.org/self.yaml'))).said.slice(1)).toEqual([
      'https://example.org/self.yaml:1:12+54 error bad-include: `https://example.org/self.yaml` includes itself → take one of the includes out',
    ])
    expect(server.seen).toHaveLength(2)
  })
})

test.each(['example.org/down.yaml', 'example.org/busy.yaml', 'nowhere.example/a.yaml'])(
  '%s: what cannot be reached now is no mistake in the config',
  async (path) => {
    await using server = await serve()
    const config = include(`https://${path}`)
    const where = { file: '.goreleaser.yaml', line: 3, column: 5 }
    const again = { code: 'network', exitCode: 75, diagnostics: [{ code: 'bad-include', where }] }
    await expect(read(server, config)).rejects.toMatchObject(again)
    const notes = `release: { header: { from_url: { url: "https://${path}" } } }\n`
    await expect(read(server, notes)).rejects.toMatchObject({ code: 'network', exitCode: 75 })
  },
)

test('offline: the copy of an earlier run, or a clear error', async () => {
  await using server = await serve()
  await using cache = await tempFolder('cache')
  const config = include('https://example.org/final.yaml')
  const offline = (): ReturnType<typeof read> => read(server, config, { folder: cache.path, offline: true })
  expect((await offline()).said).toEqual([
    '.goreleaser.yaml:3:5+51 error bad-include: https://example.org/final.yaml is not asked (--offline), and there is no copy of it here → run once without --offline: that keeps a copy',
  ])
  await read(server, config, { folder: cache.path })
  expect(await readdir(join(cache.path, 'texts'))).toHaveLength(1)
  const { config: found, said } = await offline()
  expect(found).toMatchObject({ project_name: 'final' })
  expect(said).toEqual([expect.stringContaining('(20 bytes, a copy of an earlier run)')])
  expect(server.seen).toHaveLength(1)
})

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
