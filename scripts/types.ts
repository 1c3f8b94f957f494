// Writes the types of the library into package/dist: those that index.d.ts reaches, and no others.
// They may name nothing but Node's own types, since the package has no dependency.
import { mkdtempSync, cpSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { spawnSync } from 'node:child_process'

const root = resolve(import.meta.dirname, '..')
const emitted = mkdtempSync(join(tmpdir(), 'tagonce-types-'))
const tsc = spawnSync(
  join(root, 'node_modules/.bin/tsc'),
  ['-p', join(root, 'tsconfig.types.json'), '--outDir', emitted],
  { encoding: 'utf8' },
)
if (tsc.status !== 0) {
  process.stderr.write(tsc.stdout + tsc.stderr)
  process.exit(1)
}

const reached = new Set<string>()
const foreign = new Map<string, string>()
const visit = (file: string): void => {
  if (reached.has(file)) return
  reached.add(file)
  const text = readFileSync(file, 'utf8')
  for (const [, name = ''] of text.matchAll(/(?:from|import\()\s*['"]([^'"]+)['"]/g)) {
    if (name.startsWith('.')) visit(resolve(dirname(file), name.replace(/\.ts$/, '.d.ts')))
    else if (!name.startsWith('node:')) foreign.set(name, relative(emitted, file))
  }
}
visit(join(emitted, 'index.d.ts'))
const out = join(root, 'package', 'dist')
rmSync(join(out, 'types'), { recursive: true, force: true })
for (const file of reached) cpSync(file, join(out, 'types', relative(emitted, file)))
rmSync(emitted, { recursive: true })
for (const [name, file] of foreign)
  process.stderr.write(`${file} names types of ${name}, which the package does not bring\n`)
process.stderr.write(`${reached.size} files\n`)
process.exitCode = foreign.size === 0 ? 0 : 1
