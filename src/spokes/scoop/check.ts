import type { Plan } from '../../plan/plan.ts'
import type { Finding } from '../spoke.ts'
import { Rules } from '../shared/rules.ts'
import { doubled } from '../shared/select.ts'
import type { ScoopSettings } from './settings.ts'
import { ARCHITECTURES } from './text.ts'

/** Scoop's rules for a manifest (its schema.json, and what `scoop install` accepts). Pure. */
export function checkScoop(settings: ScoopSettings, plan: Plan): Finding[] {
  const rules = new Rules('scoop', `scoops ${settings.name}`)
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(settings.name)) {
    rules.error('name', 'the name may hold letters, digits and . _ - only', 'set name:')
  }
  if (!/^[\w.+-]+$/.test(plan.version)) {
    rules.error('version', `the version ${plan.version} is none for Scoop`, 'use letters, digits and . _ + - only')
  }
  if (/^[/\\]|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(settings.directory)) {
    rules.error('directory', `directory ${settings.directory} leaves the bucket`, 'name a folder inside it')
  }
  if (settings.homepage === '') rules.warn('homepage', 'there is no homepage; a bucket wants one', 'set homepage:')
  rules.address('homepage', settings.homepage)
  if (settings.license === '') rules.warn('license', 'there is no licence; a bucket wants one', 'set license:')
  // Scoop joins several licences by `,` (all) and `|` (any), and takes an address, too.
  if (!/^https?:/.test(settings.license) && settings.license !== 'Freeware' && settings.license !== 'Proprietary') {
    for (const one of settings.license.split(/[,|]/)) rules.license(one)
  }
  for (const [at, shortcut] of settings.shortcuts.entries()) {
    if (shortcut.length >= 2 && shortcut.length <= 4) continue
    const shown = JSON.stringify(shortcut)
    const mend = 'write [program, name, arguments, icon]'
    rules.error('shortcut', `the shortcut ${shown} needs 2 to 4 parts`, mend, ['shortcuts', at])
  }
  rules.rendered(settings)
  const chosen = rules.chosen(settings.packages, plan, 'an archive for Windows on amd64, arm64 or 386')
  rules.once(doubled(chosen, (one) => ARCHITECTURES[one.platform?.goarch ?? ''] ?? ''))
  return rules.found
}
