import { compare, valid } from 'semver'

const RISKS = new Set(['stable', 'candidate', 'beta', 'edge'])

/**
 * A channel with its track: `[track/]risk[/branch]`, the track `latest` when none is given (snapcraft.io/docs/channels).
 * @example wholeChannel('edge') // 'latest/edge'
 */
export function wholeChannel(channel: string): string {
  return RISKS.has(channel.split('/')[0] ?? '') ? `latest/${channel}` : channel
}

/** Whether a channel that holds `current` may move to `version`: to a newer one, or from what is no version. */
export function movesForward(version: string, current: string | undefined): boolean {
  if (current === undefined) return true
  const [ours, theirs] = [valid(version), valid(current)]
  // Versions that can't be compared: somebody else's scheme came before.
  return ours === null || theirs === null ? version !== current : compare(ours, theirs) > 0
}

/** What a channel holds for each architecture, by the architecture. */
export type Held = Map<string, { version: string; revision: number }>

/** Which architectures have to move, and which hold something newer. */
export function judgeChannel(arches: string[], version: string, held: Held): { move: string[]; newer: string[] } {
  const other = arches.filter((arch) => held.get(arch)?.version !== version)
  const move = other.filter((arch) => movesForward(version, held.get(arch)?.version))
  return { move, newer: other.filter((arch) => !move.includes(arch)) }
}
