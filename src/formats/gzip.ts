import { createGunzip, crc32 } from 'node:zlib'
import { deflate } from './deflate.ts'
import type { ReadyChunks } from './deflate.ts'
import { through } from './through.ts'

/**
 * RFC 1952, 2.3: magic, deflate, no flags (so no name), no time, "slowest", operating system unknown.
 * node:zlib writes the operating system it runs on, hence a header of our own.
 */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255])

/**
 * gzip at level 6, on all cores, with output that depends on nothing but the bytes (and the name and time of the file, where it is told).
 * `ready`: chunks of the source that are compressed already.
 * @example await pipeline(gzip(fileChunks('hello.tar')), createWriteStream('hello.tar.gz'))
 */
export async function* gzip(
  source: AsyncIterable<Uint8Array>,
  file?: { name: string; mtime: number },
  ready?: ReadyChunks,
): AsyncGenerator<Buffer> {
  let crc = 0
  let size = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      crc = crc32(chunk, crc)
      size += chunk.length
      yield chunk
    }
  }
  yield file === undefined ? HEADER : headerOf(file)
  yield* deflate(counted(), ready)
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc, 0)
  // "The size of the original input data modulo 2^32."
  trailer.writeUInt32LE(size % 2 ** 32, 4)
  yield trailer
}

/** RFC 1952, 2.3.1: the name is ISO 8859-1, ended by a zero byte; one that is not is left out. */
function headerOf({ name, mtime }: { name: string; mtime: number }): Buffer {
  // oxlint-disable-next-line no-control-regex -- the character set is meant
  const named = /^[\x01-\xff]+$/.test(name)
  const head = Buffer.from(HEADER)
  head[3] = named ? 8 : 0
  head.writeUInt32LE(Math.min(0xffffffff, Math.max(0, mtime)), 4)
  return named ? Buffer.concat([head, Buffer.from(`${name}\0`, 'latin1')]) : head
}

/** What was compressed; damage is a FormatError. */
export function gunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  return through(source, createGunzip({ chunkSize: 256 * 1024 }), 'the gzip data is damaged')
}
