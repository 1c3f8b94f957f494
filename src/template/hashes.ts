import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { blake3 } from '@noble/hashes/blake3.js'

/** The checksum functions by GoReleaser's names, and what OpenSSL calls them. */
const OPENSSL: Record<string, string> = {
  blake2b: 'blake2b512',
  blake2s: 'blake2s256',
  md5: 'md5',
  sha1: 'sha1',
  sha224: 'sha224',
  sha256: 'sha256',
  sha384: 'sha384',
  sha512: 'sha512',
  sha3_224: 'sha3-224',
  sha3_256: 'sha3-256',
  sha3_384: 'sha3-384',
  sha3_512: 'sha3-512',
}

export const HASHES = [...Object.keys(OPENSSL), 'blake3', 'crc32']

/** The digest in lower-case hexadecimal. */
export function digest(name: string, bytes: Uint8Array): string {
  if (name === 'crc32') return crc32(bytes).toString(16).padStart(8, '0')
  if (name === 'blake3') return Buffer.from(blake3(bytes)).toString('hex')
  return createHash(OPENSSL[name] ?? name)
    .update(bytes)
    .digest('hex')
}
