import { createHash } from 'node:crypto'
import { readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { packArchive, packBinary } from './pack.ts'
import { plannedArchive, plannedBinary, plannedFiles, project, writeTree } from './testing/project.ts'

let folder: Awaited<ReturnType<typeof tempFolder>>
beforeEach(async () => {
  folder = await tempFolder('pack-test')
})
afterEach(() => folder[Symbol.asyncDispose]())

const UTC = { env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' } }

test('a tar.gz as GNU tar sees it: files sorted, then the program; modes and times set', async () => {
  const io = await project(folder.path)
  const artifact = await packArchive(plannedArchive('tar.gz'), io)
  const { stdout } = await run(['tar', 'tvzf', join(folder.path, artifact.path), '--numeric-owner', '--full-time'], UTC)
  expect(stdout.replaceAll(/ +/g, ' ')).toBe(`-rw-r--r-- 0/0 8 2026-01-02 03:04:05 hello_1.2.3/README.md
-rwxr-xr-x 0/0 10 2026-01-02 03:04:05 hello_1.2.3/docs/a.sh
-rw-r--r-- 0/0 2 2026-01-02 03:04:05 hello_1.2.3/docs/b.md
-rw-r--r-- 0/0 2 2026-01-02 03:04:05 hello_1.2.3/docs/deep/.hidden
lrwxrwxrwx 0/0 0 2026-01-02 03:04:05 hello_1.2.3/docs/link -> b.md
-rwxr-xr-x 0/0 21 2026-01-02 03:04:05 hello_1.2.3/hello
`)
})

test('the artifact tells its digest, its size and what is inside', async () => {
  const io = await project(folder.path)
  const artifact = await packArchive(plannedArchive('tar.gz'), io)
  const bytes = await readFile(join(folder.path, 'dist/hello_1.2.3_linux_amd64.tar.gz'))
  expect(artifact).toEqual({
    name: 'hello_1.2.3_linux_amd64.tar.gz',
    kind: 'archive',
    id: 'default',
    platform: { goos: 'linux', goarch: 'amd64', goamd64: 'v1', target: 'linux_amd64_v1' },
    format: 'tar.gz',
    wrapDirectory: 'hello_1.2.3',
    path: 'dist/hello_1.2.3_linux_amd64.tar.gz',
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    files: ['README.md', 'docs/a.sh', 'docs/b.md', 'docs/deep/.hidden', 'docs/link'],
    binaries: [
      {
        name: 'hello',
        path: 'hello_1.2.3/hello',
        mode: '0755',
        size: 21,
        sha256: createHash('sha256').update('#!/bin/sh\necho hello\n').digest('hex'),
      },
    ],
  })
})

test('the other formats hold the same', async () => {
  const io = await project(folder.path)
  const names = ['README.md', 'docs/a.sh', 'docs/b.md', 'docs/deep/.hidden', 'docs/link', 'hello'].map(
    (one) => `hello_1.2.3/${one}`,
  )
  for (const [format, list] of [
    ['tgz', 'tar tzf'],
    ['tar', 'tar tf'],
    ['zip', 'unzip -Z1'],
  ] as const) {
    const { path } = await packArchive(plannedArchive(format), io)
    expect((await run([...list.split(' '), join(folder.path, path)], UTC)).stdout.trim().split('\n')).toEqual(names)
  }
})

test('a real program inside is described by its header', async () => {
  const io = await project(folder.path, { 'dist/hello_linux_amd64_v1/hello': await readFile(process.execPath) })
  const { binaries } = await packArchive(plannedArchive('zip', { files: [] }), io)
  expect(binaries[0]?.header).toMatchObject({ format: 'elf', linkage: 'dynamic' })
})

test('a program for another platform is told', async () => {
  const io = await project(folder.path, { 'dist/hello_linux_amd64_v1/hello': await readFile(process.execPath) })
  const path = 'dist/hello_linux_amd64_v1/hello'
  const platform = { goos: 'windows', goarch: 'arm64', target: 'windows_arm64' }
  await packArchive(plannedArchive('tar', { files: [] }), {
    ...io,
    binaries: new Map([[path, plannedBinary(path, { platform })]]),
  })
  expect(io.warned.map(({ code }) => code)).toEqual(['other-platform'])
})

test('a bare binary becomes an artifact under its own name, where it lies', async () => {
  const io = await project(folder.path)
  const path = 'dist/hello_linux_amd64_v1/hello'
  const upload = { name: 'hello_1.2.3_linux_amd64', kind: 'binary' as const, id: 'bare', format: 'binary', path }
  expect(await packBinary(upload, io)).toMatchObject({
    name: 'hello_1.2.3_linux_amd64',
    path,
    size: 21,
    binaries: [{ name: 'hello', path: 'hello_1.2.3_linux_amd64', mode: '0755', size: 21 }],
  })
})

describe('files', () => {
  const listed = async (
    files: ReturnType<typeof plannedFiles>[],
    tree: Record<string, string> = {},
  ): Promise<string[]> => {
    const io = await project(folder.path, tree)
    return (await packArchive(plannedArchive('tar', { files, binaries: [], wrapDirectory: '' }), io)).files ?? []
  }

  test('a destination replaces the folder of what matches', async () => {
    expect(await listed([plannedFiles('docs/*.md', { dst: 'manual' })])).toEqual(['manual/b.md'])
    await rm(folder.path, { recursive: true })
    expect(await listed([plannedFiles('docs', { dst: 'manual' })])).toContain('manual/deep/.hidden')
  })

  test('strip_parent leaves the name alone', async () => {
    expect(await listed([plannedFiles('docs/**/.hidden', { dst: 'x', stripParent: true })])).toEqual(['x/.hidden'])
  })

  test('braces, sets, dots and characters that are special elsewhere', async () => {
    const tree = { 'man/a.1': '', 'man/b.2': '', 'man/c[1].3': '', 'man/sub/d.1': '' }
    const files = ['man/{a,b}.*', 'man/[c]*', './man/sub/'].map((src) => plannedFiles(src))
    expect(await listed(files, tree)).toEqual(['man/a.1', 'man/b.2', 'man/c[1].3', 'man/sub/d.1'])
  })

  test('the first of two with one destination stays, and the other is told', async () => {
    const io = await project(folder.path, { 'other/README.md': 'other' })
    const files = [plannedFiles('README.md'), plannedFiles('other/README.md', { stripParent: true })]
    const { path } = await packArchive(plannedArchive('tar', { files, binaries: [], wrapDirectory: '' }), io)
    expect((await run(['tar', 'xOf', join(folder.path, path), 'README.md'])).stdout).toBe('# hello\n')
    expect(io.warned.map(({ code }) => code)).toEqual(['duplicate-file'])
  })

  test('owner, group, mode and time are those of the config', async () => {
    const io = await project(folder.path)
    const files = [
      plannedFiles('README.md', { info: { owner: 'ann', group: 'staff', mode: 0o600, mtime: 1_000_000_000 } }),
    ]
    const { path } = await packArchive(plannedArchive('tar', { files, binaries: [] }), io)
    const { stdout } = await run(['tar', 'tvf', join(folder.path, path), '--full-time'], UTC)
    expect(stdout).toBe('-rw------- ann/staff         8 2001-09-09 01:46:40 hello_1.2.3/README.md\n')
  })

  test('a pattern without a match is told, unless it is a default; a path that is not there is an error', async () => {
    const io = await project(folder.path)
    await packArchive(plannedArchive('tar', { files: [plannedFiles('license*', { optional: true })] }), io)
    expect(io.warned).toEqual([])
    await packArchive(plannedArchive('tar', { files: [plannedFiles('nothing*')] }), io)
    expect(io.warned.map(({ message }) => message)).toEqual(['no file matches nothing*'])
    const missing = packArchive(plannedArchive('tar', { files: [plannedFiles('nothing.txt')] }), io)
    await expect(missing).rejects.toMatchObject({ code: 'pack', message: 'nothing.txt does not exist' })
  })
})

describe('what would do harm is refused, and nothing is left in dist', () => {
  const cases: [
    what: string,
    archive: Parameters<typeof plannedArchive>[1],
    tree: Record<string, string>,
    message: RegExp,
  ][] = [
    ['a source outside', { files: [plannedFiles('../secret')] }, {}, /leaves the folder/],
    ['a pattern outside', { files: [plannedFiles('*/../../*.md')] }, {}, /leaves the folder/],
    ['an absolute source', { files: [plannedFiles('/etc/passwd')] }, {}, /leaves the folder/],
    [
      'a destination outside',
      { files: [plannedFiles('README.md', { dst: '../../x' })] },
      {},
      /leaves the folder it is unpacked into/,
    ],
    ['a wrap directory outside', { wrapDirectory: '../x' }, {}, /leaves the folder it is unpacked into/],
    [
      'a folder that is a link to elsewhere',
      { files: [plannedFiles('out/passwd')] },
      { out: '->/etc' },
      /leaves the folder/,
    ],
    ['a link to elsewhere', { files: [plannedFiles('key')] }, { key: '->/etc/passwd' }, /outside the project/],
    ['a link upwards', { files: [plannedFiles('docs/up')] }, { 'docs/up': '->../../x' }, /outside the project/],
    ['a name with a slash', { name: '../hello.tar.gz' }, {}, /cannot be the name of an artifact/],
    [
      'a file over the program',
      { files: [plannedFiles('x/hello', { stripParent: true })] },
      { 'x/hello': 'no' },
      /twice/,
    ],
    ['a format that is not known', { format: 'rar' }, {}, /rar cannot be packed yet/],
    ['a program that was not built', { binaries: ['dist/hello_linux_amd64_v1/hello'] }, {}, /does not exist/],
  ]
  test.each(cases)('%s', async (what, more, tree, message) => {
    const io = await project(folder.path, tree)
    if (what.endsWith('not built')) await rm(join(folder.path, 'dist/hello_linux_amd64_v1/hello'))
    await expect(packArchive(plannedArchive('tar.gz', more), io)).rejects.toThrow(message)
    expect(await readdir(join(folder.path, 'dist'))).toEqual(['hello_linux_amd64_v1'])
  })
})

test('an abort leaves nothing half-written', async () => {
  const io = await project(folder.path, {
    'dist/hello_linux_amd64_v1/hello': Buffer.alloc(64 * 1024 * 1024, 'some text'),
  })
  const stop = new AbortController()
  const packing = packArchive(plannedArchive('tar.gz'), { ...io, signal: stop.signal })
  for (let found = false; !found;)
    found = (await readdir(join(folder.path, 'dist'))).some((name) => name.endsWith('.part'))
  stop.abort(new Error('stopped'))
  await expect(packing).rejects.toThrow('stopped')
  expect(await readdir(join(folder.path, 'dist'))).toEqual(['hello_linux_amd64_v1'])
})

test('a folder in the way is a clear error', async () => {
  const io = await project(folder.path)
  await writeTree(folder.path, { 'dist/hello_1.2.3_linux_amd64.tar.gz/x': '' })
  await expect(packArchive(plannedArchive('tar.gz'), io)).rejects.toMatchObject({
    code: 'disk',
    message: 'dist/hello_1.2.3_linux_amd64.tar.gz could not be written: a folder of that name is in the way',
  })
  expect((await readdir(join(folder.path, 'dist'))).some((name) => name.endsWith('.part'))).toBe(false)
})
