import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { CASES } from '../../testing/cases/cases.ts'
import { parseExactly } from '../exact.ts'
import { modelOf } from '../parse.ts'
import { isClearlyValid } from './check.ts'
import { readQuick } from './read.ts'

/** Where the quick reader answers, the answer must be GitHub's: the same model with the same places, and nothing wrong. */
async function held(text: string): Promise<'quick' | 'passed on'> {
  const quick = readQuick(text)
  if (quick === undefined || !isClearlyValid(quick)) return 'passed on'
  const { root, problems } = await parseExactly('w.yml', text)
  if (root === undefined || problems.length > 0) throw new Error(`${text}\nis wrong: ${problems[0]?.message}`)
  const [ours, theirs] = [quick, root].map((one) => JSON.stringify(modelOf('w.yml', text, one, []), undefined, 1))
  expect(ours).toBe(theirs)
  return 'quick'
}

const SAMPLE = `# A release
name: Release
on:
  push:
    branches: [main, 'release/**']
    tags:
      - 'v*'   # versions
      - "!v0.*"
  pull_request:
  release: {types: [published]}
  workflow_dispatch:
    inputs:
      version: {description: which version, required: false, default: '1.0.0', type: string}
      dry: {type: boolean, default: false}
  schedule:
  - cron: '0 4 * * 1'
permissions: {contents: read}
concurrency: {group: 'r-\${{ github.ref }}', cancel-in-progress: false}
env:
  A: b
  N: 1.20
  T: true
defaults:
  run: {shell: bash}
jobs:
  test:
    name: Test on \${{ matrix.os }}
    runs-on: \${{ matrix.os }}
    timeout-minutes: 10
    strategy:
      fail-fast: false
      matrix:
        os: [ubuntu-latest, macos-latest]
        go: ['1.21', 1.22]
        include:
          - os: windows-latest
            go: 1
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - name: Test
        id: test
        if: runner.os != 'Windows'
        run: |
          set -e   # stop

          go test ./...
            indented "quotes" \${{ github.sha }}

      - run: |-
          echo a: b
        env: {TOKEN: '\${{ secrets.T }}'}
  release:
    needs: [test]
    if: startsWith(github.ref, 'refs/tags/') && always()
    runs-on: ubuntu-latest
    permissions:
      contents: write
      id-token: write
    outputs:
      x: \${{ steps.x.outputs.y }}
    steps:
    - {run: 'echo "it''s"', id: x}
    - run: "goreleaser release \${{ github.ref_name }}"
      if: '\${{ github.ref_type == ''tag'' }}'
    - {run: a, if: "\${{ always() }}", shell: pwsh, working-directory: 'a b'}
    - run: |+
        b

      if: \${{ failure() }}
  call:
    needs: release
    uses: ./.github/workflows/b.yml
    secrets: inherit
    with: {a: b, c: '\${{ needs.release.outputs.x }}'}
`

test('a whole workflow is read quickly, as GitHub reads it', async () => {
  expect(await held(SAMPLE)).toBe('quick')
})

test('so are the fixtures of the rules, most of them', async () => {
  const texts = CASES.flatMap((one) =>
    Object.entries(one.files).filter(([path]) => path.startsWith('.github/workflows/')),
  )
  const answers = await Promise.all(texts.map(([, text]) => held(text)))
  expect(answers.filter((one) => one === 'quick').length / answers.length).toBeGreaterThan(0.6)
})

test.each([
  ['an anchor', 'env: &a {A: b}'],
  ['an alias', 'env: *a'],
  ['a tag', 'env: {A: !!str b}'],
  ['a folded block', 'name: >\n  a\n  b'],
  ['a plain scalar over two lines', 'name: a\n  b'],
  ['a quote over two lines', 'name: "a\n  b"'],
  ['a key twice', 'name: a\nname: b'],
  ['a tab', 'name:\ta'],
  ['an odd number', 'env: {A: 0x10}'],
  ['an exponent', 'env: {A: 1e3}'],
  ['a context that is not there', 'run-name: ${{ secrets.A }}'],
  ['an unclosed expression', 'run-name: ${{ github.ref'],
  ['an unknown key', 'nam: a'],
  ['a block that ends with the text', 'jobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          a'],
])('%s goes to the other parser', async (_, line) => {
  const rest = line.startsWith('jobs:') ? '' : 'jobs: {a: {runs-on: x, steps: [{run: a}]}}\n'
  expect(await held(`on: push\n${rest}${line}`)).toBe('passed on')
})

test('any change to a text is either read as GitHub reads it, or passed on', async () => {
  const lines = SAMPLE.split('\n')
  const pieces = [
    '',
    ' ',
    '  ',
    '- ',
    ': ',
    ':',
    '#',
    ' #',
    "'",
    '"',
    '|',
    '>',
    '{',
    '}',
    '[',
    ']',
    ',',
    '&a',
    '*a',
    '!',
    '~',
    'null',
    'true',
    '007',
    '1.',
    '.5',
    '\n',
    '\n\n',
    '${{',
    '}}',
    'a',
    '|+',
    '|-',
    '@',
    '%',
    '?',
    '? ',
    "''",
    '\\',
    '-',
    '\u00e9',
    '\u{1F600}',
    'needs: call',
    'id: test',
    'with: {}',
    'env:',
    'if: ',
  ]
  const change = fc.record({
    line: fc.nat(lines.length - 1),
    at: fc.nat(40),
    piece: fc.constantFrom(...pieces),
    cut: fc.nat(6),
  })
  let quick = 0
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const changed = [...lines]
      for (const { line, at, piece, cut } of changes) {
        const old = changed[line] ?? ''
        changed[line] = old.slice(0, at) + piece + old.slice(Math.min(old.length, at) + cut)
      }
      if ((await held(changed.join('\n'))) === 'quick') quick += 1
    }),
    { numRuns: 3000 },
  )
  expect(quick).toBeGreaterThan(100)
})
