import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const folder = new URL('.', import.meta.url)

/**
 * The shims as a module of texts, since the program is one bundled file. `node src/spokes/npm/shims/embed.ts` writes it anew.
 */
export function embedded(): string {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.cjs'))
    .sort()
  const lines = files.map((name) => {
    return `  '${name.replace('.cjs', '')}': ${JSON.stringify(readFileSync(new URL(name, folder), 'utf8'))},`
  })
  return ['// Made by embed.ts from the .cjs files beside it.', 'export const shims = {', ...lines, '}', ''].join('\n')
}

if (import.meta.main) writeFileSync(new URL('shims.generated.ts', folder), embedded())
