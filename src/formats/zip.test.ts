import { mkdir, readFile, readlink, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  assert,
  asyncProperty,
  boolean,
  integer,
  nat,
  record,
  stringMatching,
  uint8Array,
  uniqueArray,
} from 'fast-check'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { FormatError } from './format-error.ts'
import type { ArchiveEntry } from './tar.ts'
import { zip } from './zip.ts'
import { zipMember, zipMembers } from './zip-reader.ts'

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function whole(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function file(name: string, bytes: Uint8Array, mode = 0o644): ArchiveEntry {
  return { name, mode, mtime: 1_700_000_001, body: { type: 'file', size: bytes.length, content: () => once(bytes) } }
}

const ENTRIES: ArchiveEntry[] = [
  file('h_1/LICENSE', Buffer.from('MIT\n'.repeat(500))),
  file('h_1/empty', Buffer.alloc(0)),
  file('h_1/grüße 日本.txt', Buffer.from('hallo')),
  file('h_1/hello', Buffer.alloc(2_500_000, 'program '), 0o755),
  { name: 'h_1/link', mode: 0o777, mtime: 1_700_000_001, body: { type: 'symlink', target: 'hello' } },
]

test('unzip tests and unpacks it with modes, links and times', async () => {
  await using folder = await tempFolder('zip-test')
  const path = join(folder.path, 'a.zip')
  await writeFile(path, zip(ENTRIES))
  const tested = await run(['unzip', '-t', path])
  expect(tested.stdout).toContain('No errors detected')
  const out = join(folder.path, 'out')
  await mkdir(out)
  expect(
    (await run(['unzip', '-q', path, '-d', out], { env: { ...process.env, TZ: 'Asia/Tokyo', LC_ALL: 'C.UTF-8' } }))
      .code,
  ).toBe(0)
  const hello = await stat(join(out, 'h_1/hello'))
  expect(hello.mode & 0o777).toBe(0o755)
  expect(hello.mtimeMs).toBe(1_700_000_001_000)
  expect(await readlink(join(out, 'h_1/link'))).toBe('hello')
  expect(await readFile(join(out, 'h_1/grüße 日本.txt'), 'utf8')).toBe('hallo')
})

test("Python's zipfile finds every CRC right, regular files, UTF-8 names and the UTC time", async () => {
  await using folder = await tempFolder('zip-test')
  const path = join(folder.path, 'a.zip')
  await writeFile(path, zip(ENTRIES))
  const script = `import json,sys,zipfile
z=zipfile.ZipFile(sys.argv[1])
print(json.dumps([z.testzip(),[[i.filename,oct(i.external_attr>>16),i.file_size,list(i.date_time)] for i in z.infolist()]]))`
  const { stdout } = await run(['python3', '-c', script, path])
  const time = [2023, 11, 14, 22, 13, 20]
  expect(JSON.parse(stdout)).toEqual([
    null,
    [
      ['h_1/LICENSE', '0o100644', 2000, time],
      ['h_1/empty', '0o100644', 0, time],
      ['h_1/grüße 日本.txt', '0o100644', 5, time],
      ['h_1/hello', '0o100755', 2_500_000, time],
      ['h_1/link', '0o120777', 5, time],
    ],
  ])
})

test('members are listed and read back', async () => {
  await using folder = await tempFolder('zip-test')
  const path = join(folder.path, 'a.zip')
  await writeFile(path, zip(ENTRIES))
  expect((await zipMembers(path)).map(({ name, type, mode, size }) => [name, type, mode, size])).toEqual([
    ['h_1/LICENSE', 'file', 0o644, 2000],
    ['h_1/empty', 'file', 0o644, 0],
    ['h_1/grüße 日本.txt', 'file', 0o644, 5],
    ['h_1/hello', 'file', 0o755, 2_500_000],
    ['h_1/link', 'symlink', 0o777, 5],
  ])
  expect((await whole(zipMember(path, 'h_1/hello'))).equals(Buffer.alloc(2_500_000, 'program '))).toBe(true)
  expect((await whole(zipMember(path, 'h_1/empty'))).length).toBe(0)
  await expect(whole(zipMember(path, 'hello'))).rejects.toThrow('the archive has no file hello')
})

test('random members survive the way through our writer and reader', async () => {
  await using folder = await tempFolder('zip-test')
  const path = join(folder.path, 'a.zip')
  const one = record({
    name: stringMatching(/^[a-zäß日_][a-zäß日._/ -]{0,30}[a-z]$/),
    bytes: uint8Array({ maxLength: 4000 }),
  })
  const all = uniqueArray(one, { selector: ({ name }) => name, maxLength: 10 })
  await assert(
    asyncProperty(all, async (members) => {
      const usable = members.filter(
        ({ name }) => !name.split('/').some((part) => part === '' || part === '.' || part === '..'),
      )
      await writeFile(path, zip(usable.map(({ name, bytes }) => file(name, bytes))))
      for (const { name, bytes } of usable) expect(new Uint8Array(await whole(zipMember(path, name)))).toEqual(bytes)
    }),
    { numRuns: 40 },
  )
})

test('the same bytes in every time zone', async () => {
  const script = `import { zip } from ${JSON.stringify(new URL('zip.ts', import.meta.url).href)}
import { createHash } from 'node:crypto'
const hash = createHash('sha256')
const content = async function* () { yield Buffer.from('x') }
for await (const chunk of zip([{ name: 'a', mode: 420, mtime: 1700000000, body: { type: 'file', size: 1, content } }])) hash.update(chunk)
console.log(hash.digest('hex'))`
  const hashes = new Set<string>()
  for (const TZ of ['UTC', 'America/St_Johns', 'Pacific/Kiritimati']) {
    const { stdout, code } = await run([process.execPath, '--input-type=module', '-e', script], {
      env: { ...process.env, TZ },
    })
    expect(code).toBe(0)
    hashes.add(stdout)
  }
  expect([...hashes]).toHaveLength(1)
})

test('more than 65535 members need zip64, and Python reads them', async () => {
  await using folder = await tempFolder('zip-test')
  const path = join(folder.path, 'many.zip')
  const empty = Buffer.alloc(0)
  await writeFile(path, await whole(zip(Array.from({ length: 65_600 }, (_, index) => file(`f${index}`, empty)))))
  expect(await zipMembers(path)).toHaveLength(65_600)
  const { stdout } = await run([
    'python3',
    '-c',
    'import sys,zipfile;print(len(zipfile.ZipFile(sys.argv[1]).infolist()))',
    path,
  ])
  expect(stdout.trim()).toBe('65600')
})

test('a damaged archive is a FormatError, never another error and never wrong bytes', async () => {
  await using folder = await tempFolder('zip-test')
  const path = join(folder.path, 'a.zip')
  const text = Buffer.from('some text '.repeat(300))
  const good = await whole(zip([file('a', text), file('b', Buffer.from('b'))]))
  await assert(
    asyncProperty(nat(good.length - 1), integer({ min: 1, max: 255 }), boolean(), async (at, flip, cut) => {
      const broken = Buffer.from(cut ? good.subarray(0, at) : good)
      if (!cut) broken[at] = (broken[at] ?? 0) ^ flip
      await writeFile(path, broken)
      let problem: unknown
      try {
        if (!(await whole(zipMember(path, 'a'))).equals(text)) problem = 'wrong bytes'
      } catch (error) {
        problem = error
      }
      expect(problem === undefined || problem instanceof FormatError).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test('bytes that are other than the CRC says are not taken', async () => {
  await using folder = await tempFolder('zip-test')
  const path = join(folder.path, 'a.zip')
  const good = await whole(zip([file('a', Buffer.from('text'))]))
  // The CRC of the first record of the central directory.
  const at = good.indexOf(Buffer.from('PK\u0001\u0002')) + 16
  good.writeUInt32LE(good.readUInt32LE(at) ^ 1, at)
  await writeFile(path, good)
  await expect(whole(zipMember(path, 'a'))).rejects.toThrow('a fails its CRC-32')
})

test('hostile names are refused', async () => {
  await using folder = await tempFolder('zip-test')
  const path = join(folder.path, 'a.zip')
  for (const name of ['../evil', '/etc/passwd', 'a/../../b', 'a\\..\\b', 'C:x']) {
    await writeFile(path, zip([file(name, Buffer.from('x'))]))
    await expect(zipMembers(path)).rejects.toThrow('unsafe name')
  }
})

test('content of another length than told is an error', async () => {
  const body = { type: 'file' as const, size: 5, content: () => once(Buffer.from('xyz')) }
  await expect(whole(zip([{ ...file('a', Buffer.alloc(0)), body }]))).rejects.toThrow('a should have 5 bytes and has 3')
})
