import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { BinaryHeader, BinaryInside } from '../core/artifact.ts'
import { TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import { readBinaryHeader } from '../formats/binary/header.ts'
import { passingChunks } from '../formats/file-chunks.ts'
import { digester } from '../formats/hash.ts'
import type { PlannedBinary } from '../plan/plan.ts'
import type { PackIO } from './packed.ts'

/** Programs are always packed with this mode, as GoReleaser does. */
export const PROGRAM_MODE = 0o755

/** A built program, on its way into an artifact. */
export interface Program {
  binary: PlannedBinary
  size: number
  /** Its bytes; they are hashed as they pass. */
  content: () => AsyncIterable<Uint8Array>
  /** What the manifest says of it, once `content` has been read. */
  facts: (pathInside: string) => BinaryInside
}

const FORMAT_OF: Record<string, BinaryHeader['format']> = {
  windows: 'pe',
  darwin: 'macho',
  ios: 'macho',
  linux: 'elf',
  freebsd: 'elf',
}

/** Opens the program of a plan's path; an error when the plan or the disk does not have it. */
export async function openProgram(path: string, io: PackIO): Promise<Program> {
  const binary = io.binaries.get(path)
  if (binary === undefined) throw new TagonceError('internal', `no binary is planned at ${path}`)
  const file = inside(io.root, path)
  const size = await stat(file).then(
    (found) => (found.isFile() ? found.size : undefined),
    () => undefined,
  )
  if (size === undefined)
    throw new TagonceError('pack', `${path} does not exist`, { hint: 'the build should have made it' })
  const header = await readBinaryHeader(file)
  warnOfPlatform(binary, header, io)
  const hash = digester('sha256')
  let sha256: string | undefined
  return {
    binary,
    size,
    async *content() {
      for await (const chunk of passingChunks(file, size)) {
        hash.update(chunk)
        yield chunk
      }
      sha256 = hash.hex()
    },
    facts(pathInside) {
      if (sha256 === undefined) throw new TagonceError('internal', `${path} was not read to its end`)
      const mode = `0${PROGRAM_MODE.toString(8)}`
      return {
        name: basename(binary.name),
        path: pathInside,
        mode,
        size,
        sha256,
        ...(header === undefined ? {} : { header }),
      }
    },
  }
}

function warnOfPlatform(binary: PlannedBinary, header: BinaryHeader | undefined, io: PackIO): void {
  const { goos, goarch } = binary.platform
  if (header === undefined || header.arch === 'unknown') return
  const format = FORMAT_OF[goos]
  if ((format === undefined || header.format === format) && header.arch === goarch) return
  io.warn?.({
    severity: 'warning',
    code: 'other-platform',
    message: `${binary.path} should be for ${goos}/${goarch}, but its header says ${header.format}, ${header.arch}`,
  })
}
