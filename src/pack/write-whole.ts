import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { TagonceError } from '../core/errors.ts'
import { digester } from '../formats/hash.ts'

/** What the system says → what it means here. */
const DISK: Record<string, [problem: string, mend: string]> = {
  ENOSPC: ['the disk is full', 'free some space and run the same command again'],
  EDQUOT: ['the disk quota is used up', 'free some space and run the same command again'],
  EROFS: ['the file system is read-only', 'choose another `dist` folder'],
  EACCES: ['it is not allowed', 'check who owns the folder'],
  EPERM: ['it is not allowed', 'check who owns the folder'],
  EEXIST: ['a part of its path is a file', 'remove that file'],
  ENOTDIR: ['a part of its path is a file', 'remove that file'],
  EISDIR: ['a folder of that name is in the way', 'remove that folder'],
  EIO: ['the disk does not answer', 'check the disk'],
}

/** An error of writing to a path, in words; what is no fault of the disk stays as it is. */
function diskError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known = DISK[code]
  if (known === undefined || error instanceof TagonceError) return error
  return new TagonceError('disk', `${path} could not be written: ${known[0]}`, { hint: known[1], cause: error })
}

/**
 * Writes a file in one piece: to a name beside it first, renamed when it is whole. When anything fails, or on abort,
 * nothing of it stays. Gives its size in bytes and its sha256.
 * @example await writeWhole('/repo/dist/a.tar.gz', gzip(tar(entries)), { shown: 'dist/a.tar.gz', signal })
 */
export async function writeWhole(
  path: string,
  source: AsyncIterable<Uint8Array>,
  options: { shown: string; signal?: AbortSignal },
): Promise<{ size: number; sha256: string }> {
  const part = `${path}.${randomBytes(4).toString('hex')}.part`
  const hash = digester('sha256')
  let size = 0
  try {
    options.signal?.throwIfAborted()
    await mkdir(dirname(path), { recursive: true })
    {
      await using file = await open(part, 'wx', 0o644)
      for await (const chunk of source) {
        options.signal?.throwIfAborted()
        hash.update(chunk)
        size += chunk.length
        for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten
      }
    }
    options.signal?.throwIfAborted()
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true }).catch(() => {})
    throw diskError(error, options.shown)
  }
  return { size, sha256: hash.hex() }
}

/** The same for a small text; not ended by an abort, since it may be the record of what was done. */
export function writeText(path: string, text: string, shown: string): Promise<{ size: number; sha256: string }> {
  async function* once(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text)
  }
  return writeWhole(path, once(), { shown })
}
