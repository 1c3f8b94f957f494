import { readConfig } from '../config/load.ts'
import { TagonceError } from '../core/errors.ts'
import type { Diagnostic } from '../core/errors.ts'

export interface CheckResult {
  /** Relative to the root. */
  file: string
  state: 'valid' | 'deprecated' | 'invalid'
  diagnostics: Diagnostic[]
}

/**
 * Checks configs: their schema, values, templates and deprecated keys. Without `files`, the one that a release would
 * read. Exit codes are GoReleaser's: 1 when a config is invalid, 2 when one is valid but uses deprecated keys.
 *
 * @example (await check({ root: '.' })).exitCode // 0
 */
export async function check(options: {
  root: string
  files?: string[]
}): Promise<{ results: CheckResult[]; exitCode: 0 | 1 | 2 }> {
  const files = options.files === undefined || options.files.length === 0 ? [undefined] : options.files
  const results = await Promise.all(files.map((file) => checkOne(options.root, file)))
  const states = new Set(results.map(({ state }) => state))
  return { results, exitCode: states.has('invalid') ? 1 : states.has('deprecated') ? 2 : 0 }
}

async function checkOne(root: string, file: string | undefined): Promise<CheckResult> {
  try {
    const loaded = await readConfig(root, file === undefined ? {} : { file })
    return { file: loaded.file, state: stateOf(loaded.diagnostics), diagnostics: loaded.diagnostics }
  } catch (error) {
    if (!(error instanceof TagonceError) || error.code !== 'config') throw error
    const { message, hint } = error
    const diagnostic: Diagnostic = { severity: 'error', code: 'no-config', message, ...(hint ? { mend: hint } : {}) }
    return { file: file ?? '.goreleaser.yaml', state: 'invalid', diagnostics: [diagnostic] }
  }
}

function stateOf(diagnostics: Diagnostic[]): CheckResult['state'] {
  if (diagnostics.some(({ severity }) => severity === 'error')) return 'invalid'
  return diagnostics.some(({ code }) => code === 'deprecated') ? 'deprecated' : 'valid'
}
