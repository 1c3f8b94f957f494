import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { readConfig } from '../config/load.ts'
import { tempFolder } from '../core/temp.ts'
import { projectFiles } from './project-files.ts'
import { tagRules } from './tag-rules.ts'

afterEach(() => vi.unstubAllEnvs())

it('reads variables from the environment of the process, which is no plain object', async () => {
  await using folder = await tempFolder('tags')
  await writeFile(
    join(folder.path, '.goreleaser.yaml'),
    'version: 2\ngit: { ignore_tags: ["{{ .Env.IGNORED }}", nightly] }\n',
  )
  const loaded = await readConfig(folder.path)
  vi.stubEnv('IGNORED', 'v1.1.0')
  const rules = tagRules(loaded, process.env, folder.path, projectFiles(folder.path))
  expect(rules.ignoreTags).toEqual(['v1.1.0', 'nightly'])
})
