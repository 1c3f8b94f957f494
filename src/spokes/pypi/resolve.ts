import type { Pypi } from '../../config/config.ts'
import type { SpokeEntry } from '../spoke.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { artifactFields } from '../shared/artifact-fields.ts'
import { normalName } from './name.ts'
import { selectPlatforms } from './platforms.ts'
import type { Candidate } from './platforms.ts'
import { problemsOf } from './problems.ts'
import type { PypiSettings } from './settings.ts'
import { indexOf } from './settings.ts'
import { pep440 } from './version.ts'

type Resolved = SpokeEntry<PypiSettings>
type Path = (string | number)[]

/** The entries of `pypis`, every text rendered. Problems name the key they come from. */
export function resolveSettings(config: SpokeConfig): Resolved[] {
  const resolved = (config.config.pypis ?? []).map((entry, index) => resolveEntry(config, entry, index))
  for (const [index, one] of resolved.entries()) {
    const same = (other: Resolved): boolean =>
      other.entry === one.entry && normalName(other.settings.name) === normalName(one.settings.name)
    const first = resolved.findIndex(same)
    if (first === index || one.skip !== undefined) continue
    const message = `pypis[${first}] makes the project ${one.settings.name} already`
    tell(config, ['pypis', index, 'name'], 'pypi-name', message, 'give one of them another name or repository')
  }
  return resolved
}

function resolveEntry(config: SpokeConfig, entry: Pypi, index: number): Resolved {
  const { plan } = config
  const at = (...keys: Path): Path => ['pypis', index, ...keys]
  const { metadata = {} } = config.config
  const render = (key: keyof Pypi, fallback = ''): string => {
    const value = entry[key]
    return typeof value === 'string' && value !== '' ? config.render(value, at(key)).trim() : fallback
  }
  const list = (key: 'keywords' | 'classifiers'): string[] =>
    (entry[key] ?? []).map((one, place) => config.render(one, at(key, place)).trim()).filter((one) => one !== '')
  const global = (key: 'description' | 'homepage' | 'license'): string =>
    config.render(metadata[key] ?? '', ['metadata', key]).trim()
  const maintainer = config.render(metadata.maintainers?.[0] ?? '', ['metadata', 'maintainers', 0])
  const source = `${plan.hub.download}/${plan.hub.owner}/${plan.hub.repo}`
  const given = Object.entries(entry.urls ?? {}).map(([label, url]): [string, string] => [
    label,
    config.render(url, at('urls', label)).trim(),
  ])
  const known: [string, string][] = [
    ['Homepage', render('homepage', global('homepage') || source)],
    ['Source', source],
    ['Issues', `${source}/issues`],
  ]
  const mode = entry.mode ?? 'wheel'
  const repository = render('repository', 'pypi')
  const where = indexOf(repository)
  const chosen = selectPlatforms(mode, candidates(config, entry, at))
  const programs = [...new Set(chosen.platforms.flatMap((one) => one.programs.map(({ name }) => name)))].sort()
  const settings: PypiSettings = {
    name: render('name', plan.project),
    version: pep440(plan.version) ?? '',
    mode,
    index: where ?? { kind: 'other', upload: 'https://unknown.invalid/', simple: 'https://unknown.invalid/simple' },
    summary: render('summary', global('description')).replaceAll(/\s*\n\s*/g, ' '),
    readme: typeof entry.readme === 'string' ? config.render(entry.readme, at('readme')) : '',
    license: render('license', global('license')),
    author: render('author', maintainer.trim()),
    urls: [...known.filter(([label]) => !given.some(([own]) => own.toLowerCase() === label.toLowerCase())), ...given],
    keywords: list('keywords'),
    classifiers: list('classifiers'),
    requiresPython: render('requires_python', '>=3.8'),
    username: render('username', '__token__'),
    tokenEnv:
      (entry.token === undefined ? undefined : config.secretEnv(entry.token, at('token'))) ??
      (where?.kind === 'testpypi' ? 'TEST_PYPI_TOKEN' : 'PYPI_TOKEN'),
    trusted: entry.trusted_publishing ?? false,
    attestations: attestationsWanted(entry, where),
    commands:
      entry.commands === undefined
        ? programs.map((name) => ({ name, program: name }))
        : Object.entries(entry.commands).map(([name, program]) => ({
            name,
            program: config.render(program, at('commands', name)).trim(),
          })),
    ...chosen,
  }
  // Two indexes may have one name; the first says which project it is.
  const label = where?.kind === 'pypi' || where === undefined ? settings.name : `${settings.name} (${repository})`
  const skip = skipReason(config, entry, index)
  const resolved = { entry: label, settings, at: at() }
  if (skip !== undefined) return { ...resolved, skip }
  const facts = { version: plan.version, snapshot: plan.source.snapshot, repository, index: where }
  for (const { key, code, message, mend } of problemsOf(settings, facts)) tell(config, at(key), code, message, mend)
  return resolved
}

/** As PyPI's own action does it: with trusted publishing, and nowhere else. */
function attestationsWanted(entry: Pypi, where: PypiSettings['index'] | undefined): PypiSettings['attestations'] {
  if (entry.attestations !== undefined) return entry.attestations ? 'on' : 'off'
  return entry.trusted_publishing === true && where !== undefined && where.kind !== 'other' ? 'auto' : 'off'
}

function tell(config: SpokeConfig, path: Path, code: string, message: string, mend: string): void {
  const where = config.position(path) ?? config.position(path.slice(0, -1))
  config.problem({ severity: 'error', code, message, ...(where === undefined ? {} : { where }), mend })
}

/** `auto` leaves pre-releases out, as GoReleaser's own publishers do. */
function skipReason(config: SpokeConfig, entry: Pypi, index: number): string | undefined {
  for (const key of ['disable', 'skip_upload'] as const) {
    const value = entry[key]
    if (value === 'auto' && config.plan.source.semver.prerelease !== '')
      return `pypis[${index}].${key} is auto, and this is a pre-release`
    if (value !== 'auto' && config.isTrue(value, ['pypis', index, key])) return `pypis[${index}].${key} is true`
  }
  return undefined
}

/** The artifacts of the plan that hold programs, filtered by `ids` and `if`. */
function candidates(config: SpokeConfig, entry: Pypi, at: (...keys: Path) => Path): Candidate[] {
  const { plan } = config
  const named = new Map(plan.binaries.map((binary) => [binary.path, binary.name.split('/').at(-1) ?? binary.name]))
  const programs = (paths: string[]): string[] => paths.flatMap((path) => named.get(path) ?? [])
  const all = [
    ...plan.archives.map((one) => ({ ...one, programs: programs(one.binaries) })),
    ...plan.uploads.map((one) => ({ ...one, format: 'binary', programs: programs([one.path]) })),
  ]
  return all.flatMap((one) => {
    const { platform } = one
    if (platform === undefined || one.programs.length === 0) return []
    if (entry.ids !== undefined && entry.ids.length > 0 && !entry.ids.includes(one.id)) return []
    if (entry.if !== undefined && config.render(entry.if, at('if'), artifactFields(plan, one)).trim() !== 'true')
      return []
    return [{ artifact: one.name, format: one.format, platform, programs: one.programs }]
  })
}
