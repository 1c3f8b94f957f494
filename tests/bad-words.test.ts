import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../src/core/temp.ts'
import { tagonce } from './support/program.ts'

test('commands that run from the hub tell a wrong word before they ask for anything', async () => {
  await using folder = await tempFolder('bad')
  for (const command of ['publish', 'status', 'verify', 'retract', 'instructions']) {
    const ran = await tagonce([command, 'cellar', '--tag', 'v1.0.0', '--hub', 'acme/hello'], { cwd: folder.path })
    expect(ran).toMatchObject({ code: 64, stdout: '' })
    expect(ran.stderr).toMatch(/^✖ there is no spoke cellar\n {2}mend: known are homebrew, /)
    expect(ran.stderr.split('\n')).toHaveLength(3)
  }
})

test('a current folder that is gone is told in one line', async () => {
  await using folder = await tempFolder('bad')
  const gone = join(folder.path, 'gone')
  await mkdir(gone)
  const wrap = ['sh', '-c', 'rmdir "$0" && exec "$@"', gone]
  const ran = await tagonce(['check'], { cwd: gone, wrap })
  expect(ran).toMatchObject({ code: 64, all: 'the current folder does not exist any more; change to another one\n' })
})
