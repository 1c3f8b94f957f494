import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Diagnostic, TagonceError } from '../core/errors.ts'
import { run } from '../external/process.ts'
import { platformWords } from '../plan/context.ts'
import { hasMain } from '../plan/go-source.ts'
import type { PlannedBinary } from '../plan/plan.ts'
import { envOf } from '../plan/renderer.ts'
import type { Builder } from './builder.ts'
import { findTool } from './tools.ts'

/** Builds with the Go compiler, or whatever `tool` names. */
export const go: Builder = {
  name: 'go',

  async check(binaries, io) {
    const found: Diagnostic[] = []
    for (const tool of new Set(binaries.map((one) => one.command?.argv[0] ?? ''))) {
      if (findTool(tool, io.env, io.root) !== undefined) continue
      found.push({
        severity: 'error',
        code: 'tool-missing',
        message: `${tool} is not on the PATH; the binaries can’t be built`,
        mend: tool === 'go' ? 'install Go from https://go.dev/dl/' : `install ${tool}, or leave out \`tool\``,
      })
    }
    for (const main of new Set(binaries.map((one) => one.main))) {
      if (main !== undefined) found.push(...(await checkMain(io.root, main)))
    }
    return found
  },

  async build(binaries, io) {
    const [first] = binaries
    const command = first?.command
    if (first === undefined || command === undefined) return
    for (const one of binaries) await mkdir(dirname(join(io.root, one.path)), { recursive: true })
    const lines: string[] = []
    const result = await run(command.argv, {
      cwd: resolve(io.root, command.dir),
      env: { ...io.env, ...envOf(command.env) },
      signal: io.signal,
      onLine: (line) => {
        if (line.startsWith('go: downloading')) return io.task.progress(line)
        lines.push(line)
        io.task.log(line)
      },
    })
    if (result.code !== 0) {
      throw new TagonceError('build', `building ${first.id} for ${platformWords(first.platform)} failed`, {
        output: lines.join('\n'),
        hint: `it was: ${command.argv.join(' ')}`,
      })
    }
    await Promise.all(binaries.map((one) => mustExist(io.root, one, command.argv)))
  },
}

/** A tool that ends well and leaves no binary would be found out much later. */
async function mustExist(root: string, binary: PlannedBinary, argv: string[]): Promise<void> {
  const made = await stat(join(root, binary.path)).catch(() => undefined)
  if (made?.isFile() === true) return
  throw new TagonceError('build', `${argv[0]} ended well, but made no ${binary.path}`, {
    hint: `it was: ${argv.join(' ')}`,
  })
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
