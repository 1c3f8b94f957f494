import { createHash, randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { gzip } from './gzip.ts'
import { packedMember } from './packed-blocks.ts'
import { tar } from './tar.ts'
import type { TarEntry } from './tar.ts'
import type { PackedChunk } from './packed-blocks.ts'

const MEBIBYTE = 1024 * 1024

/** Bytes that compress a little, with markers of deflate's flush in them. */
function program(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size; at += 4096) randomBytes(1024).copy(bytes, at)
  for (let at = 5000; at < size; at += 70_000) bytes.write('0000ffff', at, 'hex')
  return bytes
}

const entry = (name: string, bytes: Buffer): TarEntry => ({
  name,
  mode: 0o755,
  mtime: 0,
  body: {
    type: 'file',
    size: bytes.length,
    async *content() {
      yield bytes
    },
  },
})

async function chunksOf(archive: string, member: string): Promise<PackedChunk[]> {
  const all: PackedChunk[] = []
  for await (const chunk of packedMember(archive, member)) all.push(chunk)
  return all
}

const bytesOf = (chunks: PackedChunk[]): Buffer => Buffer.concat(chunks.map((one) => one.bytes))

test('blocks of an archive stand in another stream as they are, which unpacks to the same', async () => {
  await using folder = await tempFolder('packed')
  const around = fc.integer({ min: 0, max: 2 * MEBIBYTE })
  const sizes = fc.tuple(around, fc.integer({ min: 0, max: 5 * MEBIBYTE }), around)
  await fc.assert(
    fc.asyncProperty(sizes, async ([first, size, after]) => {
      const bytes = program(size)
      const archive = join(folder.path, 'a.tar.gz')
      const all = [entry('README', program(first)), entry('w/hello', bytes), entry('w/later', program(after))]
      await pipeline(gzip(tar(all)), createWriteStream(archive))
      const chunks = await chunksOf(archive, 'w/hello')
      expect(sha(bytesOf(chunks))).toBe(sha(bytes))
      const packed = chunks.flatMap((one) => one.packed ?? [])
      // What is big enough has blocks of its own, wherever it begins in the archive.
      expect(packed.length > 0 || size < 2 * MEBIBYTE + 32 * 1024).toBe(true)
      const ready = new WeakMap<Uint8Array, Buffer>()
      for (const one of chunks) if (one.packed !== undefined) ready.set(one.bytes, one.packed)
      async function* stream(): AsyncGenerator<Buffer> {
        yield Buffer.from('something before')
        for (const one of chunks) yield one.bytes
        yield Buffer.from('something after')
      }
      const out: Buffer[] = []
      for await (const chunk of gzip(stream(), undefined, ready)) out.push(chunk)
      const want = Buffer.concat([Buffer.from('something before'), bytes, Buffer.from('something after')])
      expect(sha(gunzipSync(Buffer.concat(out)))).toBe(sha(want))
      for (const one of packed) expect(Buffer.concat(out).includes(one)).toBe(true)
    }),
    { numRuns: 12 },
  )
})

const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

test('an archive that others wrote, one that is cut and one without the member end early', async () => {
  await using folder = await tempFolder('packed')
  const bytes = program(4 * MEBIBYTE)
  const archive = join(folder.path, 'a.tar.gz')
  await pipeline(gzip(tar([entry('hello', bytes)])), createWriteStream(archive))
  const whole = await readFile(archive)
  expect((await chunksOf(archive, 'hello')).filter((one) => one.packed !== undefined).length).toBe(3)
  expect(await chunksOf(archive, 'other')).toEqual([])
  await writeFile(archive, whole.subarray(0, whole.length / 2))
  const begun = bytesOf(await chunksOf(archive, 'hello'))
  expect(begun.length).toBeGreaterThan(0)
  expect(begun.length).toBeLessThan(bytes.length)
  expect(sha(begun)).toBe(sha(bytes.subarray(0, begun.length)))
  await writeFile(archive, gzipSync(gunzipSync(whole)))
  expect(await chunksOf(archive, 'hello')).toEqual([])
})
