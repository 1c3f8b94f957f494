import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const folder = new URL('.', import.meta.url)

/**
 * The Python files as a module of texts, since the program is one bundled file. `node src/spokes/pypi/download/embed.ts` writes it
 * anew.
 */
export function embedded(): string {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.py'))
    .sort()
  const lines = files.map((name) => {
    return `  '${name}': ${JSON.stringify(readFileSync(new URL(name, folder), 'utf8'))},`
  })
  return ['// Made by embed.ts from the .py files beside it.', 'export const sources = {', ...lines, '}', ''].join('\n')
}

if (import.meta.main) writeFileSync(new URL('sources.generated.ts', folder), embedded())
