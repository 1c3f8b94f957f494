import type { Pypi } from '../../config/config.ts'
import type { SpokeEntry } from '../spoke.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { problemAt } from '../shared/problem.ts'
import { candidatesFor, whyPassedOver } from '../shared/program-entry.ts'
import { normalName } from './name.ts'
import { selectPlatforms } from './platforms.ts'
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
    const mend = 'give one of them another name or repository'
    problemAt(config, ['pypis', index, 'name'], message, mend, 'pypi-name')
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
  const candidates = candidatesFor(config, entry, at()).map((one) => ({
    ...one,
    // A script of Python has no folder.
    programs: one.programs.map((name) => name.split('/').at(-1) ?? name),
  }))
  const chosen = selectPlatforms(mode, candidates)
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
  const skip = whyPassedOver(config, entry, ['pypis', index])
  const resolved = { entry: label, settings, at: at() }
  if (skip !== undefined) return { ...resolved, skip }
  const facts = { version: plan.version, snapshot: plan.source.snapshot, repository, index: where }
  for (const { key, code, message, mend } of problemsOf(settings, facts))
    problemAt(config, at(key), message, mend, code)
  return resolved
}

/** As PyPI's own action does it: with trusted publishing, and nowhere else. */
function attestationsWanted(entry: Pypi, where: PypiSettings['index'] | undefined): PypiSettings['attestations'] {
  if (entry.attestations !== undefined) return entry.attestations ? 'on' : 'off'
  return entry.trusted_publishing === true && where !== undefined && where.kind !== 'other' ? 'auto' : 'off'
}
