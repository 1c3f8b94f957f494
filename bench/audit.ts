import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { repositoryIn } from '../src/audit/testing/repository.ts'
import { tempFolder } from '../src/core/temp.ts'
import { inTurn, measure, type Pair } from './measure.ts'

const program = join(resolve(import.meta.dirname, '..'), 'package', 'bin', 'tagonce.cjs')

/** actionlint, from `ACTIONLINT` or the PATH; undefined where it is not there. */
function findActionlint(): string | undefined {
  return [
    process.env['ACTIONLINT'] ?? '',
    ...(process.env['PATH'] ?? '').split(delimiter).map((one) => join(one, 'actionlint')),
  ].find((one) => one !== '' && existsSync(one))
}

/**
 * 1,000 workflow files, no two alike, each read, checked and resolved for a pushed tag by a cold process, beside actionlint
 * on the same files (without shellcheck and pyflakes, which are programs of their own).
 * @example await benchAudit(5)
 */
export async function benchAudit(rounds = 5, files = 1000): Promise<Pair[]> {
  const actionlint = findActionlint()
  if (actionlint === undefined) throw new Error('the peer is missing: set ACTIONLINT')
  await using folder = await tempFolder('bench-audit')
  const repository = repositoryIn(folder.path)
  repository.write(
    Object.fromEntries(Array.from({ length: files }, (_, at) => [`.github/workflows/w${at}.yml`, workflow(at)])),
  )
  repository.commit('All of them')
  const paths = (await readdir(join(folder.path, '.github/workflows'))).map((name) => `.github/workflows/${name}`)
  const ours = [process.execPath, program, '-C', folder.path, '--json', 'explain', 'v1.0.0']
  const theirs = [actionlint, '-no-color', '-shellcheck=', '-pyflakes=', ...paths]
  return [
    await inTurn(
      `${files} workflow files, cold`,
      '≤ 1',
      'actionlint',
      rounds,
      () => measure(ours, { fails: true }),
      () => measure(theirs, { cwd: folder.path, fails: true }),
    ),
  ]
}

/** A workflow as repositories have them: a matrix, conditions, expressions, scripts; some release, most do not. */
function workflow(at: number): string {
  return `name: Workflow ${at}
on:
  push:
    branches: [main, 'release/**']
    tags: ['${at % 7 === 0 ? 'v' : `w${at}-`}*']
  pull_request:
    paths: ['pkg${at}/**']
  workflow_dispatch:
    inputs:
      version: {description: which version, required: false, default: '1.${at}.0', type: string}
permissions: {contents: read}
concurrency: {group: 'w${at}-\${{ github.ref }}', cancel-in-progress: false}
env:
  ROUND: '${at}'
jobs:
  test:
    runs-on: \${{ matrix.os }}
    strategy:
      fail-fast: false
      matrix:
        os: [ubuntu-latest, macos-latest, windows-latest]
        go: ['1.21', '1.22']
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-go@v5
        with: {go-version: '\${{ matrix.go }}'}
      - name: Test ${at}
        if: runner.os != 'Windows'
        run: |
          set -e
          go vet ./pkg${at}/...
          go test -race ./pkg${at}/...
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: report-\${{ matrix.os }}-${at}
          path: report.xml
  release:
    needs: test
    if: startsWith(github.ref, 'refs/tags/') && github.repository_owner == 'owner${at}'
    runs-on: ubuntu-latest
    permissions: {contents: write}
    steps:
      - uses: actions/checkout@v4
        with: {fetch-depth: 0}
      - name: Release \${{ github.ref_name }}
        run: ${at % 3 === 0 ? 'gh release create "$TAG" dist/*' : 'npm publish --access public'}
        env:
          GH_TOKEN: \${{ secrets.GITHUB_TOKEN }}
          TAG: \${{ github.ref_name }}
          NODE_AUTH_TOKEN: \${{ secrets.NPM_TOKEN }}
      - if: failure()
        run: echo "w${at} failed with \${{ steps.x.outcome }}"
`
}

if (import.meta.main) console.log(JSON.stringify(await benchAudit(3), undefined, 2))
