import { expect, test } from 'vitest'
import { lines, readFiles } from './testing/read.ts'

// How go.yaml.in/yaml v3 and GoReleaser's own unmarshalers (pkg/config/marshaler.go) read YAML.

async function configOf(text: string): Promise<unknown> {
  const loaded = await readFiles(`version: 2\n${text}`)
  expect(lines(loaded).filter((line) => line.includes(' error '))).toEqual([])
  return { ...loaded.config, version: undefined }
}

test('a text is what is written: numbers, flags and versions keep their letters', async () => {
  expect(
    await configOf('project_name: 1.20\nbuilds: [{ id: 0777, goarm: [6, 07], binary: true, env: [A=1, ~] }]'),
  ).toEqual({
    project_name: '1.20',
    builds: [{ id: '0777', goarm: ['6', '07'], binary: 'true', env: ['A=1'] }],
  })
})

test('a list may be one text, and flags are split at white space', async () => {
  expect(
    await configOf(
      'archives: [{ formats: zip }]\nbuilds: [{ ldflags: -s -w, flags: " -v   -x ", tags: [a b], gcflags: [a, b] }]',
    ),
  ).toEqual({
    archives: [{ formats: ['zip'] }],
    builds: [{ ldflags: ['-s -w'], flags: ['-v', '-x'], tags: ['a b'], gcflags: ['a', 'b'] }],
  })
})

test('hooks, files, dependencies, pull request bases: a text or an object', async () => {
  expect(
    await configOf(
      'builds: [{ hooks: { pre: make, post: [a, { cmd: b, dir: d, env: [X=1], output: true }] } }]\n' +
        'archives: [{ files: [LICENSE, { src: "*.md", strip_parent: true, info: { mode: 0644 } }] }]\n' +
        'brews: [{ dependencies: [git, { name: x, os: mac }], repository: { pull_request: { base: main } } }]\n' +
        'release: { extra_files: [{ glob: a }] }\nbefore: { hooks: [go mod tidy] }',
    ),
  ).toEqual({
    builds: [
      { hooks: { pre: [{ cmd: 'make' }], post: [{ cmd: 'a' }, { cmd: 'b', dir: 'd', env: ['X=1'], output: true }] } },
    ],
    archives: [{ files: [{ src: 'LICENSE' }, { src: '*.md', strip_parent: true, info: { mode: 0o644 } }] }],
    brews: [
      {
        dependencies: [{ name: 'git' }, { name: 'x', os: 'mac' }],
        repository: { pull_request: { base: { branch: 'main' } } },
      },
    ],
    release: { extra_files: [{ glob: 'a' }] },
    before: { hooks: [{ cmd: 'go mod tidy' }] },
  })
})

test('flags: YAML 1.1’s words count where nothing but a flag may stand', async () => {
  expect(
    await configOf(
      'release: { draft: yes, disable: no, skip_upload: auto, make_latest: true }\nchecksum: { split: Off }',
    ),
  ).toEqual({
    release: { draft: true, disable: 'no', skip_upload: 'auto', make_latest: true },
    checksum: { split: false },
  })
})

test('octal and other numbers', async () => {
  expect(
    await configOf(
      'archives: [{ files: [{ src: a, info: { mode: 0o755 } }, { src: b, info: { mode: 420 } }, { src: c, info: { mode: 0x1ff } }] }]\nchangelog: { abbrev: -1 }',
    ),
  ).toMatchObject({
    archives: [{ files: [{ info: { mode: 0o755 } }, { info: { mode: 420 } }, { info: { mode: 511 } }] }],
    changelog: { abbrev: -1 },
  })
})

test('anchors, aliases, merge keys; what is written wins over what is merged', async () => {
  expect(
    await configOf(
      'project_name: &name hello\nbuilds:\n  - &base\n    id: one\n    binary: *name\n    env: &env [A=1]\n' +
        '  - <<: *base\n    id: two\n  - <<: [{ id: three, env: *env }, *base]\n  - id: four\n    <<: *base\n    binary: own\n',
    ),
  ).toEqual({
    project_name: 'hello',
    builds: [
      { id: 'one', binary: 'hello', env: ['A=1'] },
      { id: 'two', binary: 'hello', env: ['A=1'] },
      { id: 'three', binary: 'hello', env: ['A=1'] },
      { id: 'four', binary: 'own', env: ['A=1'] },
    ],
  })
})

test('an anchor that is set again counts from there on', async () => {
  expect(await configOf('project_name: &a one\ndist: *a\nenv: [&a X=1, *a]')).toEqual({
    project_name: 'one',
    dist: 'one',
    env: ['X=1', 'X=1'],
  })
})

test('empty keys are as if they were not there', async () => {
  expect(await configOf('builds:\narchives: ~\nrelease: null\nproject_name: ""')).toEqual({ project_name: '' })
})

test('names that JavaScript knows are plain names', async () => {
  const loaded = await readFiles('version: 2\ndockers_v2: [{ labels: { __proto__: x, constructor: y } }]')
  const labels = loaded.config.dockers_v2?.[0]?.labels ?? {}
  expect(Object.entries(labels)).toEqual([
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ])
})

test('Windows line ends and a byte order mark', async () => {
  const loaded = await readFiles('\uFEFFversion: 2\r\nproject_name: hello\r\nbuilds:\r\n  - id: a\r\n    nope: 1\r\n')
  expect(loaded.config.project_name).toBe('hello')
  expect(lines(loaded)).toEqual([
    '.goreleaser.yaml:5:5+4 error unknown-key: unknown key `nope` in `builds[0]` → delete it, or look it up in docs/config.md',
  ])
})
