import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../src/core/temp.ts'
import { tagonce } from './support/program.ts'
import { exampleProject } from './support/project.ts'
import { gitServerLacks } from '../src/rehearsal/git-server/git-server.ts'

/** Seven channels, as the deployment plan has them with AUR, npm and PyPI added. */
const CHANNELS = ['aur', 'chocolatey', 'docker', 'homebrew', 'npm', 'pypi', 'snap']
const TARGETS = ['darwin_amd64', 'darwin_arm64', 'linux_amd64', 'linux_arm64', 'windows_amd64']

test('the config of the deployment plan, mended: five targets, seven channels live, and nothing to send the second time', async () => {
  await using folder = await tempFolder('deployment-plan')
  const project = join(folder.path, 'contextlite')
  const address = 'https://github.com/Michael-A-Kuykendall/contextlite.git'
  await exampleProject(project, 'deployment-plan', address)

  const rehearsed = await tagonce(['rehearse', '--folder', join(folder.path, 'rehearsal')], { cwd: project })
  expect(rehearsed).toMatchObject({ code: 0 })
  const rows = rehearsed.stdout.split('\n').map((line) => line.split(/ {2,}/))
  const states = rows.filter(([channel = '']) => CHANNELS.includes(channel)).map((row) => [row[0], row[2]])
  // AUR takes git over ssh: without OpenSSH's server it is passed over, and that is said.
  expect(states).toEqual(
    CHANNELS.map((one) => [one, one === 'aur' && gitServerLacks() !== undefined ? 'skipped' : 'live']),
  )
  expect(rows.find(([channel]) => channel === 'hub')?.[2]).toBe('live')
  expect(rehearsed.stderr).toContain('published again: nothing to send')
  const built = /^✔ plan .*$/m.exec(rehearsed.stderr)?.[0]
  expect(built).toContain('5 binaries, 7 spokes')
  const packed = [...rehearsed.stderr.matchAll(/pack › contextlite_1\.2\.4_(\w+_\w+)\./g)].map(
    ([, target = '']) => target,
  )
  expect(new Set(packed)).toEqual(new Set(TARGETS))
}, 240_000)
