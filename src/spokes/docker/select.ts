import type { Platform } from '../../core/platform.ts'
import type { PlannedBinary } from '../../plan/plan.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import type { ImageSettings } from './settings.ts'

type ContextFile = ImageSettings['platforms'][number]['files'][number]

/** What goes into a build context: programs and Linux packages that fit. */
export interface Choice {
  fits: (platform: Platform) => boolean
  /** Ids of builds and packages; empty = all. */
  ids: readonly string[]
  /** This program and nothing else, whatever else fits; absent = all programs and packages. */
  only?: PlannedBinary | undefined
  /** Where it lies in the context. */
  pathOf: (platform: Platform, name: string) => string | undefined
}

/** Formats out of which a program can be taken by the hub's reader, the quickest first. */
const OPENED = ['binary', 'tar', 'tar.gz', 'tgz', 'zip', 'tar.zst', 'tzst', 'gz', 'xz', 'tar.xz', 'txz']

/**
 * The files of a context, each with the artifact of the hub that holds it; and the programs that are in no artifact. A program that is
 * built has the id of its build, whatever the archive's id is.
 */
export function contextFiles(plan: SpokeConfig['plan'], choice: Choice): { files: ContextFile[]; lacking: string[] } {
  const files = new Map<string, ContextFile>()
  const lacking: string[] = []
  const wanted = (id: string): boolean => choice.ids.length === 0 || choice.ids.includes(id)
  const alone = 'only' in choice
  for (const binary of alone ? [choice.only].filter((one) => one !== undefined) : plan.binaries) {
    if (!wanted(binary.id) || !choice.fits(binary.platform) || (!alone && binary.product !== undefined)) continue
    const path = choice.pathOf(binary.platform, `${binary.name}${binary.ext}`)
    if (path === undefined) continue
    const artifact = holderOf(plan, binary.path)
    if (artifact === undefined) lacking.push(`${binary.name} (${binary.platform.target})`)
    else files.set(path, { path, artifact, program: binary.name.split('/').at(-1) ?? binary.name })
  }
  for (const one of alone ? [] : (plan.packages ?? [])) {
    if (one.platform === undefined || !wanted(one.id) || !choice.fits(one.platform)) continue
    const path = choice.pathOf(one.platform, one.name)
    if (path !== undefined) files.set(path, { path, artifact: one.name })
  }
  return { files: [...files.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)), lacking }
}

/** Which of the ids stand for nothing that fits: GoReleaser passes over an entry then. */
export function idsWithout(plan: SpokeConfig['plan'], { ids, fits }: Pick<Choice, 'ids' | 'fits'>): string[] {
  const made = [...plan.binaries, ...(plan.packages ?? [])].filter(
    ({ platform }) => platform !== undefined && fits(platform),
  )
  return ids.filter((id) => !made.some((one) => one.id === id))
}

/** The artifact that a program can be taken out of. */
function holderOf(plan: SpokeConfig['plan'], path: string): string | undefined {
  const holders = [
    ...[...plan.uploads, ...(plan.imagePrograms ?? [])]
      .filter((one) => one.path === path)
      .map((one) => ({ name: one.name, format: 'binary' })),
    ...plan.archives.filter((one) => one.binaries.includes(path)),
  ]
  const rank = (format: string): number => OPENED.indexOf(format)
  return holders.filter((one) => rank(one.format) !== -1).toSorted((a, b) => rank(a.format) - rank(b.format))[0]?.name
}
