import type { Facts } from './facts.ts'

const PACKAGE = /[^\s"/›<>]*~[^\s"›<>/]*\.(?:deb|rpm|ipk|apk)\b/g

/**
 * The facts with the names of packages as GitHub stores them: it makes a dot of a tilde (see `PUT_ASIDE.tilde`).
 * @example withoutTildes(new Map([['dist › hi_1.0.0~rc1_amd64.deb', 'file']])) // dist › hi_1.0.0.rc1_amd64.deb
 */
export function withoutTildes(facts: Facts): Facts {
  return new Map(
    [...facts].map(([name, value]) => {
      const dotted = asStored(value)
      // A list of checksums is sorted by name, and the name is another.
      const told = name.startsWith('checksums ›') && dotted !== value ? sortedByName(dotted) : dotted
      return [asStored(name), told]
    }),
  )
}

function asStored(text: string): string {
  return text.replaceAll(PACKAGE, (name) => name.replaceAll('~', '.'))
}

function sortedByName(list: string): string {
  const nameOf = (line: string): string => line.slice(line.lastIndexOf('  ') + 2)
  const lines = list.split('\n').filter((line) => line !== '')
  return lines.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)).join('\n') + (list.endsWith('\n') ? '\n' : '')
}
