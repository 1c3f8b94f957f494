import { mkdir, readFile, readlink, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  array,
  assert,
  asyncProperty,
  boolean,
  integer,
  nat,
  record,
  string,
  stringMatching,
  uniqueArray,
} from 'fast-check'
import { packTar } from 'modern-tar'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { FormatError } from './format-error.ts'
import type { ArchiveEntry } from './tar.ts'
import { tar } from './tar.ts'
import { readTar, tarMember } from './tar-reader.ts'

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function whole(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function file(name: string, text: string, mode = 0o644): ArchiveEntry {
  const bytes = Buffer.from(text)
  return { name, mode, mtime: 1_700_000_000, body: { type: 'file', size: bytes.length, content: () => once(bytes) } }
}

const LONG = `${'a-long-folder/'.repeat(30)}hello`

test('GNU tar reads names, modes, times, owners and links', async () => {
  await using folder = await tempFolder('tar-test')
  const path = join(folder.path, 'a.tar')
  const entries: ArchiveEntry[] = [
    { ...file('h_1/LICENSE', 'MIT'), owner: 'root', group: 'wheel' },
    file('h_1/hello', 'program', 0o755),
    file(`h_1/grüße-${'ü'.repeat(90)}`, 'long and not ASCII'),
    file(LONG, 'deep'),
    { name: 'h_1/link', mode: 0o777, mtime: 1_700_000_000, body: { type: 'symlink', target: 'hello' } },
  ]
  await writeFile(path, tar(entries))
  const list = await run(['tar', 'tvf', path, '--numeric-owner'], {
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
  })
  expect(list.stderr).toBe('')
  expect(list.stdout.split('\n').slice(0, 2)).toEqual([
    '-rw-r--r-- 0/0               3 2023-11-14 22:13 h_1/LICENSE',
    '-rwxr-xr-x 0/0               7 2023-11-14 22:13 h_1/hello',
  ])
  const out = join(folder.path, 'out')
  await mkdir(out)
  expect(await run(['tar', 'xf', path, '-C', out])).toMatchObject({ code: 0, stderr: '' })
  expect(await readFile(join(out, LONG), 'utf8')).toBe('deep')
  expect(await readFile(join(out, `h_1/grüße-${'ü'.repeat(90)}`), 'utf8')).toBe('long and not ASCII')
  expect(await readlink(join(out, 'h_1/link'))).toBe('hello')
  expect((await stat(join(out, 'h_1/hello'))).mode & 0o777).toBe(0o755)
})

test('what is written is read back', async () => {
  const names = stringMatching(/^[a-zA-Zäß日 ._-]{1,60}$/).filter((name) => !/^\.+$/.test(name))
  const path = array(names, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'))
  const one = record({
    path,
    text: string(),
    executable: boolean(),
    mtime: integer({ min: 0, max: 2 ** 33 - 1 }),
  })
  await assert(
    asyncProperty(uniqueArray(one, { selector: (entry) => entry.path, maxLength: 8 }), async (all) => {
      const entries = all.map((entry) => ({
        ...file(entry.path, entry.text, entry.executable ? 0o755 : 0o644),
        mtime: entry.mtime,
      }))
      const bytes = await whole(tar(entries))
      expect(bytes.length % 512).toBe(0)
      const back = []
      for await (const member of readTar(once(bytes))) {
        back.push({
          path: member.name,
          text: (await whole(member.content)).toString(),
          executable: member.mode === 0o755,
          mtime: member.mtime,
        })
      }
      expect(back).toEqual(all)
    }),
    { numRuns: 60 },
  )
})

test('one member is taken out; another is not there', async () => {
  const bytes = await whole(tar([file('a', '1'), file('b/c', '2'), file('d', '3')]))
  expect((await whole(tarMember(once(bytes), 'b/c'))).toString()).toBe('2')
  await expect(whole(tarMember(once(bytes), 'c'))).rejects.toThrow('the archive has no file c')
})

test('members that nobody reads are passed over, however big they are', async () => {
  const big = 'b'.repeat(3_000_000)
  const bytes = await whole(tar([file('a', '1'), file('big', big), file('c', '3')]))
  const names: string[] = []
  for await (const member of readTar(once(bytes))) names.push(member.name)
  expect(names).toEqual(['a', 'big', 'c'])
  for (const [name, size] of [
    ['a', 1],
    ['big', big.length],
    ['c', 1],
  ] as const) {
    expect(await whole(tarMember(once(bytes), name))).toHaveLength(size)
  }
})

test('archives of others are read: GNU tar with a folder, a long name and ./ in front', async () => {
  await using folder = await tempFolder('tar-test')
  await mkdir(join(folder.path, 'in', 'sub'), { recursive: true })
  await writeFile(join(folder.path, 'in', 'sub', 'x'.repeat(120)), 'long')
  await run(['tar', 'cf', join(folder.path, 'gnu.tar'), '-C', join(folder.path, 'in'), '.'])
  const members = []
  for await (const member of readTar(once(await readFile(join(folder.path, 'gnu.tar')))))
    members.push([member.name, member.type])
  expect(members).toEqual([
    ['sub', 'directory'],
    [`sub/${'x'.repeat(120)}`, 'file'],
  ])
})

test('names that leave the folder are refused', async () => {
  for (const name of ['../evil', '/etc/passwd', 'a/../../b', 'C:/x', 'a\\b']) {
    const bytes = await packTar([{ header: { name, size: 1, mtime: new Date(0) }, body: 'x' }])
    await expect(whole(tarMember(once(bytes), 'a'))).rejects.toThrow('unsafe name')
  }
})

test('damage is a FormatError, never another one', async () => {
  const bytes = await whole(tar([file('a', 'x'.repeat(3000)), file('b', 'y')]))
  await assert(
    asyncProperty(nat(bytes.length - 1), integer({ min: 1, max: 255 }), boolean(), async (at, flip, cut) => {
      const broken = Buffer.from(cut ? bytes.subarray(0, at) : bytes)
      if (!cut) broken[at] = (broken[at] ?? 0) ^ flip
      let problem: unknown
      try {
        for await (const member of readTar(once(broken))) await whole(member.content)
      } catch (error) {
        problem = error
      }
      expect(problem === undefined || problem instanceof FormatError).toBe(true)
    }),
    { numRuns: 150 },
  )
  await expect(whole(tarMember(once(bytes.subarray(0, 1000)), 'b'))).rejects.toThrow(FormatError)
})

test('content of another length than told is an error, and an early end leaves nothing hanging', async () => {
  const short = {
    ...file('a', 'xyz'),
    body: { type: 'file' as const, size: 5, content: () => once(Buffer.from('xyz')) },
  }
  await expect(whole(tar([short]))).rejects.toThrow(/a/)
  const big = Buffer.alloc(20 * 1024 * 1024)
  const endless = { ...file('a', ''), body: { type: 'file' as const, size: big.length, content: () => once(big) } }
  for await (const chunk of tar([endless, endless])) {
    expect(chunk.length).toBe(512)
    break
  }
})
