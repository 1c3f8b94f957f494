import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { gitIn } from '../external/git.ts'
import { createGitHub } from '../external/github.ts'
import { run } from '../external/process.ts'
import { loopback } from '../external/testing.ts'
import { TEST_ENV, testRepository } from '../source/test-repository.ts'
import { render } from '../template/template.ts'
import { changelog } from './changelog.ts'
import { commitEntries, type Entry } from './entries.ts'
import { writeChangelog } from './write.ts'

const draw = (format: string, fields: Record<string, unknown>): string => render(format, fields)
const entry = (sha: string, message: string, login = ''): Entry => ({
  sha,
  message,
  authors: [{ name: 'A', email: 'a@x', login }],
})

test('the commits between two tags, with co-authors and logins, whatever stands in them', async () => {
  await using folder = await tempFolder('changelog')
  const env = {
    PATH: process.env['PATH'],
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: '12+ada@users.noreply.github.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  }
  const git = async (...args: string[]): Promise<void> => void (await run(['git', ...args], { cwd: folder.path, env }))
  await git('init', '-q')
  const commit = async (message: string): Promise<void> => {
    writeFileSync(join(folder.path, 'f'), message)
    await git('add', '-A')
    await git('commit', '-q', '-m', message)
  }
  await commit('zero')
  await git('tag', 'v1.0.0')
  await commit('feat: one <goreleaser_sha>\n\nbody\n\nCo-authored-by: Bo <bo@example.com>\nCo-authored-by: none')
  await commit('fix: two')
  await git('tag', 'v1.1.0')
  const entries = await commitEntries(gitIn(folder.path, env), 'v1.0.0', 'v1.1.0')
  expect(entries.map((one) => one.message)).toEqual(['fix: two', 'feat: one <goreleaser_sha>'])
  expect(entries[1]?.authors).toEqual([
    { name: 'Ada', email: '12+ada@users.noreply.github.com', login: '' },
    { name: 'Bo', email: 'bo@example.com', login: '' },
  ])
  expect(entries[0]?.sha).toMatch(/^[0-9a-f]{40}$/)
  expect(await commitEntries(gitIn(folder.path, env), '', 'v1.1.0')).toHaveLength(3)
})

test('plain, abbreviated, sorted and filtered', () => {
  const entries = [entry('abcdef', 'fix: b'), entry('123456', 'docs: a'), entry('777777', 'feat: c')]
  expect(changelog(entries, {}, draw)).toBe('## Changelog\n* abcdef fix: b\n* 123456 docs: a\n* 777777 feat: c')
  expect(changelog(entries, { abbrev: 3, sort: 'asc', filters: { exclude: ['^docs:'] } }, draw)).toBe(
    '## Changelog\n* 777 feat: c\n* abc fix: b',
  )
  expect(changelog(entries, { abbrev: -1, filters: { include: ['^fix', '^docs'] } }, draw)).toBe(
    '## Changelog\n*  fix: b\n*  docs: a',
  )
  expect(changelog([entry('a', 'm', 'ada'), entry('b', 'n')], { use: 'github' }, draw)).toBe(
    '## Changelog\n* a: m (@ada)\n* b: n (A <a@x>)',
  )
})

test('groups take what matches, in their order; the one without a pattern takes the rest', () => {
  const entries = [entry('1', 'fix: b'), entry('2', 'other'), entry('3', 'feat: c')]
  const groups = [
    { title: 'Features', regexp: '^feat', order: 0 },
    { title: 'Others', order: 999 },
    { title: 'Fixes', regexp: '^fix', order: 1 },
  ]
  expect(changelog(entries, { groups }, draw)).toBe(
    '## Changelog\n### Features\n* 3 feat: c\n### Others\n* 1 fix: b\n* 2 other',
  )
})

test('a title of its own, dividers, and groups inside of groups', () => {
  const entries = ['feat: a', 'feat(api): b', 'feat(cli): c', 'fix: d', 'e'].map((one, index) =>
    entry(String(index), one),
  )
  const groups = [
    {
      title: 'Features',
      regexp: '^feat',
      groups: [
        { title: 'Commands', regexp: 'cli', order: 1 },
        { title: 'Interface', regexp: 'api', order: 0 },
      ],
    },
    { regexp: '^fix', order: 1 },
  ]
  expect(
    changelog(entries, { groups, divider: '---', title: 'What is new', abbrev: -1, format: '{{ .Message }}' }, draw),
  ).toBe(
    '## What is new\n### Features\n* feat: a\n#### Interface\n* feat(api): b\n#### Commands\n* feat(cli): c\n\n---\n\n\n* fix: d',
  )
})

describe('from GitHub', () => {
  const late = { render: (text = '', _: unknown, fields = {}) => render(text, fields), isTrue: () => false, env: {} }
  const repository = { owner: 'ann', repo: 'hello' }
  const input = (config: object, previous: string, warn: () => void = () => {}) => ({
    config,
    previous,
    current: 'v1.1.0',
    late,
    repository,
    warn,
    git: gitIn('/nonexistent', {}),
  })

  test('all pages of the comparison, who has an account by login, co-authors too', async () => {
    const commits = Array.from({ length: 130 }, (_, index) => ({
      sha: `${index}`,
      commit: { message: `m${index}\n\nCo-authored-by: Bo <1+bo@users.noreply.github.com>\nCo-Authored-By: Cy <cy@x>` },
      author: index === 0 ? null : { login: 'ann', name: null, email: null },
    }))
    await using server = await loopback(['api.github.com'], ({ url }, response) => {
      const page = Number(new URL(url, 'http://x').searchParams.get('page'))
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ commits: commits.slice((page - 1) * 100, page * 100) }))
    })
    const github = () =>
      createGitHub({ http: server.http, api: 'https://api.github.com', upload: 'https://u', token: 't' })
    const text = await writeChangelog({
      ...input({ use: 'github', format: '{{ .SHA }} {{ .Message }} {{ .AuthorUsername }} {{ .Logins }}' }, 'v1.0.0'),
      github,
    })
    const lines = text.split('\n')
    expect(lines).toHaveLength(131)
    expect(lines[1]).toBe('* 0 m0 bo [@bo]')
    expect(lines[130]).toBe('* 129 m129 ann [@ann @bo]')
    expect(server.seen[0]?.url).toMatch(/^\/repos\/ann\/hello\/compare\/v1\.0\.0\.\.\.v1\.1\.0\?/)
  })

  test.each(['gitlab', 'gitea'] as const)('%s asks the forge of the release, and says which', async (use) => {
    await using server = await loopback(['api.github.com'], (_, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ commits: [{ sha: 'a', commit: { message: 'one' }, author: { login: 'ann' } }] }))
    })
    const github = () => createGitHub({ http: server.http, api: 'https://api.github.com', upload: 'https://u' })
    const told: string[] = []
    const warn = ({ message }: { message: string }): void => void told.push(message)
    const given = { ...input({ use, format: '{{ .Message }} @{{ .AuthorUsername }}' }, 'v1.0.0'), github, warn }
    expect(await writeChangelog(given)).toContain('* one @ann')
    expect(told.join()).toContain('which is GitHub')
  })

  test('the notes that GitHub writes', async () => {
    await using server = await loopback(['api.github.com'], (_, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ name: 'v1.1.0', body: '## What changed\n* x' }))
    })
    const github = () => createGitHub({ http: server.http, api: 'https://api.github.com', upload: 'https://u' })
    expect(await writeChangelog({ ...input({ use: 'github-native' }, 'v1.0.0'), github })).toBe('## What changed\n* x')
    const [asked] = server.seen
    expect([asked?.method, asked?.url]).toEqual(['POST', '/repos/ann/hello/releases/generate-notes'])
    expect(JSON.parse(String(asked?.body))).toEqual({ tag_name: 'v1.1.0', previous_tag_name: 'v1.0.0' })
  })

  test('where there is no tag before, git is asked, and that is told; a pattern that is none has its mend', async () => {
    await using folder = await tempFolder('changelog')
    const repository2 = await testRepository(folder.path)
    await repository2.commit('feat: one')
    await repository2.git('tag', 'v1.1.0')
    const told: string[] = []
    const warn = ({ message }: { message: string }): void => void told.push(message)
    const base = {
      ...input({ use: 'github' }, ''),
      git: gitIn(folder.path, TEST_ENV),
      warn,
      github: () => {
        throw new Error('not asked')
      },
    }
    expect(await writeChangelog(base)).toMatch(/^## Changelog\n\* [0-9a-f]{40}: feat: one \(Ann <ann@example.org>\)$/)
    expect(told).toEqual(['there is no tag before this one, so the changelog is made from git instead of github'])
    const bad = writeChangelog({ ...base, config: { filters: { exclude: ['a(?=b)'] } } })
    await expect(bad).rejects.toMatchObject({ code: 'config', hint: expect.stringContaining('changelog.filters') })
  })
})

test('only commits that touch a path, where paths are named', async () => {
  await using folder = await tempFolder('changelog')
  const repository = await testRepository(folder.path)
  await repository.commit('one', { 'a/x': '1' })
  await repository.commit('two', { 'b/x': '1' })
  const entries = await commitEntries(gitIn(folder.path, TEST_ENV), '', 'HEAD', ['a'])
  expect(entries.map((item) => item.message)).toEqual(['one'])
  await expect(commitEntries(gitIn(folder.path, TEST_ENV), 'v9', 'HEAD')).rejects.toMatchObject({ code: 'source' })
})
