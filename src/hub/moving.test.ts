import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../external/process.ts'
import { MANIFEST_NAME } from '../manifest/manifest.ts'
import type { HubFile } from './hub.ts'
import { hubFile, type HubUnderTest, hubWorld, manifestOf } from './testing.ts'

/** Another commit on top of main, and the files of its nightly. */
async function nextNight(under: HubUnderTest, name: string): Promise<{ commit: string; files: HubFile[] }> {
  const git = ['git', '--git-dir', under.seed.gitFolder('acme/hello'), '-c', 'user.name=a', '-c', 'user.email=a@b.c']
  const made = await run([...git, 'commit-tree', '-p', 'main', '-m', name, 'main^{tree}'])
  const commit = made.stdout.trim()
  await run([...git, 'update-ref', 'refs/heads/main', commit])
  const files = [await hubFile(under.folder, `hello-${name}.tar.gz`, name)]
  const manifest = { ...manifestOf(files, commit), tag: 'nightly', version: `1.0.1-${name}` }
  files.push(await hubFile(join(under.folder), MANIFEST_NAME, JSON.stringify(manifest)))
  return { commit, files }
}

const NIGHTLY = { tag: 'nightly', title: 'nightly', prerelease: true, makeLatest: 'false' as const }

test('a nightly takes the place of the one before, tag and release; the same commit again sends nothing', async () => {
  await using under = await hubWorld()
  const moving = { replace: true }
  for (const name of ['monday', 'tuesday']) {
    const { commit, files } = await nextNight(under, name)
    expect(await under.store({ ...NIGHTLY, commit, moving }, files)).toMatchObject({ state: 'live' })
    const before = under.writes().length
    expect(await under.store({ ...NIGHTLY, commit, moving }, files)).toMatchObject({ state: 'live' })
    expect(under.writes()).toHaveLength(before)
    const ref = await under.api('GET', '/repos/acme/hello/git/ref/tags/nightly')
    expect(ref).toMatchObject({ object: { sha: commit } })
  }
  expect(under.said).toEqual([])
  const listed = (await under.api('GET', '/repos/acme/hello/releases')) as unknown as {
    tag_name: string
    prerelease: boolean
    assets: { name: string }[]
  }[]
  expect(listed.map((one) => [one.tag_name, one.prerelease, one.assets.map(({ name }) => name).toSorted()])).toEqual([
    ['nightly', true, ['hello-tuesday.tar.gz', MANIFEST_NAME]],
  ])
})

test('without keep_single_release a published nightly of another commit stays, and is told', async () => {
  await using under = await hubWorld()
  const moving = { replace: false }
  const first = await nextNight(under, 'monday')
  await under.store({ ...NIGHTLY, commit: first.commit, moving }, first.files)
  const second = await nextNight(under, 'tuesday')
  const before = under.writes().length
  await expect(under.store({ ...NIGHTLY, commit: second.commit, moving }, second.files)).rejects.toThrow(
    `nightly is the release of ${first.commit} already`,
  )
  expect(under.writes()).toHaveLength(before)
})

test('a run that ended after the old nightly was taken away is gone on with', async () => {
  await using under = await hubWorld()
  const moving = { replace: true }
  const first = await nextNight(under, 'monday')
  await under.store({ ...NIGHTLY, commit: first.commit, moving }, first.files)
  const second = await nextNight(under, 'tuesday')
  for (const cut of [1, 2, 3, 4]) {
    let writes = 0
    under.intercept(async (request, next) => {
      if (request.method === 'GET' || ++writes !== cut) return next()
      return new Response('{"message":"cut"}', { status: 403, headers: { 'content-type': 'application/json' } })
    })
    await under.store({ ...NIGHTLY, commit: second.commit, moving }, second.files).catch(() => undefined)
  }
  under.intercept((_request, next) => next())
  expect(await under.store({ ...NIGHTLY, commit: second.commit, moving }, second.files)).toMatchObject({
    state: 'live',
  })
  const listed = (await under.api('GET', '/repos/acme/hello/releases')) as unknown as object[]
  expect(listed).toHaveLength(1)
})
