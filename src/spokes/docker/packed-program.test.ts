import { createHash, randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Artifact } from '../../core/artifact.ts'
import { tempFolder } from '../../core/temp.ts'
import { gzip } from '../../formats/gzip.ts'
import { tar } from '../../formats/tar.ts'
import type { HubReader } from '../../hub/hub.ts'
import { packedProgram } from './packed-program.ts'

const PROGRAM = Buffer.concat([randomBytes(1_500_000), Buffer.alloc(1_500_000, 'program ')])
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** A hub with one archive; it counts how often the program was unpacked to disk. */
async function hubWith(folder: string, archive: Buffer): Promise<{ hub: HubReader; unpacked: () => number }> {
  let count = 0
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'a.tar.gz')
  const binary = join(folder, 'hello')
  await writeFile(file, archive)
  await writeFile(binary, PROGRAM)
  const hub = {
    file: async () => file,
    binary: async () => {
      count += 1
      return binary
    },
  } as unknown as HubReader
  return { hub, unpacked: () => count }
}

async function archiveOf(folder: string): Promise<Buffer> {
  const path = join(folder, 'made.tar.gz')
  const body = {
    type: 'file' as const,
    size: PROGRAM.length,
    async *content() {
      yield PROGRAM
    },
  }
  await pipeline(gzip(tar([{ name: 'hello', mode: 0o755, mtime: 0, body }])), createWriteStream(path))
  return readFile(path)
}

async function read(hub: HubReader, sealed = sha256(PROGRAM)): Promise<{ bytes: Buffer; ready: number }> {
  const binary = { name: 'hello', path: 'hello', mode: '0755', size: PROGRAM.length, sha256: sealed }
  const ready = new WeakMap<Uint8Array, Buffer>()
  const chunks: Buffer[] = []
  for await (const one of packedProgram(hub, { name: 'a.tar.gz' } as Artifact, binary).chunks(ready)) chunks.push(one)
  return { bytes: Buffer.concat(chunks), ready: chunks.filter((one) => ready.has(one)).length }
}

test('a program is read out of an archive of ours without being unpacked to disk', async () => {
  await using folder = await tempFolder('packed-program')
  const { hub, unpacked } = await hubWith(folder.path, await archiveOf(folder.path))
  const { bytes, ready } = await read(hub)
  expect(sha256(bytes)).toBe(sha256(PROGRAM))
  expect([ready, unpacked()]).toEqual([1, 0])
})

test('where the archive is written otherwise, from the beginning or from its middle, the file gives the rest', async () => {
  await using folder = await tempFolder('packed-program')
  const ours = await archiveOf(folder.path)
  const other = await hubWith(join(folder.path, 'other'), gzipSync(gunzipSync(ours)))
  expect(sha256((await read(other.hub)).bytes)).toBe(sha256(PROGRAM))
  expect(other.unpacked()).toBe(1)
  const cut = await hubWith(join(folder.path, 'cut'), ours.subarray(0, 1_200_000))
  expect(sha256((await read(cut.hub)).bytes)).toBe(sha256(PROGRAM))
  expect(cut.unpacked()).toBe(1)
})

test('a program that is not what was sealed is an error at its end', async () => {
  await using folder = await tempFolder('packed-program')
  const { hub } = await hubWith(folder.path, await archiveOf(folder.path))
  await expect(read(hub, sha256(Buffer.from('another')))).rejects.toThrow('hello in a.tar.gz')
})
