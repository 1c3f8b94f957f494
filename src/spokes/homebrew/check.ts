import picomatch from 'picomatch'
import parseLicense from 'spdx-expression-parse'
import type { Diagnostic } from '../../core/errors.ts'
import type { Plan } from '../../plan/plan.ts'
import { caskToken } from './class-name.ts'
import { doubled } from './select.ts'
import type { CaskSettings, FormulaSettings, TapSettings } from './settings.ts'

/** Homebrew's rules for a formula (docs.brew.sh/Formula-Cookbook), and what would break its text. Pure. */
export function checkFormula(settings: FormulaSettings, plan: Plan): Diagnostic[] {
  const inQuotes: [string, string | undefined][] = [
    ['license', settings.license],
    ['custom_require', settings.customRequire],
    ...settings.conflicts.map((one): [string, string] => ['conflicts', one]),
    ...settings.dependencies.map((one): [string, string] => ['dependencies', one.name]),
  ]
  return [...checkTap('brews', settings, plan, inQuotes), ...checkLicense(settings), ...checkNamesakes(settings, plan)]
}

/** Homebrew's rules for a cask (docs.brew.sh/Cask-Cookbook), and what would break its text. Pure. */
export function checkCask(settings: CaskSettings, plan: Plan): Diagnostic[] {
  const inQuotes: [string, string | undefined][] = [
    ['service', settings.service],
    ...settings.binaries.map((one): [string, string] => ['binaries', one]),
    ...settings.manpages.map((one): [string, string] => ['manpages', one]),
  ]
  return [...checkTap('homebrew_casks', settings, plan, inQuotes), ...checkPrograms(settings, plan)]
}

/** A cask links what `binaries` names; by default that is the cask's own name, which no archive need have. */
function checkPrograms(settings: CaskSettings, plan: Plan): Diagnostic[] {
  const archives = plan.archives.filter((one) => settings.packages.some(({ artifact }) => artifact === one.name))
  if (archives.length === 0) return []
  const paths = new Set(archives.flatMap((one) => one.binaries))
  const known = plan.binaries.filter((one) => paths.has(one.path)).map((one) => one.name)
  const files = archives.flatMap((one) => one.files.flatMap(({ src, dst }) => [src, dst]))
  const isThere = (name: string): boolean =>
    known.includes(name) || files.some((file) => file === name || picomatch.isMatch(name, file))
  return settings.binaries
    .filter((one) => !isThere(one))
    .map((one) => ({
      severity: 'error',
      code: 'brew-program',
      message: `homebrew_casks ${settings.name}: no archive has a program ${one}; brew could not link it`,
      mend: `set binaries: [${known[0] ?? '…'}]`,
    }))
}

function checkTap(
  key: string,
  settings: TapSettings & { description: string; homepage: string },
  plan: Plan,
  inQuotes: [string, string | undefined][],
): Diagnostic[] {
  const { name, description, homepage } = settings
  const here = `${key} ${name}`
  const found: Diagnostic[] = []
  const error = (code: string, message: string, mend: string): number =>
    found.push({ severity: 'error', code, message: `${here}: ${message}`, mend })
  const warn = (code: string, message: string, mend: string): number =>
    found.push({ severity: 'warning', code, message: `${here}: ${message}`, mend })

  if (!/^[A-Za-z0-9][A-Za-z0-9._+@-]*$/.test(name)) {
    error('brew-name', 'the name may hold letters, digits and . _ + @ - only', 'set name:')
  } else if (name !== caskToken(name)) {
    warn('brew-name', 'brew expects a name in lower case', `set name: ${caskToken(name)}`)
  }
  if (/^(?:\/|\\)|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(settings.directory)) {
    error('brew-directory', `directory ${settings.directory} leaves the tap`, 'name a folder inside it')
  }
  if (key === 'homebrew_casks' && settings.directory !== 'Casks') {
    warn('brew-directory', `brew looks for casks in Casks, not in ${settings.directory}`, 'leave directory: out')
  }
  if (!settings.repository.name.startsWith('homebrew-')) {
    const tap = `${settings.repository.owner}/${settings.repository.name}`
    warn('brew-tap-name', `brew finds ${tap} only by its whole URL`, 'name the repository homebrew-…')
  }
  if (homepage === '') warn('brew-homepage', 'there is no homepage', 'set homepage:')
  else if (!/^https?:\/\/\S+$/.test(homepage)) error('brew-homepage', `${homepage} is no web address`, 'set homepage:')
  for (const [code, message, mend] of describe(description, name)) warn(code, message, mend)
  for (const [field, text] of [['description', description], ['homepage', homepage], ...inQuotes]) {
    if (text !== undefined && breaksQuotes(text)) {
      error('brew-quotes', `${field} would break the Ruby text: ${JSON.stringify(text)}`, 'write \\" for a quote')
    }
  }
  for (const place of unrendered(settings, [])) error('brew-template', `${place} still holds a template`, 'mend it')
  checkPackages(settings, plan, error, warn)
  const { repository } = settings
  const isHub = repository.owner === plan.hub.owner && repository.name === plan.hub.repo
  if (repository.tokenEnv === 'GITHUB_TOKEN' && !isHub) {
    const message = `${here}: the GITHUB_TOKEN that Actions gives a run can't write to ${repository.owner}/${repository.name}`
    found.push({ severity: 'info', code: 'brew-token', message, mend: "set token: '{{ .Env.TAP_TOKEN }}'" })
  }
  return found
}

type Say = (code: string, message: string, mend: string) => number

function checkPackages(settings: TapSettings, plan: Plan, error: Say, warn: Say): void {
  const all = [...plan.archives, ...plan.uploads]
  const chosen = settings.packages.flatMap((one) => all.filter((other) => other.name === one.artifact))
  if (chosen.length === 0) {
    const made = all.map((one) => one.name).join(', ') || 'nothing'
    error(
      'brew-no-archive',
      `no archive or program for macOS or Linux fits; there is ${made}`,
      'look at ids:, goarm: and goamd64:',
    )
    return
  }
  for (const { platform, names } of doubled(chosen)) {
    error(
      'brew-two-archives',
      `brew takes one archive for ${platform}, but there are ${names.join(', ')}`,
      'choose with ids:',
    )
  }
  const has = (goos: string, goarch: string): boolean =>
    chosen.some(({ platform }) => platform?.goos === goos && [goarch, 'all'].includes(platform.goarch))
  const lacking = ['darwin', 'linux'].flatMap((goos) =>
    ['amd64', 'arm64'].filter((goarch) => !has(goos, goarch)).map((goarch) => `${goos}/${goarch}`),
  )
  if (lacking.length > 0) warn('brew-platforms', `nothing for ${lacking.join(', ')}`, 'build it, or leave it so')
}

/** What `brew audit` says of a description. */
function describe(text: string, name: string): [string, string, string][] {
  const found: [string, string, string][] = []
  const say = (message: string, mend: string): number => found.push(['brew-description', message, mend])
  if (text === '') return [['brew-description', 'there is no description', 'set description:']]
  if (text.length > 80) say(`the description has ${text.length} characters; brew wants 80 at most`, 'shorten it')
  if (/^(?:an?|the)\s/i.test(text)) say('the description starts with an article', 'leave it out')
  if (text.endsWith('.') && !text.endsWith('etc.')) say('the description ends with a full stop', 'leave it out')
  if (/^[a-z]/.test(text)) say('the description starts with a small letter', 'write it large')
  const first = text.split(/\s/)[0] ?? ''
  if (first.toLowerCase() === name.toLowerCase()) {
    say('the description starts with the name', 'say what it does')
  }
  return found
}

/** A bare quote, a line's end, or a backslash that eats the closing quote. */
function breaksQuotes(text: string): boolean {
  return /[\r\n]/.test(text) || /(?<!\\)(?:\\\\)*"/.test(text) || /(?<!\\)(?:\\\\)*\\$/.test(text)
}

/** Places of texts that still hold a template. */
function unrendered(value: unknown, path: string[]): string[] {
  if (typeof value === 'string') return /\{\{-?\s*[.$\w]/.test(value) ? [path.join('.')] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => unrendered(one, [...path, key]))
}

function checkLicense({ name, license }: FormulaSettings): Diagnostic[] {
  if (license === undefined) return []
  try {
    parseLicense(license)
    return []
  } catch {
    const message = `brews ${name}: ${license} is no SPDX licence`
    return [{ severity: 'warning', code: 'brew-license', message, mend: 'see https://spdx.org/licenses/' }]
  }
}

/** `brew install` prefers a formula to a cask of the same name. */
function checkNamesakes(settings: FormulaSettings, plan: Plan): Diagnostic[] {
  const same = plan.spokes.some(({ spoke, entry, skip, settings: other }) => {
    if (spoke !== 'cask' || entry !== settings.name || skip !== undefined) return false
    const { repository } = other as CaskSettings
    return repository.owner === settings.repository.owner && repository.name === settings.repository.name
  })
  if (!same) return []
  const message = `brews ${settings.name}: there is a cask of the same name in the same tap, which brew will not see`
  return [{ severity: 'warning', code: 'brew-namesake', message, mend: 'keep one of them, or give them two names' }]
}
