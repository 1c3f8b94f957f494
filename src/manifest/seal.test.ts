import { homedir, hostname, tmpdir, userInfo } from 'node:os'
import { assert, constantFrom, integer, nat, property, record, shuffledSubarray, uniqueArray } from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Artifact } from '../core/artifact.ts'
import { TagonceError } from '../core/errors.ts'
import { keepSecret } from '../core/secrets.ts'
import type { Plan } from '../plan/plan.ts'
import { planOf } from '../plan/test-plan.ts'
import { mergeFragments } from './fragments.ts'
import { readManifest } from './read.ts'
import { manifestText, seal } from './seal.ts'
import { sampleArtifact, sealInput } from './testing.ts'

let plan: Plan
beforeAll(async () => {
  plan = await planOf('version: 2\nproject_name: hello\nrelease: { github: { owner: ann, name: hello } }\n')
})

test('the text of a small release', () => {
  const files = [{ artifacts: [sampleArtifact('hello.txt', { kind: 'file', binaries: [] })] }]
  expect(manifestText(seal(sealInput(plan, { fragments: files })))).toMatchInlineSnapshot(`
    "{
      "$schema": "https://unpkg.com/tagonce/schema/manifest-1.json",
      "schema": 1,
      "project": "hello",
      "tag": "v1.2.3",
      "version": "1.2.3",
      "previousTag": "v1.2.2",
      "commit": "0123456789abcdef0123456789abcdef01234567",
      "date": "2026-01-02T03:04:05Z",
      "prerelease": false,
      "tool": {
        "name": "tagonce",
        "version": "1.0.0"
      },
      "hub": {
        "kind": "github",
        "owner": "ann",
        "repo": "hello",
        "download": "https://github.com",
        "api": "https://api.github.com",
        "upload": "https://uploads.github.com"
      },
      "notes": "## Changelog\\n* new\\n",
      "artifacts": [
        {
          "name": "hello.txt",
          "kind": "file",
          "id": "default",
          "platform": {
            "goos": "linux",
            "goarch": "amd64",
            "goamd64": "v1",
            "target": "linux_amd64_v1"
          },
          "format": "tar.gz",
          "wrapDirectory": "hello_1.2.3",
          "size": 1234,
          "sha256": "abababababababababababababababababababababababababababababababab",
          "binaries": [],
          "files": [
            "LICENSE",
            "docs/a.md"
          ]
        }
      ],
      "spokes": [
        {
          "spoke": "docker",
          "entry": "hello",
          "settings": null,
          "pins": {
            "alpine:3": "sha256:0000000000000000000000000000000000000000000000000000000000000000"
          },
          "skip": "skip_push"
        },
        {
          "spoke": "npm",
          "entry": "hello",
          "settings": {
            "name": "hello",
            "tags": [
              "latest"
            ]
          },
          "pins": {}
        }
      ]
    }
    "
  `)
})

test('what is sealed is read back, and written again it has the same bytes', () => {
  const manifest = seal(sealInput(plan))
  const text = manifestText(manifest)
  expect(readManifest(text)).toEqual(manifest)
  expect(manifestText(readManifest(text))).toBe(text)
  expect(text.endsWith('}\n')).toBe(true)
  expect(manifest.artifacts.map(({ name }) => name)).toEqual(['a.tar.gz', 'b.tar.gz'])
})

test('keys in another order, and facts of this machine, have no influence on the bytes', () => {
  const text = manifestText(seal(sealInput(plan)))
  const turned = (one: Artifact): Artifact =>
    Object.fromEntries(Object.entries(one).toReversed()) as unknown as Artifact
  const local = [sampleArtifact('a.tar.gz'), sampleArtifact('b.tar.gz')].map((one) => ({
    ...turned(one),
    path: '/tmp/dist/x',
    checksumOf: '/y',
  }))
  const input = sealInput(plan)
  expect(manifestText(seal({ ...input, fragments: [{ artifacts: local }], spokes: input.spokes.toReversed() }))).toBe(
    text,
  )
})

describe('fragments', () => {
  const artifact = record({
    name: constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    size: nat(),
    digit: integer({ min: 0, max: 9 }),
  }).map(({ name, size, digit }) => sampleArtifact(`${name}.zip`, { size, sha256: String(digit).repeat(64) }))

  test('however the artifacts are dealt to machines, the merged whole is the same', () => {
    const dealt = uniqueArray(artifact, { selector: (one) => one.name }).chain((all) =>
      shuffledSubarray(all, { minLength: all.length }).map((mixed) => ({ all, mixed })),
    )
    assert(
      property(dealt, nat(7), nat(7), ({ all, mixed }, cut, again) => {
        const parts = [mixed.slice(0, cut), mixed.slice(cut), mixed.slice(again)].map((artifacts) => ({ artifacts }))
        expect(mergeFragments(parts)).toEqual(mergeFragments([{ artifacts: all }]))
        expect(mergeFragments(parts.toReversed())).toEqual(mergeFragments(parts))
      }),
    )
  })

  test('one name for two files is an error that names both digests, in either order', () => {
    const one = { artifacts: [sampleArtifact('a.zip', { sha256: '1'.repeat(64) })] }
    const two = { artifacts: [sampleArtifact('a.zip', { sha256: '2'.repeat(64) })] }
    const message = `a.zip is there with two digests: sha256:${'1'.repeat(64)} and sha256:${'2'.repeat(64)}`
    expect(() => mergeFragments([one, two])).toThrow(message)
    expect(() => mergeFragments([two, one])).toThrow(message)
    const other = { artifacts: [sampleArtifact('a.zip', { sha256: '1'.repeat(64), kind: 'file' })] }
    expect(() => mergeFragments([one, other])).toThrow('a.zip is described in two ways')
  })
})

describe('what must not be public', () => {
  test.each([
    ['notes', { notes: 'use s3cr3t-t0ken-1' }],
    [
      'spokes[0].settings.deep[1]',
      { spokes: [{ spoke: 'npm', entry: 'x', settings: { deep: ['', 's3cr3t-t0ken-1'] }, pins: {} }] },
    ],
    [
      'spokes[0].pins["s3cr3t-t0ken-1"]',
      { spokes: [{ spoke: 'npm', entry: 'x', settings: {}, pins: { 's3cr3t-t0ken-1': '' } }] },
    ],
  ])('a secret at %s is refused, and not shown', (path, more) => {
    keepSecret('s3cr3t-t0ken-1')
    const problem = caught(() => seal(sealInput(plan, more)))
    expect(problem.code).toBe('manifest')
    expect(problem.message).toBe(`tagonce.json would hold a secret at ${path.replace('s3cr3t-t0ken-1', '***')}`)
  })

  test('nothing of this machine is in a manifest: no folder, no host, no user', async () => {
    const here = await planOf('version: 2\nproject_name: hello\nrelease: { github: { owner: ann, name: hello } }\n')
    const text = manifestText(seal(sealInput(here)))
    const traces = [process.cwd(), tmpdir(), homedir(), '/root', hostname(), process.execPath].filter(
      (one) => one.length > 1,
    )
    expect(traces.filter((trace) => text.includes(trace))).toEqual([])
    expect(userInfo().username === 'ann' || !text.includes(`"${userInfo().username}"`)).toBe(true)
    // Every text that looks like an absolute path is the loader that a header names.
    const paths = [...text.matchAll(/"(\/[^"]*|[A-Za-z]:\\[^"]*)"/g)].map((match) => match[1])
    expect(new Set(paths)).toEqual(new Set(['/lib64/ld.so']))
  })
})

test.each(['../x', 'a/b', '..', '.', '', 'a\\b', 'a\0b', 'tagonce.json', 'a b', '-rf'])(
  'the name %j is refused before it is sealed',
  (name) => {
    const problem = caught(() => seal(sealInput(plan, { fragments: [{ artifacts: [sampleArtifact(name)] }] })))
    expect(problem.code).toBe('manifest')
    expect(problem.message).toContain('artifacts[0].name')
  },
)

function caught(act: () => unknown): TagonceError {
  try {
    act()
  } catch (error) {
    if (error instanceof TagonceError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
