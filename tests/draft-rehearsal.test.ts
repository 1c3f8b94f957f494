import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../src/core/temp.ts'
import { tagonce } from './support/program.ts'
import { helloProject } from './support/project.ts'

test('a release that is kept as a draft is rehearsed to the end, as if a person had published it', async () => {
  await using folder = await tempFolder('draft-rehearsal')
  const project = join(folder.path, 'hello')
  const repository = await helloProject(project, ['scoops'])
  const path = join(project, '.goreleaser.yaml')
  const config = await readFile(path, 'utf8')
  const draft = config.replace(/^release:\n/m, 'release:\n  draft: true\n')
  expect(draft).not.toBe(config)
  await writeFile(path, draft)
  await repository.git('commit', '--quiet', '--all', '--message=feat: draft')
  const done = await tagonce(['rehearse', '--folder', join(folder.path, 'r')], { cwd: project })
  expect(done).toMatchObject({ code: 0 })
  expect(done.stderr).toContain('published as you will do by hand')
  const rows = done.stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 4))
  expect(rows).toContainEqual(['scoop', 'hello', 'live', 'published, verified'])
})
