import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../external/process.ts'
import { withGithub } from './testing.ts'

const REPO = { owner: 'acme', repo: 'hello' }

test('a ruleset for tags is obeyed by releases, by refs and by a push', async () => {
  await using world = await withGithub({ proxy: true })
  const { octokit } = world
  await world.seed.repository({ name: 'acme/hello', files: { a: 'a\n' } })
  const made = await octokit.request('POST /repos/{owner}/{repo}/rulesets', {
    ...REPO,
    name: 'frozen',
    target: 'tag',
    enforcement: 'active',
    conditions: { ref_name: { include: ['refs/tags/v*'], exclude: ['refs/tags/v*-test'] } },
    rules: [{ type: 'creation' }],
  })
  const words = 'Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n'
  await expect(
    octokit.request('POST /repos/{owner}/{repo}/releases', { ...REPO, tag_name: 'v1' }),
  ).rejects.toMatchObject({
    response: {
      data: {
        errors: [
          { field: 'pre_receive', message: `pre_receive ${words}` },
          { message: 'Published releases must have a valid tag' },
        ],
      },
    },
  })
  const sha = (await octokit.request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...REPO, ref: 'heads/main' })).data
    .object.sha
  const tag = (name: string): Promise<unknown> =>
    octokit.request('POST /repos/{owner}/{repo}/git/refs', { ...REPO, ref: `refs/tags/${name}`, sha })
  await expect(tag('v1')).rejects.toThrow(words)
  await tag('v1-test')

  const env = world.world.clientEnv(join(world.folder, 'home'))
  const clone = join(world.folder, 'clone')
  const url = `https://x-access-token:${world.token}@github.com/acme/hello.git`
  await run(['git', 'clone', '-q', url, clone], { env })
  const push = async (name: string): Promise<{ code: number; stderr: string }> =>
    run(['git', '-C', clone, 'push', 'origin', `HEAD:refs/tags/${name}`], { env })
  const refused = await push('v2')
  expect(refused.code).not.toBe(0)
  expect(refused.stderr).toContain('remote: error: GH013: Repository rule violations found for refs/tags/v2.')
  expect(refused.stderr).toContain('remote: - Cannot create ref due to creations being restricted.')
  expect((await push('v2-test')).code).toBe(0)
  expect((await push('other')).code).toBe(0)

  const one = { ...REPO, ruleset_id: made.data.id }
  expect((await octokit.request('GET /repos/{owner}/{repo}/rulesets', REPO)).data.map((each) => each.name)).toEqual([
    'frozen',
  ])
  await octokit.request('DELETE /repos/{owner}/{repo}/rulesets/{ruleset_id}', one)
  expect((await push('v2')).code).toBe(0)
})

test('the tag of an immutable release can be neither moved nor deleted by a push', async () => {
  await using world = await withGithub({ proxy: true })
  await world.seed.repository({ name: 'acme/hello', files: { a: 'a\n' }, immutable: true })
  await world.octokit.request('POST /repos/{owner}/{repo}/releases', { ...REPO, tag_name: 'v1+x' })
  const env = world.world.clientEnv(join(world.folder, 'home'))
  const clone = join(world.folder, 'clone')
  await run(['git', 'clone', '-q', `https://x-access-token:${world.token}@github.com/acme/hello.git`, clone], { env })
  const git = (...args: string[]): Promise<{ code: number; stderr: string }> =>
    run(['git', '-C', clone, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { env })
  await git('commit', '--allow-empty', '-m', 'x')
  const moved = await git('push', '-f', 'origin', 'HEAD:refs/tags/v1+x')
  expect(moved.stderr).toContain('Cannot update this protected ref.')
  const deleted = await git('push', 'origin', ':refs/tags/v1+x')
  expect(deleted.stderr).toContain('Cannot delete this protected ref.')
})
