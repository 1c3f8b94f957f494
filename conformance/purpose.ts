import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Difference } from '../src/compare/facts.ts'
import { intended, type Intended, ON_PURPOSE } from '../src/compare/on-purpose.ts'

export interface Purpose {
  /** Whether a difference is meant. */
  meant(project: string, difference: Difference): boolean
  /** Entries that matched nothing, and reasons that the page does not have. */
  wrong(): string[]
}

/** The list of what is on purpose, held against what differs and against the page. */
export function purposes(): Purpose {
  const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'goreleaser.md'), 'utf8')
  const headings = new Set([...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading))
  const used = new Set<Intended>()
  return {
    meant(project, difference) {
      const found = intended(difference, project)
      for (const one of found) used.add(one)
      return found.length > 0
    },
    wrong: () => [
      ...ON_PURPOSE.filter((one) => !used.has(one)).map(
        (one) => `src/compare/on-purpose.ts: nothing differs like ${JSON.stringify(one)}`,
      ),
      ...ON_PURPOSE.filter((one) => !headings.has(one.reason)).map(
        (one) => `docs/goreleaser.md: no heading “${one.reason}”`,
      ),
    ],
  }
}
