import type { Diagnostic } from '../../core/errors.ts'
import type { Plan } from '../../plan/plan.ts'
import type { NpmSettings } from './settings.ts'

/** Formats out of which a program can be taken: by the hub's reader, and by the wrapper of mode `download`. */
const OPENED = {
  platform: ['tar.gz', 'tgz', 'tar', 'zip', 'binary'],
  download: ['tar.gz', 'tgz', 'tar', 'gz', 'zip', 'binary'],
}

/** npm's rules against the plan: a program per platform, names that cannot be told apart, and what is passed over. */
export function checkSettings(settings: NpmSettings, plan: Plan): Diagnostic[] {
  const found: Diagnostic[] = []
  const error = (code: string, message: string, mend: string): void => {
    found.push({ severity: 'error', code, message: `npm ${settings.name}: ${message}`, mend })
  }
  if (settings.platforms.length === 0) {
    error(
      'npm-empty',
      'no artifact of the plan can go into a package',
      'see npms[].ids, format and if, and the targets of builds',
    )
  }
  const all = new Set(settings.platforms.flatMap((one) => one.programs.map((program) => program.name)))
  for (const one of settings.platforms) {
    const lacking = [...all].filter((name) => !one.programs.some((program) => program.name === name))
    if (lacking.length > 0) {
      error(
        'npm-program',
        `${one.word} lacks ${lacking.join(', ')}`,
        'build every program for the same targets, or make an entry of npms for each, with ids',
      )
    }
  }
  for (const program of settings.platforms.flatMap((one) => one.programs)) {
    const format = formatOf(plan, program.artifact)
    if (format !== undefined && !OPENED[settings.mode].includes(format)) {
      error(
        'npm-format',
        `no program can be taken out of ${program.artifact}`,
        'add tar.gz or zip to archives[].formats',
      )
    }
  }
  if (settings.tag === 'latest' && plan.source.semver.prerelease !== '') {
    found.push({
      severity: 'warning',
      code: 'npm-tag',
      message: `npm ${settings.name}: the pre-release ${settings.version} will be what everybody gets, since npms[].tag is latest`,
      mend: 'leave tag out: its first word becomes the dist-tag',
    })
  }
  for (const one of settings.skipped) {
    found.push({
      severity: 'info',
      code: 'npm-skip',
      message: `npm ${settings.name}: no package from ${one.artifact} (${one.target}): ${one.reason}`,
    })
  }
  return found
}

function formatOf(plan: Plan, artifact: string): string | undefined {
  if (plan.uploads.some((one) => one.name === artifact)) return 'binary'
  return plan.archives.find((one) => one.name === artifact)?.format
}
