import type { Plan } from '../../plan/plan.ts'
import type { Finding } from '../spoke.ts'
import { Rules } from '../shared/rules.ts'
import { doubled } from '../shared/select.ts'
import type { KrewSettings } from './settings.ts'

/** Krew's rules (krew.sigs.k8s.io/docs/developer-guide), and what krew-index refuses. Pure. */
export function checkKrew(settings: KrewSettings, plan: Plan): Finding[] {
  const rules = new Rules('krew', `krews ${settings.name}`)
  if (!/^[a-z0-9]+(?:[-_][a-z0-9]+)*$/.test(settings.name)) {
    rules.error('name', 'the name may hold small letters, digits and - only', 'set name:')
  }
  if (settings.name.startsWith('kubectl-'))
    rules.error('name', 'kubectl- comes by itself', `set name: ${settings.name.slice(8)}`)
  if (plan.source.semverValid === false)
    rules.error('version', `${plan.version} is no semantic version`, 'tag one: v1.2.3')
  rules.required('description', settings.description)
  rules.required('short_description', settings.shortDescription)
  if (/[\r\n]/.test(settings.shortDescription))
    rules.error('short-description', 'short_description has two lines', 'one is allowed')
  if (settings.shortDescription.length > 50) {
    rules.warn(
      'short-description',
      `short_description has ${settings.shortDescription.length} characters; the index wants 50`,
      'shorten it',
    )
  }
  if (settings.homepage === '') rules.warn('homepage', 'there is no homepage', 'set homepage:')
  rules.address('homepage', settings.homepage)
  rules.rendered(settings)
  const chosen = rules.chosen(settings.packages, plan, 'an archive for Linux, macOS or Windows')
  rules.once(doubled(chosen, ({ platform }) => `${platform?.goos}/${platform?.goarch}`))
  for (const one of plan.archives.filter((archive) => chosen.some(({ name }) => name === archive.name))) {
    if (!['tar.gz', 'tgz', 'zip'].includes(one.format)) {
      rules.error('format', `${one.name}: krew unpacks tar.gz and zip only`, 'set formats: for this archive')
    }
    if (one.binaries.length !== 1) {
      rules.error('program', `${one.name} has ${one.binaries.length} programs; krew wants one`, 'choose with ids:')
    }
    if (one.wrapDirectory !== '') {
      rules.error(
        'wrap',
        `${one.name}: krew looks for the program in the archive’s root`,
        'leave wrap_in_directory: out',
      )
    }
    const isLicensed = one.files.some(({ src }) => /licen[cs]e|copying|^\*/i.test(src))
    if (!isLicensed)
      rules.warn('license', `${one.name} has no licence file; the index wants one`, 'add LICENSE to files:')
  }
  return rules.found
}
