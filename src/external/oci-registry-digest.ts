import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { TagonceError } from '../core/errors.ts'

/** `sha256:…` of bytes; in the algorithm of `like`, where that is another. */
export function digestOf(bytes: Buffer, like = 'sha256:'): string {
  const algorithm = algorithmOf(like)
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`
}

/** Removes a file that is not what its digest says, and says so. `sha256`: of the file, when that is known already. */
export async function verifyFile(path: string, digest: string, sha256: string, from: string): Promise<void> {
  const algorithm = algorithmOf(digest)
  let found = sha256
  if (algorithm !== 'sha256') {
    const hash = createHash(algorithm)
    await pipeline(createReadStream(path), hash)
    found = hash.digest('hex')
  }
  if (`${algorithm}:${found}` === digest) return
  await rm(path, { force: true })
  throw new TagonceError('spoke', `${from} gave ${algorithm}:${found} when asked for ${digest}`, {
    hint: 'something between here and the registry changes what goes through it, or the registry is damaged',
  })
}

function algorithmOf(digest: string): 'sha256' | 'sha512' {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256'
}
