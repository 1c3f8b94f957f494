import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../src/core/temp.ts'
import { tagonce } from './support/program.ts'
import { smallProject } from './support/project.ts'

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

test('a rehearsal takes what is committed: a config that is not is told so, and the last rehearsal stays', async () => {
  await using folder = await tempFolder('bad')
  const project = join(folder.path, 'project')
  const repository = await smallProject(project)
  await repository.git('rm', '-q', '--cached', '.goreleaser.yaml')
  await repository.git('commit', '-q', '-m', 'chore: no config')
  const ran = await tagonce(['rehearse', '--folder', join(folder.path, 'rehearsal')], { cwd: project })
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('.goreleaser.yaml is not committed yet, and a rehearsal takes what is committed')
  expect(existsSync(join(folder.path, 'rehearsal'))).toBe(false)
})

test('instructions of a project that feeds no package manager say so', async () => {
  await using folder = await tempFolder('bad')
  const config =
    'version: 2\nproject_name: hello\nbuilds: [{ skip: true }]\nrelease: { github: { owner: a, name: b } }\n'
  await smallProject(join(folder.path, 'project'), { '.goreleaser.yaml': config, 'tagonce.yaml': undefined })
  const ran = await tagonce(['instructions'], { cwd: join(folder.path, 'project') })
  expect(ran).toMatchObject({ code: 0, stdout: '', stderr: 'no package manager is fed: there is nothing to type\n' })
})
