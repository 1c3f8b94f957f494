import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { findGoreleaser } from '../config/testing/peer.ts'

// Standard input belongs to a whole process, so the command runs in one of its own.
const script = `
import { check } from ${JSON.stringify(new URL('../commands/check.ts', import.meta.url).href)}
const { results, exitCode } = await check({ root: process.argv[1], files: ['-', '-'] })
console.log(JSON.stringify([exitCode, ...results.map((one) => [one.file, one.state, one.diagnostics.map((d) => d.message)])]))
`

async function typed(root: string, config: string): Promise<unknown> {
  await writeFile(join(root, 'input'), config)
  await writeFile(join(root, 'script.mjs'), script)
  const { stdout, stderr } = await run(
    ['sh', '-c', '"$0" --input-type=module -e "$(cat script.mjs)" "$PWD" < input', process.execPath],
    { cwd: root, env: process.env },
  )
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

test('`-` is standard input, as with GoReleaser; it is read once', async () => {
  await using folder = await tempFolder('stdin')
  await mkdir(join(folder.path, '.config'))
  expect(await typed(folder.path, 'version: 2\nproject_name: a\n')).toEqual([0, ['-', 'valid', []], ['-', 'valid', []]])
  const wrong = ['-', 'invalid', ['unknown key `foo` at the top of the config']]
  expect(await typed(folder.path, 'version: 2\nfoo: 1\n')).toEqual([1, wrong, wrong])
})

test.skipIf(findGoreleaser() === undefined)('GoReleaser’s `-` too', async () => {
  await using folder = await tempFolder('stdin')
  await writeFile(join(folder.path, 'input'), 'version: 2\nproject_name: a\nfoo: 1\n')
  const sh = ['sh', '-c', '"$0" check -f - < input', findGoreleaser() ?? '']
  const env = { PATH: process.env['PATH'], HOME: folder.path }
  expect((await run(sh, { cwd: folder.path, env })).code).toBe(1)
})
