import { createHash } from 'node:crypto'
import type { Artifact } from '../../../core/artifact.ts'
import type { Diagnostic } from '../../../core/errors.ts'
import type { Plan } from '../../../plan/plan.ts'
import type { SpokeConfig } from '../../../plan/spoke-config.ts'
import { goreleaserFunctions, render } from '../../../template/template.ts'
import { archive, manifestOf } from '../../homebrew/testing/config.ts'
import type { AnySpoke } from '../../spoke.ts'

/** Zips of `hello` for three systems and two processors. */
export function archives(more: Partial<Artifact> = {}): Artifact[] {
  return ['darwin', 'linux', 'windows'].flatMap((goos) =>
    ['amd64', 'arm64'].map((goarch) => {
      const name = `hello_${goos}_${goarch}.zip`
      const exe = goos === 'windows' ? 'hello.exe' : 'hello'
      const binaries = [{ name: 'hello', path: exe, mode: '0755', size: 5, sha256: '0'.repeat(64) }]
      const sha256 = createHash('sha256').update(name).digest('hex')
      return archive(goos, goarch, { name, format: 'zip', sha256, binaries, ...more })
    }),
  )
}

/** What a spoke makes of a config and six archives; fails where it finds a problem. */
export function renderedUnits<U>(
  spoke: AnySpoke,
  config: object,
  artifacts: Artifact[] = archives(),
  version = '1.2.3',
): U[] {
  const { settings, manifest } = resolved(spoke, config, { artifacts, version })
  return spoke.units(manifest, settings) as U[]
}

/** What a spoke's own rules say of its first entry. */
export function checked(spoke: AnySpoke, config: object, release: Release = {}): Diagnostic[] {
  const { settings, plan } = resolved(spoke, config, release)
  return spoke.check(settings, plan)
}

/** The settings of a spoke's first entry. */
export function settingsOf<S>(spoke: AnySpoke, config: object, release: Release = {}): S {
  return resolved(spoke, config, release).settings as S
}

interface Release {
  artifacts?: Artifact[]
  version?: string
}

function resolved(
  spoke: AnySpoke,
  config: object,
  { artifacts = archives(), version = '1.2.3' }: Release,
): { settings: unknown; plan: Plan; manifest: ReturnType<typeof manifestOf> } {
  const manifest = manifestOf({ artifacts, version })
  const plan = planOf(manifest, artifacts)
  const problems: Diagnostic[] = []
  const fields: Record<string, unknown> = {
    ProjectName: 'hello',
    Version: version,
    Tag: `v${version}`,
    PreviousTag: '',
  }
  const functions = goreleaserFunctions({ readFile: () => Buffer.from(''), env: {}, cwd: '/' })
  const spokeConfig: SpokeConfig = {
    config,
    plan,
    render: (text, _path, extra = {}) => render(text, { ...fields, ...extra }, functions),
    isTrue: (value) => value === true || value === 'true',
    secretEnv: (text) => /\.Env\.(\w+)/.exec(text)?.[1],
    position: () => undefined,
    problem: (one) => problems.push(one),
  }
  const [first] = spoke.settings(spokeConfig)
  if (first === undefined) throw new Error(`no entry of ${spoke.name}`)
  if (problems.length > 0) throw new Error(problems.map((one) => one.message).join('; '))
  // What is sealed is read back as it was.
  return { settings: spoke.parse(JSON.parse(JSON.stringify(first.settings))), plan, manifest }
}

/** Only what spokes read. */
function planOf(manifest: ReturnType<typeof manifestOf>, artifacts: Artifact[]): Plan {
  const path = (one: Artifact): string => `dist/${one.name}/hello`
  const source = {
    tag: manifest.tag,
    version: manifest.version,
    commitDate: manifest.date,
    semver: { major: 1, minor: 2, patch: 3, prerelease: '', metadata: '' },
  }
  return {
    project: 'hello',
    version: manifest.version,
    dist: 'dist',
    source,
    hub: { ...manifest.hub, tokenEnv: 'GITHUB_TOKEN' },
    archives: artifacts
      .filter((one) => one.kind === 'archive')
      .map((one) => ({
        ...one,
        wrapDirectory: one.wrapDirectory ?? '',
        files: [{ src: 'LICENSE', dst: '' }],
        binaries: [path(one)],
      })),
    uploads: artifacts.filter((one) => one.kind === 'binary').map((one) => ({ ...one, path: path(one) })),
    binaries: artifacts.map((one) => ({
      id: 'hello',
      name: 'hello',
      ext: '',
      platform: one.platform,
      path: path(one),
    })),
    sourceArchive: { kind: 'source' },
    spokes: [],
    diagnostics: [],
  } as unknown as Plan
}
