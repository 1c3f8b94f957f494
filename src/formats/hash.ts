import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { blake3 } from '@noble/hashes/blake3.js'
import { passingChunks } from './file-chunks.ts'

/** Name of an algorithm here → its name in node:crypto, which has neither blake3 nor crc32. */
const ALGORITHMS = {
  sha256: 'sha256',
  sha512: 'sha512',
  sha1: 'sha1',
  sha224: 'sha224',
  sha384: 'sha384',
  'sha3-224': 'sha3-224',
  'sha3-256': 'sha3-256',
  'sha3-384': 'sha3-384',
  'sha3-512': 'sha3-512',
  blake2b: 'blake2b512',
  blake2s: 'blake2s256',
  blake3: '',
  crc32: '',
  md5: 'md5',
} as const

export type HashAlgorithm = keyof typeof ALGORITHMS

/** All algorithms, for messages and schemas. */
export const hashAlgorithms = Object.keys(ALGORITHMS) as HashAlgorithm[]

/** Whether a word from a config names an algorithm. */
export function isHashAlgorithm(name: string): name is HashAlgorithm {
  return Object.hasOwn(ALGORITHMS, name)
}

/** A digest in the making. */
export interface Digester {
  update(chunk: Uint8Array): void
  /** Lower-case hex. Once only. */
  hex(): string
}

/** @example const sha = digester('sha256'); sha.update(chunk); sha.hex() */
export function digester(algorithm: HashAlgorithm): Digester {
  if (algorithm === 'crc32') {
    let crc = 0
    return {
      update(chunk) {
        crc = crc32(chunk, crc)
      },
      hex: () => crc.toString(16).padStart(8, '0'),
    }
  }
  if (algorithm === 'blake3') {
    const hash = blake3.create()
    return { update: (chunk) => void hash.update(chunk), hex: () => Buffer.from(hash.digest()).toString('hex') }
  }
  const hash = createHash(ALGORITHMS[algorithm])
  return { update: (chunk) => void hash.update(chunk), hex: () => hash.digest('hex') }
}

/**
 * Digests of a file (lower-case hex), all in one read, and its size.
 * @example const { size, digests } = await hashFile('hello', ['sha256', 'sha512']); digests.sha256
 */
export async function hashFile<const A extends HashAlgorithm>(
  path: string,
  algorithms: readonly A[],
): Promise<{ size: number; digests: Record<A, string> }> {
  const all = algorithms.map((name) => [name, digester(name)] as const)
  let size = 0
  for await (const chunk of passingChunks(path)) {
    size += chunk.length
    for (const [, one] of all) one.update(chunk)
  }
  return { size, digests: Object.fromEntries(all.map(([name, one]) => [name, one.hex()])) as Record<A, string> }
}
