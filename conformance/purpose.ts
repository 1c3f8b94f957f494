import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Difference } from '../src/compare/facts.ts'

/** A difference that is on purpose. */
interface Intended {
  /** Names of projects, `*` for any letters. */
  project: string
  /** Name of the fact, `*` for any letters. */
  fact: string
  /** A heading of docs/goreleaser.md, which says why. */
  reason: string
}

export interface Purpose {
  /** Whether a difference is meant. */
  meant(project: string, difference: Difference): boolean
  /** Entries that matched nothing, and reasons that the page does not have. */
  wrong(): string[]
}

/** Reads `differences.json`, the list of what is on purpose, and holds it against the page. */
export function purposes(): Purpose {
  const all = JSON.parse(readFileSync(join(import.meta.dirname, 'differences.json'), 'utf8')) as Intended[]
  const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'goreleaser.md'), 'utf8')
  const headings = new Set([...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading))
  const used = new Set<Intended>()
  return {
    meant(project, { fact }) {
      const found = all.filter((one) => like(one.project, project) && like(one.fact, fact))
      for (const one of found) used.add(one)
      return found.length > 0
    },
    wrong: () => [
      ...all
        .filter((one) => !used.has(one))
        .map((one) => `differences.json: nothing differs like ${one.project}: ${one.fact}`),
      ...all.filter((one) => !headings.has(one.reason)).map((one) => `docs/goreleaser.md: no heading “${one.reason}”`),
    ],
  }
}

function like(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((one) => one.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text)
}
