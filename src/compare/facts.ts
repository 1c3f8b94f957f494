/**
 * What was seen of one run, flat: the name of a fact → what it says. Names are paths of words parted by ` › `, from the general to
 * the particular: `archive › hello.tar.gz › README.md`.
 */
export type Facts = Map<string, string>

/** One fact that is not the same for both; undefined where one of them has no such fact. */
export interface Difference {
  fact: string
  theirs: string | undefined
  ours: string | undefined
}

/** Joins the words of a fact's name. */
export function fact(...words: string[]): string {
  return words.join(' › ')
}

/** Adds a fact; of a name that is taken already, it is the second, the third, … */
export function note(facts: Facts, name: string, value: string): void {
  let free = name
  for (let count = 2; facts.has(free); count++) free = `${name} #${count}`
  facts.set(free, value)
}

/**
 * All facts that differ, by name.
 * @example differences(new Map([['check › exit code', '0']]), new Map()) // [{ fact: 'check › exit code', theirs: '0', ours: undefined }]
 */
export function differences(theirs: Facts, ours: Facts): Difference[] {
  // Where one of them failed, there is nothing to hold beside the other.
  const failed = [...theirs].some(([name, value]) => name.endsWith('exit code') && ours.get(name) !== value)
  const names = [...new Set([...theirs.keys(), ...ours.keys()])].toSorted()
  return names.flatMap((name) => {
    const [a, b] = [theirs.get(name), ours.get(name)]
    return a === b || (failed && !name.endsWith('exit code')) ? [] : [{ fact: name, theirs: a, ours: b }]
  })
}

/** The kinds of facts (the first word of their names), each with how many there are. */
export function kinds(facts: Facts): Map<string, number> {
  const found = new Map<string, number>()
  for (const name of facts.keys()) {
    const kind = name.split(' › ')[0] ?? name
    found.set(kind, (found.get(kind) ?? 0) + 1)
  }
  return found
}

/**
 * A difference in a line each: where two long texts part, only those lines are shown.
 * @example showDifference({ fact: 'check › exit code', theirs: '0', ours: '1' })
 * // ['check › exit code', '  goreleaser  0', '  tagonce     1']
 */
export function showDifference({ fact: name, theirs, ours }: Difference): string[] {
  const [a, b] = [theirs?.split('\n') ?? [], ours?.split('\n') ?? []]
  const apart = a.findIndex((line, at) => line !== b[at])
  const at = apart < 0 ? a.length : apart
  const line = (all: string[], whole: string | undefined): string =>
    whole === undefined ? '(none)' : all.length === 1 && b.length <= 1 ? whole : (all[at] ?? '(ends here)')
  const place = a.length > 1 || b.length > 1 ? `, line ${at + 1}` : ''
  return [
    `${name}${theirs === undefined || ours === undefined ? '' : place}`,
    `  goreleaser  ${line(a, theirs)}`,
    `  tagonce     ${line(b, ours)}`,
  ]
}
