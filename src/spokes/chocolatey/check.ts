import type { Diagnostic } from '../../core/errors.ts'
import type { Plan } from '../../plan/plan.ts'
import { Rules } from '../shared/rules.ts'
import { doubled } from '../shared/select.ts'
import type { ChocolateySettings } from './settings.ts'

/** Chocolatey's rules (docs.chocolatey.org, package validator), and what its feed refuses. Pure. */
export function checkChocolatey(settings: ChocolateySettings, plan: Plan): Diagnostic[] {
  const rules = new Rules('chocolatey', `chocolateys ${settings.name}`)
  rules.notBuilt('publishing to Chocolatey')
  if (!/^[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*$/.test(settings.name)) {
    rules.error('name', 'the name may hold letters, digits and . _ - only', 'set name:')
  } else if (settings.name !== settings.name.toLowerCase()) {
    rules.warn('name', 'Chocolatey wants names in lower case', `set name: ${settings.name.toLowerCase()}`)
  }
  rules.length('name', settings.name, 1, 100)
  checkVersion(rules, plan.version)
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
    if (url.includes("'")) rules.error('url', `${url} would break the PowerShell text`, 'leave the quote out')
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
function checkVersion(rules: Rules, version: string): void {
  if (version.includes('+'))
    rules.error('version', `the version ${version} has build metadata`, 'leave out what follows the +')
  else if (!/^\d+(?:\.\d+){1,3}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/.test(version)) {
    rules.error('version', `the version ${version} is none for Chocolatey`, 'use a version such as 1.2.3 or 1.2.3-beta')
  } else if (/(?:^|\.)0\d/.test(version.split('-')[0] ?? '')) {
    rules.error('version', `the version ${version} is not normalised: a part begins with 0`, 'leave the zero out')
  }
}
