import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { CHUNK, fileChunks, passingChunks } from './file-chunks.ts'

async function read(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const copies: Buffer[] = []
  for await (const chunk of source) copies.push(Buffer.from(chunk))
  return Buffer.concat(copies)
}

test('all bytes of a file, whatever its length', async () => {
  await using folder = await tempFolder('chunks-test')
  const path = join(folder.path, 'a')
  for (const length of [0, 1, CHUNK, CHUNK + 1, 2 * CHUNK]) {
    const bytes = Buffer.alloc(length, 'some text, ')
    await writeFile(path, bytes)
    expect((await read(fileChunks(path))).equals(bytes)).toBe(true)
    expect((await read(passingChunks(path, length))).equals(bytes)).toBe(true)
  }
})

test('chunks that are kept stay as they were', async () => {
  await using folder = await tempFolder('chunks-test')
  const path = join(folder.path, 'a')
  await writeFile(path, Buffer.concat([Buffer.alloc(CHUNK, 'a'), Buffer.alloc(CHUNK, 'b')]))
  const kept: Buffer[] = []
  for await (const chunk of fileChunks(path)) kept.push(chunk)
  expect(kept.map((chunk) => String.fromCodePoint(chunk[0] ?? 0))).toEqual(['a', 'b'])
})

test('a file that has grown or shrunk is told', async () => {
  await using folder = await tempFolder('chunks-test')
  const path = join(folder.path, 'a')
  await writeFile(path, 'twelve bytes')
  await expect(read(passingChunks(path, 11))).rejects.toThrow('changed while it was read')
  await expect(read(passingChunks(path, 13))).rejects.toThrow('changed while it was read')
})
