import picomatch from 'picomatch'
import type { Plan } from '../../plan/plan.ts'
import type { Finding } from '../spoke.ts'
import { Rules } from '../shared/rules.ts'
import { caskToken } from './class-name.ts'
import { doubled } from './select.ts'
import type { CaskSettings, FormulaSettings, TapSettings } from './settings.ts'

/** Homebrew's rules for a formula (docs.brew.sh/Formula-Cookbook), and what would break its text. Pure. */
export function checkFormula(settings: FormulaSettings, plan: Plan): Finding[] {
  const rules = new Rules('brew', `brews ${settings.name}`)
  checkTap(rules, settings, plan, [
    ['license', settings.license],
    ['custom_require', settings.customRequire],
    ...settings.conflicts.map((one): [string, string] => ['conflicts', one]),
    ...settings.dependencies.map((one): [string, string] => ['dependencies', one.name]),
  ])
  rules.license(settings.license ?? '')
  checkNamesakes(rules, settings, plan)
  return rules.found
}

/** Homebrew's rules for a cask (docs.brew.sh/Cask-Cookbook), and what would break its text. Pure. */
export function checkCask(settings: CaskSettings, plan: Plan): Finding[] {
  const rules = new Rules('brew', `homebrew_casks ${settings.name}`)
  checkTap(rules, settings, plan, [
    ['service', settings.service],
    ...settings.binaries.map((one): [string, string] => ['binaries', one]),
    ...settings.manpages.map((one): [string, string] => ['manpages', one]),
  ])
  if (settings.directory !== 'Casks') {
    const message = `brew looks for casks in Casks, not in ${settings.directory}`
    rules.warn('directory', message, 'leave directory: out')
  }
  checkPrograms(rules, settings, plan)
  return rules.found
}

/** A cask links what `binaries` names; by default that is the cask's own name, which no archive need have. */
function checkPrograms(rules: Rules, settings: CaskSettings, plan: Plan): void {
  const archives = plan.archives.filter((one) => settings.packages.some(({ artifact }) => artifact === one.name))
  if (archives.length === 0) return
  const paths = new Set(archives.flatMap((one) => one.binaries))
  const known = plan.binaries.filter((one) => paths.has(one.path)).map((one) => one.name)
  const files = archives.flatMap((one) => one.files.flatMap(({ src, dst }) => [src, dst]))
  const isThere = (name: string): boolean =>
    known.includes(name) || files.some((file) => file === name || (file !== '' && picomatch.isMatch(name, file)))
  for (const [at, name] of settings.binaries.entries()) {
    if (isThere(name)) continue
    const message = `no archive has a program ${name}; brew could not link it`
    rules.error('program', message, `set binaries: [${known[0] ?? '…'}]`, ['binaries', at])
  }
}

function checkTap(
  rules: Rules,
  settings: TapSettings & { description: string; homepage: string },
  plan: Plan,
  inQuotes: [key: string, text: string | undefined][],
): void {
  const { name, description, homepage, repository } = settings
  if (!/^[A-Za-z0-9][A-Za-z0-9._+@-]*$/.test(name)) {
    rules.error('name', 'the name may hold letters, digits and . _ + @ - only', 'set name:')
  } else if (name !== caskToken(name)) {
    rules.warn('name', 'brew expects a name in lower case', `set name: ${caskToken(name)}`)
  }
  if (/^(?:\/|\\)|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(settings.directory)) {
    rules.error('directory', `directory ${settings.directory} leaves the tap`, 'name a folder inside it')
  }
  const tap = `${repository.owner}/${repository.name}`
  if (!repository.name.startsWith('homebrew-')) {
    const message = `brew finds ${tap} only by its whole URL`
    rules.warn('tap-name', message, 'name the repository homebrew-…', ['repository', 'name'])
  }
  if (homepage === '') rules.warn('homepage', 'there is no homepage', 'set homepage:')
  else if (!/^https?:\/\/\S+$/.test(homepage)) {
    rules.error('homepage', `${homepage} is no web address`, 'set homepage:')
  }
  checkDescription(rules, description, name)
  for (const [key, text] of [['description', description], ['homepage', homepage], ...inQuotes] as const) {
    if (text === undefined || !breaksQuotes(text)) continue
    const message = `${key} would break the Ruby text: ${JSON.stringify(text)}`
    rules.error('quotes', message, 'write \\" for a quote', [key])
  }
  rules.rendered(settings)
  checkPackages(rules, settings, plan)
  const isHub = repository.owner === plan.hub.owner && repository.name === plan.hub.repo
  if (repository.tokenEnv === 'GITHUB_TOKEN' && !isHub) {
    const message = `the GITHUB_TOKEN that Actions gives a run can't write to ${tap}`
    rules.note('token', message, "set token: '{{ .Env.TAP_TOKEN }}'", ['repository', 'token'])
  }
}

function checkPackages(rules: Rules, settings: TapSettings, plan: Plan): void {
  const chosen = rules.chosen(settings.packages, plan, 'an archive or program for macOS or Linux')
  if (chosen.length === 0) return
  for (const { platform, names } of doubled(chosen)) {
    const message = `brew takes one archive for ${platform}, but there are ${names.join(', ')}`
    rules.error('two-archives', message, 'choose with ids:', ['ids'])
  }
  const has = (goos: string, goarch: string): boolean =>
    chosen.some(({ platform }) => platform?.goos === goos && [goarch, 'all'].includes(platform.goarch))
  const lacking = ['darwin', 'linux'].flatMap((goos) =>
    ['amd64', 'arm64'].filter((goarch) => !has(goos, goarch)).map((goarch) => `${goos}/${goarch}`),
  )
  if (lacking.length === 0) return
  rules.warn('platforms', `nothing for ${lacking.join(', ')}`, 'build it, or leave it so', ['ids'])
}

/** What `brew audit` says of a description. */
function checkDescription(rules: Rules, text: string, name: string): void {
  const say = (message: string, mend: string): void => rules.warn('description', message, mend)
  if (text === '') {
    say('there is no description', 'set description:')
    return
  }
  if (text.length > 80) say(`the description has ${text.length} characters; brew wants 80 at most`, 'shorten it')
  if (/^(?:an?|the)\s/i.test(text)) say('the description starts with an article', 'leave it out')
  if (text.endsWith('.') && !text.endsWith('etc.')) say('the description ends with a full stop', 'leave it out')
  if (/^[a-z]/.test(text)) say('the description starts with a small letter', 'write it large')
  const first = text.split(/\s/)[0] ?? ''
  if (first.toLowerCase() === name.toLowerCase()) {
    say('the description starts with the name', 'say what it does')
  }
}

/** A bare quote, a line's end, or a backslash that eats the closing quote. */
function breaksQuotes(text: string): boolean {
  return /[\r\n]/.test(text) || /(?<!\\)(?:\\\\)*"/.test(text) || /(?<!\\)(?:\\\\)*\\$/.test(text)
}

/** `brew install` prefers a formula to a cask of the same name. */
function checkNamesakes(rules: Rules, settings: FormulaSettings, plan: Plan): void {
  const same = plan.spokes.some(({ spoke, entry, skip, settings: other }) => {
    if (spoke !== 'cask' || entry !== settings.name || skip !== undefined) return false
    const { repository } = other as CaskSettings
    return repository.owner === settings.repository.owner && repository.name === settings.repository.name
  })
  if (!same) return
  const message = 'there is a cask of the same name in the same tap, which brew will not see'
  rules.warn('namesake', message, 'keep one of them, or give them two names', ['name'])
}
