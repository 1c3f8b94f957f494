import { open } from 'node:fs/promises'
import { FormatError } from './format-error.ts'

/** How much of a file is read at once. */
export const CHUNK = 1024 * 1024

/**
 * The bytes of a file, a mebibyte at a time, each chunk in a buffer of its own. A file that has another length than `size`
 * is an error: it has changed since it was looked at, and its length already stands in a header.
 * @example for await (const chunk of fileChunks('hello')) hash.update(chunk)
 */
export function fileChunks(path: string, size?: number): AsyncGenerator<Buffer> {
  return chunks(path, size, () => Buffer.allocUnsafeSlow(CHUNK))
}

/**
 * The same in one buffer that is filled again and again: a chunk is gone when the next one is asked for. The writers of
 * archives can take this, and a file of a gigabyte then leaves no gigabyte of garbage.
 */
export function passingChunks(path: string, size?: number): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK)
  return chunks(path, size, () => buffer)
}

async function* chunks(path: string, size: number | undefined, room: () => Buffer): AsyncGenerator<Buffer> {
  await using file = await open(path, 'r')
  let position = 0
  for (;;) {
    const buffer = room()
    const { bytesRead } = await file.read(buffer, 0, CHUNK, position)
    if (bytesRead === 0) break
    position += bytesRead
    if (size !== undefined && position > size) break
    yield buffer.subarray(0, bytesRead)
  }
  if (size !== undefined && position !== size) throw new FormatError(`${path} changed while it was read`)
}
