import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { check } from './check.ts'

test('0 valid, 2 deprecated, 1 invalid; the worst of several counts', async () => {
  await using folder = await tempFolder('check')
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder.path, name), text)
  await write('.goreleaser.yaml', 'version: 2\n')
  await write('old.yaml', 'version: 2\nbrews: [{ name: a }]\n')
  await write('bad.yaml', 'version: 2\nfoo: 1\n')
  const states = async (...files: string[]): Promise<unknown> => {
    const { results, exitCode } = await check({ root: folder.path, files })
    return [exitCode, ...results.map(({ file, state }) => `${file} ${state}`)]
  }
  expect(await states()).toEqual([0, '.goreleaser.yaml valid'])
  expect(await states('old.yaml')).toEqual([2, 'old.yaml deprecated'])
  expect(await states('.goreleaser.yaml', 'old.yaml')).toEqual([2, '.goreleaser.yaml valid', 'old.yaml deprecated'])
  expect(await states('old.yaml', 'bad.yaml')).toEqual([1, 'old.yaml deprecated', 'bad.yaml invalid'])
})

test('no config is an invalid one, with a way on', async () => {
  await using folder = await tempFolder('check')
  expect(await check({ root: folder.path })).toEqual({
    exitCode: 1,
    results: [
      {
        file: '.goreleaser.yaml',
        state: 'invalid',
        diagnostics: [
          {
            severity: 'error',
            code: 'no-config',
            message: 'there is no `.goreleaser.yaml` in this folder',
            mend: 'write one (`tagonce init` does), or name the file with `--config`',
          },
        ],
      },
    ],
  })
})

test('fix rewrites the file, and checks what is left', async () => {
  await using folder = await tempFolder('check')
  const file = join(folder.path, '.goreleaser.yaml')
  await writeFile(file, 'archives:\n  - format: zip # small\nbrews: [{ name: a }]\n')
  const { results, exitCode } = await check({ root: folder.path, fix: true })
  expect(await readFile(file, 'utf8')).toBe('version: 2\narchives:\n  - formats: [zip] # small\nbrews: [{ name: a }]\n')
  expect(await readdir(folder.path)).toEqual(['.goreleaser.yaml'])
  expect(exitCode).toBe(2)
  expect(results[0]?.fixed).toEqual(['`archives[0].format`: write `formats: [zip]`', '`version: 2`'])
  expect(results[0]?.diagnostics.map(({ message }) => message)).toEqual(['`brews` is deprecated'])
})
