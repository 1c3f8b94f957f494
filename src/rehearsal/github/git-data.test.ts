import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../external/process.ts'
import { withGithub } from './testing.ts'

const REPO = { owner: 'acme', repo: 'tap' }
const MAIN = { ...REPO, ref: 'heads/main' }

test('several files in one commit through the Git Data API, as git itself would have made it', async () => {
  await using world = await withGithub()
  const { octokit } = world
  await world.seed.repository({
    name: 'acme/tap',
    files: { 'Formula/old.rb': 'old\n', 'Formula/x.rb': 'x\n', 'a.txt': 'a\n' },
  })
  const head = (await octokit.request('GET /repos/{owner}/{repo}/git/ref/{ref}', MAIN)).data.object.sha
  const blob = await octokit.request('POST /repos/{owner}/{repo}/git/blobs', {
    ...REPO,
    content: Buffer.from([0, 255, 10]).toString('base64'),
    encoding: 'base64',
  })
  // A commit's id is taken as a base, too.
  const tree = await octokit.request('POST /repos/{owner}/{repo}/git/trees', {
    ...REPO,
    base_tree: head,
    tree: [
      { path: 'Formula/hello.rb', mode: '100644', type: 'blob', content: 'class Hello; end\n' },
      { path: 'bin/tool', mode: '100755', type: 'blob', sha: blob.data.sha },
      { path: 'Formula/old.rb', mode: '100644', type: 'blob', sha: null },
    ],
  })
  const date = '2026-01-02T03:04:05Z'
  const author = { name: 'Ann', email: 'ann@example.com', date }
  const commit = await octokit.request('POST /repos/{owner}/{repo}/git/commits', {
    ...REPO,
    message: 'hello 1.0.0\n',
    tree: tree.data.sha,
    parents: [head],
    author,
  })
  expect(commit.data).toMatchObject({
    author,
    committer: author,
    parents: [{ sha: head }],
    verification: { verified: false },
  })
  await octokit.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', { ...MAIN, sha: commit.data.sha })

  const clone = join(world.folder, 'clone')
  const bare = world.seed.gitFolder('acme/tap')
  expect((await run(['git', 'clone', '-q', bare, clone])).code).toBe(0)
  expect(readFileSync(join(clone, 'Formula/hello.rb'), 'utf8')).toBe('class Hello; end\n')
  expect([...readFileSync(join(clone, 'bin/tool'))]).toEqual([0, 255, 10])
  const git = async (...args: string[]): Promise<string> => (await run(['git', '-C', clone, ...args])).stdout.trim()
  expect(await git('ls-files', '-s')).toMatch(
    /^100644 \w+ 0\tFormula\/hello.rb\n100644 .*\tFormula\/x.rb\n100644 .*\n100755 .*\tbin\/tool$/,
  )
  expect(await git('fsck', '--strict')).toBe('')
  // The ids are those git gives to the same content.
  const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date }
  const who = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com']
  const again = await run(['git', '-C', clone, ...who, 'commit-tree', tree.data.sha, '-p', head, '-m', 'hello 1.0.0'], {
    env,
  })
  expect(again.stdout.trim()).toBe(commit.data.sha)

  const listed = await octokit.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    ...REPO,
    tree_sha: 'main',
    recursive: '1',
  })
  expect(listed.data.tree.map((one) => one.path)).toEqual([
    'Formula',
    'Formula/hello.rb',
    'Formula/x.rb',
    'a.txt',
    'bin',
    'bin/tool',
  ])
  const read = await octokit.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', {
    ...REPO,
    file_sha: blob.data.sha,
  })
  expect(read.data).toMatchObject({ size: 3, encoding: 'base64', content: 'AP8K\n' })
})

test('refs: made, moved, deleted, and refused in the words of GitHub', async () => {
  await using world = await withGithub()
  const { octokit } = world
  await world.seed.repository({ name: 'acme/tap', files: { a: 'a\n' } })
  const sha = (await octokit.request('GET /repos/{owner}/{repo}/git/ref/{ref}', MAIN)).data.object.sha
  const make = (ref: string, to = sha): Promise<unknown> =>
    octokit.request('POST /repos/{owner}/{repo}/git/refs', { ...REPO, ref, sha: to })
  await make('refs/tags/v1.0.0')
  await make('refs/tags/v1.1.0')
  await expect(make('refs/tags/v1.0.0')).rejects.toThrow('Reference already exists')
  await expect(make('refs/tags/v2', '0'.repeat(40))).rejects.toThrow('Object does not exist')
  await expect(make('tags')).rejects.toMatchObject({ status: 422 })
  const matching = async (ref: string): Promise<string[]> =>
    (await octokit.request('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', { ...REPO, ref })).data.map(
      (one) => one.ref,
    )
  expect(await matching('tags/v1')).toEqual(['refs/tags/v1.0.0', 'refs/tags/v1.1.0'])
  expect(await matching('tags/v9')).toEqual([])
  // A part of a name is no name.
  await expect(
    octokit.request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...REPO, ref: 'tags/v1' }),
  ).rejects.toMatchObject({ status: 404 })

  const tree = (
    await octokit.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', { ...REPO, commit_sha: sha })
  ).data.tree.sha
  const orphan = await octokit.request('POST /repos/{owner}/{repo}/git/commits', { ...REPO, message: 'x', tree })
  const move = (force: boolean): Promise<unknown> =>
    octokit.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', { ...MAIN, sha: orphan.data.sha, force })
  await expect(move(false)).rejects.toThrow('Update is not a fast forward')
  await move(true)
  await expect(octokit.request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', MAIN)).rejects.toMatchObject({
    status: 422,
  })
  await octokit.request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ...REPO, ref: 'tags/v1.1.0' })
  await expect(
    octokit.request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ...REPO, ref: 'tags/v1.1.0' }),
  ).rejects.toThrow('Reference does not exist')

  const tag = await octokit.request('POST /repos/{owner}/{repo}/git/tags', {
    ...REPO,
    tag: 'v3',
    message: 'three',
    object: sha,
    type: 'commit',
  })
  await make('refs/tags/v3', tag.data.sha)
  const annotated = await octokit.request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...REPO, ref: 'tags/v3' })
  expect(annotated.data.object.type).toBe('tag')
  const peeled = await octokit.request('GET /repos/{owner}/{repo}/git/tags/{tag_sha}', {
    ...REPO,
    tag_sha: annotated.data.object.sha,
  })
  expect(peeled.data).toMatchObject({ tag: 'v3', message: 'three\n', object: { type: 'commit', sha } })

  const trees = (body: object): Promise<unknown> =>
    octokit.request('POST /repos/{owner}/{repo}/git/trees', { ...REPO, tree: [], ...body })
  await expect(trees({ base_tree: '1'.repeat(40) })).rejects.toThrow('base_tree is not a valid tree oid')
  const bad = { path: 'a', mode: '100644', type: 'blob', sha: tree }
  await expect(trees({ tree: [bad] })).rejects.toThrow(`tree.sha ${tree} is not a valid blob`)
  await expect(trees({ tree: [{ ...bad, path: '../a', content: 'x' }] })).rejects.toMatchObject({ status: 422 })
})

test('an empty repository answers 409 to git data', async () => {
  await using world = await withGithub()
  await world.seed.repository({ name: 'acme/tap' })
  await expect(world.octokit.request('GET /repos/{owner}/{repo}/git/ref/{ref}', MAIN)).rejects.toMatchObject({
    status: 409,
  })
  // The first file makes the default branch.
  const file = { ...REPO, path: 'README.md', message: 'first', content: Buffer.from('# tap\n').toString('base64') }
  expect((await world.octokit.request('PUT /repos/{owner}/{repo}/contents/{path}', file)).status).toBe(201)
  expect((await world.octokit.request('GET /repos/{owner}/{repo}/git/ref/{ref}', MAIN)).status).toBe(200)
})

test('contents: read, made, changed, refused, deleted', async () => {
  await using world = await withGithub()
  const { octokit } = world
  await world.seed.repository({ name: 'acme/tap', files: { 'a b/ü.txt': 'one\n', x: 'x\n' } })
  const path = 'a b/ü.txt'
  const at = { ...REPO, path }
  const get = async (more: object = {}): Promise<{ sha: string; content: string; download_url: string }> =>
    (await octokit.request('GET /repos/{owner}/{repo}/contents/{path}', { ...at, ...more })).data as never
  const put = (more: object): Promise<{ status: number }> =>
    octokit.request('PUT /repos/{owner}/{repo}/contents/{path}', {
      ...at,
      message: 'm',
      content: Buffer.from('two\n').toString('base64'),
      ...more,
    })
  const old = await get()
  expect(Buffer.from(old.content, 'base64').toString()).toBe('one\n')
  expect(await (await world.http.request(old.download_url)).text()).toBe('one\n')
  await expect(put({})).rejects.toThrow(`"sha" wasn't supplied.`)
  await expect(put({ sha: '0'.repeat(40) })).rejects.toMatchObject({ status: 409 })
  await expect(put({ sha: old.sha, branch: 'nope' })).rejects.toMatchObject({ status: 404 })
  expect((await put({ sha: old.sha })).status).toBe(200)
  expect((await put({ path: 'new/file', sha: 'ignored' })).status).toBe(201)
  expect(Buffer.from((await get({ ref: 'main' })).content, 'base64').toString()).toBe('two\n')
  const root = await octokit.request('GET /repos/{owner}/{repo}/contents/{path}', { ...REPO, path: '' })
  expect(root.data).toMatchObject([
    { name: 'a b', type: 'dir' },
    { name: 'new', type: 'dir' },
    { name: 'x', type: 'file', size: 2 },
  ])
  await octokit.request('DELETE /repos/{owner}/{repo}/contents/{path}', {
    ...REPO,
    path: 'x',
    message: 'gone',
    sha: String((root.data as { sha: string }[])[2]?.sha),
  })
  await expect(
    octokit.request('GET /repos/{owner}/{repo}/contents/{path}', { ...REPO, path: 'x' }),
  ).rejects.toMatchObject({ status: 404 })
  // Two writers at once: each commit follows the other, none is lost.
  await Promise.all([1, 2, 3, 4].map((number) => put({ path: `many/${number}` })))
  const many = await octokit.request('GET /repos/{owner}/{repo}/contents/{path}', { ...REPO, path: 'many' })
  expect(many.data).toHaveLength(4)
  const compared = await octokit.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
    ...REPO,
    basehead: `${await first(world.seed.gitFolder('acme/tap'))}...main`,
  })
  expect(compared.data).toMatchObject({ status: 'ahead', ahead_by: 7, behind_by: 0 })
  expect(compared.data.commits.at(0)?.author?.login).toBe('acme')
})

async function first(folder: string): Promise<string> {
  return (await run(['git', '--git-dir', folder, 'rev-list', '--max-parents=0', 'main'])).stdout.trim()
}

test('archives of the source, and a moved repository', async () => {
  await using world = await withGithub()
  await world.seed.repository({ name: 'acme/tap', files: { a: 'a\n' } })
  await world.octokit.request('POST /repos/{owner}/{repo}/releases', { ...REPO, tag_name: 'v1.0.0' })
  const archive = await world.http.request('https://github.com/acme/tap/archive/refs/tags/v1.0.0.tar.gz')
  const listed = await run(['tar', '-tzf', '-'], { input: Buffer.from(await archive.arrayBuffer()) })
  expect(listed.stdout).toContain('tap-1.0.0/a')
  world.seed.rename('acme/tap', 'acme/homebrew-tap')
  const moved = await world.octokit.request('GET /repos/{owner}/{repo}', REPO)
  expect(moved.data.full_name).toBe('acme/homebrew-tap')
  const latest = await world.http.request('https://github.com/acme/tap/releases/latest')
  expect([latest.status, latest.url]).toEqual([200, expect.stringContaining('/acme/homebrew-tap/releases/tag/v1.0.0')])
})
