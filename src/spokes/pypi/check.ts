import type { Diagnostic } from '../../core/errors.ts'
import type { Plan } from '../../plan/plan.ts'
import { isPrerelease } from './version.ts'
import type { PypiSettings } from './settings.ts'

/** Formats out of which a program can be taken: by the hub's reader, and by Python at the first run. */
const OPENED: Record<PypiSettings['mode'], string[]> = {
  wheel: ['tar.gz', 'tgz', 'tar', 'tar.xz', 'txz', 'tar.zst', 'tzst', 'zip', 'gz', 'xz', 'binary'],
  download: ['tar.gz', 'tgz', 'tar', 'tar.xz', 'txz', 'zip', 'gz', 'xz', 'binary'],
}

/** PyPI's rules against the plan: a program per platform, and what is passed over. */
export function checkSettings(settings: PypiSettings, plan: Plan): Diagnostic[] {
  const found: Diagnostic[] = []
  const say = (severity: Diagnostic['severity'], code: string, message: string, mend?: string): void => {
    const text = `pypi ${settings.name}: ${message}`
    found.push({ severity, code: `pypi-${code}`, message: text, ...(mend === undefined ? {} : { mend }) })
  }
  if (settings.version === '')
    say('error', 'version', `PyPI has no version like ${plan.version} (PEP 440)`, 'tag v1.2.3, or v1.2.3-rc.1')
  if (settings.platforms.length === 0)
    say(
      'error',
      'empty',
      'no artifact of the plan can go into a wheel',
      'see pypis[].ids and if, and the targets of builds',
    )
  if (settings.commands.length === 0) say('error', 'command', 'it has no command', 'leave out commands:, or name one')
  const needed = new Set(settings.commands.map((one) => one.program))
  for (const one of settings.platforms) {
    const lacking = [...needed].filter((name) => !one.programs.some((program) => program.name === name))
    if (lacking.length === 0) continue
    const mend = 'build every program for the same targets, or make an entry of pypis for each, with ids'
    say('error', 'program', `${one.word} lacks ${lacking.join(', ')}`, mend)
  }
  for (const { artifact } of settings.platforms.flatMap((one) => one.programs)) {
    const format = formatOf(plan, artifact)
    if (format === undefined || OPENED[settings.mode].includes(format)) continue
    say('error', 'format', `no program can be taken out of ${artifact}`, 'add tar.gz or zip to archives[].formats')
  }
  if (settings.version !== '' && isPrerelease(settings.version)) {
    say('info', 'prerelease', `${settings.version} is a pre-release: pip takes it with --pre or by its number only`)
  }
  for (const one of settings.skipped)
    say('info', 'skip', `no wheel from ${one.artifact} (${one.target}): ${one.reason}`)
  return found
}

function formatOf(plan: Plan, artifact: string): string | undefined {
  if (plan.uploads.some((one) => one.name === artifact)) return 'binary'
  return plan.archives.find((one) => one.name === artifact)?.format
}
