import type { Plan } from '../../plan/plan.ts'
import type { Finding } from '../spoke.ts'
import { Rules } from '../shared/rules.ts'
import { doubled } from '../shared/select.ts'
import { feedOf, normalVersion } from './feed.ts'
import type { ChocolateySettings } from './settings.ts'

/** Chocolatey's rules (docs.chocolatey.org, package validator), and what its feed refuses. Pure. */
export function checkChocolatey(settings: ChocolateySettings, plan: Plan): Finding[] {
  const rules = new Rules('chocolatey', `chocolateys ${settings.name}`)
  if (!/^[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*$/.test(settings.name)) {
    rules.error('name', 'the name may hold letters, digits and . _ - only', 'set name:')
  } else if (settings.name !== settings.name.toLowerCase()) {
    rules.warn('name', 'Chocolatey wants names in lower case', `set name: ${settings.name.toLowerCase()}`)
  }
  rules.length('name', settings.name, 1, 100)
  if (!URL.canParse(settings.sourceRepo) || !/^https?:/.test(settings.sourceRepo)) {
    rules.error(
      'source-repo',
      `source_repo ${settings.sourceRepo} is no web address`,
      'leave it out, or set source_repo:',
    )
    return rules.found
  }
  const { community } = feedOf(settings.sourceRepo)
  checkVersion(rules, plan.version, community)
  if (community) checkModeration(rules, settings)
  rules.required('authors', settings.authors)
  rules.required('description', settings.description)
  rules.length('title', settings.title, 1, 256)
  rules.length('description', settings.description, 1, 4000)
  rules.length('summary', settings.summary, 1, 1024)
  if (settings.projectUrl === '')
    rules.error('project-url', 'there is no project_url; the validator wants one', 'set project_url:')
  if (settings.licenseUrl === '') {
    rules.warn('license-url', 'there is no license_url', 'set license_url:')
    if (settings.requireLicenseAcceptance) {
      rules.error('license-url', 'require_license_acceptance needs license_url', 'set license_url:')
    }
  }
  if (settings.iconUrl === '') rules.warn('icon-url', 'there is no icon_url', 'set icon_url:')
  if (settings.tags === '') rules.error('tags', 'there are no tags; the validator wants one at least', 'set tags:')
  if (settings.tags.includes(','))
    rules.error('tags', 'tags are parted by blanks, not by commas', 'leave the commas out')
  if (settings.projectSourceUrl !== '' && settings.projectSourceUrl === settings.projectUrl) {
    rules.warn('project-source-url', 'project_source_url is project_url; reviewers ask for two', 'leave one out')
  }
  const addresses = [
    'packageSourceUrl',
    'projectUrl',
    'iconUrl',
    'licenseUrl',
    'projectSourceUrl',
    'docsUrl',
    'bugTrackerUrl',
  ] as const
  for (const key of addresses)
    rules.address(
      key.replaceAll(/[A-Z]/g, (one) => `_${one.toLowerCase()}`),
      settings[key],
    )
  for (const { url } of settings.packages) {
    if (!url.includes("'")) continue
    rules.error('url', `${url} would break the PowerShell text`, 'leave the quote out', ['url_template'])
  }
  rules.rendered(settings)
  const chosen = rules.chosen(settings.packages, plan, 'an archive for Windows on amd64 or 386')
  rules.once(doubled(chosen, (one) => `windows/${one.platform?.goarch}`))
  for (const one of chosen) {
    if (one.format === 'zip') continue
    rules.error(
      'format',
      `${one.name}: Install-ChocolateyZipPackage unpacks zip files`,
      'set formats: [zip] for windows',
    )
  }
  return rules.found
}

/** The feed keeps normalised versions only, and no build metadata. */
function checkVersion(rules: Rules, version: string, community: boolean): void {
  const [, part = ''] = /-(.*)$/.exec(version) ?? []
  if (version.includes('+'))
    rules.error('version', `the version ${version} has build metadata`, 'leave out what follows the +')
  else if (!/^\d+(?:\.\d+){1,3}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/.test(version)) {
    rules.error('version', `the version ${version} is none for Chocolatey`, 'use a version such as 1.2.3 or 1.2.3-beta')
  } else if (normalVersion(version) !== version) {
    const normal = normalVersion(version)
    rules.error('version', `the version ${version} is not normalised: the feed keeps ${normal}`, `tag v${normal}`)
  } else if (community && part !== '' && (part.includes('.') || !/^[A-Za-z]/.test(part) || part.length > 20)) {
    // chocolatey/home#265: the community feed knows semantic versions 1 only; NuGet 2 allows 20 characters.
    rules.error(
      'version',
      `Chocolatey's feed refuses the pre-release ${part}: it begins with a letter, has no dots and 20 characters at most`,
      'tag v1.2.3-rc1 instead of v1.2.3-rc.1, or pass over it with --skip chocolatey',
    )
  }
}

/** Requirements of the moderators' validator, by their numbers (docs.chocolatey.org, package-validator/rules). */
function checkModeration(rules: Rules, settings: ChocolateySettings): void {
  const { name, copyright, description, iconUrl, tags } = settings
  if (copyright !== '' && copyright.trim().length < 4) {
    rules.error('copyright', 'the copyright has fewer than 4 characters (CPMR0001)', 'set copyright:')
  }
  if (/(?:alpha|beta|prerelease)/i.test(name)) {
    rules.warn('name', 'the name tells a pre-release (CPMR0024); the version does that', 'set name:')
  }
  if (/\.config$/i.test(name)) rules.error('name', 'the name may not end with .config (CPMR0029)', 'set name:')
  if (name.includes('_')) rules.warn('name', 'reviewers want hyphens, no underscores (CPMR0070)', 'set name:')
  if (/^#{1,6}[^#\s]/m.test(description)) {
    rules.error('description', 'a heading of the description lacks its blank: `#x` (CPMR0030)', 'write `# x`')
  }
  if (/(?:^|\s)chocolatey(?:\s|$)/i.test(tags)) rules.warn('tags', 'chocolatey is no tag (CPMR0048)', 'leave it out')
  for (const [key, text] of Object.entries(settings)) {
    if (
      typeof text !== 'string' ||
      !/[\w.+-]+@[\w-]+\.[a-z]{2,}/i.test(text) ||
      !['authors', 'owners', 'copyright'].includes(key)
    )
      continue
    rules.error('email', `${key} holds a mail address (CPMR0020)`, `take it out of ${key}:`, [key])
  }
  const icon = URL.canParse(iconUrl) ? new URL(iconUrl) : undefined
  const isRaw = icon?.host === 'github.com' && /\/(?:raw|blob)\//.test(icon.pathname)
  if (isRaw || /^(?:cdn\.)?rawgit\.com$|^raw\.github(?:usercontent)?\.com$/.test(icon?.host ?? '')) {
    rules.error(
      'icon-url',
      'icons may not come from GitHub or RawGit (CPMR0076)',
      'use a CDN: https://cdn.jsdelivr.net/gh/OWNER/REPO@TAG/icon.png',
    )
  }
}
