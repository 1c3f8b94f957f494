/** A small repository in which a rule finds something, or finds nothing although it looks alike. */
export interface RuleCase {
  rule: string
  name: string
  /** What its message says; absent = the rule must find nothing. */
  finds?: RegExp
  /** Where the first finding stands: `path:line`. */
  at?: string
  severity?: 'error' | 'warning' | 'info'
  files: Record<string, string>
  /** Tags of the last commit, in order. */
  tags?: string[]
  message?: string
  /** Further steps with git. */
  git?: string[][]
}

export const W = '.github/workflows/release.yml'

/** A job that runs steps; lines of steps begin at line 8 of the file. */
export function workflow(steps: string, more: { on?: string; top?: string; job?: string } = {}): string {
  return `name: Release
on: ${more.on ?? "{push: {tags: ['v[0-9]+.[0-9]+.[0-9]+']}}"}
${more.top ?? 'permissions: {contents: write}'}
jobs:
  release:
    runs-on: ubuntu-latest
${more.job === undefined ? '' : `    ${more.job}\n`}    steps:
${steps
  .trim()
  .split('\n')
  .map((line) => `      ${line}`)
  .join('\n')}
`
}

export const CONFIG = `version: 2
project_name: hello
builds:
  - main: ./cmd/hello
    targets: [linux_amd64, darwin_arm64, windows_amd64]
archives:
  - formats: [tar.gz]
    format_overrides: [{goos: windows, formats: [zip]}]
release: {github: {owner: o, name: hello}}
`

export const BASE: Record<string, string> = {
  'go.mod': 'module github.com/o/hello\n\ngo 1.21\n',
  'cmd/hello/main.go': 'package main\n\nvar version string\n\nfunc main() { println(version) }\n',
  '.goreleaser.yaml': CONFIG,
}

export const GORELEASER = `- uses: actions/checkout@v4
  with: {fetch-depth: 0}
- uses: goreleaser/goreleaser-action@v6
  with: {version: '~> v2', args: release}
  env: {GITHUB_TOKEN: '\${{ secrets.GITHUB_TOKEN }}'}`
