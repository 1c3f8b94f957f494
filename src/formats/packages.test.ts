import { mkdir, readFile, readlink, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  array,
  assert,
  asyncProperty,
  constantFrom,
  integer,
  record,
  stringMatching,
  uint8Array,
  uniqueArray,
} from 'fast-check'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { ar } from './ar.ts'
import { cpio, type CpioMember } from './cpio.ts'
import { FormatError } from './format-error.ts'
import { compression } from './package-compress.ts'
import { textBody, wholeOf } from './package-entry.ts'
import { spoolIn } from './package-spool.ts'
import { HEADER_IMMUTABLE, rpmHeader, type RpmValue } from './rpm-header.ts'
import { rpmRelation, rpmRelations } from './rpm-relations.ts'
import { tar, type TarEntry } from './tar.ts'

const judge = await run(['bsdtar', '--version']).catch(() => undefined)
if (judge === undefined) console.log('skipped: no bsdtar on the PATH, so nobody reads ar and cpio')

const names = stringMatching(/^[a-z0-9._-]{1,15}$/).filter((name) => !/^[.-]/.test(name))
const members = uniqueArray(
  record({ name: names, bytes: uint8Array({ maxLength: 2000 }), mtime: integer({ min: 0, max: 2 ** 31 }) }),
  {
    selector: ({ name }) => name,
    maxLength: 5,
  },
)

async function extracted(path: string, bytes: Buffer): Promise<string> {
  await writeFile(join(path, 'packed'), bytes)
  const out = join(path, 'out')
  await mkdir(out)
  const found = await run(['bsdtar', 'xpf', join(path, 'packed'), '-C', out])
  expect(found).toMatchObject({ code: 0, stderr: '' })
  return out
}

test.skipIf(judge === undefined)('libarchive reads any ar and any cpio', { timeout: 60_000 }, async () => {
  await assert(
    asyncProperty(members, async (all) => {
      await using folder = await tempFolder('ar')
      if (all.length === 0) return
      const packed = ar(all.map(({ name, bytes, mtime }) => ({ name, mtime, ...textBody(bytes) })))
      const out = await extracted(folder.path, await wholeOf(packed))
      for (const { name, bytes } of all) expect((await readFile(join(out, name))).equals(bytes)).toBe(true)
    }),
    { numRuns: 15 },
  )
  await assert(
    asyncProperty(members, constantFrom(0o644, 0o755, 0o4755), async (all, mode) => {
      await using folder = await tempFolder('cpio')
      const packed = cpio([
        { name: './d', mode: 0o040755, mtime: 1, inode: 1, links: 2, body: textBody('') },
        ...all.map(({ name, bytes, mtime }, at): CpioMember => ({
          name: `./d/${name}`,
          mode: 0o100000 | mode,
          mtime,
          inode: at + 2,
          links: 1,
          body: textBody(bytes),
        })),
        { name: './link', mode: 0o120777, mtime: 1, inode: 99, links: 1, body: textBody('d/somewhere') },
      ])
      const out = await extracted(folder.path, await wholeOf(packed))
      for (const { name, bytes, mtime } of all) {
        expect((await readFile(join(out, 'd', name))).equals(bytes)).toBe(true)
        const found = await stat(join(out, 'd', name))
        expect([found.mode & 0o777, found.mtimeMs]).toEqual([mode & 0o777, mtime * 1000])
      }
      expect(await readlink(join(out, 'link'))).toBe('d/somewhere')
    }),
    { numRuns: 15 },
  )
})

test('GNU tar reads the GNU dialect: long names, long targets, folders, owners', { timeout: 60_000 }, async () => {
  const part = stringMatching(/^[a-zäß日0-9_]{1,80}$/)
  await assert(
    asyncProperty(array(part, { minLength: 1, maxLength: 5 }), part, async (parts, target) => {
      await using folder = await tempFolder('gnu')
      const name = `./d/${parts.join('/')}`.slice(0, 900)
      const common = { mode: 0o755, mtime: 1_700_000_000, owner: 'root', group: 'games' }
      const long = `${target}/`.repeat(5)
      const entries: TarEntry[] = [
        { ...common, name: './d/', body: { type: 'directory' } },
        { ...common, name, body: textBody('text') },
        { ...common, name: './l', body: { type: 'symlink', target: long } },
      ]
      const path = join(folder.path, 'a.tar')
      await writeFile(path, await wholeOf(tar(entries, { dialect: 'gnu' })))
      const out = join(folder.path, 'out')
      await mkdir(out)
      expect(await run(['tar', 'xf', path, '-C', out, '--no-same-owner'])).toMatchObject({ code: 0, stderr: '' })
      expect(await readFile(join(out, name), 'utf8')).toBe('text')
      expect(await readlink(join(out, 'l'))).toBe(long)
      const list = await run(['tar', 'tvf', path], { env: { ...process.env, LC_ALL: 'C.UTF-8' } })
      expect(list.stdout).toMatch(/^drwxr-xr-x root\/games +0 [^\n]* \.\/d\/\n/)
      expect((await readFile(path)).subarray(257, 265).toString('latin1')).toBe('ustar  \0')
    }),
    { numRuns: 25 },
  )
})

test('parts of an apk are cut before the end of the tar', async () => {
  const one = await wholeOf(tar([{ name: 'a', mode: 0o644, mtime: 0, body: textBody('1') }], { end: false }))
  expect(one.length).toBe(1024)
  const records = { 'APK-TOOLS.checksum.SHA1': 'abc' }
  const two = await wholeOf(tar([{ name: 'b', mode: 0o644, mtime: 0, body: textBody('2'), records }]))
  expect(two.toString('latin1')).toContain('31 APK-TOOLS.checksum.SHA1=abc\n')
  const found = await run(['tar', 'tf', '-'], { input: Buffer.concat([one, two]) })
  expect(found.stdout).toBe('a\nb\n')
})

/** How each kind of value is written. */
const EXPECTED: Record<string, string> = {
  int16: '\0\x01\0\x02\0\x03',
  int32: '\xff\xff\xff\xff\0\0\0\x07',
  text: 'hello\0',
  texts: 'a\0\0ccc\0',
  translated: 'gr\xc3\xbc\xc3\x9fe\0',
  bytes: '\x01\x02\x03',
}

test('the values of an rpm header stand where its index says', async () => {
  const value = constantFrom<RpmValue[]>(
    { int16: [1, 2, 3] },
    { int32: [-1, 7] },
    { text: 'hello' },
    { texts: ['a', '', 'ccc'] },
    { translated: 'grüße' },
    { bytes: Buffer.from([1, 2, 3]) },
  )
  await assert(
    asyncProperty(
      uniqueArray(record({ tag: integer({ min: 1000, max: 6000 }), value }), { selector: ({ tag }) => tag }),
      async (all) => {
        const bytes = rpmHeader(HEADER_IMMUTABLE, new Map(all.map(({ tag, value }) => [tag, value])))
        const count = bytes.readUInt32BE(8)
        const start = 16 + 16 * count
        expect([count, bytes.length - start]).toEqual([all.length + 1, bytes.readUInt32BE(12)])
        const sorted = all.toSorted((a, b) => a.tag - b.tag)
        for (const [index, { tag, value }] of sorted.entries()) {
          const at = 16 + 16 * (index + 1)
          const offset = start + bytes.readUInt32BE(at + 8)
          expect(bytes.readUInt32BE(at)).toBe(tag)
          const written = bytes.subarray(offset).toString('latin1')
          expect(written.startsWith(EXPECTED[Object.keys(value)[0] ?? ''] ?? '?')).toBe(true)
          expect((offset - start) % ('int32' in value ? 4 : 'int16' in value ? 2 : 1)).toBe(0)
        }
        // The region's own entry points back over the whole index.
        expect(bytes.readInt32BE(start + bytes.readUInt32BE(24) + 8)).toBe(-16 * count)
      },
    ),
  )
})

test('relations of an rpm', () => {
  expect(rpmRelation('git')).toEqual({ name: 'git', version: '', flags: 0 })
  expect(rpmRelation('libfoo>= 1.2-3')).toEqual({ name: 'libfoo', version: '1.2-3', flags: 12 })
  expect(rpmRelation('(a >= 1 or b)')).toEqual({ name: '(a >= 1 or b)', version: '', flags: 0 })
  expect(rpmRelations(['a = 1', 'b', 'a=1', ' '])).toHaveLength(2)
  expect(() => rpmRelation('a => 1')).toThrow(FormatError)
})

test('what does not fit is refused, and what is cut short is told', async () => {
  await expect(wholeOf(ar([{ name: 'far-too-long-a-name', mtime: 0, ...textBody('') }]))).rejects.toThrow(FormatError)
  await expect(wholeOf(ar([{ name: 'a', mtime: 0, ...textBody('xy'), size: 10 ** 11 }]))).rejects.toThrow('too big')
  await expect(wholeOf(ar([{ name: 'a', mtime: 0, ...textBody('xy'), size: 3 }]))).rejects.toThrow(
    'should have 3 bytes and has 2',
  )
  const member = { name: 'a', mode: 0, mtime: 0, inode: 1, links: 1 }
  await expect(wholeOf(cpio([{ ...member, body: { ...textBody('xy'), size: 2 ** 32 } }]))).rejects.toThrow('too big')
  expect(() => compression('brotli')).toThrow('brotli is no compression of packages')
})

test('a spool tells length and digest, and leaves nothing when its source fails', async () => {
  await using folder = await tempFolder('spool')
  const found = await spoolIn(folder.path)(textBody('abc').content())
  // FIPS 180-2, B.1: the digest of "abc".
  expect(found).toMatchObject({ size: 3, sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' })
  expect((await wholeOf(found.content())).toString()).toBe('abc')
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('x')
    throw new Error('no more')
  }
  await using other = await tempFolder('spool')
  await expect(spoolIn(other.path)(failing())).rejects.toThrow('no more')
  expect((await run(['ls', other.path])).stdout).toBe('')
})
