import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { TagonceError } from '../core/errors.ts'
import { run } from '../external/process.ts'
import type { Plan, PlannedBinary } from '../plan/plan.ts'
import type { BuildIO } from './builder.ts'
import { findTool } from './tools.ts'

/** What upx says of a program that it can't compress: that program stays as it is. */
const EXCEPTIONS =
  /CantPackException|AlreadyPackedException|NotCompressibleException|UnknownExecutableFormatException|IOException/

/** Compresses a binary as its plan says. */
export async function compress(binary: PlannedBinary, io: BuildIO): Promise<void> {
  for (const { argv } of binary.upx ?? []) {
    if (findTool(argv[0] ?? '', io.env, io.root) === undefined) continue
    const before = (await stat(join(io.root, binary.path))).size
    const result = await run(argv, { cwd: io.root, env: io.env, signal: io.signal })
    const output = `${result.stdout}${result.stderr}`
    const exception = EXCEPTIONS.exec(output)?.[0]
    if (result.code !== 0 && exception === undefined) {
      throw new TagonceError('build', `${binary.path} could not be compressed`, {
        output: output.trim(),
        hint: `it was: ${argv.join(' ')}`,
      })
    }
    const after = (await stat(join(io.root, binary.path))).size
    io.task.log(
      exception === undefined
        ? `${binary.path}: compressed to ${Math.round((after * 100) / Math.max(before, 1))} %`
        : `${binary.path}: could not be compressed (${exception})`,
    )
  }
}

/** Says once for each tool of `upx` that is not there: nothing is compressed then, which is no error. */
export async function tellMissing(plan: Plan, io: Pick<BuildIO, 'root' | 'env' | 'task'>): Promise<void> {
  const tools = new Set(plan.binaries.flatMap((one) => (one.upx ?? []).map(({ argv }) => argv[0] ?? '')))
  for (const tool of tools) {
    if (findTool(tool, io.env, io.root) !== undefined) continue
    await io.task.task('upx', (task) => Promise.resolve(task.skip(`${tool} is not on the PATH`)))
  }
}
