import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { gitIn } from '../external/git.ts'
import { run } from '../external/process.ts'
import { render } from '../template/template.ts'
import { changelog } from './changelog.ts'
import { commitEntries, type Entry } from './entries.ts'

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
