import { repositoryIn, type TestRepository } from './repository.ts'

// The case that started this, rebuilt: four workflows fire on one tag and a fifth cannot be read.
// Written by us after the description in the deployment plan; no file of that project is in it.

const GORELEASER = `name: GoReleaser - Release Everywhere
on:
  push:
    tags:
      - 'v*'
permissions:
  contents: write
jobs:
  goreleaser:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - uses: actions/setup-go@v5
        with:
          go-version: '1.22'
      - uses: goreleaser/goreleaser-action@v6
        with:
          version: latest
          args: release --clean
        env:
          GITHUB_TOKEN: \${{ secrets.GITHUB_TOKEN }}
          CHOCOLATEY_API_KEY: \${{ secrets.CHOCOLATEY_API_KEY }}
`

const RELEASE = `name: Release
on:
  push:
    tags: ['v*']
permissions:
  contents: write
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: go test ./...
  release:
    needs: test
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - run: goreleaser release --clean
        env:
          GITHUB_TOKEN: \${{ secrets.GITHUB_TOKEN }}
  wrappers:
    needs: release
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: ./scripts/publish-npm.sh
        env:
          NODE_AUTH_TOKEN: \${{ secrets.NPM_TOKEN }}
      - run: |
          cd python-wrapper
          python -m build
          twine upload dist/*
        env:
          TWINE_PASSWORD: \${{ secrets.PYPI_TOKEN }}
`

const SIMPLE = `name: Simple Release
on:
  push:
    tags: ['v*']
  workflow_dispatch:
    inputs:
      version:
        description: the version
        required: true
        default: v2.0.0
jobs:
  release:
    runs-on: ubuntu-latest
    permissions:
      contents: write
    steps:
      - uses: actions/checkout@v4
      - run: |
          for os in linux darwin windows; do
            GOOS=$os go build -o contextlite-$os ./cmd/contextlite
          done
      - uses: softprops/action-gh-release@v2
        with:
          tag_name: v\${{ inputs.version }}
          files: contextlite-*
`

const BROKEN = `name: Publish Packages
on:
  push:
    tags: ['v*']
jobs:
  npm:
    runs-on: ubuntu-latest
    steps:
      - id: version
        run: echo "v=1" >> "$GITHUB_OUTPUT"
      - run: npm publish
#  pypi:
#    runs-on: ubuntu-latest
#    steps:
      - id: version
        run: echo "v=2" >> "$GITHUB_OUTPUT"
      - run: twine upload dist/*
`

const CI = `name: CI
on:
  push:
    branches: [main]
  pull_request:
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: go test ./...
`

const CONFIG = `version: 2
project_name: contextlite
builds:
  - main: ./cmd/contextlite
    targets: [linux_amd64, linux_arm64, windows_amd64, darwin_amd64, darwin_arm64]
archives:
  - formats: [tar.gz]
    format_overrides:
      - goos: windows
        formats: [zip]
release:
  github:
    owner: example-owner
    name: contextlite
chocolateys:
  - name: contextlite
    title: ContextLite
    authors: Someone
    summary: Context assembly
homebrew_casks:
  - name: contextlite
    repository:
      owner: example-owner
      name: homebrew-tools
`

const NPM_WRAPPER = `// Downloads the binary of the release.
const files = {
  'linux-x64': 'contextlite-linux-amd64.tar.gz',
  'darwin-arm64': 'contextlite-darwin-arm64.tar.gz',
  'win32-x64': 'contextlite-windows-amd64.zip',
}
const version = require('./package.json').version
const url = 'https://github.com/example-owner/contextlite/releases/download/v' + version + '/' + files[process.platform + '-' + process.arch]
module.exports = url
`

/** Makes the repository of the deployment plan in a folder; its last commit is tagged v2.0.0. */
export function deploymentPlanRepository(path: string): TestRepository {
  const repository = repositoryIn(path)
  repository.write({
    'go.mod': 'module github.com/example-owner/contextlite\n\ngo 1.21\n',
    'cmd/contextlite/main.go': 'package main\n\nfunc main() {}\n',
    'README.md': '# contextlite\n\nReleased by `.github/workflows/release.yml`.\n',
    '.gitignore': 'archive/\n',
    '.github/workflows/ci.yml': CI,
    '.github/workflows/goreleaser.yml': GORELEASER,
    '.goreleaser.yaml': CONFIG,
  })
  repository.commit('Begin')
  repository.tag('v1.0.0')
  repository.write({ '.github/workflows/simple-release.yml': SIMPLE })
  repository.commit('A simple release, to be sure')
  repository.tag('v1.1.0')
  repository.write({
    '.github/workflows/release.yml': RELEASE,
    '.github/workflows/goreleaser.yaml': GORELEASER,
    '.github/workflows/publish-packages.yml': BROKEN,
    '.github/workflows/deploy.yml': '',
    '.github/workflows/release.yml.backup': RELEASE,
    '.goreleaser.yml.backup': CONFIG,
    'dist/config.yaml': CONFIG,
    'scripts/publish-npm.sh': '#!/bin/sh\nset -e\ncd npm-wrapper\nnpm publish --access public\n',
    'npm-wrapper/package.json': '{"name":"contextlite","version":"2.0.0"}\n',
    'npm-wrapper/install.js': NPM_WRAPPER,
    'python-wrapper/pyproject.toml': '[project]\nname = "contextlite"\nversion = "2.0.0"\n',
  })
  repository.git('config', 'core.fileMode', 'true')
  repository.commit('Everything at once')
  repository.tag('v2.0.0')
  repository.git('remote', 'add', 'origin', 'https://github.com/example-owner/contextlite.git')
  return repository
}
