import { createHash } from 'node:crypto'
import { compare, parse } from 'semver'
import type { State } from '../../core/states.ts'
import type { GitUnit } from './git-unit.ts'

/** Finds the version that a text names. */
export interface VersionIn {
  (text: string): string | undefined
  /** Positive when the first is newer; undefined when they can not be compared. Semantic versions when absent. */
  order?: (a: string, b: string) => number | undefined
}

/** What the files in a repository mean for a unit. Pure. */
export interface Judgement {
  state: Extract<State, 'absent' | 'partial' | 'live' | 'superseded'>
  reason?: string
}

/**
 * Compares the texts of a repository with those of a unit.
 * @param texts of the unit's files, in their order; null where there is none
 * @param versionIn finds the version that a text names
 */
export function judgeFiles(texts: (string | null)[], unit: GitUnit, versionIn: VersionIn): Judgement {
  const there = texts.filter((text) => text !== null)
  if (there.length === 0) return { state: 'absent' }
  if (unit.files.every((file, at) => texts[at] === file.content)) return { state: 'live' }
  const theirs = there.map((text) => versionIn(text)).find((one) => one !== undefined)
  if (theirs === undefined) return { state: 'absent', reason: 'the repository holds a file without a version' }
  if (((versionIn.order ?? semanticOrder)(theirs, unit.version) ?? 0) > 0) {
    return { state: 'superseded', reason: `the repository holds ${theirs}, which is newer` }
  }
  if (theirs !== unit.version) return { state: 'absent', reason: `the repository holds ${theirs}` }
  if (unit.pullRequest !== null && holdsDigests(there, unit)) {
    return { state: 'live', reason: 'the channel changed the text, and kept every digest' }
  }
  if (there.length < texts.length) {
    return { state: 'partial', reason: `the repository holds ${there.length} of ${texts.length} files` }
  }
  const at = unit.files.findIndex((file, index) => texts[index] !== file.content)
  const shown = firstDifference(texts[at] ?? '', unit.files[at]?.content ?? '')
  return { state: 'absent', reason: `the repository holds ${theirs} with another text: ${shown}` }
}

function semanticOrder(a: string, b: string): number | undefined {
  const [first, second] = [parse(a, { loose: true }), parse(b, { loose: true })]
  return first === null || second === null ? undefined : compare(first, second)
}

/** Of what was read, for evidence. */
export function digestOf(texts: (string | null)[]): string {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text ?? '')
  return `sha256:${hash.digest('hex')}`
}

/** Reviewers of a channel may change a text; the bytes that users get are told by the digests alone. */
function holdsDigests(texts: string[], unit: GitUnit): boolean {
  const whole = texts.join('\n').toLowerCase()
  return unit.downloads.length > 0 && unit.downloads.every(({ sha256 }) => whole.includes(sha256))
}

function firstDifference(theirs: string, ours: string): string {
  const lines = ours.split('\n')
  const others = theirs.split('\n')
  const at = others.findIndex((line, index) => line !== lines[index])
  const line = at === -1 ? others.length : at
  const shown = (text: string | undefined): string => (text === undefined ? 'its end' : `"${text.trim()}"`)
  return `line ${line + 1} is ${shown(others[line])}, not ${shown(lines[line])}`
}
