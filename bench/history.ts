import { openRepository } from '../src/audit/repository/facts.ts'
import { historyOf } from '../src/audit/history/history.ts'
import { repositoryIn } from '../src/audit/testing/repository.ts'
import { tempFolder } from '../src/core/temp.ts'

export interface HistoryTimes {
  tags: number
  /** Workflows of each commit. */
  workflows: number
  /** Files of each commit, workflows among them. */
  files: number
  /** Different workflow contents over the whole history. */
  contents: number
  /** Milliseconds of each round, git's processes included; nothing is kept from one round to the next. */
  ours: number[]
}

/**
 * What each of 100 tags fired, in a repository with 15 workflows of which a commit changes one: the whole of
 * `tagonce audit --history` without its page.
 * @example const { ours } = await benchHistory()
 */
export async function benchHistory(rounds = 5, tags = 100, workflows = 15): Promise<HistoryTimes> {
  await using folder = await tempFolder('bench-history')
  const repository = repositoryIn(folder.path)
  const others = 600
  repository.write(
    Object.fromEntries(Array.from({ length: others }, (_, at) => [`src/p${at % 40}/f${at}.go`, `package p${at}\n`])),
  )
  repository.write({ 'scripts/publish.sh': 'npm publish\n', Makefile: 'release:\n\tgoreleaser release --clean\n' })
  repository.write(Object.fromEntries(Array.from({ length: workflows }, (_, at) => [pathOf(at), workflow(at, 0)])))
  for (let at = 0; at < tags; at += 1) {
    repository.write({ [pathOf(at % workflows)]: workflow(at % workflows, at + 1) })
    repository.commit(`Change ${at}`)
    repository.tag(`v1.${at}.0`)
  }
  const ours: number[] = []
  const opened = await openRepository(folder.path, process.env, new AbortController().signal)
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now()
    const { tags: found } = await historyOf(opened, process.env)
    ours.push(Math.round(performance.now() - start))
    if (found.length !== tags || found.some((one) => one.workflows.length !== workflows))
      throw new Error('wrong answer')
  }
  return { tags, workflows, files: others + workflows + 2, contents: workflows + tags, ours }
}

function pathOf(at: number): string {
  return `.github/workflows/w${at}.yml`
}

function workflow(at: number, version: number): string {
  return `name: W${at}
on:
  push:
    tags: ['v*']
    branches: [main]
  pull_request:
permissions: {contents: write}
env: {ROUND: '${version}'}
jobs:
  test:
    runs-on: \${{ matrix.os }}
    strategy: {matrix: {os: [ubuntu-latest, macos-latest, windows-latest]}}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-go@v5
        with: {go-version-file: go.mod}
      - run: go test ./...
  release:
    needs: test
    if: startsWith(github.ref, 'refs/tags/')
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: {fetch-depth: 0}
      - run: ${at % 2 === 0 ? 'make release' : './scripts/publish.sh'}
        env: {GITHUB_TOKEN: '\${{ secrets.GITHUB_TOKEN }}'}
      - uses: actions/upload-artifact@v4
        with: {name: dist, path: dist}
`
}

if (import.meta.main) console.log(JSON.stringify(await benchHistory(), undefined, 2))
