/** How many letters must be put in, left out, changed or swapped to get from one word to another. */
function distance(a: string, b: string): number {
  let previous: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (previous[j - 2] ?? 0) + 1)
      next.push(best)
    }
    previous = row
    row = next
  }
  return row[b.length] ?? 0
}

/** `nameTemplate`, `name-template` and `Name_Template` are one word here. */
function plain(word: string): string {
  return word.replaceAll(/[-_\s]/g, '').toLowerCase()
}

/**
 * The word that was most likely meant, if one is near enough.
 * @example suggest('ldflag', ['ldflags', 'flags']) // 'ldflags'
 */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 64) return undefined
  let best: string | undefined
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of known) {
    const far = plain(candidate) === plain(word) ? 0 : distance(word.toLowerCase(), candidate)
    if (far < least) {
      least = far
      best = candidate
    }
  }
  return best
}
