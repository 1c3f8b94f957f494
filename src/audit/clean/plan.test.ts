import { expect, test } from 'vitest'
import { tempFolder } from '../../core/temp.ts'
import { auditRepository } from '../audit.ts'
import { repositoryIn } from '../testing/repository.ts'
import type { WorkflowRecord } from '../history/runs.ts'
import type { CleanOptions } from './options.ts'
import { cleanPlan, type CleanPlan } from './plan.ts'

const W = '.github/workflows/'

async function planned(files: Record<string, string>, options: Partial<CleanOptions> = {}): Promise<CleanPlan> {
  await using folder = await tempFolder('plan')
  const repository = repositoryIn(folder.path)
  repository.write(
    Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name.includes('/') || name.endsWith('.md') ? name : W + name, text]),
    ),
  )
  repository.commit('one')
  const signal = new AbortController().signal
  const { input } = await auditRepository({ root: folder.path, env: process.env, signal, commit: 'HEAD' })
  return cleanPlan(input, { also: [], allowLoss: [], folder: 'archive/workflows', ...options })
}

const job = (steps: string, more = ''): string => `    runs-on: ubuntu-latest\n${more}    steps: [${steps}]\n`
const on = (events: string, steps: string, more = '', head = ''): string =>
  `on: ${events}\n${head}jobs:\n  a:\n${job(steps, more)}`
const TAG = "{push: {tags: ['v*']}}"
const MAKE = '{uses: softprops/action-gh-release@v2}'
const NPM = '{run: npm publish}'

const stays = (plan: CleanPlan): string | undefined => plan.survivor?.path.slice(W.length)
const codes = (plan: CleanPlan): string[] => plan.problems.map((one) => one.code)

test('the ground that counts more decides: trusted names, channels from the hub, successes, then the name', async () => {
  const trusted = await planned({
    'a.yml': on(TAG, `${MAKE}, ${NPM}, {run: twine upload dist/*}`),
    'z.yaml': on(TAG, `${MAKE}, ${NPM}`, '    permissions: {id-token: write, contents: write}\n'),
  })
  expect(stays(trusted)).toBe('z.yaml')
  expect(trusted.archived[0]?.why).toMatch(/^its name is bound by trusted publishing: the one that stays/)
  const records = (name: string, succeeded: number): WorkflowRecord => ({
    workflow: W + name,
    runs: 4,
    succeeded,
    failed: 4 - succeeded,
    ...(succeeded > 0 ? { lastSuccess: { tag: 'v1', at: '2026-01-01', url: '' } } : {}),
  })
  const runs = { compared: [], unrecorded: [], delivered: [], wasted: [], wastedByChannel: {} }
  const twins = { 'same.yml': on(TAG, MAKE), 'same.yaml': on(TAG, MAKE) }
  expect(stays(await planned(twins))).toBe('same.yml')
  const proven = await planned(twins, { runs: { ...runs, records: [records('same.yml', 0), records('same.yaml', 3)] } })
  expect(stays(proven)).toBe('same.yaml')
  const rates = [records('same.yml', 1), records('same.yaml', 3)]
  expect(stays(await planned(twins, { runs: { ...runs, records: rates } }))).toBe('same.yaml')
  expect(stays(await planned({ 'long-name.yml': on(TAG, MAKE), 'b.yml': on(TAG, MAKE), 'c.yml': on(TAG, MAKE) }))).toBe(
    'b.yml',
  )
})

test('what also does other work, is called, or is awaited is not simply taken away', async () => {
  const mixed = {
    'release.yml': on(TAG, MAKE),
    'ci.yml': on('[push, pull_request]', MAKE, "    if: startsWith(github.ref, 'refs/tags/')\n"),
  }
  const refused = await planned(mixed)
  expect(refused.problems.map((one) => one.message)).toEqual([
    `${W}ci.yml releases on a tag, and also works for push to main, pull_request`,
  ])
  expect(refused.archived).toEqual([])
  const also = await planned(mixed, { also: ['ci.yml'] })
  expect([codes(also), also.archived.map((one) => one.to)]).toEqual([[], ['archive/workflows/ci.yml']])

  const chained = await planned({
    'a.yml': on(TAG, MAKE),
    'release.yml': `name: Ship\n${on("{push: {tags: ['v*']}, workflow_call: }", MAKE)}`,
    'caller.yml': `on: workflow_dispatch\njobs:\n  call: {uses: ./${W}release.yml}\n`,
    'after.yml': on('{workflow_run: {workflows: [Ship]}}', '{run: echo}'),
  })
  expect(chained.problems.map((one) => [one.severity, one.code])).toEqual([
    ['warning', 'still-awaited'],
    ['error', 'still-called'],
  ])
})

test('one workflow needs no clean-up, none has nothing to keep, and another clean-up finds its place', async () => {
  const one = await planned({ 'a.yml': on(TAG, MAKE) })
  expect([one.survivor?.because, one.archived, one.problems]).toEqual(['it is the only one that releases', [], []])
  expect(one.changes.map((change) => change.path)).toEqual(['.github/tagonce.lock.json'])
  expect(codes(await planned({ 'ci.yml': on('push', '{run: make test}') }))).toEqual(['no-survivor'])
  const again = await planned({
    'a.yml': on(TAG, MAKE),
    'b.yml': on(TAG, MAKE),
    'archive/workflows/b.yml': 'old',
    'archive/workflows/ARCHIVE.md': '# Archived workflows\n\n## b.yml\n\n- of old\n',
  })
  expect(again.archived[0]?.to).toBe('archive/workflows/b.2.yml')
  const text = again.changes.find((change) => change.path.endsWith('ARCHIVE.md'))?.after ?? ''
  expect(text.match(/^# /gm)).toHaveLength(1)
  expect(text.match(/^## .*$/gm)).toEqual(['## b.2.yml', '## b.yml'])
})

test('mentions by path, badge and command are mended; bare names, look-alikes and changelogs are not', async () => {
  const readme = `[![x](https://github.com/o/r/actions/workflows/b.yml/badge.svg)](x)
See .github/workflows/b.yml. Not .github/workflows/b.yml.backup, nor .github/workflows/bb.yml.
Run gh workflow run b.yml --ref main. The file b.yml releases.
`
  const plan = await planned({
    'a.yml': on(TAG, MAKE),
    'b.yml': on(TAG, MAKE),
    'README.md': readme,
    'CHANGELOG.md': `.github/workflows/b.yml\n`,
  })
  expect(plan.changes.find((one) => one.path === 'README.md')?.after)
    .toBe(`[![x](https://github.com/o/r/actions/workflows/a.yml/badge.svg)](x)
See .github/workflows/a.yml. Not .github/workflows/b.yml.backup, nor .github/workflows/bb.yml.
Run gh workflow run a.yml --ref main. The file b.yml releases.
`)
  expect(plan.changes.some((one) => one.path === 'CHANGELOG.md')).toBe(false)
  expect(plan.reported).toEqual([
    { path: 'README.md', what: 'starts a.yml by hand, and that has no `workflow_dispatch` trigger' },
    {
      path: 'README.md',
      line: 3,
      what: 'mentions b.yml, which goes: “Run gh workflow run a.yml --ref main. The file b.yml releases.”',
    },
  ])
})
