import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { TagonceError } from '../core/errors.ts'
import { createGitHubHub } from './github.ts'
import { HUB, hubFile, hubWorld, manifestOf } from './testing.ts'
import type { HubUnderTest } from './testing.ts'

const RELEASES = '/repos/acme/hello/releases'

test('a release is made as a draft, filled, compared and published once', async () => {
  await using world = await hubWorld()
  const seen = await world.store()
  expect(seen).toEqual({
    state: 'live',
    evidence: [
      {
        what: 'release v1.0.0 is public and holds 3 files, digests equal',
        from: 'https://github.com/acme/hello/releases/tag/v1.0.0',
        at: '2026-05-01T12:00:00.000Z',
        digest: `sha256:${world.files[2]?.sha256}`,
      },
    ],
  })
  const [create, ...rest] = world.writes()
  expect(create).toBe(`POST ${RELEASES}`)
  expect(rest.filter((one) => one.startsWith('POST'))).toHaveLength(3)
  expect(rest.filter((one) => one.startsWith('PATCH'))).toHaveLength(1)
  const release = await world.api('GET', `${RELEASES}/tags/v1.0.0`)
  expect(release).toMatchObject({ draft: false, name: 'v1.0.0', body: 'what is new', prerelease: false })
  expect((await world.api('GET', `${RELEASES}/latest`))['tag_name']).toBe('v1.0.0')
})

test('a second run sends nothing', async () => {
  await using world = await hubWorld()
  await world.store()
  const before = world.writes().length
  expect((await world.store()).state).toBe('live')
  expect((await world.store({ mode: 'append' })).state).toBe('live')
  expect(world.writes()).toHaveLength(before)
})

test('a release that was made by hand gets the files; its title and notes stay', async () => {
  await using world = await hubWorld()
  await world.api('POST', RELEASES, { tag_name: 'v1.0.0', name: 'The first', body: 'By hand.' })
  expect((await world.store()).state).toBe('live')
  expect(await world.api('GET', `${RELEASES}/tags/v1.0.0`)).toMatchObject({ name: 'The first', body: 'By hand.' })
  expect(world.writes().filter((one) => one.startsWith('PATCH'))).toEqual([])
  expect((await world.store({ mode: 'append' })).state).toBe('live')
  const body = { name: 'v1.0.0', body: 'By hand.\n\nwhat is new' }
  expect(await world.api('GET', `${RELEASES}/tags/v1.0.0`)).toMatchObject(body)
})

test('with release.draft the release stays a draft, complete, and a second run sends nothing', async () => {
  await using world = await hubWorld()
  expect(await world.store({ draft: true })).toMatchObject({
    state: 'staged',
    reason: expect.stringContaining('publish it'),
  })
  expect((await world.hub().observe('v1.0.0')).state).toBe('staged')
  const before = world.writes().length
  expect((await world.store({ draft: true })).state).toBe('staged')
  expect(world.writes()).toHaveLength(before)
})

test('assets for which GitHub tells no digest are downloaded and compared', async () => {
  await using world = await hubWorld()
  let downloads = 0
  world.intercept(async (request, next) => {
    if (request.path.startsWith('/github-production-release-asset/')) downloads += 1
    const response = await next()
    if (!request.path.startsWith(RELEASES) || request.method !== 'GET' || !response.ok) return response
    const text = await response.text()
    return new Response(text.replaceAll(/"digest":"[^"]*"/g, '"digest":null'), response)
  })
  expect((await world.store()).state).toBe('live')
  expect(downloads).toBe(3)
  const other = await hubFile(world.folder, 'other', 'summs')
  const [archive] = world.files
  if (archive === undefined) throw new Error('no file')
  const seen = await world.store({}, [archive, { ...other, name: 'sums.txt', size: 4 }])
  expect(seen.state).toBe('mismatch')
})

test('what stands there is told: absent, partial, live, mismatch', async () => {
  await using world = await hubWorld()
  const state = async (): Promise<string> => (await world.hub().observe('v1.0.0')).state
  expect(await state()).toBe('absent')
  await world.store({ draft: true }, world.files.slice(0, 1))
  expect(await state()).toBe('partial')
  await world.store()
  expect(await world.hub().observe('v1.0.0')).toMatchObject({
    state: 'live',
    evidence: [{ what: 'a public release with 2 of 2 files of the manifest, digests equal' }],
  })
  await dropAsset(world, 'sums.txt')
  expect(await world.hub().observe('v1.0.0')).toMatchObject({ state: 'partial', reason: 'missing: sums.txt' })
  await replaceAsset(world, 'hello.tar.gz')
  expect((await world.hub().observe('v1.0.0')).state).toBe('mismatch')
})

async function dropAsset(world: HubUnderTest, name: string): Promise<number> {
  const release = await world.api('GET', `${RELEASES}/tags/v1.0.0`)
  const assets = release['assets'] as { id: number; name: string }[]
  await world.api('DELETE', `${RELEASES}/assets/${assets.find((one) => one.name === name)?.id}`)
  return release['id'] as number
}

async function replaceAsset(world: HubUnderTest, name: string): Promise<void> {
  const id = await dropAsset(world, name)
  const { http } = world.io()
  const headers = { authorization: 'token ghp_ofAcmeForTests', 'content-type': 'text/plain' }
  const url = `https://uploads.github.com${RELEASES}/${id}/assets?name=${name}`
  await http.request(url, { method: 'POST', headers, body: 'by a stranger' })
}

async function refused(
  promise: Promise<unknown>,
): Promise<{ code: string; message: string; hint: string | undefined }> {
  const error = await promise.then(
    (value) => value,
    (reason: unknown) => reason,
  )
  if (!(error instanceof TagonceError)) throw new Error('no TagonceError', { cause: error })
  const { code, message, hint } = error
  return { code, message, hint }
}

test('a tag that is not there, or stands elsewhere, is refused before anything is made', async () => {
  await using world = await hubWorld()
  expect(await refused(world.store({ tag: 'v9.9.9' }))).toEqual({
    code: 'hub',
    message: 'the tag v9.9.9 is not on acme/hello',
    hint: 'push it first: git push origin v9.9.9',
  })
  const elsewhere = await refused(world.store({ commit: 'c'.repeat(40) }))
  expect(elsewhere.message).toContain(`but ${'c'.repeat(40)} was built`)
  expect(world.writes()).toEqual([])
})

test('a repository that is not there, an archived one and a missing token are told as such', async () => {
  await using world = await hubWorld()
  const gone = createGitHubHub({ ...HUB, repo: 'nope' }, world.io())
  expect(await refused(world.store({}, world.files, gone))).toMatchObject({
    code: 'credentials',
    message: 'acme/nope is not there, or GITHUB_TOKEN may not see it',
  })
  const bare = createGitHubHub(HUB, world.io(undefined, ''))
  expect(await refused(world.store({}, world.files, bare))).toMatchObject({ message: 'GITHUB_TOKEN is not set' })
  await using archived = await hubWorld({ archived: true })
  expect((await refused(archived.store())).message).toBe('acme/hello is archived; nothing can be released there')
  expect([...world.writes(), ...archived.writes()]).toEqual([])
})

test('a renamed repository is followed', async () => {
  await using world = await hubWorld()
  world.seed.rename('acme/hello', 'acme/hallo')
  expect((await world.store()).state).toBe('live')
  const reader = await world.hub().read('v1.0.0')
  expect(await readFile(await reader.file('sums.txt'), 'utf8')).toBe('sums')
})

test('notes longer than GitHub takes are cut, and a tag of a monorepo works', async () => {
  await using world = await hubWorld()
  await world.tag('app/v1.0.0+b')
  const files = world.files.slice(0, 2)
  const manifest = JSON.stringify(manifestOf(files, 'c'.repeat(40), { tag: 'app/v1.0.0+b' }))
  files.push(await hubFile(world.folder, 'tagonce.json', manifest))
  const seen = await world.store({ tag: 'app/v1.0.0+b', body: 'x'.repeat(130_000) }, files)
  expect(seen).toMatchObject({
    state: 'live',
    evidence: [{ from: 'https://github.com/acme/hello/releases/tag/app%2Fv1.0.0+b' }],
  })
  const reader = await world.hub().read('app/v1.0.0+b')
  expect(await readFile(await reader.file('sums.txt'), 'utf8')).toBe('sums')
  const { body } = await world.api('GET', `${RELEASES}/tags/app/v1.0.0+b`)
  expect(String(body)).toHaveLength(125_000)
})
