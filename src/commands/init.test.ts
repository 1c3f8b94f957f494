import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findGoreleaser } from '../config/testing/peer.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { TEST_ENV, testRepository } from '../source/test-repository.ts'
import { check } from './check.ts'
import { init } from './init.ts'
import { planCommand } from './plan.ts'

const goreleaser = findGoreleaser()
if (goreleaser === undefined) console.log('skipped: no goreleaser on this machine (GORELEASER or PATH)')

const GO = 'package main\n\nfunc main() {}\n'
const PYPROJECT = '[project]\nname = "hello"\nversion = "1.0.0"\n'

/** A project for each language, what it is found by, and how many binaries a snapshot plans. */
const PROJECTS: Record<string, { tree: Record<string, string>; language: string; binaries: number }> = {
  go: { tree: { 'go.mod': 'module example.org/hello\n', 'main.go': GO }, language: 'go', binaries: 6 },
  'go, two programs below cmd': {
    tree: {
      'go.mod': 'module example.org/hello\n',
      'cmd/a/main.go': GO,
      'cmd/b/x.go': GO,
      'cmd/lib/lib.go': 'package lib\n',
    },
    language: 'go',
    binaries: 12,
  },
  rust: { tree: { 'Cargo.toml': '[package]\nname = "hello"\nversion = "1.0.0"\n' }, language: 'rust', binaries: 5 },
  'rust, a workspace': {
    tree: {
      'Cargo.toml': '[workspace]\nmembers = ["crates/hello", "crates/lib"]\n',
      'Cargo.lock': '',
      'crates/hello/Cargo.toml': '[package]\nname = "hello"\nversion = "1.0.0"\n',
    },
    language: 'rust',
    binaries: 5,
  },
  node: {
    tree: { 'package.json': '{"name": "hello", "main": "index.js"}', 'package-lock.json': '{}', 'index.js': '' },
    language: 'node',
    binaries: 6,
  },
  bun: {
    tree: { 'package.json': '{"name": "hello", "module": "index.ts"}', 'bun.lock': '{}', 'index.ts': '' },
    language: 'bun',
    binaries: 5,
  },
  'bun, by its types': {
    tree: {
      'package.json': '{"name": "hello", "module": "index.ts", "devDependencies": {"@types/bun": "1"}}',
      'index.ts': '',
    },
    language: 'bun',
    binaries: 5,
  },
  deno: { tree: { 'deno.json': '{}', 'main.ts': '' }, language: 'deno', binaries: 5 },
  zig: { tree: { 'build.zig': '', 'build.zig.zon': '.{}' }, language: 'zig', binaries: 5 },
  uv: { tree: { 'pyproject.toml': PYPROJECT }, language: 'uv', binaries: 2 },
  poetry: { tree: { 'pyproject.toml': `${PYPROJECT}[tool.poetry]\n` }, language: 'poetry', binaries: 2 },
}

async function project(root: string, tree: Record<string, string>): Promise<void> {
  const repository = await testRepository(root)
  for (const [name, text] of Object.entries(tree)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), text)
  }
  await repository.git('remote', 'add', 'origin', 'https://github.com/ann/hello.git')
  await repository.commit('First')
}

describe('a first config', () => {
  test.each(Object.entries(PROJECTS))('%s', async (_, { tree, language, binaries }) => {
    await using folder = await tempFolder('init')
    const root = folder.path
    await project(root, tree)
    const done = await init({ root })
    expect(done).toMatchObject({ file: '.goreleaser.yaml', language, others: [] })
    const text = await readFile(join(root, '.goreleaser.yaml'), 'utf8')
    const checked = await check({ root })
    expect(checked.results.map(({ state, diagnostics }) => ({ state, diagnostics }))).toEqual([
      { state: 'valid', diagnostics: [] },
    ])
    const env = { ...TEST_ENV, PATH: process.env['PATH'], HOME: root }
    const theirs = goreleaser === undefined ? undefined : await run([goreleaser, 'check'], { cwd: root, env })
    expect({ code: theirs?.code ?? 0, said: theirs?.stderr, text }).toMatchObject({ code: 0 })
    const { plan } = await planCommand({ root, env: { ...TEST_ENV, PATH: process.env['PATH'] }, snapshot: true })
    expect(plan.diagnostics.filter((one) => one.severity === 'error')).toEqual([])
    expect(plan.binaries).toHaveLength(binaries)
    expect((await readFile(join(root, '.gitignore'), 'utf8')).split('\n')).toContain('dist/')
  })

  test('nothing is overwritten, whatever it is called', async () => {
    await using folder = await tempFolder('init')
    await project(folder.path, { 'go.mod': 'module a\n', '.config/goreleaser.yml': 'mine\n', 'own.yaml': 'mine\n' })
    await expect(init({ root: folder.path })).rejects.toMatchObject({
      code: 'config',
      message: '.config/goreleaser.yml is there already, and is not overwritten',
    })
    await expect(init({ root: folder.path, file: 'own.yaml' })).rejects.toMatchObject({ code: 'config' })
    await expect(init({ root: folder.path, file: '../out.yaml' })).rejects.toMatchObject({ code: 'config' })
    expect(await readFile(join(folder.path, 'own.yaml'), 'utf8')).toBe('mine\n')
  })

  test('the language by name; others are told; what git ignores stays', async () => {
    await using folder = await tempFolder('init')
    await project(folder.path, { 'go.mod': 'module a\n', 'package.json': '{}', '.gitignore': '/dist\nx' })
    expect(await init({ root: folder.path, file: 'a.yaml' })).toMatchObject({
      language: 'go',
      because: 'go.mod',
      others: ['node'],
      ignored: [],
    })
    expect(await init({ root: folder.path, file: 'b.yaml', language: 'node' })).toMatchObject({
      others: ['go'],
      ignored: ['node_modules/'],
    })
    expect(await readFile(join(folder.path, '.gitignore'), 'utf8')).toBe(
      '/dist\nx\n\n# what a release makes\nnode_modules/\n',
    )
  })

  test('an unknown language, and a folder that tells none', async () => {
    await using folder = await tempFolder('init')
    await expect(init({ root: folder.path, language: 'cobol' })).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('go, rust') as string,
    })
    await expect(init({ root: folder.path })).rejects.toMatchObject({
      message: 'no file here tells the language of the project',
    })
  })
})
