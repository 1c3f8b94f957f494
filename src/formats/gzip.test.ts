import { createHash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { assert, asyncProperty, integer, uint8Array } from 'fast-check'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { FormatError } from './format-error.ts'
import { gunzip, gzip } from './gzip.ts'

const MIB = 1024 * 1024

/** Bytes that compress a little, the same each time: a run of hashes with repeats. */
function sample(size: number): Buffer {
  const out = Buffer.alloc(size)
  let seed = createHash('sha256').update('tagonce').digest()
  for (let at = 0; at < size; at += 64) {
    seed = at % 4096 === 0 ? createHash('sha256').update(seed).digest() : seed
    seed.copy(out, at, 0, 32)
  }
  return out
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function whole(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test('what is compressed comes back, at every size around a block', async () => {
  for (const size of [0, 1, 100, MIB - 1, MIB, MIB + 1, 3 * MIB + 17]) {
    const bytes = sample(size)
    const packed = await whole(gzip(pieces(bytes, 65_536)))
    expect(gunzipSync(packed).equals(bytes)).toBe(true)
    expect((await whole(gunzip(pieces(packed, 1000)))).equals(bytes)).toBe(true)
  }
})

test('the output does not depend on how the input is cut', async () => {
  await assert(
    asyncProperty(uint8Array({ maxLength: 5000 }), integer({ min: 1, max: 700 }), async (head, cut) => {
      const bytes = Buffer.concat([head, sample(MIB - 2500)])
      const first = await whole(gzip(pieces(bytes, bytes.length)))
      const second = await whole(gzip(pieces(bytes, cut * 997)))
      expect(second.equals(first)).toBe(true)
    }),
    { numRuns: 15 },
  )
})

test('bytes that cannot be compressed grow by less than a thousandth', async () => {
  let seed = 1
  const bytes = Buffer.alloc(2 * MIB).map(() => (seed = (seed * 48_271) % 2_147_483_647) & 0xff)
  const packed = await whole(gzip(pieces(bytes, MIB)))
  expect(packed.length).toBeLessThan(bytes.length * 1.001)
  expect(gunzipSync(packed).equals(bytes)).toBe(true)
})

test('it is about as small as one stream of node:zlib', async () => {
  const bytes = sample(4 * MIB)
  const packed = await whole(gzip(pieces(bytes, MIB)))
  expect(packed.length).toBeLessThan(gzipSync(bytes, { level: 9 }).length * 1.01)
})

test('a block sees the end of the one before', async () => {
  const noise = randomBytes(30_000)
  const bytes = Buffer.concat([Buffer.alloc(MIB - noise.length), noise, noise])
  expect((await whole(gzip(pieces(bytes, MIB)))).length).toBeLessThan(noise.length * 1.2)
})

test('the header tells nothing of the machine', async () => {
  const packed = await whole(gzip(pieces(Buffer.from('hello'), 5)))
  expect(packed.subarray(0, 10).toString('hex')).toBe('1f8b08000000000002ff')
})

test('gzip -t and gzip -dc agree', async () => {
  await using folder = await tempFolder('gzip-test')
  const path = join(folder.path, 'a.gz')
  const bytes = sample(2 * MIB + 5)
  await writeFile(path, gzip(pieces(bytes, MIB)))
  expect((await run(['gzip', '-t', path])).code).toBe(0)
  const { stdout } = await run(['sh', '-c', 'gzip -dc "$1" | sha256sum', 'sh', path])
  expect(stdout.slice(0, 64)).toBe(createHash('sha256').update(bytes).digest('hex'))
})

test('damage and an early end are told', async () => {
  const packed = await whole(gzip(pieces(sample(100_000), MIB)))
  const flipped = Buffer.from(packed)
  flipped[60_000 % packed.length] = (flipped[60_000 % packed.length] ?? 0) ^ 0xff
  await expect(whole(gunzip(pieces(flipped, 999)))).rejects.toThrow(FormatError)
  await expect(whole(gunzip(pieces(packed.subarray(0, packed.length - 9), 999)))).rejects.toThrow(FormatError)
})

test('a source that fails ends the output with its error', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield sample(3 * MIB)
    throw new Error('the disk is gone')
  }
  await expect(whole(gzip(failing()))).rejects.toThrow('the disk is gone')
})
