import { type Language, type ProjectFacts, recordOf } from './detect.ts'

/** What git should ignore; the same lines as GoReleaser's. */
export const IGNORED: Record<Language, readonly string[]> = {
  go: ['dist/'],
  rust: ['dist/', 'target/'],
  node: ['dist/', 'node_modules/'],
  bun: ['dist/', 'node_modules/'],
  deno: ['dist/'],
  zig: ['dist/', 'zig-out/', '.zig-cache/'],
  uv: ['dist/', 'build/'],
  poetry: ['dist/'],
}

/**
 * The text of a first config, the same for us and for GoReleaser.
 * @example starterConfig('go', facts).startsWith('# ') // true
 */
export function starterConfig(language: Language, facts: ProjectFacts): string {
  const isPython = language === 'uv' || language === 'poetry'
  const parts = [HEAD, beforeOf(language, facts), buildsOf(language, facts), isPython ? '' : ARCHIVES, CHANGELOG]
  return parts.filter((one) => one !== '').join('\n')
}

const HEAD = `# What is released, and how. Every key: https://goreleaser.com/customization
# yaml-language-server: $schema=https://goreleaser.com/static/schema.json
version: 2
`

const ARCHIVES = `archives:
  - formats: [tar.gz]
    format_overrides:
      - goos: windows
        formats: [zip]
`

const CHANGELOG = `changelog:
  sort: asc
  filters:
    exclude:
      - "^docs:"
      - "^test:"
`

/** What has to be there before the builds begin. */
function beforeOf(language: Language, { files }: ProjectFacts): string {
  const commands: Partial<Record<Language, string | undefined>> = {
    rust: files.has('Cargo.lock') ? 'cargo fetch --locked' : undefined,
    bun: 'bun install --frozen-lockfile',
    node: files.has('pnpm-lock.yaml')
      ? 'pnpm install --frozen-lockfile'
      : files.has('yarn.lock')
        ? 'yarn install --immutable'
        : files.has('package-lock.json')
          ? 'npm ci'
          : undefined,
  }
  const command = commands[language]
  return command === undefined ? '' : `before:\n  hooks:\n    - ${command}\n`
}

const TARGETS: Partial<Record<Language, readonly string[]>> = {
  rust: [
    'x86_64-unknown-linux-gnu',
    'aarch64-unknown-linux-gnu',
    'x86_64-apple-darwin',
    'aarch64-apple-darwin',
    'x86_64-pc-windows-gnu',
  ],
  zig: ['x86_64-linux', 'aarch64-linux', 'x86_64-macos', 'aarch64-macos', 'x86_64-windows'],
  bun: ['linux-x64-modern', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'windows-x64-modern'],
  deno: [
    'x86_64-unknown-linux-gnu',
    'aarch64-unknown-linux-gnu',
    'x86_64-apple-darwin',
    'aarch64-apple-darwin',
    'x86_64-pc-windows-msvc',
  ],
  node: ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win-x64', 'win-arm64'],
}

function buildsOf(language: Language, facts: ProjectFacts): string {
  if (language === 'go') return goBuilds(facts.goMains)
  if (language === 'uv' || language === 'poetry') {
    const entry = (mode: string): string => `  - id: ${mode}\n    builder: ${language}\n    buildmode: ${mode}\n`
    return `builds:\n${entry('wheel')}${entry('sdist')}`
  }
  const targets = (TARGETS[language] ?? []).map((one) => `      - ${one}\n`).join('')
  return `builds:\n  - builder: ${language}\n${flagsOf(language, facts)}    targets:\n${targets}`
}

function flagsOf(language: Language, { cargo }: ProjectFacts): string {
  if (language === 'zig') return '    flags: [-Doptimize=ReleaseSafe]\n'
  if (language !== 'rust') return ''
  const { members } = recordOf(recordOf(cargo)['workspace'])
  const member = Array.isArray(members)
    ? String(members[0] ?? '')
        .split('/')
        .at(-1)
    : undefined
  if (!member || member.includes('*')) return '    flags: [--release]\n'
  return `    # a workspace: name the package with the program\n    flags: [--release, --package=${member}]\n`
}

function goBuilds(mains: string[]): string {
  const places = mains.length === 0 ? ['.'] : mains
  const entries = places.map((main) => {
    const name = main.split('/').at(-1) ?? ''
    const id = places.length === 1 ? '' : `    id: ${name}\n    binary: ${name}\n`
    const text = `${id}    main: ${main}
    env:
      - CGO_ENABLED=0
    # the same bytes, wherever it is built
    flags: [-trimpath]
    mod_timestamp: "{{ .CommitTimestamp }}"
    goos: [linux, darwin, windows]
    goarch: [amd64, arm64]
`
    return text.replace(/^ {4}/, '  - ')
  })
  return `builds:\n${entries.join('')}`
}
