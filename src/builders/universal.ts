import { chmod, open, stat } from 'node:fs/promises'
import { TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import { fileChunks } from '../formats/file-chunks.ts'
import { FormatError } from '../formats/format-error.ts'
import { lipo, type Slice } from '../formats/lipo.ts'
import { writeWhole } from '../pack/write-whole.ts'
import type { PlannedBinary } from '../plan/plan.ts'
import type { BuildIO } from './builder.ts'

/** Joins the parts of a universal binary, in the order of the plan. */
export async function buildUniversal(binary: PlannedBinary, io: BuildIO): Promise<void> {
  const parts = binary.universal?.parts ?? []
  try {
    const slices = await Promise.all(parts.map((one) => sliceOf(one.path, io.root)))
    const path = inside(io.root, binary.path)
    await writeWhole(path, lipo(slices), { shown: binary.path, signal: io.signal })
    await chmod(path, 0o755)
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    const hint = 'name the builds with `ids`, each with one program for amd64 and one for arm64'
    throw new TagonceError('build', `${binary.path} can’t be made: ${error.message}`, { cause: error, hint })
  }
}

async function sliceOf(path: string, root: string): Promise<Slice> {
  const file = inside(root, path)
  const { size } = await stat(file)
  await using handle = await open(file, 'r')
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(12), 0, 12, 0)
  return { name: path, size, head: buffer.subarray(0, bytesRead), content: () => fileChunks(file, size) }
}
