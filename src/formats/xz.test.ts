import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { run } from '../external/process.ts'
import { unxz } from './unxz.ts'
import { xz } from './xz.ts'

async function* once(bytes: Uint8Array, piece = bytes.length): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece)
}

async function packed(bytes: Uint8Array, piece?: number): Promise<Buffer> {
  const out: Buffer[] = []
  for await (const chunk of xz(once(bytes, piece))) out.push(chunk)
  return Buffer.concat(out)
}

// The judge is xz itself, of XZ Utils.
const judge = await run(['xz', '--version']).catch(() => undefined)
if (judge === undefined) console.log('skipped: no xz on the PATH, so nobody reads what we compress')

async function unpacked(bytes: Buffer): Promise<Buffer> {
  const result = await run(['xz', '-dc'], { input: bytes, limit: 2 ** 28 })
  expect(`${result.code} ${result.stderr}`).toBe('0 ')
  return result.bytes
}

test.skipIf(judge === undefined)(
  'a real program comes back from xz, and is much smaller',
  { timeout: 60_000 },
  async () => {
    // More than one block.
    const program = (await readFile(process.execPath)).subarray(0, 9 * 1024 * 1024)
    const bytes = await packed(program)
    expect((await unpacked(bytes)).equals(program)).toBe(true)
    const gzipped = (await run(['gzip', '-9c'], { input: program, limit: 2 ** 28 })).bytes.length
    expect(bytes.length).toBeLessThan(gzipped)
  },
)

test.skipIf(judge === undefined)('any bytes come back', { timeout: 120_000 }, async () => {
  const random = fc.uint8Array({ maxLength: 3000 })
  const repeated = fc
    .array(fc.tuple(fc.string({ minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 400 })), { maxLength: 20 })
    .map((parts) => Buffer.from(parts.map(([text, count]) => text.repeat(count)).join('')))
  await fc.assert(
    fc.asyncProperty(fc.oneof(random, repeated), async (bytes) => {
      expect((await unpacked(await packed(bytes))).equals(Buffer.from(bytes))).toBe(true)
    }),
    { numRuns: 120 },
  )
})

test.skipIf(judge === undefined)(
  'what does not get smaller is stored, between what does',
  { timeout: 60_000 },
  async () => {
    const noise = Buffer.concat(
      Array.from({ length: 8000 }, (_, index) => createHash('sha256').update(`${index}`).digest()),
    )
    for (const bytes of [
      noise,
      Buffer.concat([Buffer.alloc(300_000, 'ab'), noise, Buffer.alloc(3_000_000, 'x'), noise]),
    ]) {
      const small = await packed(bytes)
      expect((await unpacked(small)).equals(bytes)).toBe(true)
      expect(small.length).toBeLessThan(noise.length + 5000)
    }
  },
)

test('the output depends on the bytes alone, not on how they are cut', async () => {
  const bytes = Buffer.from('tag once, '.repeat(5000))
  expect((await packed(bytes, 777)).equals(await packed(bytes))).toBe(true)
})

test('nothing at all is a stream without blocks', async () => {
  expect((await packed(Buffer.alloc(0))).toString('hex')).toBe(
    'fd377a585a0000016922de36000000001cdf44219042990d010000000001595a',
  )
})

test('what we compress we can read, and so what xz compresses, with every check and size of dictionary', async () => {
  const program = (await readFile(process.execPath)).subarray(0, 3 * 1024 * 1024)
  const read = async (bytes: Uint8Array): Promise<Buffer> => {
    const out: Buffer[] = []
    for await (const chunk of unxz(once(bytes, 65_536))) out.push(Buffer.from(chunk))
    return Buffer.concat(out)
  }
  expect((await read(await packed(program))).equals(program)).toBe(true)
  for (const flags of judge === undefined
    ? []
    : [['-9'], ['--check=crc32'], ['--check=none', '-1'], ['-T2', '--block-size=1MiB']]) {
    const { bytes } = await run(['xz', '-zc', ...flags], { input: program, limit: 2 ** 28 })
    expect([flags, (await read(bytes)).equals(program)]).toEqual([flags, true])
  }
  await expect(read(Buffer.from('fd377a585a0000016922de36deadbeef', 'hex'))).rejects.toThrow('the xz data is damaged')
})
