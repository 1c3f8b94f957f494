import { CallError } from './error.ts'

/** A set of characters: ranges and Unicode classes, each item maybe turned round, and the whole too. */
export interface CharacterSet {
  ranges: [number, number][]
  classes: { pattern: RegExp; negated: boolean }[]
  negated: boolean
  /** Letters match in either case. */
  fold: boolean
}

const DIGIT: [number, number][] = [[48, 57]]
const SPACE: [number, number][] = [
  [9, 10],
  [12, 13],
  [32, 32],
]
const WORD: [number, number][] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
]
const POSIX: Record<string, [number, number][]> = {
  alnum: [...DIGIT, [65, 90], [97, 122]],
  alpha: [
    [65, 90],
    [97, 122],
  ],
  ascii: [[0, 127]],
  blank: [
    [9, 9],
    [32, 32],
  ],
  cntrl: [
    [0, 31],
    [127, 127],
  ],
  digit: DIGIT,
  graph: [[33, 126]],
  lower: [[97, 122]],
  print: [[32, 126]],
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126],
  ],
  space: [
    [9, 13],
    [32, 32],
  ],
  upper: [[65, 90]],
  word: WORD,
  xdigit: [...DIGIT, [65, 70], [97, 102]],
}

export function emptySet(fold: boolean): CharacterSet {
  return { ranges: [], classes: [], negated: false, fold }
}

/** Adds a group of characters; a negated one as its complement. */
function add(set: CharacterSet, ranges: [number, number][], negated: boolean): void {
  if (!negated) {
    set.ranges.push(...ranges)
    return
  }
  const inside = ranges.map(([low, high]) => `\\u{${low.toString(16)}}-\\u{${high.toString(16)}}`).join('')
  set.classes.push({ pattern: new RegExp(`^[${inside}]$`, set.fold ? 'iu' : 'u'), negated: true })
}

/** Adds \d \D \s \S \w \W; false when the letter is none of them. */
export function addPerlClass(set: CharacterSet, letter: string): boolean {
  const ranges = { d: DIGIT, s: SPACE, w: WORD }[letter.toLowerCase()]
  if (ranges === undefined) return false
  add(set, ranges, letter !== letter.toLowerCase())
  return true
}

/** Adds [:alpha:] or [:^alpha:], by its name. */
export function addPosixClass(set: CharacterSet, name: string): void {
  const bare = name.replace(/^\^/, '')
  const ranges = Object.hasOwn(POSIX, bare) ? POSIX[bare] : undefined
  if (ranges === undefined) throw new CallError(`the regular expression names an unknown class [:${name}:]`)
  add(set, ranges, bare !== name)
}

/** Adds \p{Greek}, by the name of a general category or a script. */
export function addUnicodeClass(set: CharacterSet, name: string, negated: boolean): void {
  const bare = name.replace(/^\^/, '')
  const direct = ['Any', 'ASCII', 'Assigned'].includes(bare) ? [bare] : [`gc=${bare}`, `Script=${bare}`]
  for (const property of direct) {
    try {
      const pattern = new RegExp(`^\\p{${property}}$`, set.fold ? 'iu' : 'u')
      set.classes.push({ pattern, negated: negated !== (bare !== name) })
      return
    } catch {
      // No such category; it may be a script.
    }
  }
  throw new CallError(`the regular expression names an unknown class \\p{${name}}`)
}

/** The set as a test of one character, remembering its answers. */
export function tester(set: CharacterSet): (character: string) => boolean {
  const known = new Map<string, boolean>()
  const folded = set.fold ? new RegExp(`^[${set.ranges.map(rangeText).join('')}]$`, 'iu') : undefined
  return (character) => {
    const before = known.get(character)
    if (before !== undefined) return before
    const code = character.codePointAt(0) ?? 0
    const inRange = folded ? folded.test(character) : set.ranges.some(([low, high]) => low <= code && code <= high)
    const inside = inRange || set.classes.some(({ pattern, negated }) => pattern.test(character) !== negated)
    known.set(character, inside !== set.negated)
    return inside !== set.negated
  }
}

function rangeText([low, high]: [number, number]): string {
  return `\\u{${low.toString(16)}}-\\u{${high.toString(16)}}`
}
