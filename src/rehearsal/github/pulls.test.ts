import { expect, test } from 'vitest'
import { withGithub } from './testing.ts'

const REPO = { owner: 'community', repo: 'packages' }
const FORK = { owner: 'acme', repo: 'packages' }
const content = (text: string): string => Buffer.from(text).toString('base64')

test('a fork, a branch, a pull request, and what GitHub refuses', async () => {
  await using world = await withGithub()
  const { octokit, seed } = world
  await seed.repository({ name: 'community/packages', files: { 'README.md': 'x\n' } })
  seed.token({ token: 'theirs', login: 'community' })
  const fork = await octokit.request('POST /repos/{owner}/{repo}/forks', REPO)
  expect(fork.data).toMatchObject({ full_name: 'acme/packages', fork: true })
  // Once more: the same one.
  expect((await octokit.request('POST /repos/{owner}/{repo}/forks', REPO)).data.id).toBe(fork.data.id)
  const parent = (await octokit.request('GET /repos/{owner}/{repo}', FORK)).data.parent
  expect(parent?.full_name).toBe('community/packages')

  const sha = (await octokit.request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...FORK, ref: 'heads/main' })).data
    .object.sha
  await octokit.request('POST /repos/{owner}/{repo}/git/refs', { ...FORK, ref: 'refs/heads/hello-1.0', sha })
  const open = (head: string): Promise<{ data: { number: number; commits: number; changed_files: number } }> =>
    octokit.request('POST /repos/{owner}/{repo}/pulls', {
      ...REPO,
      title: 'hello 1.0',
      head,
      base: 'main',
      maintainer_can_modify: false,
    })
  await expect(open('acme:nope')).rejects.toMatchObject({
    response: { data: { errors: [{ code: 'invalid', field: 'head' }] } },
  })
  await expect(open('acme:hello-1.0')).rejects.toMatchObject({
    response: { data: { errors: [{ message: 'No commits between community:main and acme:hello-1.0' }] } },
  })
  await octokit.request('PUT /repos/{owner}/{repo}/contents/{path}', {
    ...FORK,
    path: 'hello.json',
    message: 'hello',
    branch: 'hello-1.0',
    content: content('{}'),
  })
  const pull = await open('acme:hello-1.0')
  expect(pull.data).toMatchObject({
    number: 1,
    state: 'open',
    commits: 1,
    changed_files: 1,
    head: { label: 'acme:hello-1.0' },
  })
  // The other form of a head, GoReleaser's, names the same branch.
  await expect(open('acme:packages:hello-1.0')).rejects.toMatchObject({
    response: { data: { errors: [{ message: 'A pull request already exists for acme:hello-1.0.' }] } },
  })
  const list = async (query: object): Promise<number> =>
    (await octokit.request('GET /repos/{owner}/{repo}/pulls', { ...REPO, ...query })).data.length
  expect([
    await list({ head: 'acme:hello-1.0' }),
    await list({ head: 'bob:hello-1.0' }),
    await list({ state: 'closed' }),
  ]).toEqual([1, 0, 0])

  // Who can only read may not merge; who owns it may.
  const merge = { ...REPO, pull_number: 1 }
  await expect(octokit.request('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', merge)).rejects.toMatchObject({
    status: 404,
  })
  await world.octokitOf('theirs').request('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', merge)
  expect((await octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', merge)).data).toMatchObject({
    state: 'closed',
    merged: true,
  })
  const file = await octokit.request('GET /repos/{owner}/{repo}/contents/{path}', { ...REPO, path: 'hello.json' })
  expect(file.data).toMatchObject({ type: 'file', size: 2 })

  const sync = (): Promise<{ data: object }> =>
    octokit.request('POST /repos/{owner}/{repo}/merge-upstream', { ...FORK, branch: 'main' })
  expect((await sync()).data).toMatchObject({ merge_type: 'fast-forward', base_branch: 'community:main' })
  expect((await sync()).data).toMatchObject({ merge_type: 'none' })
  const write = (client: typeof octokit, repo: typeof REPO, path: string, text: string): Promise<unknown> =>
    client.request('PUT /repos/{owner}/{repo}/contents/{path}', { ...repo, path, message: 'm', content: content(text) })
  await write(octokit, FORK, 'mine', 'mine')
  await write(world.octokitOf('theirs'), REPO, 'theirs', 'theirs')
  expect((await sync()).data).toMatchObject({ merge_type: 'merge' })
  await write(octokit, FORK, 'both', 'mine')
  await write(world.octokitOf('theirs'), REPO, 'both', 'theirs')
  await expect(sync()).rejects.toMatchObject({ status: 409 })
})
