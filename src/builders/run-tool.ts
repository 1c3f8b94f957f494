import { chmod, copyFile, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Diagnostic, TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import { run } from '../external/process.ts'
import { platformWords } from '../plan/context.ts'
import type { Command, PlannedBinary } from '../plan/plan.ts'
import { envOf } from '../plan/renderer.ts'
import type { BuildIO } from './builder.ts'
import { findTool } from './tools.ts'

/**
 * Runs the command that makes binaries (one, mostly): what has to come before it, the tool, and the copy to their place.
 * @throws TagonceError `build` with the tool's own output
 */
export async function runTool(binaries: PlannedBinary[], io: BuildIO, hint?: string): Promise<void> {
  const [first] = binaries
  const command = first?.command
  if (first === undefined || command === undefined) return
  const what = `building ${first.id} for ${platformWords(first.platform)}`
  for (const one of first.prepare ?? []) await runOne(one, io, what)
  await runOne(command, io, what, hint)
  for (const one of binaries) await takeIn(one, io, command.argv)
}

async function runOne(command: Command, io: BuildIO, what: string, hint?: string): Promise<void> {
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
  if (result.code === 0) return
  const words = `it was: ${command.argv.join(' ')}`
  throw new TagonceError('build', `${what} failed`, {
    output: lines.join('\n'),
    hint: hint === undefined ? words : `${words}; ${hint}`,
  })
}

/** A tool that ends well and leaves no binary would be found out much later. */
async function takeIn(binary: PlannedBinary, io: BuildIO, argv: string[]): Promise<void> {
  const { leftAt, path } = binary
  const there = async (file: string): Promise<boolean> =>
    (await stat(join(io.root, file)).catch(() => undefined))?.isFile() === true
  if (!(await there(leftAt ?? path))) {
    throw new TagonceError('build', `${argv[0]} ended well, but made no ${leftAt ?? path}`, {
      hint: `it was: ${argv.join(' ')}`,
    })
  }
  if (leftAt === undefined) return
  const to = inside(io.root, path)
  await rm(to, { force: true })
  await copyFile(inside(io.root, leftAt), to)
  await chmod(to, (await stat(inside(io.root, leftAt))).mode)
}

/** The tools of commands that are not on the PATH, each once. */
export function missingTools(
  binaries: PlannedBinary[],
  io: Pick<BuildIO, 'root' | 'env'>,
  mend: (tool: string) => string,
): Diagnostic[] {
  const commands = binaries.flatMap((one) => [...(one.prepare ?? []), ...(one.command ? [one.command] : [])])
  const names = new Set(commands.map((one) => one.argv[0] ?? ''))
  return [...names].flatMap((name): Diagnostic[] => {
    if (findTool(name, io.env, io.root) !== undefined) return []
    const message = `${name} is not on the PATH; the binaries can’t be built`
    return [{ severity: 'error', code: 'tool-missing', message, mend: mend(name) }]
  })
}
