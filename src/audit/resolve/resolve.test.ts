import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ExplainedWorkflow, Occurrence, Workflow } from '../model.ts'
import { parseWorkflow } from '../workflow/parse.ts'
import { combinations } from './matrix.ts'
import { resolveWorkflow } from './resolve.ts'

const FACTS = { repository: 'o/hello', defaultBranch: 'main' }

async function resolved(
  files: Record<string, string>,
  happened: Partial<Occurrence> = {},
  facts = FACTS,
): Promise<ExplainedWorkflow> {
  const workflows: Workflow[] = []
  for (const [path, text] of Object.entries(files))
    workflows.push(await parseWorkflow(`.github/workflows/${path}`, text))
  const [first] = workflows
  if (first === undefined) throw new Error('no workflow')
  return resolveWorkflow(
    first,
    { event: 'push', ref: 'refs/tags/v1.0.0', commit: 'c', commitMessage: 'm', ...happened },
    {
      ...facts,
      effects: () => [],
      called: (path) => workflows.find((one) => one.path === path),
    },
  )
}

const jobs = (one: ExplainedWorkflow): Record<string, string> =>
  Object.fromEntries(one.jobs.map((job) => [job.id, job.state]))
const job = (more: string): string => `{${more}${more === '' ? '' : ', '}runs-on: x, steps: [{run: a}]}`

// docs.github.com, "Running variations of jobs in a workflow", "Expanding or adding matrix configurations": its own example.
test('the matrix of the documentation, include by include', () => {
  const matrix = {
    fruit: ['apple', 'pear'],
    animal: ['cat', 'dog'],
    include: [
      { color: 'green' },
      { color: 'pink', animal: 'cat' },
      { fruit: 'apple', shape: 'circle' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ],
  }
  expect(combinations({ matrix }, {})).toEqual([
    { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
    { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
    { fruit: 'pear', animal: 'cat', color: 'pink' },
    { fruit: 'pear', animal: 'dog', color: 'green' },
    { fruit: 'banana' },
    { fruit: 'banana', animal: 'cat' },
  ])
})

test.each([
  ['one axis', { os: ['a', 'b'] }, 2],
  ['exclude', { os: ['a', 'b'], v: [1, 2], exclude: [{ os: 'a', v: 1 }] }, 3],
  ['exclude by a part', { os: ['a', 'b'], v: [1, 2], exclude: [{ os: 'a' }] }, 2],
  ['only include', { include: [{ a: 1 }, { a: 2 }] }, 2],
  ['an axis that is an expression', { os: '${{ fromJSON(needs.a.outputs.b) }}' }, undefined],
  ['a value that is one', { os: ['a', '${{ inputs.os }}'] }, undefined],
  ['a list that is known', { os: '${{ fromJSON(\'["a", "b", "c"]\') }}' }, 3],
])('%s: so many jobs', (_, matrix, count) => {
  expect(combinations({ matrix }, {})?.length).toBe(count)
})

test('a product of axes has all of them, once', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }), (sizes) => {
      const matrix = Object.fromEntries(
        sizes.map((size, at) => [`k${at}`, Array.from({ length: size }, (_, value) => value)]),
      )
      const all = combinations({ matrix }, {}) ?? []
      expect(all.length).toBe(sizes.reduce((a, b) => a * b, 1))
      expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(all.length)
    }),
  )
})

test('a step of a matrix runs in those combinations that its if takes', async () => {
  const answer = await resolved({
    'a.yml': `on: push
jobs:
  a:
    runs-on: \${{ matrix.os }}
    strategy: {matrix: {os: [linux, windows], push: [true, false]}}
    steps:
      - {run: a, if: "matrix.os == 'windows'"}
      - {run: b, if: matrix.push == true}
      - {run: c, if: "matrix.os == 'macos'"}
      - {run: d}
`,
  })
  const [only] = answer.jobs
  expect(only?.combinations).toHaveLength(4)
  expect(only?.steps.map((step) => [step.state, step.combinations])).toEqual([
    ['runs', [2, 3]],
    ['runs', [0, 2]],
    ['skipped', []],
    ['runs', [0, 1, 2, 3]],
  ])
  expect(only?.steps[0]?.reason).toContain('in 2 of 4 combinations (windows true; windows false)')
})

// docs.github.com, "Using jobs in a workflow": a skip applies to all jobs in the chain from there on.
test('a skipped job skips all that come after it, also behind one that always runs', async () => {
  const answer = await resolved({
    'a.yml': `on: push
jobs:
  a: ${job('if: false')}
  b: ${job('needs: a, if: always()')}
  c: ${job('needs: b')}
  d: ${job('needs: [b], if: "!cancelled()"')}
  e: ${job('needs: b, if: "github.ref_type == \'tag\'"')}
`,
  })
  expect(jobs(answer)).toEqual({ a: 'skipped', b: 'runs', c: 'skipped', d: 'runs', e: 'skipped' })
})

test.each([
  ['github.ref', "github.ref == 'refs/tags/v1.0.0'", 'runs'],
  ['ref_name', "startsWith(github.ref_name, 'v')", 'runs'],
  ['contains', "contains(github.ref, 'rc')", 'skipped'],
  ['the payload of another event', 'github.event.release.draft', 'skipped'],
  ['a pull request that is none', 'github.event.pull_request.merged == true', 'skipped'],
  ['the message', "contains(github.event.head_commit.message, 'm')", 'runs'],
  ['the repository', "github.repository == 'o/hello'", 'runs'],
  ['another repository', "github.repository_owner == 'p'", 'skipped'],
  ['a variable', 'vars.A', 'unknown'],
  ['a variable that settles nothing', "vars.A || github.ref_type == 'tag'", 'runs'],
  ['a variable that is not reached', "github.ref_type == 'branch' && vars.A", 'skipped'],
  ['the actor', "github.actor == 'x'", 'unknown'],
  ['text around', '${{ false }} or not', 'runs'],
  ['not', "!startsWith(github.ref, 'refs/tags/')", 'skipped'],
  ['failure', 'failure()', 'skipped'],
])('if: %s', async (_, condition, state) => {
  const answer = await resolved({ 'a.yml': `on: push\njobs:\n  a: ${job(`if: "${condition}"`)}\n` })
  expect(answer.jobs[0]?.state).toBe(state)
})

test('a repository without a remote: its name is not known', async () => {
  const answer = await resolved(
    { 'a.yml': `on: push\njobs:\n  a: ${job('if: "github.repository == \'o/x\'"')}\n` },
    {},
    { repository: 'local/x', defaultBranch: 'main' },
  )
  expect(answer.state).toBe('unknown')
})

test('calls: inputs by type, a chain, another repository, and what GitHub refuses', async () => {
  const call = (uses: string, more = ''): string => `on: push\njobs: {a: {uses: ${uses}${more}}}\n`
  const callee = `on: {workflow_call: {inputs: {go: {type: boolean}, name: {type: string, default: x}}}}
jobs:
  yes: ${job('if: inputs.go')}
  no: ${job('if: "!inputs.go"')}
  named: ${job('if: "inputs.name == \'v1.0.0\'"')}
`
  const answer = await resolved({
    'a.yml': call('./.github/workflows/b.yml', ", with: {go: true, name: '${{ github.ref_name }}'}"),
    'b.yml': callee,
  })
  expect(jobs(answer.jobs[0]?.calls ?? answer)).toEqual({ yes: 'runs', no: 'skipped', named: 'runs' })
  const same = await resolved({
    'a.yml': call('o/hello/.github/workflows/b.yml@main', ', with: {go: true}'),
    'b.yml': callee,
  })
  expect(same.jobs[0]?.calls?.path).toBe('.github/workflows/b.yml')
  expect((await resolved({ 'a.yml': call('p/q/.github/workflows/b.yml@v1') })).jobs[0]?.reason).toContain(
    'not in this repository',
  )
  expect(await resolved({ 'a.yml': call('./.github/workflows/gone.yml') })).toMatchObject({
    state: 'invalid',
    wouldMatch: true,
  })
  expect(
    (
      await resolved({
        'a.yml': call('./.github/workflows/b.yml'),
        'b.yml': 'on: push\njobs: {a: {runs-on: x, steps: [{run: a}]}}\n',
      })
    ).reason,
  ).toContain('no workflow_call')
  const cycle = await resolved({ 'a.yml': 'on: [push, workflow_call]\njobs: {a: {uses: ./.github/workflows/a.yml}}\n' })
  expect(cycle.reason).toContain('calls itself')
  const level = (at: number): [string, string] => [
    `l${at}.yml`,
    `on: ${at === 0 ? 'push' : 'workflow_call'}\njobs: {a: {uses: ./.github/workflows/l${at + 1}.yml}}\n`,
  ]
  const last = (at: number): [string, string] => [`l${at}.yml`, `on: workflow_call\njobs: {a: ${job('')}}\n`]
  const chain = (length: number): Record<string, string> =>
    Object.fromEntries([...Array.from({ length: length - 1 }, (_, at) => level(at)), last(length - 1)])
  expect((await resolved(chain(10))).state).toBe('runs')
  expect((await resolved(chain(11))).state).toBe('invalid')
})

test('a disabled workflow, and one whose paths are not known', async () => {
  const path = await resolved(
    { 'a.yml': `on: {push: {paths: ['a/**']}}\njobs: {a: ${job('')}}\n` },
    { ref: 'refs/heads/main' },
  )
  expect(path.state).toBe('unknown')
  expect(path.reason).toContain('depends on the paths')
})
