import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import type { Plan } from '../plan/plan.ts'
import { checksumLines, writeChecksums } from './checksums.ts'
import { packArchive, packBinary } from './pack.ts'
import type { PackIO, PackedArtifact } from './packed.ts'
import { plannedArchive, project } from './testing/project.ts'

let folder: Awaited<ReturnType<typeof tempFolder>>
let io: PackIO
let packed: PackedArtifact[]
beforeEach(async () => {
  folder = await tempFolder('checksums-test')
  io = await project(folder.path)
  const path = 'dist/hello_linux_amd64_v1/hello'
  const bare = { name: 'hello_linux_amd64', kind: 'binary' as const, id: 'bare', format: 'binary', path }
  packed = [
    await packArchive(plannedArchive('zip'), io),
    await packArchive(plannedArchive('tar.gz'), io),
    await packBinary(bare, io),
  ]
})
afterEach(() => folder[Symbol.asyncDispose]())

function planned(more: Partial<NonNullable<Plan['checksums']>> = {}): NonNullable<Plan['checksums']> {
  return { name: 'hello_checksums.txt', kind: 'checksums', id: '', algorithm: 'sha256', split: false, ids: [], ...more }
}

test('sha256sum -c agrees, and the lines are sorted by name', async () => {
  const { made, digests } = await writeChecksums(planned(), packed, io)
  const text = await readFile(join(folder.path, 'dist/hello_checksums.txt'), 'utf8')
  expect(text.split('\n').map((line) => line.slice(66))).toEqual([
    'hello_1.2.3_linux_amd64.tar.gz',
    'hello_1.2.3_linux_amd64.zip',
    'hello_linux_amd64',
    '',
  ])
  const check =
    'cd "$0/dist" && cp hello_linux_amd64_v1/hello hello_linux_amd64 && sha256sum --strict -c hello_checksums.txt'
  expect(await run(['sh', '-c', check, folder.path])).toMatchObject({ code: 0 })
  expect(made).toMatchObject([{ kind: 'checksums', name: 'hello_checksums.txt', path: 'dist/hello_checksums.txt' }])
  expect(made[0]?.size).toBe((await stat(join(folder.path, 'dist/hello_checksums.txt'))).size)
  expect(digests.get('hello_1.2.3_linux_amd64.zip')).toBe(`sha256:${packed[0]?.sha256}`)
})

test('other algorithms read the files', async () => {
  await writeChecksums(planned({ algorithm: 'sha512' }), packed.slice(0, 2), io)
  expect(
    await run(['sha512sum', '--strict', '-c', 'hello_checksums.txt'], { cwd: join(folder.path, 'dist') }),
  ).toMatchObject({ code: 0 })
})

test('split: one file each with the bare hex, under the name that the plan has for it', async () => {
  const names = { 'hello_1.2.3_linux_amd64.zip': 'zip.sum' }
  const { made } = await writeChecksums(
    planned({ name: '', split: true, algorithm: 'crc32', names }),
    packed.slice(0, 2),
    io,
  )
  expect(made.map(({ name, checksumOf }) => [name, checksumOf])).toEqual([
    ['zip.sum', 'dist/hello_1.2.3_linux_amd64.zip'],
    ['hello_1.2.3_linux_amd64.tar.gz.crc32', 'dist/hello_1.2.3_linux_amd64.tar.gz'],
  ])
  expect(await readFile(join(folder.path, 'dist/zip.sum'), 'utf8')).toMatch(/^[0-9a-f]{8}$/)
})

test('ids choose among archives and binaries; sources and files are always there; signatures and checksums never', async () => {
  const [zip, gz, bare] = packed as [PackedArtifact, PackedArtifact, PackedArtifact]
  const all = [
    { ...zip, id: 'other' },
    gz,
    bare,
    { ...gz, name: 'source.tar.gz', kind: 'source' as const },
    { ...gz, name: 'a.sig', kind: 'signature' as const },
    { ...gz, name: 'tagonce.json', kind: 'manifest' as const },
  ]
  const { digests } = await writeChecksums(planned({ ids: ['default'] }), all, io)
  expect([...digests.keys()]).toEqual(['hello_1.2.3_linux_amd64.tar.gz', 'source.tar.gz'])
})

test('nothing to sum makes no file; an unknown algorithm is told', async () => {
  expect((await writeChecksums(planned(), [], io)).made).toEqual([])
  await expect(writeChecksums(planned({ algorithm: 'sha0' }), packed, io)).rejects.toMatchObject({ code: 'pack' })
})

test('names are sorted by their bytes, as Go sorts them', () => {
  const sums = ['b', '\u{10000}', '\u{FFFF}', 'B', 'a-b', 'a'].map((name) => ({ name, hex: '00' }))
  expect(checksumLines(sums)).toBe(
    ['B', 'a', 'a-b', 'b', '\u{FFFF}', '\u{10000}'].map((name) => `00  ${name}\n`).join(''),
  )
})
