import spdx from 'spdx-expression-parse'
import validateName from 'validate-npm-package-name'
import { valid } from 'semver'
import type { Npm } from '../../config/config.ts'
import type { SpokeEntry } from '../spoke.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { problemAt } from '../shared/problem.ts'
import { candidatesFor, whyPassedOver } from '../shared/program-entry.ts'
import { distTagOf, tagProblem } from './dist-tags.ts'
import { platformPackage, selectPlatforms } from './platforms.ts'
import type { NpmSettings } from './settings.ts'

type Resolved = SpokeEntry<NpmSettings>

/** The entries of `npms`, every text rendered. Problems name the key they come from. */
export function resolveSettings(config: SpokeConfig): Resolved[] {
  const resolved = (config.config.npms ?? []).map((entry, index) => resolveEntry(config, entry, index))
  for (const [index, one] of resolved.entries()) {
    const first = resolved.findIndex((other) => other.settings.name === one.settings.name)
    if (first === index || one.skip !== undefined) continue
    const message = `npms[${first}] makes the package ${one.settings.name} already`
    problemAt(config, ['npms', index, 'name'], message, 'give one of them another name', 'npm-name')
  }
  return resolved
}

function resolveEntry(config: SpokeConfig, entry: Npm, index: number): Resolved {
  const { plan } = config
  const at = (key: string): (string | number)[] => ['npms', index, key]
  const { metadata = {} } = config.config
  const render = (key: keyof Npm, fallback = ''): string => {
    const value = entry[key]
    return typeof value === 'string' && value !== '' ? config.render(value, at(key)).trim() : fallback
  }
  /** GoReleaser's global metadata, where the entry says nothing. */
  const global = (key: 'description' | 'homepage' | 'license'): string => {
    return config.render(metadata[key] ?? '', ['metadata', key]).trim()
  }
  const home = `${plan.hub.download}/${plan.hub.owner}/${plan.hub.repo}`
  const candidates = candidatesFor(config, entry, ['npms', index])
  const { format } = entry
  const chosen = selectPlatforms(
    format === undefined ? candidates : candidates.filter((one) => sameFormat(format, one.format)),
  )
  const settings: NpmSettings = {
    name: render('name', plan.project),
    version: plan.version,
    mode: entry.mode ?? 'platform',
    tag: render('tag', distTagOf(plan.version)),
    access: entry.access || 'public',
    description: render('description', global('description')),
    homepage: render('homepage', global('homepage') || `${home}#readme`),
    license: render('license', global('license')),
    author: render('author', config.render(metadata.maintainers?.[0] ?? '', ['metadata', 'maintainers', 0])),
    repository: render('repository', home),
    bugs: render('bugs', `${home}/issues`),
    keywords: entry.keywords ?? [],
    extra: entry.extra ?? {},
    tokenEnv: (entry.token === undefined ? undefined : config.secretEnv(entry.token, at('token'))) ?? 'NPM_TOKEN',
    extraFiles: [...(entry.files ?? []), ...(entry.extra_files ?? [])].flatMap(({ glob, name_template: name }, file) =>
      glob === undefined || glob === ''
        ? []
        : [
            {
              glob: config.render(glob, ['npms', index, 'extra_files', file, 'glob']),
              name: config.render(name ?? '', ['npms', index, 'extra_files', file, 'name_template']),
            },
          ],
    ),
    trusted: entry.trusted_publishing === true,
    provenance: provenanceWanted(entry),
    staged: entry.staged === true,
    ...chosen,
  }
  const skip = whyPassedOver(config, entry, ['npms', index])
  const resolved = { entry: settings.name, settings, at: ['npms', index] }
  if (skip !== undefined) return { ...resolved, skip }
  for (const [key, code, message, mend] of problemsOf(settings, entry)) problemAt(config, at(key), message, mend, code)
  return resolved
}

/** npm makes provenance by itself for a trusted publisher of a public package; from a public repository, which only the workflow knows. */
function provenanceWanted({ provenance, trusted_publishing: trusted, access }: Npm): NpmSettings['provenance'] {
  if (provenance !== undefined) return provenance ? 'on' : 'off'
  return trusted === true && access !== 'restricted' ? 'auto' : 'off'
}

type Problem = [key: string, code: string, message: string, mend: string]

/** What the registry would refuse in one entry, each with its key. */
function problemsOf(settings: NpmSettings, entry: Npm): Problem[] {
  const found: Problem[] = []
  const names = [settings.name]
  if (settings.mode === 'platform')
    names.push(...settings.platforms.map((one) => platformPackage(settings.name, one.word)))
  for (const name of names) {
    const result = validateName(name)
    const why = [...(result.errors ?? []), ...(result.warnings ?? [])]
    if (why.length > 0) {
      found.push([
        'name',
        'npm-name',
        `"${name}" cannot be the name of a new npm package: ${why.join('; ')}`,
        'use lower case letters, digits and hyphens, with a scope of yours if you like',
      ])
      break
    }
  }
  if (settings.access === 'restricted' && !settings.name.startsWith('@')) {
    found.push(['access', 'npm-access', 'a package without a scope cannot be restricted', 'give it a scope: @you/name'])
  }
  if (settings.provenance === 'on' && settings.access === 'restricted') {
    found.push([
      'provenance',
      'npm-provenance',
      'provenance is for public packages: the registry refuses it with a restricted one',
      'leave provenance out, or set access: public',
    ])
  }
  const tag = tagProblem(settings.tag)
  if (tag !== undefined)
    found.push(['tag', 'npm-tag', `${tag}, so it cannot be a dist-tag`, 'use a word: latest, next, release-1.x'])
  if (valid(settings.version) !== settings.version) {
    found.push([
      'name',
      'npm-version',
      `${settings.version} is not a version that npm keeps as it is`,
      'tag a semantic version without build metadata',
    ])
  }
  if (settings.trusted && entry.token !== undefined) {
    found.push([
      'token',
      'npm-trusted',
      'with trusted_publishing there is no token',
      'leave one of the two out: a token is never a fallback',
    ])
  }
  const license = licenseProblem(settings.license)
  if (license !== undefined)
    found.push([
      'license',
      'npm-license',
      license,
      'name it as SPDX does: MIT, Apache-2.0, (MIT OR Apache-2.0); UNLICENSED where there is none',
    ])
  for (const key of ['templated_files', 'templated_extra_files', 'url_template'] as const) {
    const value = entry[key]
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue
    const mend =
      key === 'url_template'
        ? 'leave it out: addresses are those of the hub'
        : 'leave it out: README and LICENSE are taken from the archive in the hub'
    found.push([key, 'not-built-yet', `npms[].${key} is not carried out yet`, mend])
  }
  return found
}

function licenseProblem(license: string): string | undefined {
  if (license === '') return 'the package has no license'
  if (license === 'UNLICENSED' || license.startsWith('SEE LICENSE IN ')) return undefined
  try {
    spdx(license)
    return undefined
  } catch {
    return `"${license}" is not an SPDX expression`
  }
}

function sameFormat(a: string, b: string): boolean {
  const plain = (format: string): string => (format === 'tgz' ? 'tar.gz' : format)
  return plain(a) === plain(b)
}
