import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Events } from '../core/events.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { rehearse } from './rehearse.ts'

const env = { PATH: process.env['PATH'] }

test('a tag that can not be is told before the last rehearsal is removed', async () => {
  await using temp = await tempFolder('rehearse')
  const root = join(temp.path, 'repo')
  const last = join(temp.path, 'last')
  await mkdir(root)
  await mkdir(last)
  await writeFile(join(last, '.tagonce-rehearsal'), '')
  await writeFile(join(last, 'report.html'), 'the last one')
  const git = async (...args: string[]): Promise<void> => {
    const person = ['-c', 'user.name=ann', '-c', 'user.email=ann@example.org']
    expect((await run(['git', ...person, ...args], { cwd: root, env })).code).toBe(0)
  }
  const config = 'version: 2\nproject_name: hello\nmonorepo: { tag_prefix: app/, dir: . }\n'
  await writeFile(join(root, '.goreleaser.yaml'), config)
  await git('init', '--quiet')
  await git('add', '.')
  await git('commit', '--quiet', '--message=one')
  await git('tag', 'app/v1.0.0')
  await git('commit', '--quiet', '--allow-empty', '--message=two')
  const attempt = (as: string): Promise<unknown> =>
    rehearse({
      root,
      as,
      folder: last,
      offline: true,
      events: new Events(),
      env,
      signal: new AbortController().signal,
      program: [],
    })
  await expect(attempt('--force')).rejects.toMatchObject({ code: 'usage', message: '--force cannot be a tag' })
  await expect(attempt('app/v1.0.0')).rejects.toThrow(/the tag app\/v1.0.0 is taken by commit/)
  await expect(attempt('v1.0.1')).rejects.toThrow(/those begin with app\//)
  expect(await readFile(join(last, 'report.html'), 'utf8')).toBe('the last one')
})

test('a config that disables the release is told before anything is built', async () => {
  await using temp = await tempFolder('rehearse')
  const root = join(temp.path, 'repo')
  await mkdir(root)
  const config =
    'version: 2\nproject_name: hello\nrelease: { disable: true, github: { owner: acme, name: hello } }\nbefore: { hooks: ["false"] }\n'
  await writeFile(join(root, '.goreleaser.yaml'), config)
  const person = ['-c', 'user.name=ann', '-c', 'user.email=ann@example.org']
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    ['commit', '-qm', 'one'],
  ])
    expect((await run(['git', ...person, ...args], { cwd: root, env })).code).toBe(0)
  const { signal } = new AbortController()
  const folder = join(temp.path, 'r')
  const done = rehearse({ root, folder, offline: true, events: new Events(), env, signal, program: [] })
  await expect(done).rejects.toThrow('the config disables the release, so there is nothing to rehearse')
})
