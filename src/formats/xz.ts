import { setImmediate } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { lzma2 } from './lzma2.ts'

// The .xz File Format, version 1.2.1 (tukaani.org/xz/xz-file-format.txt).

/** Each block is compressed alone, so this size is part of the output: changing it changes every archive's digest. */
const BLOCK = 8 * 1024 * 1024
/** Dictionary of 8 MiB (5.3.1). */
const DICTIONARY = 22
/** 2.1.1.2: the check is CRC32. */
const FLAGS = Buffer.from([0, 1])
const MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])

/**
 * xz, whose output depends on nothing but the bytes. In process: it needs no program, and takes its time (some megabytes a second).
 * @example await pipeline(xz(tar(entries)), createWriteStream('hello.tar.xz'))
 */
export async function* xz(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const records: [unpadded: number, size: number][] = []
  yield Buffer.concat([MAGIC, FLAGS, checked(FLAGS)])
  for await (const block of blocks(source)) {
    const header = Buffer.alloc(12)
    header.set([2, 0, 0x21, 1, DICTIONARY])
    header.writeUInt32LE(crc32(header.subarray(0, 8)), 8)
    yield header
    let size = header.length
    for (const piece of lzma2(block)) {
      yield piece
      size += piece.length
      // The compressor holds the thread: others get their turn between pieces.
      await setImmediate()
    }
    yield Buffer.alloc(-size & 3)
    yield checked(block)
    records.push([size + 4, block.length])
  }
  const index = indexOf(records)
  yield index
  const footer = Buffer.alloc(6)
  footer.writeUInt32LE(index.length / 4 - 1, 0)
  footer.set(FLAGS, 4)
  yield Buffer.concat([checked(footer), footer, Buffer.from('YZ')])
}

function indexOf(records: [number, number][]): Buffer {
  const bytes = [
    0,
    ...number(records.length),
    ...records.flatMap(([unpadded, size]) => [...number(unpadded), ...number(size)]),
  ]
  while (bytes.length % 4 !== 0) bytes.push(0)
  const index = Buffer.from(bytes)
  return Buffer.concat([index, checked(index)])
}

/** 1.2: seven bits a byte, the lowest first. */
function number(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return [...bytes, rest]
}

function checked(bytes: Uint8Array): Buffer {
  const out = Buffer.alloc(4)
  out.writeUInt32LE(crc32(bytes))
  return out
}

async function* blocks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  let filled = 0
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length;) {
      const part = Buffer.from(chunk.subarray(at, at + BLOCK - filled))
      parts.push(part)
      filled += part.length
      at += part.length
      if (filled < BLOCK) continue
      yield Buffer.concat(parts)
      parts = []
      filled = 0
    }
  }
  if (filled > 0) yield Buffer.concat(parts)
}
