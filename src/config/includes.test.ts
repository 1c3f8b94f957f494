import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { readConfig } from './load.ts'
import { lines, readFiles } from './testing/read.ts'

test('what is nearer wins, lists follow one another, places are kept', async () => {
  const loaded = await readFiles({
    '.goreleaser.yaml':
      'version: 2\nincludes:\n  - from_file: { path: ci/base.yaml }\n  - from_file: { path: ./ci/more.yaml }\nbuilds:\n  - id: own\n    ldflag: x\nrelease: { draft: true }\nvariables: { a: own }\n',
    'ci/base.yaml':
      'builds:\n  - id: base\nrelease: { draft: false, name_template: base }\nvariables: { a: base, b: base }\n',
    'ci/more.yaml':
      'includes: [{ from_file: { path: ci/deep.yaml } }]\nbuilds: [{ id: more }]\nvariables: { b: more }\n',
    'ci/deep.yaml': 'project_name: deep\nbuilds: [{ id: deep, nope: 1 }]\n',
  })
  expect(loaded.config).toMatchObject({
    project_name: 'deep',
    builds: [{ id: 'base' }, { id: 'deep' }, { id: 'more' }, { id: 'own' }],
    release: { draft: true, name_template: 'base' },
    variables: { a: 'own', b: 'more' },
  })
  expect(loaded.positionOf(['builds', 3, 'id'])).toMatchObject({ file: '.goreleaser.yaml', line: 6, column: 9 })
  expect(loaded.positionOf(['builds', 1, 'id'])).toMatchObject({ file: 'ci/deep.yaml', line: 2, column: 16 })
  expect(lines(loaded)).toEqual([
    '.goreleaser.yaml:7:5+6 error unknown-key: unknown key `ldflag` in `builds[0]` → did you mean `ldflags`?',
    'ci/deep.yaml:2:22+4 error unknown-key: unknown key `nope` in `builds[0]` → delete it, or look it up in docs/config.md',
  ])
})

test('texts from a file', async () => {
  const loaded = await readFiles({
    '.goreleaser.yaml':
      'version: 2\nrelease:\n  header: { from_file: { path: docs/head.md } }\n  footer: { from_url: { url: https://example.com } }\nmetadata: { full_description: { from_file: { path: ../x } } }\n',
    'docs/head.md': '# {{ .Tag }}\n',
  })
  expect(loaded.config.release).toEqual({ header: '# {{ .Tag }}\n', footer: '' })
  expect(lines(loaded)).toEqual([
    '.goreleaser.yaml:4:3+6 error bad-include: `https://example.com` is not read here → save the file in the project, and use `from_file`',
    '.goreleaser.yaml:5:13+16 error bad-include: `../x` can’t be read → save the text in the project, and write `from_file: { path: … }`',
  ])
})

test('includes that can’t be had', async () => {
  const loaded = await readFiles({
    '.goreleaser.yaml':
      'version: 2\nincludes:\n  - from_file: { path: ../x.yaml }\n  - from_file: { path: nope.yaml }\n  - from_url: { url: https://example.com/a.yaml }\n  - from_file: { path: a.yaml }\n  - {}\n',
    'a.yaml': 'includes: [{ from_file: { path: ./b.yaml } }]\n',
    'b.yaml': 'includes: [{ from_file: { path: a.yaml } }, { from_file: { path: .goreleaser.yaml } }]\n',
  })
  expect(lines(loaded)).toEqual([
    '.goreleaser.yaml:3:5+30 error bad-include: `../x.yaml` lies outside of the project → copy it into the project',
    '.goreleaser.yaml:4:5+30 error bad-include: `nope.yaml` can’t be read → give its path from the root of the project',
    '.goreleaser.yaml:5:5+45 error bad-include: `https://example.com/a.yaml` is not read here → save the file in the project, and use `from_file`',
    '.goreleaser.yaml:7:5+2 error bad-include: the include names no file → write `from_file: { path: … }`',
    'b.yaml:1:12+31 error bad-include: `a.yaml` includes itself → take one of the includes out',
    'b.yaml:1:45+41 error bad-include: `.goreleaser.yaml` includes itself → take one of the includes out',
  ])
})

test('a link out of the project is no way out', async () => {
  await using folder = await tempFolder('config')
  await using elsewhere = await tempFolder('elsewhere')
  await writeFile(join(elsewhere.path, 'secret.yaml'), 'project_name: secret\n')
  await symlink(elsewhere.path, join(folder.path, 'ci'))
  await writeFile(
    join(folder.path, '.goreleaser.yaml'),
    'version: 2\nincludes: [{ from_file: { path: ci/secret.yaml } }]\n',
  )
  const loaded = await readConfig(folder.path)
  expect(loaded.config.project_name).toBeUndefined()
  expect(lines(loaded)).toEqual([
    '.goreleaser.yaml:2:12+39 error bad-include: `ci/secret.yaml` lies outside of the project → copy it into the project',
  ])
})

test('configs that include one another without end', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [
      index === 0 ? '.goreleaser.yaml' : `c${index}.yaml`,
      `${index === 0 ? 'version: 2\n' : ''}includes: [{ from_file: { path: c${index + 1}.yaml } }]\n`,
    ]),
  )
  expect(lines(await readFiles(files))).toEqual([
    'c20.yaml:1:12+33 error bad-include: more than 20 configs include one another → include fewer',
  ])
})
