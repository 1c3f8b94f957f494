import { expect, test } from 'vitest'
import { checkAgainstOpenApi } from './openapi-check.ts'
import { withGithub } from './testing.ts'

const REPO = { owner: 'acme', repo: 'hello' }

test('tokens: unknown, none, without the scope, without the permission', async () => {
  await using world = await withGithub()
  const { seed } = world
  await seed.repository({ name: 'acme/hello', files: { a: 'a\n' }, collaborators: { bob: 'write', eve: 'read' } })
  await seed.repository({ name: 'acme/secret', files: { a: 'a\n' }, private: true })
  await seed.repository({ name: 'acme/old', files: { a: 'a\n' }, archived: true })
  seed.token({ token: 'noscope', login: 'acme', scopes: [] })
  seed.token({ token: 'bob', login: 'bob' })
  seed.token({ token: 'eve', login: 'eve' })
  seed.token({ token: 'fine', login: 'acme', kind: 'fine-grained', permissions: { contents: 'read' } })
  seed.token({
    token: 'run',
    login: 'github-actions[bot]',
    kind: 'actions',
    permissions: { contents: 'write' },
    repositories: ['acme/hello'],
  })
  const release = (token: string | undefined, repo = REPO): Promise<{ status: number }> =>
    world
      .octokitOf(token)
      .request('POST /repos/{owner}/{repo}/releases', { ...repo, tag_name: `v-${token ?? ''}`, draft: true })
  await expect(release('wrong')).rejects.toMatchObject({
    status: 401,
    response: {
      data: { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest', status: '401' },
    },
  })
  await expect(release(undefined)).rejects.toMatchObject({
    status: 401,
    response: { data: { message: 'Requires authentication' } },
  })
  await expect(release('noscope')).rejects.toMatchObject({
    status: 404,
    response: { headers: { 'x-oauth-scopes': '' } },
  })
  await expect(release('eve')).rejects.toMatchObject({ status: 404 })
  expect((await release('bob')).status).toBe(201)
  await expect(release('fine')).rejects.toMatchObject({
    status: 403,
    response: {
      data: { message: 'Resource not accessible by personal access token' },
      headers: { 'x-accepted-github-permissions': 'contents=write' },
    },
  })
  expect((await release('run')).status).toBe(201)
  await expect(release('run', { owner: 'acme', repo: 'old' })).rejects.toMatchObject({
    status: 403,
    response: { data: { message: 'Resource not accessible by integration' } },
  })
  await expect(release(world.token, { owner: 'acme', repo: 'old' })).rejects.toThrow('archived')
  const read = (token: string | undefined, repo: string): Promise<{ data: { permissions?: unknown } }> =>
    world.octokitOf(token).request('GET /repos/{owner}/{repo}', { owner: 'acme', repo })
  await expect(read(undefined, 'secret')).rejects.toMatchObject({ status: 404 })
  await expect(read('bob', 'secret')).rejects.toMatchObject({ status: 404 })
  expect((await read(world.token, 'secret')).data.permissions).toMatchObject({ admin: true, push: true })
  expect((await read('bob', 'hello')).data.permissions).toMatchObject({ admin: false, push: true })
  expect((await world.octokitOf('bob').request('GET /user')).data.login).toBe('bob')
})

test('every answer counts against the hour; when it is used up, 403 says when it begins again', async () => {
  await using world = await withGithub()
  await world.seed.repository({ name: 'acme/hello', files: { a: 'a\n' } })
  world.seed.rateLimit(3)
  const read = (): Promise<{ headers: object }> => world.octokit.request('GET /repos/{owner}/{repo}', REPO)
  expect((await read()).headers).toMatchObject({
    'x-ratelimit-limit': '3',
    'x-ratelimit-remaining': '2',
    'x-ratelimit-used': '1',
  })
  // Asking for the limits is not counted.
  const limits = await world.octokit.request('GET /rate_limit')
  expect(limits.data.resources.core).toMatchObject({ limit: 3, remaining: 2 })
  await read()
  await read()
  await expect(
    world.octokit.request('POST /repos/{owner}/{repo}/releases', { ...REPO, tag_name: 'v1', request: { retries: 0 } }),
  ).rejects.toThrow('API rate limit exceeded for user ID')
  world.seed.rateLimit(5000)
  // An unchanged answer is not sent again.
  const first = await world.octokit.request('GET /repos/{owner}/{repo}', REPO)
  const again = fetch(world.world.route('https://api.github.com/repos/acme/hello'), {
    headers: { authorization: `token ${world.token}`, 'if-none-match': first.headers.etag ?? '' },
  })
  expect((await again).status).toBe(304)
}, 20_000)

test('the check against the description finds what is wrong in requests and in answers', async () => {
  await using world = await withGithub()
  await world.seed.repository({ name: 'acme/hello', files: { a: 'a\n' } })
  await world.octokit.request('POST /repos/{owner}/{repo}/releases', { ...REPO, tag_name: 'v1' })
  const [good] = world.world.exchanges()
  if (good === undefined) throw new Error('nothing was recorded')
  const answer = good.answer as Record<string, unknown>
  const lacking = Object.fromEntries(Object.entries(answer).filter(([name]) => name !== 'upload_url'))
  expect(checkAgainstOpenApi([good])).toEqual([])
  const wrong = [
    { ...good, answer: lacking },
    { ...good, answer: { ...answer, id: 'seven' } },
    { ...good, body: {} },
    { ...good, status: 418 },
    { ...good, status: 200 },
    { ...good, path: '/repos/acme/hello/rockets' },
  ]
  expect(wrong.map((one) => checkAgainstOpenApi([one]).length > 0)).toEqual([true, true, true, true, true, true])
  expect(checkAgainstOpenApi(wrong.slice(0, 1))).toEqual([
    `POST /repos/acme/hello/releases → 201:  must have required property 'upload_url'`,
  ])
})
