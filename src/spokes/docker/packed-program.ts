import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Artifact, BinaryInside } from '../../core/artifact.ts'
import { TagonceError } from '../../core/errors.ts'
import { BLOCK } from '../../formats/deflate.ts'
import type { ReadyChunks } from '../../formats/deflate.ts'
import { packedMember } from '../../formats/packed-blocks.ts'
import type { HubReader } from '../../hub/hub.ts'

/** A program that lies compressed in an archive of the hub. */
export interface PackedProgram {
  size: number
  /** Its bytes; what of them is compressed already is told in `ready`. They are what was sealed, or the last chunk is an error. */
  chunks(ready: ReadyChunks): AsyncGenerator<Buffer>
}

/**
 * Reads a program straight out of its archive: it is unpacked once, and nothing is written to disk. What cannot be read so (an
 * archive that others wrote) comes out of the unpacked file.
 * @example const { size, chunks } = packedProgram(hub, artifact, binary)
 */
export function packedProgram(hub: HubReader, artifact: Artifact, binary: BinaryInside): PackedProgram {
  const { size, sha256, path } = binary
  return {
    size,
    async *chunks(ready) {
      const hash = createHash('sha256')
      let position = 0
      for await (const { bytes, packed } of packedMember(await hub.file(artifact.name), path)) {
        hash.update(bytes)
        position += bytes.length
        if (packed !== undefined) ready.set(bytes, packed)
        yield bytes
      }
      if (position < size) {
        const rest = createReadStream(await hub.binary(artifact, path), { start: position, highWaterMark: BLOCK })
        for await (const chunk of rest as AsyncIterable<Buffer>) {
          hash.update(chunk)
          yield chunk
        }
      }
      if (hash.digest('hex') === sha256) return
      // Says what differs from what was sealed.
      await hub.binary(artifact, path)
      throw new TagonceError('internal', `${path} in ${artifact.name} was read otherwise than it is`)
    },
  }
}
