import { request } from 'node:http'
import { Readable } from 'node:stream'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { stateFolder } from '../dispatch.ts'
import { diskStore } from '../store.ts'
import { assetName } from './assets.ts'
import { githubServer } from './server.ts'
import { GithubState } from './state.ts'
import { upload, withGithub } from './testing.ts'

const REPO = { owner: 'acme', repo: 'hello' }

test('sizes, lengths and names of assets are refused in the words of GitHub', async () => {
  await using world = await withGithub()
  await world.seed.repository({ name: 'acme/hello', files: { a: 'a\n' } })
  const { data } = await world.octokit.request('POST /repos/{owner}/{repo}/releases', {
    ...REPO,
    tag_name: 'v1',
    draft: true,
  })
  const empty = await upload(world, data.upload_url, 'a', '')
  expect([empty.status, await empty.json()]).toMatchObject([
    422,
    {
      errors: [
        { resource: 'ReleaseAsset', code: 'custom', field: 'size', message: 'size must be greater than or equal to 1' },
      ],
    },
  ])
  const chunked = await fetch(world.world.route(`${data.upload_url.replace(/\{.*/, '')}?name=a`), {
    method: 'POST',
    body: Readable.toWeb(Readable.from([Buffer.from('a')])) as ReadableStream,
    headers: { authorization: `token ${world.token}` },
    duplex: 'half',
  })
  expect([chunked.status, await chunked.json()]).toMatchObject([400, { message: 'Bad Content-Length: ' }])
  // `+` in a tag and in a name is `%2B` in addresses.
  const plus = await world.octokit.request('POST /repos/{owner}/{repo}/releases', { ...REPO, tag_name: 'v1+b' })
  const asset = (await (await upload(world, plus.data.upload_url, 'x+y.txt', 'x')).json()) as Record<string, unknown>
  expect(asset).toMatchObject({
    name: 'x+y.txt',
    browser_download_url: 'https://github.com/acme/hello/releases/download/v1%2Bb/x%2By.txt',
  })
  expect(await (await world.http.request(String(asset['browser_download_url']))).text()).toBe('x')
  // A token belongs to the API, not to the storage it redirects to.
  const direct = await fetch(world.world.route(String(asset['url'])), {
    headers: { accept: 'application/octet-stream', authorization: `token ${world.token}` },
    redirect: 'manual',
  })
  expect(direct.status).toBe(302)
  const storage = world.world.route(direct.headers.get('location') ?? '')
  expect((await fetch(storage, { headers: { authorization: `token ${world.token}` } })).status).toBe(400)
  expect(await (await fetch(storage, { headers: { range: 'bytes=0-0' } })).text()).toBe('x')
})

test('an upload that is cut leaves a starter asset, which blocks the name until it is deleted', async () => {
  await using world = await withGithub()
  await world.seed.repository({ name: 'acme/hello', files: { a: 'a\n' } })
  const { data } = await world.octokit.request('POST /repos/{owner}/{repo}/releases', {
    ...REPO,
    tag_name: 'v1',
    draft: true,
  })
  const url = new URL(world.world.route(`${data.upload_url.replace(/\{.*/, '')}?name=big`))
  await new Promise<void>((resolve) => {
    const req = request(url, {
      method: 'POST',
      headers: { authorization: `token ${world.token}`, 'content-length': '1000000' },
    })
    req.once('error', () => resolve())
    req.write(Buffer.alloc(1000), () => setTimeout(() => req.destroy(), 50))
  })
  const assets = { ...REPO, release_id: data.id }
  const list = 'GET /repos/{owner}/{repo}/releases/{release_id}/assets'
  const [starter] = (await world.octokit.request(list, assets)).data
  expect(starter).toMatchObject({ name: 'big', state: 'starter', digest: null })
  expect((await upload(world, data.upload_url, 'big', 'x')).status).toBe(422)
  await world.octokit.request('DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}', {
    ...REPO,
    asset_id: starter?.id ?? 0,
  })
  expect((await upload(world, data.upload_url, 'big', 'x')).status).toBe(201)
})

test('a release holds a thousand files and not one more', async () => {
  await using world = await withGithub()
  await world.seed.repository({ name: 'acme/hello', files: { a: 'a\n' } })
  const { data } = await world.octokit.request('POST /repos/{owner}/{repo}/releases', {
    ...REPO,
    tag_name: 'v1',
    draft: true,
  })
  expect((await upload(world, data.upload_url, 'a0', 'x')).status).toBe(201)
  // The rest is written into the state: a thousand uploads would show no more.
  const state = new GithubState(diskStore(stateFolder(world.folder, githubServer())))
  const repo = state.repository('acme', 'hello')
  const release = repo === undefined ? undefined : state.release(repo, data.id)
  const [one] = release?.assets ?? []
  if (repo === undefined || release === undefined || one === undefined) throw new Error('the asset is not there')
  const assets = Array.from({ length: 999 }, (_none, index) => ({ ...one, name: `a${index}`, id: index + 1 }))
  state.saveRelease(repo, { ...release, assets })
  expect((await upload(world, data.upload_url, 'last', 'x')).status).toBe(201)
  const over = await upload(world, data.upload_url, 'over', 'x')
  expect([over.status, await over.json()]).toMatchObject([
    422,
    { errors: [{ field: 'file_count', message: 'file_count limited to 1000 assets per release' }] },
  ])
})

test('names of assets become what GitHub keeps, and stay so', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
      const kept = assetName(name)
      expect(kept).toMatch(/^[A-Za-z0-9._@+-]*$/)
      expect(assetName(kept)).toBe(kept)
    }),
  )
  const known = { 'a_1.0-x@y+z.gz': 'a_1.0-x@y+z.gz', 'Setup (1).exe': 'Setup.1.exe', 'a~b:c!': 'a.b.c' }
  for (const [given, kept] of Object.entries(known)) expect(assetName(given)).toBe(kept)
})

test('uploads side by side, and a change of the release meanwhile, lose nothing', async () => {
  await using world = await withGithub()
  await world.seed.repository({ name: 'acme/hello', files: { a: 'a\n' } })
  const release = await world.octokit.request('POST /repos/{owner}/{repo}/releases', {
    ...REPO,
    tag_name: 'v1',
    draft: true,
  })
  const { id, upload_url } = release.data
  const change = (more: object): Promise<unknown> =>
    world.octokit.request('PATCH /repos/{owner}/{repo}/releases/{release_id}', {
      ...REPO,
      release_id: id,
      tag_name: 'v1',
      ...more,
    })
  const names = Array.from({ length: 20 }, (_none, index) => `f${String(index).padStart(2, '0')}`)
  const [, ...answers] = await Promise.all([
    change({ draft: false }),
    ...names.map((name) => upload(world, upload_url, name, name)),
  ])
  expect(answers.map((answer) => answer.status)).toEqual(names.map(() => 201))
  const latest = await world.octokit.request('GET /repos/{owner}/{repo}/releases/latest', REPO)
  expect(latest.data.assets.map((one) => `${one.name} ${one.state}`).sort()).toEqual(
    names.map((name) => `${name} uploaded`),
  )
})
