import { readdir, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Diagnostic } from '../core/errors.ts'
import { hasMain } from '../plan/go-source.ts'
import type { Builder } from './builder.ts'
import { missingTools, runTool } from './run-tool.ts'

/** Builds with the Go compiler, or whatever `tool` names. */
export const go: Builder = {
  name: 'go',

  async check(binaries, io) {
    const found = missingTools(binaries, io, (tool) =>
      tool === 'go' ? 'install Go from https://go.dev/dl/' : `install ${tool}, or leave out \`tool\``,
    )
    for (const main of new Set(binaries.map((one) => one.main))) {
      if (main !== undefined) found.push(...(await checkMain(io.root, main)))
    }
    return found
  },

  build: (binaries, io) => runTool(binaries, io),
}

/** GoReleaser's own rule: the file, or a file of the folder, must have a `func main`. */
async function checkMain(root: string, main: string): Promise<Diagnostic[]> {
  const path = resolve(root, main)
  const facts = await stat(path).catch(() => undefined)
  const problem = (message: string, mend: string): Diagnostic[] => [
    { severity: 'error', code: 'no-main', message, mend },
  ]
  const mend =
    '`builds[].main` is a Go file or a folder, relative to the project; for anything else set `no_main_check: true`'
  if (facts === undefined) return problem(`there is no ${main} to build`, mend)
  const names = facts.isFile()
    ? [path]
    : (await readdir(path)).filter((one) => one.endsWith('.go')).map((one) => join(path, one))
  for (const name of names) if (hasMain(await readFile(name, 'utf8'))) return []
  return problem(`${main === '.' ? 'the folder of the project' : main} has no main function`, mend)
}
