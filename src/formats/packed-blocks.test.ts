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
import { packedBlocks } from './packed-blocks.ts'
import { tar } from './tar.ts'
import type { TarEntry } from './tar.ts'

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

test('blocks of an archive stand in another stream as they are, which unpacks to the same', async () => {
  await using folder = await tempFolder('packed')
  const sizes = fc.tuple(fc.integer({ min: 0, max: 2 * MEBIBYTE }), fc.integer({ min: 0, max: 5 * MEBIBYTE }))
  await fc.assert(
    fc.asyncProperty(sizes, async ([first, size]) => {
      const bytes = program(size)
      const archive = join(folder.path, 'a.tar.gz')
      const file = join(folder.path, 'hello')
      await writeFile(file, bytes)
      await pipeline(gzip(tar([entry('README', program(first)), entry('w/hello', bytes)])), createWriteStream(archive))
      const packed = await packedBlocks(archive, 'w/hello', file)
      // What is big enough has blocks of its own, wherever it begins in the archive.
      expect(packed !== undefined || size < 2 * MEBIBYTE + 32 * 1024).toBe(true)
      if (packed === undefined) return
      const ready = new WeakMap<Uint8Array, Buffer>()
      const { start, blocks } = packed
      const cuts = [start, ...blocks.map((_, at) => start + (at + 1) * MEBIBYTE), size]
      async function* cut(): AsyncGenerator<Buffer> {
        yield Buffer.from('something before')
        let position = 0
        for (const [at, end] of cuts.entries()) {
          const chunk = bytes.subarray(position, end)
          const block = at === 0 ? undefined : blocks[at - 1]
          if (block !== undefined) ready.set(chunk, block)
          position = end
          yield chunk
        }
        yield Buffer.from('something after')
      }
      const out: Buffer[] = []
      for await (const chunk of gzip(cut(), undefined, ready)) out.push(chunk)
      const want = Buffer.concat([Buffer.from('something before'), bytes, Buffer.from('something after')])
      expect(sha(gunzipSync(Buffer.concat(out)))).toBe(sha(want))
      expect(Buffer.concat(out).includes(blocks[0]!)).toBe(true)
    }),
    { numRuns: 12 },
  )
})

const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

test('an archive that others wrote, one with another file, and one without the member have none', async () => {
  await using folder = await tempFolder('packed')
  const bytes = program(4 * MEBIBYTE)
  const archive = join(folder.path, 'a.tar.gz')
  const file = join(folder.path, 'hello')
  await writeFile(file, bytes)
  await pipeline(gzip(tar([entry('hello', bytes)])), createWriteStream(archive))
  expect((await packedBlocks(archive, 'hello', file))?.blocks.length).toBe(3)
  expect(await packedBlocks(archive, 'other', file)).toBeUndefined()
  await writeFile(file, program(4 * MEBIBYTE))
  expect(await packedBlocks(archive, 'hello', file)).toBeUndefined()
  await writeFile(file, bytes)
  await writeFile(archive, gzipSync(gunzipSync(await readFile(archive))))
  expect(await packedBlocks(archive, 'hello', file)).toBeUndefined()
})
