import type { FileHandle } from 'node:fs/promises'
import type { ByteSource } from '../byte-source.ts'
import { sourceOfHandle, withSource } from '../byte-source.ts'
import type { BinaryHeader } from './facts.ts'
import { readElf } from './elf.ts'
import { readMachO } from './macho.ts'
import { readPe } from './pe.ts'

export type { BinaryHeader }

/**
 * What the header of a program says; undefined for a file that is none, and for one that is damaged.
 * Reads only the parts it needs, so a large program costs no more than a small one.
 * @example (await readBinaryHeader('/bin/ls'))?.interpreter // '/lib64/ld-linux-x86-64.so.2'
 */
export function readBinaryHeader(file: string | FileHandle): Promise<BinaryHeader | undefined> {
  if (typeof file === 'string') return withSource(file, binaryHeaderOf)
  return sourceOfHandle(file).then(binaryHeaderOf)
}

/** The same for bytes from anywhere. */
export async function binaryHeaderOf(source: ByteSource): Promise<BinaryHeader | undefined> {
  const magic = await source.read(0, 4)
  if (magic.length < 4) return undefined
  try {
    if (magic.readUInt32BE(0) === 0x7f454c46) return await readElf(source)
    if (magic.readUInt16BE(0) === 0x4d5a) return await readPe(source)
    return await readMachO(source)
  } catch (error) {
    // A field that points outside: Buffer says so with this error, and the file is not what it claims to be.
    if (error instanceof RangeError) return undefined
    throw error
  }
}
