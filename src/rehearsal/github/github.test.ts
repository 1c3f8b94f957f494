import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { withGithub } from './testing.ts'

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
