import type { Platform } from '../../core/platform.ts'
import type { Plan } from '../../plan/plan.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { artifactFields } from './artifact-fields.ts'

/** What an entry says whose packages hold programs (`npms`, `pypis`). */
interface ProgramEntry {
  ids?: string[] | undefined
  if?: string | undefined
  disable?: string | boolean | undefined
  skip_upload?: string | boolean | undefined
}

/** An artifact that could be packaged. */
export interface Candidate {
  artifact: string
  format: string
  platform: Platform
  /** Names of the programs inside, without extension. */
  programs: string[]
}

/** The artifacts of the plan that hold programs, filtered by `ids` and `if`. @param path of the entry in the config */
export function candidatesFor(config: SpokeConfig, entry: ProgramEntry, path: (string | number)[]): Candidate[] {
  const { plan } = config
  const named = new Map(plan.binaries.map((binary) => [binary.path, binary.name]))
  const programs = (paths: string[]): string[] => paths.flatMap((one) => named.get(one) ?? [])
  const all = [
    ...plan.archives.map((one) => ({ ...one, programs: programs(one.binaries) })),
    ...plan.uploads.map((one) => ({ ...one, format: 'binary', programs: programs([one.path]) })),
  ]
  return all.flatMap((one) => {
    const { platform } = one
    if (platform === undefined || one.programs.length === 0) return []
    if (entry.ids !== undefined && entry.ids.length > 0 && !entry.ids.includes(one.id)) return []
    if (entry.if !== undefined && config.render(entry.if, [...path, 'if'], artifactFields(plan, one)).trim() !== 'true')
      return []
    return [{ artifact: one.name, format: one.format, platform, programs: one.programs }]
  })
}

/** Why an entry is not published, when it is not. `auto` leaves pre-releases out, as GoReleaser's other publishers do. */
export function whyPassedOver(
  config: SpokeConfig,
  entry: ProgramEntry,
  [list, index]: [list: string, index: number],
): string | undefined {
  for (const key of ['disable', 'skip_upload'] as const) {
    const value = entry[key]
    if (value === 'auto' && config.plan.source.semver.prerelease !== '')
      return `${list}[${index}].${key} is auto, and this is a pre-release`
    if (value !== 'auto' && config.isTrue(value, [list, index, key])) return `${list}[${index}].${key} is true`
  }
  return undefined
}

/** The format of an artifact of the plan, by its name; undefined where the plan has none of that name. @example formatIn(plan, 'hello.zip') // 'zip' */
export function formatIn(plan: Plan, artifact: string): string | undefined {
  if (plan.uploads.some((one) => one.name === artifact)) return 'binary'
  return plan.archives.find((one) => one.name === artifact)?.format
}
