import { variantOf } from '../../core/platform.ts'
import type { Platform } from '../../core/platform.ts'
import type { Candidate } from './program-entry.ts'

/** A program and the artifact of the hub that holds it. */
export interface PlacedProgram {
  name: string
  artifact: string
}

/** A target that gets no package, and why. */
export interface PassedOver {
  target: string
  artifact: string
  reason: string
}

/** How a package manager tells platforms apart. */
export interface PlatformRules<Place extends { word: string }> {
  /** Where a platform goes; a text says why it goes nowhere. `word` is what the client can tell apart. */
  place: (platform: Platform) => Place | string
  /** Which of several programs for one place runs on most machines: the lowest first. */
  rank: (platform: Platform) => number
  /** Formats in the order in which they are preferred. */
  formats: string[]
  /** Who installs: `npm`. */
  client: string
  /** What a Mac of one processor has of its own: `package`. */
  noun: string
}

/**
 * For each place and each program the artifact that runs on most machines; what is passed over has its reason. The order of the
 * candidates does not matter. A universal program of macOS is taken only where a processor has none of its own.
 * @example selectPlatforms(candidates, { place: nodePlatform, rank: levelOf, formats: ['tar.gz', 'zip'], client: 'npm', noun: 'package' })
 */
export function selectPlatforms<Place extends { word: string }>(
  candidates: Candidate[],
  { place, rank, formats, client, noun }: PlatformRules<Place>,
): { platforms: (Place & { programs: PlacedProgram[] })[]; skipped: PassedOver[] } {
  const formatRank = (format: string): number => (formats.includes(format) ? formats.indexOf(format) : formats.length)
  const sorted = [...candidates].sort(
    (a, b) =>
      rank(a.platform) - rank(b.platform) ||
      formatRank(a.format) - formatRank(b.format) ||
      (a.artifact < b.artifact ? -1 : 1),
  )
  const single = macsOfTheirOwn(candidates)
  const byWord = new Map<string, Place & { programs: PlacedProgram[] }>()
  const skipped: PassedOver[] = []
  for (const { artifact, platform, programs } of sorted) {
    const skip = (reason: string): void => void skipped.push({ target: platform.target, artifact, reason })
    const placed = place(platform)
    if (typeof placed === 'string') {
      skip(placed)
      continue
    }
    if (platform.goos === 'darwin' && platform.goarch === 'all' && single.has('amd64') && single.has('arm64')) {
      skip(`each Mac has a ${noun} of its own, half the size`)
      continue
    }
    const entry = byWord.get(placed.word) ?? { ...placed, programs: [] }
    const fresh = programs.filter((name) => !entry.programs.some((program) => program.name === name))
    if (fresh.length === 0) {
      const other = entry.programs[0]?.artifact ?? 'another'
      skip(`${client} cannot tell it from ${other}, which runs on more machines or stands first`)
      continue
    }
    entry.programs.push(...fresh.map((name) => ({ name, artifact })))
    byWord.set(placed.word, entry)
  }
  const platforms = [...byWord.values()].sort((a, b) => (a.word < b.word ? -1 : 1))
  for (const one of platforms) one.programs.sort((a, b) => (a.name < b.name ? -1 : 1))
  return { platforms, skipped: skipped.sort((a, b) => (a.artifact < b.artifact ? -1 : 1)) }
}

/** The processors (`amd64`, `arm64`) for which there is a macOS program that is not universal. */
export function macsOfTheirOwn(candidates: Candidate[]): Set<string> {
  const macs = candidates.filter(({ platform }) => platform.goos === 'darwin' && platform.goarch !== 'all')
  return new Set(macs.map(({ platform }) => platform.goarch))
}

/** The level of a platform's instructions: what has a lower one runs on more machines. */
export function levelOf(platform: Platform): number {
  if (platform.goos === 'solaris') return 1000
  const variant = variantOf(platform)
  if (variant === 'softfloat') return 0
  if (variant === 'hardfloat' || variant === 'sse2') return 1
  return Number(/\d+(\.\d+)?/.exec(variant)?.[0] ?? 0)
}
