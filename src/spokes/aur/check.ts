import type { Plan } from '../../plan/plan.ts'
import type { Finding } from '../spoke.ts'
import { Rules } from '../shared/rules.ts'
import { doubled } from '../shared/select.ts'
import type { ArchSettings, AurSettings, AurSourceSettings } from './settings.ts'
import { pkgver } from './text.ts'

/** The AUR's rules (wiki.archlinux.org/title/PKGBUILD, and what its server refuses). Pure. */
export function checkAur(settings: AurSettings, plan: Plan): Finding[] {
  const rules = new Rules('aur', `aurs ${settings.name}`)
  checkArch(rules, settings, plan)
  const chosen = rules.chosen(settings.packages, plan, 'an archive or program for Linux on amd64, arm64, 386 or armv7')
  rules.once(doubled(chosen, ({ platform }) => `linux/${platform?.goarch}`))
  return rules.found
}

/** The same for a package that is built from the sources. */
export function checkAurSource(settings: AurSourceSettings, plan: Plan): Finding[] {
  const rules = new Rules('aur-source', `aur_sources ${settings.name}`)
  checkArch(rules, settings, plan)
  if (plan.sourceArchive === undefined) {
    const message = 'it is built from the archive of the sources, and none is made'
    rules.error('source', message, 'set source: { enabled: true }', [])
  }
  if (settings.package.trim() === '')
    rules.error('package', 'there is no package(): nothing would be installed', 'set package:')
  return rules.found
}

function checkArch(rules: Rules, settings: ArchSettings, plan: Plan): void {
  if (!/^[a-z0-9@_+][a-z0-9@._+-]*$/.test(settings.name)) {
    rules.error('name', 'the name may hold small letters, digits and @ . _ + - only', 'set name:')
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._+~]*$/.test(pkgver(plan.version))) {
    rules.error('version', `the version ${plan.version} is none for Arch`, 'use letters, digits and . _ + only')
  }
  if (!/^[1-9][0-9]*(?:\.[0-9]+)?$/.test(settings.rel))
    rules.error('rel', `rel ${settings.rel} is no number from 1 on`, 'set rel: 1')
  if (plan.source.semver.prerelease !== '') {
    const message = `pacman takes ${pkgver(plan.version)} for newer than the release after it: who has it would not get that one`
    rules.warn('prerelease', message, 'set skip_upload: auto', ['skip_upload'])
  }
  rules.length('name', settings.name, 1, 255)
  rules.length('description', settings.description, 1, 255)
  rules.length('homepage', settings.homepage, 1, 8000)
  if (settings.description === '') rules.warn('description', 'there is no description', 'set description:')
  rules.address('homepage', settings.homepage)
  if (settings.license === '') rules.error('license', 'there is no licence; a PKGBUILD needs one', 'set license:')
  rules.license(settings.license)
  if (settings.directory !== '') {
    rules.error('directory', 'the AUR refuses folders in a repository', 'leave directory: out')
  }
  if (/[\r\n]/.test(settings.description)) rules.error('description', 'the description has two lines', 'one is allowed')
  for (const key of ['license', 'homepage', 'depends', 'optdepends', 'provides', 'conflicts', 'backup'] as const) {
    for (const text of [settings[key]].flat().filter((one) => /['\r\n]/.test(one))) {
      rules.error('quotes', `${JSON.stringify(text)} would break the PKGBUILD`, 'leave the quote out', [key])
    }
  }
  // The text stands in double quotes, where bash looks for variables.
  if (settings.description.includes("'") && /[$`\\]/.test(settings.description)) {
    const message = 'the description has a single quote and $, ` or \\: bash would read them'
    rules.error('quotes', message, 'leave one out', ['description'])
  }
  rules.rendered(settings)
}
