import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'

/** Bytes that can be read anywhere. */
export interface ByteSource {
  size: number
  /** As many bytes as there are, at most `length`; never past the end. */
  read(offset: number, length: number): Promise<Buffer>
}

/** @example sourceOfBuffer(Buffer.from('MZ')) */
export function sourceOfBuffer(bytes: Buffer): ByteSource {
  return {
    size: bytes.length,
    read: async (offset, length) =>
      bytes.subarray(Math.min(offset, bytes.length), Math.min(offset + length, bytes.length)),
  }
}

/** A file that is open. The caller closes it. */
export async function sourceOfHandle(file: FileHandle): Promise<ByteSource> {
  const { size } = await file.stat()
  return {
    size,
    async read(offset, length) {
      const want = Math.max(0, Math.min(length, size - offset))
      const buffer = Buffer.alloc(want)
      let filled = 0
      while (filled < want) {
        const { bytesRead } = await file.read(buffer, filled, want - filled, offset + filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return buffer.subarray(0, filled)
    },
  }
}

/** Opens a file for the time of `use`. */
export async function withSource<T>(path: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  await using file = await open(path, 'r')
  return await use(await sourceOfHandle(file))
}
