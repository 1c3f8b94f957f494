import { expect, test } from 'vitest'
import { TagonceError } from '../core/errors.ts'
import { withGithub } from '../rehearsal/github/testing.ts'
import { hasEntry, saidBy, statusOf } from './github-error.ts'
import { createGitHub } from './github.ts'
import type { GitHub } from './github.ts'
import { loopback } from './testing.ts'

const AT = { owner: 'acme', repo: 'homebrew-tap' }
const HOSTS = { api: 'https://api.github.com', upload: 'https://uploads.github.com' }

async function refused(promise: Promise<unknown>): Promise<TagonceError> {
  const error = await promise.then(
    (value) => value,
    (reason: unknown) => reason,
  )
  if (!(error instanceof TagonceError)) throw new Error('no TagonceError', { cause: error })
  return error
}

test('a commit is made without a checkout, and a ref that moved on is never forced', async () => {
  await using world = await withGithub()
  await world.seed.repository({
    name: 'acme/homebrew-tap',
    files: { 'Formula/a.rb': 'a', 'README.md': 'tap' },
    defaultBranch: 'master',
  })
  const { gitData, repos } = createGitHub({ http: world.http, ...HOSTS, token: world.token })
  expect(await repos.defaultBranch(AT)).toBe('master')
  expect(await repos.read(AT)).toMatchObject({
    fullName: 'acme/homebrew-tap',
    archived: false,
    private: false,
    push: true,
  })

  const head = await gitData.readRef(AT, 'heads/master')
  if (head === null) throw new Error('no head')
  const { tree } = await gitData.readCommit(AT, head.sha)
  const files = await gitData.readTree(AT, tree, { recursive: true })
  expect(files.filter((one) => one.type === 'blob').map((one) => one.path)).toEqual(['Formula/a.rb', 'README.md'])
  expect((await gitData.readBlob(AT, files.find((one) => one.path === 'README.md')?.sha ?? '')).toString()).toBe('tap')

  const blob = await gitData.createBlob(AT, Buffer.from([0, 255]))
  const changed = await gitData.createTree(AT, tree, [
    { path: 'Formula/b.rb', mode: '100644', content: 'b' },
    { path: 'icon', mode: '100755', sha: blob },
    { path: 'Formula/a.rb', mode: '100644', sha: null },
  ])
  const author = { name: 'Bot', email: 'bot@example.org', date: '2026-01-01T00:00:00Z' }
  const commit = await gitData.createCommit(AT, {
    message: 'b',
    tree: changed,
    parents: [head.sha],
    author,
    committer: author,
  })
  expect(await gitData.updateRef(AT, 'heads/master', commit)).toBe('moved')
  expect(await gitData.readCommit(AT, commit)).toMatchObject({ parents: [head.sha], tree: changed })
  expect((await repos.readContents(AT, 'Formula/b.rb'))?.toString()).toBe('b')
  expect(await gitData.readBlob(AT, blob)).toEqual(Buffer.from([0, 255]))
  expect(await repos.readContents(AT, 'Formula/a.rb')).toBeNull()

  const rival = await gitData.createCommit(AT, { message: 'late', tree: changed, parents: [head.sha] })
  expect(await gitData.updateRef(AT, 'heads/master', rival)).toBe('moved-on')
  expect(await gitData.createRef(AT, 'heads/other', rival)).toBe('created')
  expect(await gitData.createRef(AT, 'heads/other', rival)).toBe('exists')
  expect(await gitData.readRef(AT, 'heads/none')).toBeNull()
})

test('a tag leads to its commit, annotated or not', async () => {
  await using world = await withGithub()
  await world.seed.repository({ name: 'acme/homebrew-tap', files: { a: 'a' } })
  const { gitData } = createGitHub({ http: world.http, ...HOSTS, token: world.token })
  const sha = (await gitData.readRef(AT, 'heads/main'))?.sha ?? ''
  await gitData.createRef(AT, 'tags/light/v1', sha)
  const tag = await world.octokit.request('POST /repos/{owner}/{repo}/git/tags', {
    ...AT,
    tag: 'v2',
    message: 'two',
    object: sha,
    type: 'commit',
  })
  await gitData.createRef(AT, 'tags/v2', tag.data.sha)
  expect(await gitData.readTagCommit(AT, 'light/v1')).toBe(sha)
  expect(await gitData.readTagCommit(AT, 'v2')).toBe(sha)
  expect(await gitData.readTagCommit(AT, 'v3')).toBeNull()
})

test('an empty repository has no refs; one that is not there is null', async () => {
  await using world = await withGithub()
  await world.seed.repository({ name: 'acme/homebrew-tap' })
  const { gitData, repos } = createGitHub({ http: world.http, ...HOSTS, token: world.token })
  expect(await gitData.readRef(AT, 'heads/main')).toBeNull()
  expect(await repos.read({ owner: 'acme', repo: 'nope' })).toBeNull()
  const error = await refused(gitData.createTree({ owner: 'acme', repo: 'nope' }, 'c'.repeat(40), []))
  expect([error.code, statusOf(error)]).toEqual(['credentials', 404])
})

test('an error says what GitHub said, and keeps status and entries for programs', async () => {
  await using server = await loopback(['api.github.com'], (_, response) => {
    const errors = [{ resource: 'Release', code: 'already_exists', field: 'tag_name' }, 'in words']
    response.writeHead(422, { 'content-type': 'application/json; charset=utf-8' })
    response.end(JSON.stringify({ message: 'Validation\n\nFailed', errors, documentation_url: 'https://docs' }))
  })
  const { releases } = createGitHub({ http: server.http, ...HOSTS, token: 'secret-token' })
  const error = await refused(releases.create(AT, { tag_name: 'v1', draft: true, prerelease: false }))
  expect(error.message).toBe(
    'GitHub refuses (422). POST /repos/acme/homebrew-tap/releases: Validation Failed; Release tag_name already_exists; in words',
  )
  expect([statusOf(error), saidBy(error), hasEntry(error, 'already_exists'), hasEntry(error, 'invalid')]).toEqual([
    422,
    'Validation Failed; Release tag_name already_exists; in words',
    true,
    false,
  ])
  expect(JSON.stringify(error.cause)).not.toContain('secret-token')
  expect(server.seen[0]?.headers).toMatchObject({ 'user-agent': 'tagonce/test', authorization: 'token secret-token' })
})

test('writes are not held to one a second, yet never more than 75 a minute to the real GitHub', async () => {
  await using server = await loopback(['api.github.com'], (_, response) => {
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"sha":"abc"}')
  })
  const write = (github: GitHub, count: number): Promise<string>[] =>
    Array.from({ length: count }, () => github.gitData.createBlob(AT, Buffer.from('x')))
  const began = Date.now()
  await Promise.all(write(createGitHub({ http: server.http, ...HOSTS }), 90))
  expect(Date.now() - began).toBeLessThan(20_000)
  expect(server.seen).toHaveLength(90)
  // The same client, as it behaves when the API is not on loopback: the 76th write waits.
  const far = createGitHub({ http: { ...server.http, route: (url) => url }, ...HOSTS })
  void write(far, 80)
  await expect.poll(() => server.seen.length, { timeout: 10_000 }).toBe(90 + 75)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(server.seen).toHaveLength(90 + 75)
})

test('one client a run: reads of the same moment share an answer, later ones are sent', async () => {
  await using server = await loopback(['api.github.com'], (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"object":{"sha":"abc","type":"commit"}}')
  })
  const clients = [0, 1].map(() => createGitHub({ http: server.http, ...HOSTS, token: 'secret-token' }))
  const read = (): Promise<unknown[]> =>
    Promise.all(clients.map((one) => one.gitData.readRef(AT, 'heads/main').then((head) => head?.sha)))
  expect(await read()).toEqual(['abc', 'abc'])
  expect(server.seen).toHaveLength(1)
  await read()
  expect(server.seen).toHaveLength(2)
  // Another token may see something else.
  await Promise.all([read(), createGitHub({ http: server.http, ...HOSTS }).gitData.readRef(AT, 'heads/main')])
  expect(server.seen).toHaveLength(4)
})
