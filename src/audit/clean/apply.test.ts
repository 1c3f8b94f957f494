import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync, chmodSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../core/temp.ts'
import { run } from '../../external/process.ts'
import { applyChanges, rollBack, type FileChange } from './apply.ts'

const signal = new AbortController().signal

/** Every file with its mode and text, and every folder. */
function tree(root: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const mode = (statSync(path).mode & 0o777).toString(8)
    found[path.slice(root.length)] = entry.isDirectory() ? 'folder' : `${mode} ${readFileSync(path, 'utf8')}`
  }
  return found
}

function start(folder: string): { root: string; journal: string } {
  const root = join(folder, 'repo')
  mkdirSync(join(root, '.github/workflows'), { recursive: true })
  writeFileSync(join(root, '.github/workflows/a.yml'), 'a\n')
  writeFileSync(join(root, 'run.sh'), 'old\n')
  chmodSync(join(root, 'run.sh'), 0o755)
  return { root, journal: join(folder, 'journal') }
}

const CHANGES: FileChange[] = [
  { path: 'archive/workflows/a.yml', after: 'a\n', from: '.github/workflows/a.yml' },
  { path: 'archive/workflows/ARCHIVE.md', after: '# Archive\n' },
  { path: '.github/workflows/a.yml', after: undefined },
  { path: 'run.sh', after: 'new\n' },
]

const AFTER = {
  '/archive': 'folder',
  '/archive/workflows': 'folder',
  '/archive/workflows/a.yml': '644 a\n',
  '/archive/workflows/ARCHIVE.md': '644 # Archive\n',
  '/run.sh': '755 new\n',
}

test('changes are made, modes are kept, empty folders go', async () => {
  await using folder = await tempFolder('apply')
  const { root, journal } = start(folder.path)
  await applyChanges(root, journal, CHANGES, { signal })
  expect(tree(root)).toEqual(AFTER)
  expect(await rollBack(root, journal)).toBe(false)
  expect(tree(root)).toEqual(AFTER)
  expect(readdirSync(folder.path)).toEqual(['repo'])
})

test('killed after whatever step, the next run finds the tree as it was, or wholly changed', async () => {
  const child = new URL('testing/killed.ts', import.meta.url).pathname
  let kills = 0
  for (let steps = 1; ; steps += 1) {
    await using folder = await tempFolder('apply')
    const { root, journal } = start(folder.path)
    const before = tree(root)
    const { stdout, stderr } = await run(['node', child, root, journal, JSON.stringify(CHANGES), String(steps)])
    if (stdout === 'done') break
    expect(stderr).toBe('')
    kills += 1
    await rollBack(root, journal)
    // Only the last step lies behind the moment from which the change stands.
    expect([steps, tree(root)]).toEqual([steps, steps < 10 ? before : AFTER])
    await applyChanges(root, journal, CHANGES, { signal })
    expect(tree(root)).toEqual(AFTER)
  }
  expect(kills).toBe(10)
})

test('stopped by Ctrl-C or by an error it is undone at once', async () => {
  await using folder = await tempFolder('apply')
  const { root, journal } = start(folder.path)
  const before = tree(root)
  for (let steps = 2; steps <= 9; steps += 1) {
    const abort = new AbortController()
    let left = steps
    const onStep = (): void => {
      left -= 1
      if (left === 0) abort.abort(new Error('stopped'))
    }
    await expect(applyChanges(root, journal, CHANGES, { signal: abort.signal, onStep })).rejects.toThrow('stopped')
    // Before it begins there is nothing to undo.
    await rollBack(root, journal)
    expect(tree(root)).toEqual(before)
  }
})

test('a change by a living process is left alone, and a link that leads out is refused', async () => {
  await using folder = await tempFolder('apply')
  const { root, journal } = start(folder.path)
  mkdirSync(journal)
  writeFileSync(join(journal, 'journal.json'), JSON.stringify({ pid: process.ppid, files: [], folders: [] }))
  await expect(rollBack(root, journal)).rejects.toThrow(/another tagonce/)
  symlinkSync(folder.path, join(root, 'archive'))
  await expect(applyChanges(root, `${journal}2`, CHANGES, { signal })).rejects.toThrow(/leaves the repository/)
  expect(readdirSync(folder.path).sort()).toEqual(['journal', 'repo'])
  await expect(applyChanges(root, journal, [{ path: '../x', after: '' }], { signal })).rejects.toThrow(/leaves/)
})
