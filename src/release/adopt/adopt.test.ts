import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { expect, test } from 'vitest'
import type { Artifact } from '../../core/artifact.ts'
import { tempFolder } from '../../core/temp.ts'
import { gzip } from '../../formats/gzip.ts'
import { tar } from '../../formats/tar.ts'
import type { HubContext } from '../../hub/context.ts'
import type { Plan } from '../../plan/plan.ts'
import { compareChecksums, releaseAssets } from './assets.ts'
import { openArchive } from './programs.ts'

const hash = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex')

/** Assets as GitHub has them: text by name; `digest` tells what it says of each. */
async function assetsOf(folder: string, texts: Record<string, string>, digest: (text: string) => string | null) {
  const names = Object.keys(texts)
  const fetched: string[] = []
  const download = async (_at: unknown, id: number, path: string) => {
    const text = texts[names[id] ?? ''] ?? ''
    fetched.push(names[id] ?? '')
    await writeFile(path, text)
    return { status: 200, size: text.length, sha256: hash('sha256', text) }
  }
  const context = { at: { owner: 'a', repo: 'b' }, github: { assets: { download } } } as unknown as HubContext
  const listed = names.map((name, id) => {
    const text = texts[name] ?? ''
    return { id, name, state: 'uploaded' as const, size: text.length, digest: digest(text) }
  })
  return { assets: await releaseAssets(context, listed, join(folder, 'assets')), fetched }
}

const sums = (more: Partial<NonNullable<Plan['checksums']>>): Plan =>
  ({
    checksums: {
      name: 'checksums.txt',
      kind: 'checksums',
      id: '',
      algorithm: 'sha256',
      split: false,
      ids: [],
      ...more,
    },
  }) as unknown as Plan

test('where GitHub tells no digest, the file itself is hashed; where it tells one, nothing is fetched for it', async () => {
  await using folder = await tempFolder('adopt')
  const old = await assetsOf(folder.path, { a: 'one' }, () => null)
  expect(await old.assets.sha256('a')).toBe(hash('sha256', 'one'))
  expect(old.fetched).toEqual(['a'])
  const today = await assetsOf(folder.path, { a: 'one' }, (text) => `sha256:${hash('sha256', text)}`)
  expect(await today.assets.sha256('a')).toBe(hash('sha256', 'one'))
  expect(today.fetched).toEqual([])
  const cut = await assetsOf(folder.path, { a: 'one' }, () => `sha256:${'0'.repeat(64)}`)
  await expect(cut.assets.file('a')).rejects.toThrow(
    /a came with sha256:[0-9a-f]{64} \(3 bytes\); GitHub says sha256:0000/,
  )
})

test('checksum files of every kind are held against the assets', async () => {
  await using folder = await tempFolder('adopt')
  const of = async (texts: Record<string, string>, plan: Plan) =>
    (await compareChecksums(plan, (await assetsOf(folder.path, texts, () => null)).assets)).map(
      (one) => `${one.severity} ${one.message}`,
    )
  const right = `${hash('sha256', 'one')}  a\n`
  expect(await of({ a: 'one', 'checksums.txt': right }, sums({}))).toEqual([])
  expect(await of({ a: 'two', 'checksums.txt': right }, sums({}))).toEqual([
    `error checksums.txt says sha256:${hash('sha256', 'one')} of a, but the asset has ${hash('sha256', 'two')}`,
  ])
  const long = `${hash('sha512', 'one')}  a\n`
  expect(await of({ a: 'one', 'checksums.txt': long }, sums({ algorithm: 'sha512' }))).toEqual([])
  const split = sums({ split: true, name: '', names: { a: 'a.sha256', b: 'b.sha256' } })
  expect(
    await of({ a: 'one', b: 'two', 'a.sha256': hash('sha256', 'one'), 'b.sha256': hash('sha256', 'one') }, split),
  ).toEqual([expect.stringContaining('error b.sha256 says')])
  expect(await of({ a: 'one' }, sums({}))).toEqual([
    expect.stringContaining('warning the release has no checksum file'),
  ])
})

const PLANNED: Artifact = {
  name: 'hello_linux_amd64.tar.gz',
  kind: 'archive',
  id: 'default',
  platform: { goos: 'linux', goarch: 'amd64', target: 'linux_amd64' },
  format: 'tar.gz',
  wrapDirectory: '',
  size: 0,
  sha256: '0'.repeat(64),
  binaries: [{ name: 'hello', path: 'hello', mode: '0755', size: 0, sha256: '0'.repeat(64) }],
}

async function archive(path: string, files: Record<string, string>): Promise<string> {
  const entries = Object.entries(files).map(([name, text]) => {
    async function* content(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(text)
    }
    return { name, mode: 0o755, mtime: 0, body: { type: 'file' as const, size: text.length, content } }
  })
  await pipeline(gzip(tar(entries)), createWriteStream(path))
  return path
}

test('a program that lies elsewhere than planned is found by its name', async () => {
  await using folder = await tempFolder('adopt')
  const path = await archive(join(folder.path, 'a.tar.gz'), {
    'hello-1.0/LICENSE': 'MIT',
    'hello-1.0/hello': '#!/bin/sh\n',
  })
  expect(await openArchive(path, PLANNED, folder.path)).toEqual({
    binaries: [
      { name: 'hello', path: 'hello-1.0/hello', mode: '0755', size: 10, sha256: hash('sha256', '#!/bin/sh\n') },
    ],
    wrapDirectory: 'hello-1.0',
    files: ['LICENSE'],
    problems: [],
  })
})

test('an archive without the program, and one that is none, are told', async () => {
  await using folder = await tempFolder('adopt')
  const path = await archive(join(folder.path, 'a.tar.gz'), { LICENSE: 'MIT' })
  expect((await openArchive(path, PLANNED, folder.path)).problems).toEqual(['it holds no hello'])
  await writeFile(path, 'no archive')
  expect((await openArchive(path, PLANNED, folder.path)).problems).toEqual([expect.stringContaining('gzip')])
  expect((await openArchive(path, { ...PLANNED, format: 'rar' }, folder.path)).problems).toEqual([
    'archives of format rar are not read here',
  ])
})
