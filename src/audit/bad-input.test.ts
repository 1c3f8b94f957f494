import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { auditRepository } from './audit.ts'
import type { Finding } from './model.ts'
import { audited } from './testing/audited.ts'
import { workflow } from './testing/cases/case.ts'
import { repositoryIn } from './testing/repository.ts'
import { parseWorkflow } from './workflow/parse.ts'

const W = '.github/workflows/w.yml'
const big = `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n${'      - run: echo a long line that says nothing at all\n'.repeat(110_000)}`

const invalid = (findings: Finding[]): string[] =>
  findings
    .filter((one) => one.rule === 'invalid-workflow')
    .map((one) => `${one.where.file}:${one.where.line} ${one.message}`)

test.each([
  ['broken YAML', 'on: [push\njobs: {', /flow/i],
  ['tabs', 'on:\n\tpush:\n', /tab/i],
  ['a list at the top', '- a\n- b\n', /./],
  ['a scalar', 'hello', /./],
  ['binary', 'a\0b\u0001', /no text|cannot be read as text/],
  ['5 MB and more', big, /larger than 5 MB/],
  ['an alias bomb', `x: &a [1]\ny: [${'*a, '.repeat(500)}1]\non: push\n`, /aliases/],
  [
    'an exponential alias bomb',
    `a: &a [x, x]\nb: &b [*a, *a]\n${'cdefghijklmnop'
      .split('')
      .map((name, at) => `${name}: &${name} [*${'bcdefghijklmno'.charAt(at)}, *${'bcdefghijklmno'.charAt(at)}]\n`)
      .join('')}on: push\n`,
    /./,
  ],
  ['an alias of itself', 'on: &a\n  push: *a\njobs: {}\n', /./],
  [
    'cyclic needs',
    'on: push\njobs:\n  a: {runs-on: x, needs: b, steps: [{run: a}]}\n  b: {runs-on: x, needs: a, steps: [{run: a}]}\n',
    /./,
  ],
  ['needs of itself', 'on: push\njobs:\n  a: {runs-on: x, needs: a, steps: [{run: a}]}\n', /./],
  [
    'a workflow that calls itself',
    'on: [push, workflow_call]\njobs: {a: {uses: ./.github/workflows/w.yml}}\n',
    /calls itself/,
  ],
  ['no jobs', 'on: push\n', /jobs/],
  ['a job without steps', 'on: push\njobs: {a: {runs-on: x}}\n', /./],
  ['an expression that ends nowhere', 'on: push\njobs: {a: {runs-on: x, if: "${{ a", steps: [{run: a}]}}\n', /./],
])('%s: an invalid workflow, with its place', async (_, text, message) => {
  const { findings } = await audited({ files: { [W]: text } })
  expect(invalid(findings)).toHaveLength(1)
  expect(invalid(findings)[0]).toMatch(message)
  expect(invalid(findings)[0]).toMatch(/^\.github\/workflows\/w\.yml:\d+ /)
})

test('a file of nearly 5 MB is read in time', async () => {
  const text = big.slice(0, 4.9 * 1024 * 1024)
  const start = performance.now()
  const read = await parseWorkflow(W, text.slice(0, text.lastIndexOf('\n') + 1))
  expect(read.jobs[0]?.steps.length).toBeGreaterThan(50_000)
  expect(performance.now() - start).toBeLessThan(60_000)
})

test('no commit, no repository, no workflows', async () => {
  await using folder = await tempFolder('audit')
  const signal = new AbortController().signal
  await expect(auditRepository({ root: folder.path, env: process.env, signal })).rejects.toMatchObject({
    code: 'source',
    message: expect.stringContaining('not in a git repository') as string,
  })
  const repository = repositoryIn(folder.path)
  await expect(auditRepository({ root: folder.path, env: process.env, signal })).rejects.toMatchObject({
    code: 'source',
    message: 'the repository has no commit yet',
  })
  repository.commit('one')
  const { findings, channels, onTag } = await auditRepository({ root: folder.path, env: process.env, signal })
  expect([findings, channels, onTag.workflows]).toEqual([[], [], []])
  await expect(auditRepository({ root: folder.path, env: process.env, signal, commit: 'nope' })).rejects.toMatchObject({
    code: 'usage',
  })
})

test('a workflow that is a folder, a link to nowhere, or a link out of the repository', async () => {
  await using folder = await tempFolder('audit')
  const repository = repositoryIn(join(folder.path, 'r'))
  repository.write({ 'a.txt': 'a', '.github/workflows/ok.yml': workflow('- run: a') })
  writeFileSync(join(folder.path, 'outside.yml'), workflow('- run: npm publish'))
  mkdirSync(join(folder.path, 'r/.github/workflows/folder.yml'), { recursive: true })
  writeFileSync(join(folder.path, 'r/.github/workflows/folder.yml/a'), 'a')
  symlinkSync('nowhere.yml', join(folder.path, 'r/.github/workflows/lost.yml'))
  repository.commit('one')
  const signal = new AbortController().signal
  for (const commit of [undefined, 'HEAD']) {
    const audit = await auditRepository({
      root: join(folder.path, 'r'),
      env: process.env,
      signal,
      ...(commit === undefined ? {} : { commit }),
    })
    expect(audit.onTag.workflows.find((one) => one.path.endsWith('ok.yml'))?.state).toBe('runs')
    expect(audit.onTag.workflows.map((one) => one.path)).not.toContain('.github/workflows/folder.yml')
  }
})

test('a broken config or tagonce.yaml hides nothing of the workflows', async () => {
  const files = { '.goreleaser.yaml': 'builds: [\n', 'tagonce.yaml': 'audit: [\n', [W]: workflow('- run: npm publish') }
  const { findings, channels } = await audited({ files })
  expect(findings.map((one) => one.rule)).toContain('goreleaser-deprecated')
  expect(channels.map((one) => one.channel)).toEqual(['npm'])
})

test('any text is answered, never thrown at', async () => {
  const words = [
    'on:',
    'push',
    'jobs:',
    'a:',
    'steps:',
    '- run: x',
    '- uses: y@v1',
    'if: ${{ ',
    '}}',
    '&a',
    '*a',
    '{',
    '}',
    '[',
    ']',
    '\n',
    '\n  ',
    '\n    ',
    ': ',
    "'",
    '"',
    '|',
    '#',
    'needs: a',
    'strategy: {matrix: ',
    'null',
    '!',
  ]
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...words), { maxLength: 40 }), async (parts) => {
      const read = await parseWorkflow(W, parts.join(''))
      expect(read.path).toBe(W)
    }),
    { numRuns: 500 },
  )
})
