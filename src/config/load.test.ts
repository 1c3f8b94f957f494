import { describe, expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { loadConfig, readConfig } from './load.ts'
import { lines, readFiles } from './testing/read.ts'

describe('where the config is looked for', () => {
  test('GoReleaser’s order, and a word about the others', async () => {
    const loaded = await readFiles({
      'goreleaser.yaml': 'version: 2',
      '.goreleaser.yml': 'version: 2\nproject_name: yml',
      '.goreleaser.yaml': 'version: 2\nproject_name: yaml',
    })
    expect(loaded.file).toBe('.goreleaser.yml')
    expect(loaded.config.project_name).toBe('yml')
    expect(lines(loaded)).toEqual([
      '.goreleaser.yaml:1:1+1 warning two-configs: `.goreleaser.yaml` is not read: `.goreleaser.yml` comes before it → delete the one that is not meant; two configs drift apart',
      'goreleaser.yaml:1:1+1 warning two-configs: `goreleaser.yaml` is not read: `.goreleaser.yml` comes before it → delete the one that is not meant; two configs drift apart',
    ])
  })

  test('.config comes first; tagonce.yaml stays at the root', async () => {
    const loaded = await readFiles({
      '.config/goreleaser.yaml': 'version: 2',
      '.goreleaser.yaml': 'version: 2',
      'tagonce.yaml': 'npms: [{ name: hello, mode: download }]',
    })
    expect(loaded.file).toBe('.config/goreleaser.yaml')
    expect(loaded.config.npms).toEqual([{ name: 'hello', mode: 'download' }])
  })

  test('none', async () => {
    await using folder = await tempFolder('config')
    await expect(readConfig(folder.path)).rejects.toMatchObject({
      code: 'config',
      message: 'there is no `.goreleaser.yaml` in this folder',
      hint: 'write one (`tagonce init` does), or name the file with `--config`',
    })
    await expect(readConfig(folder.path, { file: 'x.yaml' })).rejects.toMatchObject({
      message: 'x.yaml does not exist',
    })
    await expect(readConfig(folder.path, { file: '.' })).rejects.toMatchObject({ message: '. is a folder' })
  })

  test('empty, or comments only: read with a warning, as GoReleaser does', async () => {
    for (const text of ['', '\n\n', '# nothing\n']) {
      const loaded = await readFiles(text)
      expect(loaded.config).toEqual({})
      expect(lines(loaded)).toEqual([
        '.goreleaser.yaml:1:1+1 warning empty-config: the config is empty: everything is built by default → write at least `version: 2` and `builds`',
      ])
    }
  })

  test('loadConfig throws all errors at once', async () => {
    await using folder = await tempFolder('config')
    const { writeFile } = await import('node:fs/promises')
    await writeFile(`${folder.path}/.goreleaser.yaml`, 'version: 2\nbuilts: []\nrelease: { draft: 3 }\n')
    const error: unknown = await loadConfig(folder.path).catch((one: unknown) => one)
    expect(error).toMatchObject({ code: 'config', message: '.goreleaser.yaml has problems' })
    expect(error).toHaveProperty('diagnostics.length', 2)
  })
})

describe('tagonce.yaml', () => {
  test('npms are read from either, with their place', async () => {
    const loaded = await readFiles({
      '.goreleaser.yaml': 'version: 2',
      'tagonce.yaml': 'npms:\n  - name: "@a/hello"\n    mode: platform\naudit:\n  silence: [{ rule: x, reason: y }]\n',
    })
    expect(loaded.config.npms).toEqual([{ name: '@a/hello', mode: 'platform' }])
    expect(loaded.own.audit?.silence).toEqual([{ rule: 'x', reason: 'y' }])
    expect(loaded.positionOf(['npms', 0, 'mode'])).toEqual({ file: 'tagonce.yaml', line: 3, column: 11, length: 8 })
  })

  test('not from both', async () => {
    const loaded = await readFiles({ '.goreleaser.yaml': 'version: 2\nnpms: []', 'tagonce.yaml': 'npms: []' })
    expect(lines(loaded)).toEqual([
      'tagonce.yaml:1:1+4 error npms-twice: `npms` stands in `tagonce.yaml` and in `.goreleaser.yaml` → keep one of them',
    ])
  })

  test('its own mistakes are told in its own place', async () => {
    const loaded = await readFiles({
      '.goreleaser.yaml': 'version: 2',
      'tagonce.yaml': 'npm: []\nnpms: [{ mode: foo }]',
    })
    expect(lines(loaded)).toEqual([
      'tagonce.yaml:1:1+3 error unknown-key: unknown key `npm` at the top of the config → did you mean `npms`?',
      'tagonce.yaml:2:16+3 error bad-value: `npms[0].mode` can’t be "foo" → use one of `platform` or `download`',
    ])
  })
})

describe('what is known of a config', () => {
  test('keys that are not carried out yet are listed, never ignored', async () => {
    const loaded = await readFiles(
      'version: 2\niru: { name: a }\nwinget:\nbrews:\n  - name: a\n    repository: { token_type: github }\n',
    )
    expect(loaded.unsupported).toEqual([
      { key: 'iru', position: { file: '.goreleaser.yaml', line: 2, column: 1, length: 3 } },
      {
        key: 'brews[0].repository.token_type',
        position: { file: '.goreleaser.yaml', line: 6, column: 19, length: 10 },
      },
    ])
  })

  test('positions: of a value, through short forms and moved keys, else of what is around it', async () => {
    const loaded = await readFiles(
      'version: 2\narchives:\n  - format: zip\n    builds: [a, b]\n    files:\n      - LICENSE\nbuilds:\n  - id: a\n    hooks:\n      pre: make x\n  - id: b\n',
    )
    const at = (...path: (string | number)[]): string => {
      const where = loaded.positionOf(path)
      return `${where?.line}:${where?.column}+${where?.length}`
    }
    expect(at('archives', 0, 'formats', 0)).toBe('3:13+3')
    expect(at('archives', 0, 'ids', 1)).toBe('4:17+1')
    expect(at('archives', 0, 'files', 0, 'src')).toBe('6:9+7')
    expect(at('builds', 0, 'hooks', 'pre', 0, 'cmd')).toBe('10:12+6')
    expect(at('builds', 0, 'ldflags')).toBe('8:5+5')
    expect(at('builds')).toBe('7:1+6')
    expect(loaded.positionOf(['release'])).toBeUndefined()
  })
})
