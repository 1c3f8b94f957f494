import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { upload, withGithub, type GithubUnderTest } from './testing.ts'

test('a draft gets its assets, is published, and is downloaded byte for byte', async () => {
  await using world = await withGithub()
  const { octokit, http } = world
  await world.seed.repository({ name: 'acme/hello', files: { 'README.md': '# hello\n' } })
  const repo = { owner: 'acme', repo: 'hello' }

  const draft = await octokit.request('POST /repos/{owner}/{repo}/releases', {
    ...repo,
    tag_name: 'v1.0.0',
    name: 'v1.0.0',
    draft: true,
  })
  expect(draft.status).toBe(201)
  expect(draft.data).toMatchObject({ draft: true, published_at: null, tag_name: 'v1.0.0', target_commitish: 'main' })
  expect(draft.data.html_url).toMatch(/\/releases\/tag\/untagged-[0-9a-f]{20}$/)
  // A draft makes no tag, and is not found by it.
  await expect(
    octokit.request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...repo, ref: 'tags/v1.0.0' }),
  ).rejects.toMatchObject({ status: 404 })
  await expect(
    octokit.request('GET /repos/{owner}/{repo}/releases/tags/{tag}', { ...repo, tag: 'v1.0.0' }),
  ).rejects.toMatchObject({ status: 404 })

  const bytes = randomBytes(3_000_000)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const url = `${draft.data.upload_url.replace(/\{.*$/, '')}?name=${encodeURIComponent('hello world (é).tar.gz')}`
  const send = (to: string): Promise<Response> =>
    http.request(to, {
      method: 'POST',
      body: bytes,
      headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/gzip' },
    })
  const uploaded = await send(url)
  const asset = (await uploaded.json()) as Record<string, unknown>
  expect(uploaded.status).toBe(201)
  expect(asset).toMatchObject({ name: 'hello.world.e.tar.gz', state: 'uploaded', digest: `sha256:${sha256}` })
  // The same name after renaming is taken.
  const again = await send(url)
  expect(again.status).toBe(422)
  expect(await again.json()).toMatchObject({
    errors: [{ resource: 'ReleaseAsset', code: 'already_exists', field: 'name' }],
    request_id: expect.any(String),
  })

  // A draft's address is 404; its bytes come by the API.
  expect((await http.request(String(asset['browser_download_url']))).status).toBe(404)
  const published = await octokit.request('PATCH /repos/{owner}/{repo}/releases/{release_id}', {
    ...repo,
    release_id: draft.data.id,
    tag_name: 'v1.0.0',
    draft: false,
  })
  expect(published.data).toMatchObject({ draft: false, html_url: 'https://github.com/acme/hello/releases/tag/v1.0.0' })
  const address = 'https://github.com/acme/hello/releases/download/v1.0.0/hello.world.e.tar.gz'
  expect(published.data.assets[0]?.browser_download_url).toBe(address)
  for (const one of [address, 'https://github.com/acme/hello/releases/latest/download/hello.world.e.tar.gz']) {
    const got = await http.request(one)
    expect(
      createHash('sha256')
        .update(Buffer.from(await got.arrayBuffer()))
        .digest('hex'),
    ).toBe(sha256)
  }
  const ref = await octokit.request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...repo, ref: 'tags/v1.0.0' })
  expect(ref.data.object.type).toBe('commit')
})

test('a published tag is taken, drafts of one tag are not', async () => {
  await using world = await withGithub()
  await world.seed.repository({ name: 'acme/hello', files: { a: 'a\n' } })
  const make = (more: object = {}): Promise<{ data: { id: number } }> =>
    world.octokit.request('POST /repos/{owner}/{repo}/releases', { ...REPO, tag_name: 'v1.0.0', ...more })
  const first = await make({ draft: true })
  const second = await make({ draft: true })
  await make()
  await expect(make()).rejects.toMatchObject(refused({ code: 'already_exists', field: 'tag_name' }))
  const third = await make({ draft: true })
  expect(new Set([first.data.id, second.data.id, third.data.id]).size).toBe(3)
  await expect(
    world.octokit.request('PATCH /repos/{owner}/{repo}/releases/{release_id}', {
      ...REPO,
      release_id: second.data.id,
      draft: false,
    }),
  ).rejects.toMatchObject(refused({ code: 'already_exists', field: 'tag_name' }))
  const list = async (token?: string): Promise<number> =>
    (await world.octokitOf(token).request('GET /repos/{owner}/{repo}/releases', REPO)).data.length
  // Drafts are for those who may push.
  expect([await list(), await list(world.token)]).toEqual([1, 4])
})

test('only a branch or a full commit id is a target, in drafts too', async () => {
  await using world = await withGithub()
  await world.seed.repository({ name: 'acme/hello', files: { a: 'a\n' } })
  await world.octokit.request('POST /repos/{owner}/{repo}/releases', { ...REPO, tag_name: 'v1.0.0' })
  for (const target of ['v1.0.0', 'refs/heads/main', 'HEAD', '']) {
    const make = world.octokit.request('POST /repos/{owner}/{repo}/releases', {
      ...REPO,
      tag_name: 'v2.0.0',
      target_commitish: target,
      draft: true,
    })
    await expect(make).rejects.toMatchObject(refused({ code: 'invalid', field: 'target_commitish' }))
  }
  const published = world.octokit.request('POST /repos/{owner}/{repo}/releases', {
    ...REPO,
    tag_name: 'v2.0.0',
    target_commitish: 'nope',
  })
  await expect(published).rejects.toMatchObject({
    response: {
      data: {
        message: 'Validation Failed',
        status: '422',
        documentation_url: 'https://docs.github.com/rest/releases/releases#create-a-release',
        errors: [
          { message: 'tag_name is not a valid tag' },
          { message: 'Published releases must have a valid tag' },
          { code: 'invalid', field: 'target_commitish' },
        ],
      },
    },
  })
  await expect(
    world.octokit.request('POST /repos/{owner}/{repo}/releases', { ...REPO, tag_name: 'a..b', draft: true }),
  ).rejects.toMatchObject(refused({ message: 'tag_name is not well-formed' }))
  await expect(
    world.octokit.request('POST /repos/{owner}/{repo}/releases', { ...REPO, body: 'x' } as unknown as Made),
  ).rejects.toMatchObject({
    status: 422,
    response: { data: { message: `Invalid request.\n\n"tag_name" wasn't supplied.` } },
  })
})

test('the latest release: the marked one, else the newest; never a prerelease', async () => {
  await using world = await withGithub()
  await world.seed.repository({ name: 'acme/hello', files: { a: 'a\n' } })
  const make = async (tag: string, more: object = {}): Promise<number> =>
    (await world.octokit.request('POST /repos/{owner}/{repo}/releases', { ...REPO, tag_name: tag, ...more })).data.id
  const latest = async (): Promise<string> =>
    (await world.octokit.request('GET /repos/{owner}/{repo}/releases/latest', REPO)).data.tag_name
  await expect(latest()).rejects.toMatchObject({ status: 404 })
  await make('v1.0.0-rc.1', { prerelease: true })
  await expect(latest()).rejects.toMatchObject({ status: 404 })
  const one = await make('v1.0.0')
  await make('v1.1.0')
  expect(await latest()).toBe('v1.1.0')
  await make('v1.0.1', { make_latest: 'false' })
  expect(await latest()).toBe('v1.1.0')
  const mark = (id: number, how: 'true' | 'false' | 'legacy'): Promise<unknown> =>
    world.octokit.request('PATCH /repos/{owner}/{repo}/releases/{release_id}', {
      ...REPO,
      release_id: id,
      make_latest: how,
    })
  await mark(one, 'true')
  expect(await latest()).toBe('v1.0.0')
  await mark(one, 'legacy')
  expect(await latest()).toBe('v1.1.0')
})

test('an immutable release locks its assets, its tag and its name for ever', async () => {
  await using world = await withGithub()
  await world.seed.repository({ name: 'acme/hello', files: { a: 'a\n' } })
  const { octokit } = world
  const setting = 'GET /repos/{owner}/{repo}/immutable-releases'
  await expect(octokit.request(setting, REPO)).rejects.toMatchObject({ status: 404 })
  await octokit.request('PUT /repos/{owner}/{repo}/immutable-releases', REPO)
  expect((await octokit.request(setting, REPO)).data).toEqual({ enabled: true, enforced_by_owner: false })

  const draft = (await octokit.request('POST /repos/{owner}/{repo}/releases', { ...REPO, tag_name: 'v1', draft: true }))
    .data
  const asset = (await (await upload(world, draft.upload_url, 'a.txt', 'a')).json()) as { id: number }
  const release = { ...REPO, release_id: draft.id }
  const published = await octokit.request('PATCH /repos/{owner}/{repo}/releases/{release_id}', {
    ...release,
    draft: false,
  })
  expect(published.data.immutable).toBe(true)

  const late = await upload(world, draft.upload_url, 'b.txt', 'b')
  expect([late.status, await late.json()]).toMatchObject([
    422,
    { message: 'Cannot upload assets to an immutable release.' },
  ])
  await expect(
    octokit.request('DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}', { ...REPO, asset_id: asset.id }),
  ).rejects.toMatchObject(refused({ message: 'Cannot delete asset from an immutable release' }))
  await expect(
    octokit.request('PATCH /repos/{owner}/{repo}/releases/{release_id}', { ...release, draft: true }),
  ).rejects.toThrow('state cannot be changed when release is immutable')
  await octokit.request('PATCH /repos/{owner}/{repo}/releases/{release_id}', {
    ...release,
    name: 'One',
    prerelease: true,
  })
  const tag = { ...REPO, ref: 'tags/v1' }
  await expect(octokit.request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', tag)).rejects.toMatchObject({
    status: 422,
  })

  await octokit.request('DELETE /repos/{owner}/{repo}/releases/{release_id}', release)
  await octokit.request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', tag)
  // A draft with a burnt tag is accepted, which proves nothing; publishing it is refused.
  const again = await octokit.request('POST /repos/{owner}/{repo}/releases', { ...REPO, tag_name: 'v1', draft: true })
  await expect(
    octokit.request('PATCH /repos/{owner}/{repo}/releases/{release_id}', {
      ...REPO,
      release_id: again.data.id,
      draft: false,
    }),
  ).rejects.toMatchObject(refused({ message: 'tag_name was used by an immutable release' }))
})

test('a tag deleted under a release turns it into a draft; a draft loses the name', async () => {
  await using world = await withGithub()
  await world.seed.repository({ name: 'acme/hello', files: { a: 'a\n' } })
  const { octokit } = world
  const made = await octokit.request('POST /repos/{owner}/{repo}/releases', { ...REPO, tag_name: 'v1' })
  const draft = await octokit.request('POST /repos/{owner}/{repo}/releases', { ...REPO, tag_name: 'v1', draft: true })
  await octokit.request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ...REPO, ref: 'tags/v1' })
  const read = async (id: number): Promise<unknown> =>
    (await octokit.request('GET /repos/{owner}/{repo}/releases/{release_id}', { ...REPO, release_id: id })).data
  expect(await read(made.data.id)).toMatchObject({ draft: true, published_at: made.data.published_at })
  expect(await read(draft.data.id)).toMatchObject({ draft: true, tag_name: expect.stringMatching(/^untagged-/) })
})

test('lists lag behind by as many reads as a test wants', async () => {
  await using world = await withGithub()
  await world.seed.repository({ name: 'acme/hello', files: { a: 'a\n' } })
  world.seed.lateReads(2)
  const { data } = await world.octokit.request('POST /repos/{owner}/{repo}/releases', {
    ...REPO,
    tag_name: 'v1',
    draft: true,
  })
  const list = async (): Promise<number> =>
    (await world.octokit.request('GET /repos/{owner}/{repo}/releases', REPO)).data.length
  expect([await list(), await list(), await list()]).toEqual([0, 0, 1])
  // By its id it is there at once.
  const byId = await world.octokit.request('GET /repos/{owner}/{repo}/releases/{release_id}', {
    ...REPO,
    release_id: data.id,
  })
  expect(byId.data.tag_name).toBe('v1')
})

test('lists come in pages, with links to the others', async () => {
  await using world = await withGithub()
  await world.seed.repository({ name: 'acme/hello', files: { a: 'a\n' } })
  for (let number = 1; number <= 5; number += 1) {
    await world.octokit.request('POST /repos/{owner}/{repo}/releases', { ...REPO, tag_name: `v${number}`, draft: true })
  }
  const page = await world.octokit.request('GET /repos/{owner}/{repo}/releases', { ...REPO, per_page: 2, page: 2 })
  expect(page.data.map((one) => one.tag_name)).toEqual(['v3', 'v2'])
  const at = (number: number, rel: string): string =>
    `<https://api.github.com/repos/acme/hello/releases?per_page=2&page=${number}>; rel="${rel}"`
  expect(page.headers.link).toBe([at(1, 'prev'), at(3, 'next'), at(3, 'last'), at(1, 'first')].join(', '))
})

const REPO = { owner: 'acme', repo: 'hello' }

type Made = Parameters<GithubUnderTest['octokit']['request']>[1] & { owner: string; repo: string; tag_name: string }

/** What octokit throws for a 422 with one field error. */
function refused(error: object): object {
  return { status: 422, response: { data: { message: 'Validation Failed', errors: [error] } } }
}
