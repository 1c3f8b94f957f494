import type { Plan } from '../../plan/plan.ts'
import type { Finding } from '../spoke.ts'
import { formatIn } from '../shared/program-entry.ts'
import { Rules } from '../shared/rules.ts'
import { isPrerelease } from './version.ts'
import type { PypiSettings } from './settings.ts'

/** Formats out of which a program can be taken: by the hub's reader, and by Python at the first run. */
const OPENED: Record<PypiSettings['mode'], string[]> = {
  wheel: ['tar.gz', 'tgz', 'tar', 'tar.xz', 'txz', 'tar.zst', 'tzst', 'zip', 'gz', 'xz', 'binary'],
  download: ['tar.gz', 'tgz', 'tar', 'tar.xz', 'txz', 'zip', 'gz', 'xz', 'binary'],
}

/** PyPI's rules against the plan: a program per platform, and what is passed over. */
export function checkSettings(settings: PypiSettings, plan: Plan): Finding[] {
  const rules = new Rules('pypi', `pypi ${settings.name}`)
  if (settings.version === '')
    rules.error('version', `PyPI has no version like ${plan.version} (PEP 440)`, 'tag v1.2.3, or v1.2.3-rc.1')
  if (settings.platforms.length === 0) {
    const mend = 'see pypis[].ids and if, and the targets of builds'
    rules.error('empty', 'no artifact of the plan can go into a wheel', mend, ['ids'])
  }
  if (settings.commands.length === 0)
    rules.error('command', 'it has no command', 'leave out commands:, or name one', ['commands'])
  const needed = new Set(settings.commands.map((one) => one.program))
  for (const one of settings.platforms) {
    const lacking = [...needed].filter((name) => !one.programs.some((program) => program.name === name))
    if (lacking.length === 0) continue
    const mend = 'build every program for the same targets, or make an entry of pypis for each, with ids'
    rules.error('program', `${one.word} lacks ${lacking.join(', ')}`, mend, ['ids'])
  }
  for (const { artifact } of settings.platforms.flatMap((one) => one.programs)) {
    const format = formatIn(plan, artifact)
    if (format === undefined || OPENED[settings.mode].includes(format)) continue
    rules.error('format', `no program can be taken out of ${artifact}`, 'add tar.gz or zip to archives[].formats')
  }
  if (settings.version !== '' && isPrerelease(settings.version)) {
    const message = `${settings.version} is a pre-release: pip takes it with --pre or by its number only`
    rules.note('prerelease', message, undefined)
  }
  for (const one of settings.skipped)
    rules.note('skip', `no wheel from ${one.artifact} (${one.target}): ${one.reason}`, undefined, ['ids'])
  return rules.found
}
