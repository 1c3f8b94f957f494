import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TemplateIO } from './goreleaser-functions.ts'

/**
 * The outside as GoReleaser's functions see it: paths start from `cwd`, and ~/ is the user's home.
 * @example goreleaserFunctions(nodeIO({ cwd: '/repo', env: { FOO: 'bar' } }))
 */
export function nodeIO(where: { cwd: string; env: Readonly<Record<string, string>>; now?: Date }): TemplateIO {
  return {
    ...where,
    readFile: (path) => readFileSync(path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(where.cwd, path)),
  }
}
