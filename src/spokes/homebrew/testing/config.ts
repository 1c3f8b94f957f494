import type { Brew, Cask, Config } from '../../../config/config.ts'
import type { Artifact } from '../../../core/artifact.ts'
import type { Diagnostic } from '../../../core/errors.ts'
import type { Manifest } from '../../../manifest/manifest.ts'
import type { SpokeConfig } from '../../../plan/spoke-config.ts'
import { goreleaserFunctions, render } from '../../../template/template.ts'

const HUB = {
  kind: 'github',
  owner: 'acme',
  repo: 'hello',
  download: 'https://github.com',
  api: 'https://api.github.com',
  upload: 'https://uploads.github.com',
} as const

/** What a test says of a release; the rest is filled in. */
export interface Release {
  brews?: Brew[]
  casks?: Cask[]
  artifacts: Artifact[]
  version?: string
  tag?: string
  prerelease?: string
}

/** What a spoke sees; templates are rendered by the real engine. */
export function spokeConfig(release: Release): SpokeConfig & { problems: Diagnostic[] } {
  const { version = '1.2.3', tag = 'v1.2.3', prerelease = '' } = release
  const problems: Diagnostic[] = []
  const fields: Record<string, unknown> = { ProjectName: 'hello', Version: version, Tag: tag, Name: 'hello' }
  const env = { TAP_TOKEN: 'x' }
  const functions = goreleaserFunctions({ readFile: () => Buffer.from(''), env, cwd: '/' })
  const config: Config = {
    ...(release.brews === undefined ? {} : { brews: release.brews }),
    ...(release.casks === undefined ? {} : { homebrew_casks: release.casks }),
  }
  const binaries = release.artifacts.filter((one) => one.kind === 'binary')
  return {
    problems,
    config,
    // Only what the spoke reads.
    plan: {
      project: 'hello',
      version,
      dist: 'dist',
      source: { tag, version, semver: { major: 1, minor: 2, patch: 3, prerelease, metadata: '' } },
      archives: release.artifacts
        .filter((one) => one.kind === 'archive')
        .map((one) => ({ ...one, files: [], binaries: one.binaries.map(({ path }) => `dist/${one.name}/${path}`) })),
      uploads: binaries.map((one) => ({ ...one, path: `dist/${one.name}` })),
      binaries: release.artifacts.flatMap((one) =>
        one.binaries.map(({ name, path }) => ({
          name,
          path: one.kind === 'binary' ? `dist/${one.name}` : `dist/${one.name}/${path}`,
        })),
      ),
      hub: { ...HUB, tokenEnv: 'GITHUB_TOKEN' },
      diagnostics: [],
    } as unknown as SpokeConfig['plan'],
    render: (text, _path, extra = {}) => render(text, { ...fields, ...extra }, functions),
    isTrue: (value) => value === true || value === 'true',
    secretEnv: (text) => /^\{\{ *\.Env\.(\w+) *\}\}$/.exec(text)?.[1],
    position: () => ({ file: '.goreleaser.yaml', line: 1, column: 1 }),
    problem: (one) => problems.push(one),
  }
}

/** The manifest of these artifacts. */
export function manifestOf(release: Release): Manifest {
  const { version = '1.2.3', tag = 'v1.2.3', prerelease = '' } = release
  return {
    $schema: '',
    schema: 1,
    project: 'hello',
    tag,
    version,
    previousTag: '',
    commit: '0'.repeat(40),
    date: '2026-01-02T03:04:05Z',
    prerelease: prerelease !== '',
    tool: { name: 'tagonce', version: '0.0.0' },
    hub: HUB,
    notes: '',
    artifacts: release.artifacts,
    spokes: [],
  }
}

/** An archive of `hello` for a platform, with a digest made of its name's letters. */
export function archive(goos: string, goarch: string, more: Partial<Artifact> = {}): Artifact {
  const name = more.name ?? `hello_${goos}_${goarch}.tar.gz`
  return {
    name,
    kind: 'archive',
    id: 'default',
    format: 'tar.gz',
    platform: { goos, goarch, target: `${goos}_${goarch}` },
    size: 10,
    sha256: Buffer.from(name).toString('hex').padEnd(64, '0').slice(-64),
    binaries: [{ name: 'hello', path: 'hello', mode: '0755', size: 5, sha256: '0'.repeat(64) }],
    ...more,
  }
}
