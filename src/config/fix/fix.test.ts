import { readFile } from 'node:fs/promises'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { lines, readFiles } from '../testing/read.ts'
import { fixConfig } from './fix.ts'

const cases: Record<string, [before: string, after: string]> = {
  'a value becomes a list; comments and quotes stay': [
    'version: 2\n# top\narchives:\n  - format: "zip" # small\n    # above\n    builds: # why\n      - a\n',
    'version: 2\n# top\narchives:\n  - formats: ["zip"] # small\n    # above\n    ids: # why\n      - a\n',
  ],
  'a value is added to the list that is there': [
    'version: 2\narchives:\n  - format: zip\n    formats: [tar.gz]\n  - formats:\n      - tar.gz # a\n    format: zip # b\n    id: x\n',
    'version: 2\narchives:\n  - formats: [tar.gz, zip]\n  - formats:\n      - tar.gz # a\n      - zip\n    id: x\n',
  ],
  'one that wins takes the place of the other': [
    'version: 2\nsnapshot:\n  version_template: new\n  name_template: old # kept\n',
    'version: 2\nsnapshot:\n  version_template: old # kept\n',
  ],
  'a key that does nothing goes': [
    'version: 2\nhomebrew_casks:\n  - conflicts:\n      - cask: a\n        formula: b\n      - formula: c\n',
    'version: 2\nhomebrew_casks:\n  - conflicts:\n      - cask: a\n      - {}\n',
  ],
  'flow style': [
    'version: 2\narchives: [{ format: zip, rlcp: true }, { builds: a, id: b }, {rlcp: true}]\n',
    'version: 2\narchives: [{ formats: [zip] }, { builds: a, id: b }, {}]\n',
  ],
  'version 1': [
    '# mine\nproject_name: a\nbuild:\n  # the program\n  main: ./cmd\n\n  ldflags:\n    - -s\n    - |\n      -w\nbrews:\n  - tap:\n      owner: a\n      name: b\n    folder: Formula # here\n',
    '# mine\nversion: 2\nproject_name: a\nbuilds:\n  # the program\n  - main: ./cmd\n\n    ldflags:\n      - -s\n      - |\n        -w\nbrews:\n  - repository:\n      owner: a\n      name: b\n    directory: Formula # here\n',
  ],
  'version 1, said so': [
    'version: 1 # old\nchangelog: { skip: true }\n',
    'version: 2 # old\nchangelog: { disable: true }\n',
  ],
  'replacements become a name': [
    'version: 2\narchives:\n  - name_template: "{{ .Os }}"\n    replacements:\n      linux: Linux\n    id: a\n',
    'version: 2\narchives:\n  - name_template: "{{ if eq .Os \\"linux\\" }}Linux{{ else }}{{ .Os }}{{ end }}"\n    id: a\n',
  ],
  'a value that brackets would change is quoted': [
    'version: 2\nhomebrew_casks:\n  - binary: a,b\n    manpage: man/{{ .ProjectName }}.1\n',
    'version: 2\nhomebrew_casks:\n  - binaries: ["a,b"]\n    manpages: ["man/{{ .ProjectName }}.1"]\n',
  ],
  'an anchor is mended where it stands': [
    'version: 2\narchives:\n  - &a\n    id: a\n    format: zip\n  - <<: *a\n    id: b\n',
    'version: 2\narchives:\n  - &a\n    id: a\n    formats: [zip]\n  - <<: *a\n    id: b\n',
  ],
  'what needs a decision is left': [
    'version: 2\nbrews:\n  - name: a\ndockers:\n  - image_templates: [a]\n    retry: { attempts: 3 }\n',
    'version: 2\nbrews:\n  - name: a\ndockers:\n  - image_templates: [a]\n    retry: { attempts: 3 }\n',
  ],
  'Windows line ends and a byte order mark': [
    '\uFEFF# a\r\nbuild:\r\n  main: x\r\n  env:\r\n    - A=1\r\n',
    '\uFEFF# a\r\nversion: 2\r\nbuilds:\r\n  - main: x\r\n    env:\r\n      - A=1\r\n',
  ],
  'what is no YAML is left': ['builds: [\n', 'builds: [\n'],
}

describe('check --fix', () => {
  test.each(Object.entries(cases))('%s', (_, [before, after]) => {
    expect(fixConfig(before).text).toBe(after)
    expect(fixConfig(after)).toEqual({ text: after, done: [] })
  })

  test('the config of the deployment plan: what can be mended is', async () => {
    const text = await readFile(new URL('../testdata/deployment-plan.yaml', import.meta.url), 'utf8')
    const fixed = fixConfig(text)
    expect(fixed.done).toEqual([
      '`archives[0].format`: write `formats: [tar.gz]`',
      '`archives[0].format_overrides[0].format`: write `formats: [zip]`',
      '`version: 2`',
    ])
    const left = lines(await readFiles(fixed.text)).map((line) => line.split(' ')[2])
    expect(left).toEqual(['deprecated:', 'missing-key:', 'phased-out:'])
  })

  test('nothing old is left, and the meaning is the same, whatever is mixed', async () => {
    const entry = fc.record(
      {
        id: fc.constantFrom('a', 'b'),
        format: fc.constantFrom('zip', 'tar.gz'),
        formats: fc.subarray(['zip', 'tar.gz', 'binary']),
        builds: fc.subarray(['one', 'two']),
        ids: fc.subarray(['three']),
        rlcp: fc.boolean(),
        strip_parent_binary_folder: fc.boolean(),
        replacements: fc.constant({ linux: 'Linux', amd64: 'x' }),
      },
      { requiredKeys: [] },
    )
    const style = fc.constantFrom('block' as const, 'flow' as const)
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 3 }), style, async (archives, collectionStyle) => {
        const before = stringify(
          { version: 1, project_name: 'x', archives },
          { collectionStyle, aliasDuplicateObjects: false },
        )
        const [old, fixed] = await Promise.all([readFiles(before), readFiles(fixConfig(before).text)])
        expect({ ...fixed.config, version: 1 }).toEqual(old.config)
        expect(fixed.diagnostics.map(({ code }) => code)).not.toContain('deprecated')
        expect(fixed.config.version).toBe(collectionStyle === 'block' ? 2 : 1)
      }),
      { numRuns: 150 },
    )
  })
})
