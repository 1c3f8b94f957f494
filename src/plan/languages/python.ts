import { dirname } from 'node:path'
import type { Language, LanguageRun } from './language.ts'

const ANY = 'none-any'

function python(name: string, options: (run: LanguageRun, folder: string) => string[]): Language {
  return {
    name,
    inTurn: false,
    defaults: { tool: name, command: 'build', flags: [], main: '', targets: [ANY] },
    validity: (target) => (target === ANY ? 'valid' : 'invalid'),
    parse: () => ({ platform: { goos: 'all', goarch: 'all', target: ANY }, fields: { Os: 'all', Arch: 'all' } }),
    call: (run) => ({ argv: [run.tool, run.command, ...options(run, dirname(run.output)), ...run.flags] }),
  }
}

/** Python packages: a wheel, or a source distribution with `buildmode: sdist`. */
export const uv: Language = python('uv', ({ buildmode }, folder) => ['--out-dir', folder, `--${buildmode}`])

/** The same, made by Poetry. */
export const poetry: Language = python('poetry', ({ buildmode }, folder) => [
  '--output',
  folder,
  '--no-ansi',
  '--format',
  buildmode,
])
