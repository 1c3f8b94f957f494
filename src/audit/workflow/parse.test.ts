import { expect, test } from 'vitest'
import { parseWorkflow } from './parse.ts'

const WHOLE = `name: Release
on:
  push:
    tags: ['v*', '!v0.*']
  workflow_dispatch:
    inputs:
      version: {description: which, required: true, default: '1.0.0', type: string}
permissions: write-all
concurrency: {group: 'r-\${{ github.ref }}', cancel-in-progress: true}
env: {A: b}
jobs:
  one:
    if: startsWith(github.ref, 'refs/tags/')
    runs-on: \${{ matrix.os }}
    strategy: {matrix: {os: [ubuntu-latest, macos-latest]}}
    steps:
      - uses: actions/checkout@v4
        with: {fetch-depth: 0}
      - name: go
        if: \${{ always() && env.X }}
        run: |
          echo \${{ github.ref_name }}
          goreleaser release
        env: {TOKEN: '\${{ secrets.T }}'}
  two:
    needs: one
    uses: ./.github/workflows/called.yml
    secrets: inherit
    with: {a: b}
`

test('a whole workflow, with positions and texts as written', async () => {
  const workflow = await parseWorkflow('.github/workflows/r.yml', WHOLE)
  expect(workflow.problems).toEqual([])
  expect(workflow.name).toBe('Release')
  expect(workflow.triggers.map((one) => [one.event, one.tags, one.where.line])).toEqual([
    ['push', ['v*', '!v0.*'], 3],
    ['workflow_dispatch', undefined, 5],
  ])
  expect(workflow.triggers[1]?.inputs?.['version']).toEqual({
    type: 'string',
    required: true,
    default: '1.0.0',
    description: 'which',
  })
  expect(workflow.permissions).toEqual({ '*': 'write' })
  expect(workflow.concurrency).toMatchObject({ group: 'r-${{ github.ref }}', cancelInProgress: 'true' })
  const [one, two] = workflow.jobs
  expect(one?.if?.text).toBe("startsWith(github.ref, 'refs/tags/')")
  expect(one?.matrix).toEqual({ os: ['ubuntu-latest', 'macos-latest'] })
  expect(one?.steps.map((step) => step.name)).toEqual(['actions/checkout@v4', 'go'])
  expect(one?.steps[1]?.run).toBe('echo ${{ github.ref_name }}\ngoreleaser release\n')
  expect(one?.steps[1]?.env).toEqual({ TOKEN: '${{ secrets.T }}' })
  expect(one?.steps[1]?.where.line).toBe(19)
  expect(two).toMatchObject({ needs: ['one'], uses: './.github/workflows/called.yml', secrets: 'inherit' })
})

test.each([
  ['empty', '', 'the file is empty'],
  ['binary', 'a\0b', 'this is not a text file'],
  ['broken YAML', 'on: [push\njobs: {', /./],
  [
    'duplicate step id',
    'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - {id: s, run: a}\n      - {id: s, run: b}\n',
    /id/,
  ],
  ['unknown event', 'on: pusch\njobs: {a: {runs-on: x, steps: [{run: a}]}}\n', /pusch/],
  [
    'cyclic needs',
    'on: push\njobs:\n  a: {runs-on: x, needs: b, steps: [{run: a}]}\n  b: {runs-on: x, needs: a, steps: [{run: a}]}\n',
    /need|cycl|depend/i,
  ],
  [
    'both filters',
    "on: {push: {tags: ['v*'], tags-ignore: ['x']}}\njobs: {a: {runs-on: x, steps: [{run: a}]}}\n",
    /tags and tags-ignore/,
  ],
  [
    'only negative',
    "on: {push: {tags: ['!v*']}}\njobs: {a: {runs-on: x, steps: [{run: a}]}}\n",
    /only patterns that begin/,
  ],
  ['alias bomb', `a: &a [x]\nb: [${'*a, '.repeat(200)}*a]\n`, /aliases/],
])('%s is told, not thrown', async (_, content, message) => {
  const workflow = await parseWorkflow('w.yml', content)
  expect(workflow.problems.length).toBeGreaterThan(0)
  expect(workflow.problems.map((one) => one.message).join('\n')).toMatch(message)
})
