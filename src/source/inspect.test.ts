import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { inspect } from './inspect.ts'
import { TEST_ENV, type TestRepository, testRepository } from './test-repository.ts'
import { validate } from './validate.ts'

let folder: Awaited<ReturnType<typeof tempFolder>>
let repository: TestRepository
let commits: string[]
const env = TEST_ENV
const codes = (source: Awaited<ReturnType<typeof inspect>>): string[] => validate(source).map((one) => one.code)

beforeAll(async () => {
  folder = await tempFolder('inspect')
  repository = await testRepository(join(folder.path, 'hello'))
  commits = []
  commits.push(await repository.commit('First', { 'main.go': 'package main\n' }))
  await repository.git('tag', 'v1.0.0')
  commits.push(await repository.commit('Trial'))
  await repository.git('tag', 'v1.1.0-test')
  await repository.git('tag', 'v1.1.0-test.2')
  commits.push(await repository.commit('Second'))
  await repository.git('tag', '-a', 'v1.1.0', '-m', "It doesn't break\n\nA body.\nTwo lines.")
  await repository.git('tag', 'v1.0.9')
  await repository.git('tag', 'latest')
})
afterAll(() => folder[Symbol.asyncDispose]())

describe('a tagged commit', () => {
  it('has its facts in UTC, and the words of an annotated tag', async () => {
    const source = await inspect(repository.path, { env, currentTag: 'v1.1.0' })
    expect(source).toMatchObject({
      tag: 'v1.1.0',
      version: '1.1.0',
      rawVersion: '1.1.0',
      branch: 'main',
      commit: commits[2],
      shortCommit: commits[2]?.slice(0, 7),
      firstCommit: commits[0],
      commitDate: '2026-01-01T03:00:00Z',
      commitTimestamp: Date.UTC(2026, 0, 1, 3) / 1000,
      tagSubject: "It doesn't break",
      tagBody: 'A body.\nTwo lines.',
      tagContents: "It doesn't break\n\nA body.\nTwo lines.",
      url: '',
      dirty: false,
      snapshot: false,
      semver: { major: 1, minor: 1, patch: 0, prerelease: '', metadata: '' },
    })
    expect(validate(source)).toEqual([])
  })

  it('takes the highest of several tags, and says so', async () => {
    const source = await inspect(repository.path, { env })
    expect(source.tag).toBe('v1.1.0')
    expect(source.tagsHere).toEqual(['v1.1.0', 'v1.0.9', 'latest'])
    expect(codes(source)).toEqual(['several-tags'])
  })

  it('takes the tag that CI was started for, when it is on this commit', async () => {
    const pushed = { ...env, GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1.0.9' }
    expect((await inspect(repository.path, { env: pushed })).tag).toBe('v1.0.9')
    expect(codes(await inspect(repository.path, { env: pushed }))).toEqual([])
    expect((await inspect(repository.path, { env: { ...pushed, GITHUB_REF_NAME: 'v1.0.0' } })).tag).toBe('v1.1.0')
    expect((await inspect(repository.path, { env: { ...pushed, GITHUB_REF_TYPE: 'branch' } })).tag).toBe('v1.1.0')
  })

  it('lets GORELEASER_CURRENT_TAG win over the ref of CI', async () => {
    const both = { ...env, GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1.0.9', GORELEASER_CURRENT_TAG: 'latest' }
    const source = await inspect(repository.path, { env: both })
    expect(source.tag).toBe('latest')
    expect(codes(source)).toEqual(['tag-not-a-version'])
  })

  it('sorts and ignores as the config says', async () => {
    expect((await inspect(repository.path, { env, ignoreTags: ['v1.1.0'] })).tag).toBe('v1.0.9')
    expect((await inspect(repository.path, { env, tagSort: 'version:refname' })).tag).toBe('latest')
  })

  it('passes over trial releases for the previous tag', async () => {
    expect((await inspect(repository.path, { env })).previousTag).toBe('v1.0.0')
    const asked = { ...env, GORELEASER_PREVIOUS_TAG: 'v0.9.0' }
    expect((await inspect(repository.path, { env: asked })).previousTag).toBe('v0.9.0')
  })

  it('has no previous tag at the first release', async () => {
    await using own = await tempFolder('first')
    const first = await testRepository(own.path)
    await first.commit('First')
    await first.git('tag', 'v0.1.0-rc.1')
    const source = await inspect(own.path, { env })
    expect(source).toMatchObject({ previousTag: '', version: '0.1.0-rc.1', semver: { prerelease: 'rc.1' } })
  })

  it('takes SOURCE_DATE_EPOCH for its time, and refuses what is no number', async () => {
    const source = await inspect(repository.path, { env: { ...env, SOURCE_DATE_EPOCH: '1000' } })
    expect(source).toMatchObject({ commitTimestamp: 1000, commitDate: '2026-01-01T03:00:00Z' })
    await expect(inspect(repository.path, { env: { ...env, SOURCE_DATE_EPOCH: 'now' } })).rejects.toMatchObject({
      code: 'source',
      message: 'SOURCE_DATE_EPOCH is "now", not a number of seconds',
    })
  })

  it('is not led astray by the variables of an outer git', async () => {
    const outer = { ...env, GIT_DIR: '/nonexistent', GIT_WORK_TREE: '/', GIT_INDEX_FILE: '/nonexistent/index' }
    expect((await inspect(repository.path, { env: outer })).commit).toBe(commits[2])
  })
})

describe('a clone that is not ready', () => {
  it('names all problems at once: dirty, another commit, a tag that is no version', async () => {
    await using own = await tempFolder('dirty')
    const other = await testRepository(own.path)
    await other.commit('First', { 'a b.txt': 'one' })
    await other.git('tag', 'release')
    await other.commit('Second')
    await writeFile(join(own.path, 'a b.txt'), 'two')
    await writeFile(join(own.path, 'new.txt'), '')
    const source = await inspect(own.path, { env })
    expect(source).toMatchObject({ dirty: true, changes: [' M "a b.txt"', '?? new.txt'], tag: 'release' })
    expect(codes(source)).toEqual(['tag-not-a-version', 'dirty-tree', 'tag-elsewhere'])
    expect(validate(source)[1]?.message).toContain('?? new.txt')
    const snapshot = await inspect(own.path, { env, snapshot: true })
    expect(validate(snapshot).filter((one) => one.severity === 'error')).toEqual([])
  })

  it('says when the named tag does not exist', async () => {
    const source = await inspect(repository.path, { env: { ...env, GORELEASER_CURRENT_TAG: 'v9.9.9' } })
    expect(codes(source)).toEqual(['tag-missing'])
  })

  it.each([
    ['not a git repository', async () => {}],
    ['has no commit yet', async (path: string) => void (await testRepository(path))],
    ['has no tag', async (path: string) => void (await (await testRepository(path)).commit('First'))],
  ])('%s: an error of its own, and v0.0.0 in a snapshot', async (words, prepare) => {
    await using own = await tempFolder('nothing')
    await prepare(own.path)
    await expect(inspect(own.path, { env })).rejects.toMatchObject({
      code: 'source',
      message: expect.stringContaining(words) as string,
      hint: expect.stringContaining('--snapshot') as string,
    })
    const source = await inspect(own.path, { env, snapshot: true })
    expect(source).toMatchObject({ tag: 'v0.0.0', version: '0.0.0', snapshot: true, previousTag: '' })
  })
})

describe('kinds of clones', () => {
  it('warns in a shallow clone', async () => {
    await using own = await tempFolder('shallow')
    const path = join(own.path, 'clone')
    await run(['git', 'clone', '-q', '--depth', '1', `file://${repository.path}`, path], { env })
    expect(codes(await inspect(path, { env, currentTag: 'v1.1.0' }))).toEqual(['shallow-clone'])
  })

  it('reads a worktree with a detached HEAD', async () => {
    await using own = await tempFolder('worktree')
    const path = join(own.path, 'tree')
    await repository.git('worktree', 'add', '-q', '--detach', path, 'v1.0.0')
    const source = await inspect(path, { env })
    expect(source).toMatchObject({ tag: 'v1.0.0', branch: 'HEAD', commit: commits[0], previousTag: '' })
    expect(validate(source)).toEqual([])
  })

  it.each([
    ['https://github.com/ann/hello.git', 'https://github.com/ann/hello.git'],
    ['git@github.com:ann/hello.git', 'git@github.com:ann/hello.git'],
    ['ssh://git@example.org:2222/ann/hello', 'ssh://git@example.org:2222/ann/hello'],
    ['https://x-access-token:ghs_Sup3rSecret@github.com/ann/hello', 'https://github.com/ann/hello'],
  ])('reads the remote %s', async (url, seen) => {
    await using own = await tempFolder('remote')
    const clone = await testRepository(own.path)
    await clone.commit('First')
    await clone.git('remote', 'add', 'origin', url)
    const source = await inspect(own.path, { env, snapshot: true })
    expect(source.url).toBe(seen)
    expect(JSON.stringify(source)).not.toContain('Sup3rSecret')
  })
})

describe('tags sorted as versions', () => {
  it('the highest on a commit, the one below it, and without prefixes that do not count', async () => {
    await using folder = await tempFolder('semver-tags')
    const repository = await testRepository(folder.path)
    for (const tags of [['v1.9.0', 'chart-9.0.0'], ['v1.10.0-rc.1'], ['v1.10.0', 'v1.2.0', 'chart-10.0.0']]) {
      await repository.commit(tags.join(' '))
      for (const tag of tags) await repository.git('tag', tag)
    }
    const of = async (rules: object): Promise<[string, string]> => {
      const source = await inspect(folder.path, { env: TEST_ENV, ...rules })
      return [source.tag, source.previousTag]
    }
    const ignoreTagPrefixes = ['chart-']
    expect(await of({ tagSort: 'semver', ignoreTagPrefixes })).toEqual(['v1.10.0', 'v1.10.0-rc.1'])
    expect(await of({ tagSort: 'smartsemver', ignoreTagPrefixes })).toEqual(['v1.10.0', 'v1.9.0'])
    expect(await of({ ignoreTagPrefixes })).toEqual(['v1.10.0', 'v1.10.0-rc.1'])
    expect((await of({ tagSort: 'semver' }))[0]).toBe('chart-10.0.0')
  })
})
