import { createHash, randomBytes } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { passingChunks } from './file-chunks.ts'

/** Bytes that were put aside, with what had to be known of them first. */
export interface Spooled {
  size: number
  sha256: string
  path: string
  content: () => AsyncIterable<Uint8Array>
}

/** Puts bytes aside until their length and digest are known: both stand before them in a package. */
export type Spool = (source: AsyncIterable<Uint8Array>) => Promise<Spooled>

/**
 * A spool in a folder that exists; the caller takes the folder away.
 * @example const data = await spoolIn(folder.path)(gzip(tar(entries)))
 */
export function spoolIn(folder: string): Spool {
  return async (source) => {
    const path = join(folder, `${randomBytes(8).toString('hex')}.spool`)
    const hash = createHash('sha256')
    let size = 0
    try {
      await using file = await open(path, 'wx', 0o600)
      for await (const chunk of source) {
        hash.update(chunk)
        size += chunk.length
        for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten
      }
    } catch (error) {
      await rm(path, { force: true })
      throw error
    }
    return { size, sha256: hash.digest('hex'), path, content: () => passingChunks(path, size) }
  }
}
