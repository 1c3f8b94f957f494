import type { Plan } from '../../plan/plan.ts'
import type { Finding } from '../spoke.ts'
import { formatIn } from '../shared/program-entry.ts'
import { Rules } from '../shared/rules.ts'
import type { NpmSettings } from './settings.ts'

/** Formats out of which a program can be taken: by the hub's reader, and by the wrapper of mode `download`. */
const OPENED = {
  platform: ['tar.gz', 'tgz', 'tar', 'zip', 'binary'],
  download: ['tar.gz', 'tgz', 'tar', 'gz', 'zip', 'binary'],
}

/** npm's rules against the plan: a program per platform, names that cannot be told apart, and what is passed over. */
export function checkSettings(settings: NpmSettings, plan: Plan): Finding[] {
  const rules = new Rules('npm', `npm ${settings.name}`)
  if (settings.platforms.length === 0) {
    const mend = 'see npms[].ids, format and if, and the targets of builds'
    rules.error('empty', 'no artifact of the plan can go into a package', mend, ['ids'])
  }
  const all = new Set(settings.platforms.flatMap((one) => one.programs.map((program) => program.name)))
  for (const one of settings.platforms) {
    const lacking = [...all].filter((name) => !one.programs.some((program) => program.name === name))
    if (lacking.length > 0) {
      const mend = 'build every program for the same targets, or make an entry of npms for each, with ids'
      rules.error('program', `${one.word} lacks ${lacking.join(', ')}`, mend, ['ids'])
    }
  }
  for (const program of settings.platforms.flatMap((one) => one.programs)) {
    const format = formatIn(plan, program.artifact)
    if (format !== undefined && !OPENED[settings.mode].includes(format)) {
      rules.error(
        'format',
        `no program can be taken out of ${program.artifact}`,
        'add tar.gz or zip to archives[].formats',
      )
    }
  }
  if (settings.tag === 'latest' && plan.source.semver.prerelease !== '') {
    const message = `the pre-release ${settings.version} will be what everybody gets, since npms[].tag is latest`
    rules.warn('tag', message, 'leave tag out: its first word becomes the dist-tag')
  }
  for (const one of settings.skipped) {
    rules.note('skip', `no package from ${one.artifact} (${one.target}): ${one.reason}`, undefined, ['ids'])
  }
  return rules.found
}
