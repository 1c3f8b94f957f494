import { CONFIG, GORELEASER, type RuleCase, W, workflow } from './case.ts'

const C = '.goreleaser.yaml'
const BASE = 'https://github.com/o/hello/releases/download'
const docker = (dockerfile: string, extra = ''): Record<string, string> => ({
  [C]: `${CONFIG}dockers:\n  - image_templates: ["ghcr.io/o/hello:{{ .Tag }}"]\n${extra}`,
  Dockerfile: dockerfile,
})
const brew = (token = ''): string =>
  `${CONFIG}homebrew_casks:\n  - name: hello\n    repository: {owner: o, name: homebrew-tools${token}}\n`
const HASH = 'a'.repeat(64)

/** The config, the wrappers, and what Go says. */
export const GORELEASER_CASES: RuleCase[] = [
  {
    rule: 'not-hub-fed',
    name: 'an image that is built again',
    files: { [W]: workflow('- run: docker buildx build --push -t ghcr.io/o/hello:1 .') },
    finds: /docker .*builds again/,
    at: `${W}:8`,
  },
  { rule: 'not-hub-fed', name: 'by GoReleaser', files: { [W]: workflow(GORELEASER), [C]: brew() } },
  {
    rule: 'url-mismatch',
    name: 'another name',
    files: { 'hello.rb': `class Hello < Formula\n  url "${BASE}/v#{version}/hello-linux-amd64.tar.gz"\nend\n` },
    finds: /asks for hello-linux-amd64\.tar\.gz; the release will hold hello_1\.0\.1_linux_amd64\.tar\.gz/,
    at: 'hello.rb:2',
  },
  {
    rule: 'url-mismatch',
    name: 'the name of the config',
    files: {
      'hello.rb': `class Hello < Formula\n  url "${BASE}/v#{version}/hello_#{version}_linux_amd64.tar.gz"\nend\n`,
    },
  },
  {
    rule: 'duplicate-config',
    name: 'two and a backup',
    files: { 'goreleaser.yml': CONFIG },
    finds: /goreleaser\.yml lies beside \.goreleaser\.yaml/,
  },
  {
    rule: 'duplicate-config',
    name: 'dist/config.yaml',
    files: { 'dist/config.yaml': CONFIG },
    finds: /dist\/config\.yaml/,
  },
  { rule: 'duplicate-config', name: 'one', files: {} },
  {
    rule: 'goreleaser-deprecated',
    name: 'an old key',
    files: { [C]: CONFIG.replace('formats: [tar.gz]', 'format: tar.gz') },
    finds: /format/,
    at: `${C}:7`,
  },
  {
    rule: 'goreleaser-deprecated',
    name: 'what it includes from outside',
    files: { [C]: `includes:\n  - from_url: { url: https://example.org/base.yaml }\n${CONFIG}` },
    finds: /an audit reads nothing from outside/,
    severity: 'info',
    at: `${C}:2`,
  },
  { rule: 'goreleaser-deprecated', name: 'no old key', files: {} },
  {
    rule: 'goreleaser-major',
    name: 'action v5 and version 2',
    files: { [W]: workflow(GORELEASER.replace('action@v6', 'action@v5').replace("'~> v2'", 'latest')) },
    finds: /brings GoReleaser v1/,
    at: `${W}:10`,
  },
  {
    rule: 'goreleaser-major',
    name: 'action v6 and no version',
    files: { [W]: workflow(GORELEASER), [C]: CONFIG.replace('version: 2\n', '') },
    finds: /brings GoReleaser v2/,
  },
  { rule: 'goreleaser-major', name: 'both are 2', files: { [W]: workflow(GORELEASER) } },
  {
    rule: 'goreleaser-main',
    name: 'another package',
    files: { 'cmd/hello/main.go': 'package hello\n' },
    finds: /is no program for .*: it is package hello/,
    at: `${C}:4`,
  },
  {
    rule: 'goreleaser-main',
    name: 'not for Windows',
    files: { 'cmd/hello/main.go': '//go:build !windows\n\npackage main\n\nfunc main() {}\n' },
    finds: /no program for windows_amd64/,
  },
  { rule: 'goreleaser-main', name: 'a program', files: {} },
  {
    rule: 'goreleaser-main',
    name: 'a library whose config is included',
    files: {
      [C]: 'version: 2\nincludes:\n  - from_url: { url: https://example.org/lib.yaml }\n',
      'go.mod': 'module example.org/lib\n\ngo 1.24\n',
      'lib.go': 'package lib\n',
    },
  },
  {
    rule: 'goreleaser-ldflags',
    name: 'no such variable',
    files: { [C]: CONFIG.replace('    targets', '    ldflags: ["-X main.buildDate={{ .Date }}"]\n    targets') },
    finds: /-X main\.buildDate sets nothing/,
    at: `${C}:5`,
  },
  {
    rule: 'goreleaser-ldflags',
    name: 'it is there',
    files: {
      [C]: CONFIG.replace(
        '    targets',
        '    ldflags: ["-X main.version={{ .Version }} -X github.com/o/hello/internal/v.Commit={{ .Commit }}"]\n    targets',
      ),
      'internal/v/v.go': 'package v\n\nvar (\n\t// Commit is set by the linker.\n\tCommit = "none"\n)\n',
    },
  },
  {
    rule: 'docker-context',
    name: 'copies the source',
    files: docker('FROM golang:1.21\nCOPY . .\n'),
    finds: /\. is not in the docker context/,
    at: 'Dockerfile:2',
  },
  {
    rule: 'docker-context',
    name: 'a file that is not listed',
    files: docker('FROM scratch\nCOPY hello /hello\nCOPY config.yml /\n'),
    finds: /config\.yml is not in the docker context/,
    at: 'Dockerfile:3',
  },
  {
    rule: 'docker-context',
    name: 'the binary and a listed file',
    files: docker(
      'FROM alpine AS a\nFROM scratch\nCOPY --from=a /etc/ssl /etc/ssl\nCOPY hello /hello\nCOPY config.yml /\n',
      '    extra_files: [config.yml]\n',
    ),
  },
  {
    rule: 'dockerfile-content',
    name: 'another program',
    files: { Dockerfile: 'FROM golang:1.22\nCOPY . .\nRUN go build -o /x ./cmd/server\n' },
    finds: /builds cmd\/server; the release builds cmd\/hello/,
    at: 'Dockerfile:3',
  },
  {
    rule: 'dockerfile-content',
    name: 'an old Go',
    files: { Dockerfile: 'FROM golang:1.19-alpine\n' },
    finds: /has Go 1\.19; go\.mod asks for 1\.21/,
    at: 'Dockerfile:1',
  },
  {
    rule: 'dockerfile-content',
    name: 'the same program',
    files: { Dockerfile: 'FROM golang:1.22\nRUN go build -o /x ./cmd/hello\n' },
  },
  {
    rule: 'tool-missing',
    name: 'choco on Ubuntu',
    files: { [W]: workflow(GORELEASER), [C]: `${CONFIG}chocolateys: [{name: hello}]\n` },
    finds: /chocolateys needs choco, which ubuntu-latest does not have/,
    at: `${C}:10`,
  },
  {
    rule: 'tool-missing',
    name: 'a step brings it',
    files: {
      [W]: workflow(`- uses: anchore/sbom-action/download-syft@v0\n${GORELEASER}`),
      [C]: `${CONFIG}sboms: [{artifacts: archive}]\n`,
    },
  },
  {
    rule: 'cross-repo-token',
    name: 'a tap with GITHUB_TOKEN',
    files: { [W]: workflow(GORELEASER), [C]: brew() },
    finds: /o\/homebrew-tools is written with GITHUB_TOKEN/,
    at: `${C}:12`,
  },
  {
    rule: 'cross-repo-token',
    name: 'a token of its own',
    files: {
      [W]: workflow(GORELEASER.replace("}'}", "}', TAP: '${{ secrets.TAP }}'}")),
      [C]: brew(', token: "{{ .Env.TAP }}"'),
    },
  },
  {
    rule: 'config-env-missing',
    name: 'no such variable',
    files: { [W]: workflow(GORELEASER), [C]: brew(', token: "{{ .Env.TAP }}"') },
    finds: /the config reads \.Env\.TAP/,
    at: `${C}:12`,
  },
  {
    rule: 'config-env-missing',
    name: 'the step has it',
    files: {
      [W]: workflow(GORELEASER.replace("}'}", "}', TAP: '${{ secrets.TAP }}'}")),
      [C]: brew(', token: "{{ .Env.TAP }}"'),
    },
  },
  {
    rule: 'go-version-drift',
    name: 'older than go.mod',
    files: {
      [W]: workflow(
        `- uses: actions/setup-go@v5\n  with: {go-version: '1.19'}\n${GORELEASER}`
          .replace('with: {go-version', 'with:\n    go-version')
          .replace("'1.19'}", "'1.19'"),
      ),
    },
    finds: /workflows use Go 1\.19; go\.mod asks for 1\.21/,
    at: `${W}:10`,
  },
  {
    rule: 'go-version-drift',
    name: 'from go.mod',
    files: { [W]: workflow(`- uses: actions/setup-go@v5\n  with: {go-version-file: go.mod}\n${GORELEASER}`) },
  },
  {
    rule: 'stale-manifest',
    name: 'an old version with its checksum',
    files: {
      'hello.rb': `class Hello < Formula\n  version "0.9.0"\n  url "${BASE}/v0.9.0/hello_0.9.0_linux_amd64.tar.gz"\n  sha256 "${HASH}"\nend\n`,
    },
    finds: /is for 0\.9\.0.*last tag is v1\.0\.0/,
    at: 'hello.rb:2',
    severity: 'warning',
  },
  {
    rule: 'stale-manifest',
    name: 'a placeholder',
    files: {
      'hello.rb': `class Hello < Formula\n  url "${BASE}/v1.0.0/hello_1.0.0_linux_amd64.tar.gz"\n  sha256 "REPLACE_ME"\nend\n`,
    },
    finds: /is a placeholder/,
    severity: 'error',
  },
  {
    rule: 'stale-manifest',
    name: 'of the last tag',
    files: {
      'hello.rb': `class Hello < Formula\n  version "1.0.0"\n  url "${BASE}/v1.0.0/hello_1.0.0_linux_amd64.tar.gz"\n  sha256 "${HASH}"\nend\n`,
    },
  },
  {
    rule: 'install-snippet-mismatch',
    name: 'another tap',
    files: { [C]: brew(), 'README.md': '    brew install o/tap/hello\n' },
    finds: /the tap is o\/tools, not o\/tap/,
    at: 'README.md:1',
  },
  {
    rule: 'install-snippet-mismatch',
    name: 'another module',
    files: {
      'go.mod': 'module github.com/o/hello/v2\n\ngo 1.21\n',
      'README.md': 'go install github.com/o/hello/cmd/hello@latest\n',
    },
    finds: /the module is github\.com\/o\/hello\/v2/,
  },
  {
    rule: 'install-snippet-mismatch',
    name: 'a sibling whose name begins alike',
    files: { 'README.md': 'go install github.com/o/hello-cli@latest\n' },
  },
  {
    rule: 'install-snippet-mismatch',
    name: 'both right',
    files: { [C]: brew(), 'README.md': 'brew install o/tools/hello\ngo install github.com/o/hello/cmd/hello@latest\n' },
  },
]
