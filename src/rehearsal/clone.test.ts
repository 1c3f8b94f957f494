import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { cloneForRehearsal, nextPatch, whatToRehearse } from './clone.ts'

const signal = new AbortController().signal
const env = {
  PATH: process.env['PATH'],
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
}

test.each([
  [[], 'v0.0.1'],
  [['v1.2.3', 'v1.10.0', 'v1.9.9'], 'v1.10.1'],
  [['v2.0.0-rc.1', 'v1.0.0', 'nightly'], 'v1.0.1'],
  [['1.0.0'], '1.0.1'],
])('the next patch after %j is %s', (tags, next) => {
  expect(nextPatch([...tags])).toBe(next)
  const theirs = ['v9.9.9', 'other/v8.0.0']
  expect(nextPatch([...theirs, ...tags.map((tag) => `app/${tag}`)], 'app/')).toBe(`app/${next}`)
})

test('clones HEAD with the remote kept, tags the clone only, and says what is not committed', async () => {
  await using folder = await tempFolder('clone')
  const repo = join(folder.path, 'repo')
  const git = async (...args: string[]): Promise<string> =>
    (await run(['git', ...args], { cwd: repo, env })).stdout.trim()
  await run(['git', 'init', '-q', '-b', 'main', repo], { env })
  await run(['mkdir', '-p', join(repo, 'cmd')], {})
  writeFileSync(join(repo, 'cmd', 'a.txt'), 'one')
  await git('add', '-A')
  await git('commit', '-q', '-m', 'one')
  await git('tag', 'v1.2.3')
  await git('remote', 'add', 'origin', 'https://github.com/o/r.git')
  writeFileSync(join(repo, 'cmd', 'a.txt'), 'two')
  const what = await whatToRehearse(join(repo, 'cmd'), { env, signal })
  const clone = await cloneForRehearsal(what, join(folder.path, 'clone'), { env, signal })
  expect(clone.tag).toBe('v1.2.4')
  expect(clone.uncommitted).toEqual([' M cmd/a.txt'])
  expect(existsSync(join(clone.root, 'a.txt'))).toBe(true)
  const copied = await run(['git', 'config', 'remote.origin.url'], { cwd: clone.folder, env })
  expect(copied.stdout.trim()).toBe('https://github.com/o/r.git')
  expect(await git('tag')).toBe('v1.2.3')
  await expect(whatToRehearse(repo, { as: '--force', env, signal })).rejects.toThrow(/cannot be a tag/)
  await git('commit', '-q', '-a', '-m', 'two')
  await expect(whatToRehearse(repo, { as: 'v1.2.3', env, signal })).rejects.toThrow(/the tag v1.2.3 is taken by/)
  const monorepo = { tagPrefix: 'app/', env, signal }
  expect((await whatToRehearse(repo, monorepo)).tag).toBe('app/v0.0.1')
  await expect(whatToRehearse(repo, { ...monorepo, as: 'v2.0.0' })).rejects.toMatchObject({
    code: 'usage',
    message: 'v2.0.0 is no tag of this project: those begin with app/',
    hint: 'write --as app/v2.0.0, or mend monorepo.tag_prefix',
  })
})

test('no repository, no commit, and a tag that is taken are each said', async () => {
  await using folder = await tempFolder('clone')
  const at = { env: { ...env, GIT_CEILING_DIRECTORIES: folder.path }, signal }
  await expect(whatToRehearse(folder.path, at)).rejects.toThrow(/not in a git repository/)
  await run(['git', 'init', '-q', folder.path], { env })
  await expect(whatToRehearse(folder.path, at)).rejects.toThrow(/no commit yet/)
})
