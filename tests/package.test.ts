import { Ajv2020 } from 'ajv/dist/2020.js'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../src/core/temp.ts'
import { run } from '../src/external/process.ts'
import { MANIFEST_SCHEMA_URL } from '../src/manifest/manifest.ts'
import { manifestJsonSchema } from '../src/manifest/json-schema.ts'
import { CHECKOUT, tagonce } from './support/program.ts'
import { smallProject } from './support/project.ts'

test('the schema that a manifest names is a file of the package, and takes that manifest', async () => {
  await using folder = await tempFolder('package')
  const project = await smallProject(join(folder.path, 'project'))
  const env = { TAP_GITHUB_TOKEN: 'ghp_ofAcmeForTests' }
  expect(await tagonce(['release', '--skip', 'publish'], { cwd: project.path, env })).toMatchObject({ code: 0 })
  const manifest = JSON.parse(await readFile(join(project.path, 'dist', 'tagonce.json'), 'utf8')) as Record<
    string,
    unknown
  >

  // unpkg.com serves the files of a package below its name.
  expect(manifest['$schema']).toBe(MANIFEST_SCHEMA_URL)
  const path = MANIFEST_SCHEMA_URL.replace('https://unpkg.com/tagonce/', '')
  const packed = await run(['npm', 'pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: join(CHECKOUT, 'package'),
  })
  const [{ files } = { files: [] }] = listOf(JSON.parse(packed.stdout))
  const names = files.map((one) => one.path)
  expect(names).toEqual(expect.arrayContaining(['bin/tagonce.cjs', 'dist/cli.js', 'dist/index.js', path]))
  expect(names.filter((name) => /^(src|tests?|\.build)/.test(name))).toEqual([])

  const schema = createRequire(join(CHECKOUT, 'tests', 'x.js'))(`tagonce/${path}`) as Record<string, unknown>
  expect(schema).toEqual(manifestJsonSchema())
  const takes = new Ajv2020({ strict: false }).compile(schema)
  expect({ ok: takes(manifest), errors: takes.errors }).toEqual({ ok: true, errors: null })
  expect(takes({ ...manifest, version: 'two words' })).toBe(false)
  expect(takes({ ...manifest, later: 1 })).toBe(false)
})

interface Packed {
  files: { path: string }[]
}

/** npm 10 and 11 give a list, npm 12 gives one by name. */
function listOf(answer: Packed[] | Record<string, Packed>): Packed[] {
  return Array.isArray(answer) ? answer : Object.values(answer)
}
