import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { check } from '../commands/check.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { findGoreleaser } from './testing/peer.ts'

// Written by us from GoReleaser's documentation, one for each feature that it describes; `*.pro.yaml` are for what only Pro has.
const FEATURES = fileURLToPath(new URL('testdata/features/', import.meta.url))
const names = (await readdir(FEATURES)).toSorted()
const open = names.filter((name) => !name.endsWith('.pro.yaml'))
const pro = names.filter((name) => name.endsWith('.pro.yaml'))

const goreleaser = findGoreleaser()
if (goreleaser === undefined) console.log('skipped: no goreleaser on this machine (GORELEASER or PATH)')

/** What the configs name, and what builders look for. */
const TREE: Record<string, string> = {
  'go.mod': 'module example.org/hello\n',
  'main.go': 'package main\nfunc main() {}\n',
  'Cargo.toml': '[package]\nname = "hello"\nversion = "1.0.0"\n',
  'package.json': '{"name": "hello", "module": "index.ts"}\n',
  'pyproject.toml': '[project]\nname = "hello"\nversion = "1.0.0"\n[tool.poetry]\n',
  'shared/base.yaml': 'project_name: hello\n',
  'shared/header.md': '# {{ .Tag }}\n',
}

let folder: Awaited<ReturnType<typeof tempFolder>>
beforeAll(async () => {
  folder = await tempFolder('features')
  for (const [name, text] of Object.entries(TREE)) {
    await mkdir(dirname(join(folder.path, name)), { recursive: true })
    await writeFile(join(folder.path, name), text)
  }
  const git = (...args: string[]): Promise<unknown> => run(['git', ...args], { cwd: folder.path, env: process.env })
  await git('init', '--quiet')
  await git('remote', 'add', 'origin', 'https://github.com/ann/hello.git')
})
afterAll(() => folder[Symbol.asyncDispose]())

async function ours(name: string): Promise<{ exitCode: number; said: string[] }> {
  await writeFile(join(folder.path, name), await readFile(join(FEATURES, name)))
  const { exitCode, results } = await check({ root: folder.path, files: [name] })
  const said = results.flatMap((one) => one.diagnostics.map(({ code, message }) => `${code}: ${message}`))
  return { exitCode, said }
}

test('there are enough of them', () => {
  expect(open.length).toBeGreaterThanOrEqual(60)
  expect(pro.length).toBeGreaterThanOrEqual(10)
})

describe('what the documentation shows is valid', () => {
  test.each(names)('%s', async (name) => {
    const { exitCode, said } = await ours(name)
    const deprecated = name.startsWith('deprecated-') || name === 'brews.yaml'
    expect({ exitCode, said }).toMatchObject({ exitCode: deprecated ? 2 : 0 })
  })
})

describe.skipIf(goreleaser === undefined)('GoReleaser ends with the same code', () => {
  test.each(open)('%s', async (name) => {
    const { exitCode, said } = await ours(name)
    const env = { PATH: process.env['PATH'], HOME: folder.path, NAME: 'hello', IGNORED: 'x' }
    const theirs = await run([goreleaser ?? '', 'check', name], { cwd: folder.path, env })
    expect({ code: exitCode, said, theirs: theirs.stderr }).toMatchObject({ code: theirs.code })
  })

  test.each(pro)('%s is refused by the open-source one', async (name) => {
    await ours(name)
    const env = { PATH: process.env['PATH'], HOME: folder.path }
    expect((await run([goreleaser ?? '', 'check', name], { cwd: folder.path, env })).code).toBe(1)
  })
})
