import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { lacks } from '../rehearsal/testing.ts'
import { wheel, wheelName, wheelText } from './wheel.ts'
import type { Wheel, WheelFile } from './wheel.ts'
import { readWheel } from './wheel-reader.ts'
import { zip } from './zip.ts'

const sample = (files: WheelFile[], more: Partial<Wheel> = {}): Wheel => ({
  distribution: 'hello_acme',
  version: '1.0',
  platforms: ['win_amd64'],
  metadata: 'Metadata-Version: 2.1\nName: hello-acme\nVersion: 1.0\n',
  files,
  mtime: 1_700_000_000,
  ...more,
})

async function written(folder: string, from: Wheel): Promise<string> {
  const path = join(folder, wheelName(from))
  await pipeline(wheel(from), createWriteStream(path))
  return path
}

test('names are as installers read them; tags of a set are sorted', () => {
  const platforms = ['musllinux_1_1_x86_64', 'manylinux_2_17_x86_64']
  expect(wheelName({ distribution: 'hello_acme', version: '1.0rc1', platforms })).toBe(
    'hello_acme-1.0rc1-py3-none-manylinux_2_17_x86_64.musllinux_1_1_x86_64.whl',
  )
})

test('random files survive the way through our writer and reader, whatever their order', async () => {
  await using folder = await tempFolder('wheel')
  const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}(\/[a-z0-9_.]{1,8}[a-z0-9])?$/)
  const files = fc.uniqueArray(fc.tuple(name, fc.string(), fc.boolean()), {
    selector: ([path]) => path.split('/')[0] ?? '',
    maxLength: 6,
  })
  await fc.assert(
    fc.asyncProperty(files, async (all) => {
      const made = all.map(([path, text, executable]) => ({ ...wheelText(path, text), executable }))
      const path = await written(folder.path, sample(made))
      const first = await readFile(path)
      const read = await readWheel(path)
      for (const [at, text, executable] of all) {
        const facts = { size: Buffer.byteLength(text), mode: executable ? 0o755 : 0o644 }
        expect(read.files.get(at)).toMatchObject(facts)
      }
      await written(folder.path, sample(made.toReversed()))
      expect((await readFile(path)).equals(first)).toBe(true)
    }),
    { numRuns: 40 },
  )
})

test.each([
  ['another digest', 'a,sha256=AAAA,1\n', 'RECORD does not have a as it is'],
  ['a file that is not there', 'b,sha256=AAAA,1\n', 'RECORD does not have a as it is'],
  ['no digest', 'a,,\n', 'RECORD does not have a as it is'],
])('a RECORD with %s is refused', async (_name, record, words) => {
  await using folder = await tempFolder('wheel')
  const path = join(folder.path, 'x.whl')
  const texts = { a: '1', 'x-1.dist-info/METADATA': '', 'x-1.dist-info/WHEEL': '', 'x-1.dist-info/RECORD': record }
  const entries = Object.entries(texts).map(([at, text]) => ({
    ...wheelText(at, text),
    name: at,
    mode: 0o644,
    mtime: 0,
  }))
  await pipeline(zip(entries), createWriteStream(path))
  await expect(readWheel(path)).rejects.toThrow(words)
})

test('what is no wheel, and what a wheel cannot hold, is refused', async () => {
  await using folder = await tempFolder('wheel')
  const path = join(folder.path, 'x.whl')
  await pipeline(zip([]), createWriteStream(path))
  await expect(readWheel(path)).rejects.toThrow('exactly one .dist-info')
  expect(() => wheel(sample([wheelText('a,b', '')]))).toThrow('cannot hold')
  expect(() => wheel(sample([wheelText('../a', '')]))).toThrow('unsafe name')
})

test.skipIf(lacks('python3'))(
  "Python's own zipfile reads it, and sees regular files that can be executed",
  async () => {
    await using folder = await tempFolder('wheel')
    const path = await written(folder.path, sample([{ ...wheelText('bin/hello', '#!/bin/sh\n'), executable: true }]))
    const code =
      'import sys, zipfile; w = zipfile.ZipFile(sys.argv[1]); print(w.testzip(), oct(w.getinfo("bin/hello").external_attr >> 16), [i.flag_bits for i in w.infolist()])'
    const { stdout } = await run(['python3', '-c', code, path])
    expect(stdout).toBe('None 0o100755 [0, 0, 0, 0]\n')
  },
)
