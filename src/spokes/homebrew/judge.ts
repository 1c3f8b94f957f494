import { createHash } from 'node:crypto'
import { compare, parse } from 'semver'
import type { State } from '../../core/states.ts'
import type { TapUnit } from './unit.ts'

/** What the tap's text means for a unit. Pure. */
export interface Judgement {
  state: Extract<State, 'absent' | 'live' | 'superseded'>
  reason?: string
}

/**
 * Compares what stands in the tap with what should. Another text of the same version is an update, and says where it
 * differs; a newer version is never replaced.
 * @example judge(null, unit) // { state: 'absent' }
 */
export function judge(text: string | null, unit: Pick<TapUnit, 'content' | 'version'>): Judgement {
  if (text === null) return { state: 'absent' }
  if (text === unit.content) return { state: 'live' }
  const theirs = versionIn(text)
  if (theirs === undefined) return { state: 'absent', reason: 'the file there names no version' }
  const [old, ours] = [parse(theirs, { loose: true }), parse(unit.version, { loose: true })]
  if (old !== null && ours !== null) {
    const order = compare(old, ours)
    if (order > 0) return { state: 'superseded', reason: `the tap holds ${theirs}, which is newer` }
    if (order < 0) return { state: 'absent', reason: `the tap holds ${theirs}` }
  }
  if (theirs !== unit.version) return { state: 'absent', reason: `the tap holds ${theirs}` }
  return {
    state: 'absent',
    reason: `the tap holds ${theirs} with another text: ${firstDifference(text, unit.content)}`,
  }
}

/** The version that a formula or cask names. */
export function versionIn(text: string): string | undefined {
  return /^\s*version "([^"]*)"/m.exec(text)?.[1]
}

export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}

function firstDifference(theirs: string, ours: string): string {
  const lines = ours.split('\n')
  const others = theirs.split('\n')
  const at = others.findIndex((line, index) => line !== lines[index])
  const line = at === -1 ? others.length : at
  const shown = (text: string | undefined): string => (text === undefined ? 'its end' : `"${text.trim()}"`)
  return `line ${line + 1} is ${shown(others[line])}, not ${shown(lines[line])}`
}
