import { describe, expect, test } from 'vitest'
import { lines, problemsOf, readFiles } from './testing/read.ts'

const cases: Record<string, [config: string, ...problems: string[]]> = {
  'an unknown key, with the one that was meant': [
    'version: 2\nbuilds:\n  - id: a\n    ldflag: -s\n',
    '4:5+6 error unknown-key: unknown key `ldflag` in `builds[0]` → did you mean `ldflags`?',
  ],
  'an unknown key at the top': [
    'version: 2\nbuilts: []\n',
    '2:1+6 error unknown-key: unknown key `builts` at the top of the config → did you mean `builds`?',
  ],
  'a key in camel case': [
    'version: 2\nprojectName: a\n',
    '2:1+11 error unknown-key: unknown key `projectName` at the top of the config → did you mean `project_name`?',
  ],
  'a key that belongs elsewhere': [
    'version: 2\narchives:\n  - gcflags: -s\n',
    '3:5+7 error unknown-key: unknown key `gcflags` in `archives[0]` → it belongs to `builds[]`',
  ],
  'a text where a list belongs': [
    'version: 2\nbuilds:\n  - goos: linux\n',
    '3:11+5 error wrong-type: `builds[0].goos` must be a list of texts, but is the text "linux" → put `- ` before each item',
  ],
  'a list where a mapping belongs': [
    'version: 2\nrelease:\n  - draft: true\n',
    '3:3+13 error wrong-type: `release` must be a mapping with keys like `github`, `gitlab` or `gitea`, but is a list',
  ],
  'a mapping where a list belongs': [
    'version: 2\nbuilds:\n  main: .\n',
    '3:3+7 error wrong-type: `builds` must be a list of mappings, but is a mapping → put `- ` before each item',
  ],
  'a mapping where a text belongs': [
    'version: 2\nproject_name: {a: b}\n',
    '2:15+6 error wrong-type: `project_name` must be a text, but is a mapping',
  ],
  'a quoted flag': [
    'version: 2\nrelease:\n  draft: "true"\n',
    '3:10+6 error wrong-type: `release.draft` must be `true` or `false`, but is the text "true" → write `true` or `false`, without quotes',
  ],
  'a number that is none': [
    'version: "2"\n',
    '1:10+3 error wrong-type: `version` must be a whole number, but is the text "2" → write it in digits, without quotes',
  ],
  'a mode in quotes': [
    'version: 2\narchives: [{ files: [{ src: a, info: { mode: "0644" } }] }]\n',
    '2:46+6 error wrong-type: `archives[0].files[0].info.mode` must be a file mode, but is the text "0644" → write it in octal, like `0644`, without quotes',
  ],
  'a duration without a unit': [
    'version: 2\nretry: { delay: 10 }\n',
    '2:17+2 error wrong-type: `retry.delay` must be a duration, but is the number 10 → write it like `90s`, `10m` or `1h30m`',
  ],
  'a value that is not among those that can be': [
    'version: 2\nchangelog: { use: githb }\n',
    '2:19+5 error bad-value: `changelog.use` can’t be "githb" → did you mean `github`? It can be `git`, `github`, `github-native`, `gitlab` or `gitea`',
  ],
  'a platform that Go does not have': [
    'version: 2\nbuilds: [{ goos: [linux, windws], goarch: [amd46] }]\n',
    '2:26+6 error bad-value: `windws` is no goos of Go → did you mean `windows`?',
    '2:44+5 error bad-value: `amd46` is no goarch of Go → did you mean `amd64`?',
  ],
  'the same id twice': [
    'version: 2\nbuilds: [{ id: a }, { id: b }, { id: a }]\n',
    '2:38+1 error duplicate-id: the id `a` is taken by `builds[0]` → give each an `id` of its own',
  ],
  'two entries without an id': [
    'version: 2\narchives:\n  - name_template: a\n  - name_template: b\n',
    '4:5+16 error duplicate-id: `archives[1]` has no id, and neither has `archives[0]`: both are `default` → give each an `id` of its own',
  ],
  'an id that nothing has': [
    'version: 2\nproject_name: p\nbuilds: [{ id: hello }]\narchives: [{ ids: [helo] }]\n',
    '4:20+4 warning unknown-id: no build has the id `helo` → did you mean `hello`?',
  ],
  'two hubs': [
    'version: 2\nrelease:\n  github: { owner: a, name: b }\n  gitlab: { owner: a, name: b }\n',
    '4:3+6 error two-hubs: `release` names 2 places: github and gitlab → keep one; the others can mirror it',
  ],
  'an environment entry without a value': [
    'version: 2\nenv: [CGO_ENABLED]\n',
    '2:7+11 error bad-env: `CGO_ENABLED` is no `KEY=value` → write the name, `=`, the value',
  ],
  'keys of Go for another builder': [
    'version: 2\nbuilds: [{ builder: rust, main: x, goos: [linux] }]\n',
    '2:33+1 error wrong-builder: the rust builder has no `main` → delete it',
    '2:36+4 error wrong-builder: the rust builder has no `goos` → use `targets`',
  ],
  'keys that say what targets says': [
    'version: 2\nbuilds: [{ targets: [linux_amd64], goos: [linux] }]\n',
    '2:36+4 warning unused-key: `builds[0].goos` counts for nothing beside `targets` → delete one of them',
  ],
  'a template that is not closed': [
    'version: 2\narchives:\n  - name_template: "{{ .ProjectName }}_{{ .Version"\n',
    '3:40+1 error template-syntax: the template of `archives[0].name_template` can’t be read: this {{ is never closed by }}',
  ],
  'a future version': [
    'version: 3\n',
    '1:10+1 error bad-version: there is no version 3 of the config → write `version: 2`',
  ],
}

describe('each mistake has one message, with its place and its mend', () => {
  test.each(Object.entries(cases))('%s', async (_, [config, ...problems]) => {
    expect(await problemsOf(config)).toEqual(problems)
  })
})

const yaml: Record<string, [config: string, ...problems: string[]]> = {
  'a tab': [
    'version: 2\nbuilds:\n\t- main: .\n',
    '3:1+1 error yaml-syntax: not valid YAML: a tab indents this line; YAML allows spaces only → replace the tab by spaces',
  ],
  'a quote that is not closed': [
    'version: 2\nproject_name: "abc\n',
    '2:19+1 error yaml-syntax: not valid YAML: a quote is not closed → close it; a quote inside is doubled, or escaped',
  ],
  'a bracket that is not closed': [
    'version: 2\nenv: [A=1\nbuilds: []\n',
    '3:1+1 error yaml-syntax: not valid YAML: a `[` or `{` above is not closed → close it before this line',
  ],
  'a line without a colon': [
    'version: 2\nbuilds\n',
    '2:1+6 error yaml-syntax: not valid YAML: this line has no `key: value` → add the missing `:`, or indent the line below its key',
  ],
  'a value with a colon': [
    'version: 2\nproject_name: a: b\n',
    '2:15+1 error yaml-syntax: not valid YAML: a key stands where a value was expected → put quotes around a value that holds `: `',
  ],
  'a duplicate key': [
    'version: 2\nenv: []\nproject_name: a\nenv: []\n',
    '4:1+3 error duplicate-key: `env` is set twice; the first is on line 2 → keep one of them',
  ],
  'an alias without an anchor': [
    'version: 2\nproject_name: *nope\n',
    '2:15+5 error yaml-alias: `*nope` names no anchor above it → put `&nope` before the value that it repeats',
  ],
  'an alias inside its own value': [
    'version: 2\nvariables: &a\n  b: *a\n',
    '3:6+2 error yaml-alias: `*a` stands inside the value it repeats → give the repeated part an anchor of its own',
  ],
  'a merge of a text': [
    'version: 2\nbuilds: [{ <<: x }]\n',
    '2:16+1 error yaml-merge: `<<` takes a mapping, or a list of mappings → merge an alias like `*name`',
  ],
  'a second document': [
    'version: 2\n---\nversion: 2\n',
    '2:1+3 warning yaml-documents: only the first YAML document of the file is read → delete the `---` and what follows it',
  ],
  'a control character': [
    'version: 2\nproject_name: "a\u0007b"\n',
    '2:17+1 error yaml-character: the control character U+0007 may not stand in YAML → delete it; most editors can show invisible characters',
  ],
  'a list at the top': [
    '- a\n',
    '1:1+3 error wrong-type: the config must be a mapping with keys like `version`, `pro` or `project_name`, but is a list',
  ],
  'a text at the top': [
    'hello\n',
    '1:1+5 error wrong-type: the config must be a mapping with keys like `version`, `pro` or `project_name`, but is the text "hello"',
  ],
}

describe('what is no YAML', () => {
  test.each(Object.entries(yaml))('%s', async (_, [config, ...problems]) => {
    expect(await problemsOf(config)).toEqual(problems)
  })

  test('invalid UTF-8: the place of the first bad byte', async () => {
    const bytes = Buffer.concat([Buffer.from('version: 2\nproject_name: "añ'), Buffer.from([0xff]), Buffer.from('"\n')])
    expect(lines(await readFiles({ '.goreleaser.yaml': bytes }))).toEqual([
      '.goreleaser.yaml:2:18+1 error not-utf8: the config is not valid UTF-8 → save the file as UTF-8',
    ])
  })
})

describe('hostile input ends soon, with one message', () => {
  test('aliases of aliases', async () => {
    const levels = Array.from({ length: 12 }, (_, level) =>
      level === 0 ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]' : `a${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}]`,
    )
    const bomb = `version: 2\nvariables:\n${levels.map((line) => `  ${line}\n`).join('')}`
    const began = performance.now()
    expect(await problemsOf(bomb)).toEqual([
      expect.stringContaining(
        'error yaml-aliases: the config is too large once its aliases are unfolded, or nested too deeply → write the values out, or use fewer aliases of aliases',
      ),
    ])
    expect(performance.now() - began).toBeLessThan(30_000)
  })

  test('merges of merges', async () => {
    const levels = Array.from({ length: 25 }, (_, level) =>
      level === 0 ? '  l0: &l0 { a: b }' : `  l${level}: &l${level} { <<: [*l${level - 1}, *l${level - 1}] }`,
    )
    expect(await problemsOf(`version: 2\nvariables:\n${levels.join('\n')}\n`)).toEqual([
      expect.stringContaining('error yaml-aliases'),
    ])
  })

  test('10 MB', async () => {
    const text = `version: 2\nenv:\n${'  - A=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n'.repeat(180_000)}`
    expect(await problemsOf(text)).toEqual([
      '1:1+1 error config-too-large: the config is 10.1 MB; at most 2 MB are read → a config is written by hand: check that this is the right file',
    ])
  })

  for (const [name, text] of Object.entries({
    brackets: `version: 2\nvariables: { a: ${'['.repeat(20_000)}${']'.repeat(20_000)} }\n`,
    braces: `version: 2\nvariables: ${'{a: '.repeat(20_000)}1${'}'.repeat(20_000)}\n`,
    dashes: `version: 2\nvariables:\n  a:\n    ${'- '.repeat(20_000)}x\n`,
  })) {
    test(`deep nesting: ${name}`, async () => {
      const problems = await problemsOf(text)
      expect(problems).toHaveLength(1)
      expect(problems[0]).toMatch(/error yaml-(depth|aliases): .*nested too deeply/)
    })
  }
})
