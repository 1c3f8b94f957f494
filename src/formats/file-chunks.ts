import { open } from 'node:fs/promises'
import { FormatError } from './format-error.ts'

/** How much of a file is read at once. */
export const CHUNK = 1024 * 1024

/**
 * The bytes of a file, a mebibyte at a time, each in a buffer of its own. With `size`, a file that has grown or shrunk
 * since it was looked at is an error, because its length already stands in a header.
 */
export async function* fileChunks(path: string, size?: number): AsyncGenerator<Buffer<ArrayBuffer>> {
  await using file = await open(path, 'r')
  let position = 0
  for (;;) {
    const want = size === undefined ? CHUNK : Math.min(CHUNK, Math.max(1, size - position))
    const buffer = Buffer.allocUnsafeSlow(want)
    const { bytesRead } = await file.read(buffer, 0, want, position)
    if (bytesRead === 0) break
    position += bytesRead
    yield bytesRead === want ? buffer : buffer.subarray(0, bytesRead)
    if (size !== undefined && position > size) break
  }
  if (size !== undefined && position !== size) throw new FormatError(`${path} changed while it was read`)
}
