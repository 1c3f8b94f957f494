import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { TagonceError } from '../core/errors.ts'
import { assetAddress, releaseAddress } from './address.ts'
import { decideLatest } from './latest.ts'
import { checkFiles, storedName } from './names.ts'
import { mergeNotes } from './notes.ts'
import { HUB } from './testing.ts'

const file = { name: 'a.zip', path: '/a.zip', size: 1, sha256: '', contentType: '' }

test.each([
  ['hello_1.0.0_linux_amd64.tar.gz', 'hello_1.0.0_linux_amd64.tar.gz'],
  ['a+b@c-d_e.f', 'a+b@c-d_e.f'],
  ['Setup (1).exe', 'Setup.1.exe'],
  ['a ~b', 'a.b'],
])('GitHub stores %s as %s', (name, stored) => {
  expect(storedName(name)).toBe(stored)
})

test('a stored name is stored as it is', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      expect(storedName(storedName(name))).toBe(storedName(name))
    }),
  )
})

function problemsOf(work: () => void): string[] {
  try {
    work()
    return []
  } catch (error) {
    return error instanceof TagonceError ? error.diagnostics.map((one) => one.message) : [String(error)]
  }
}

test('names that GitHub would change, empty, huge and double files are all told at once', () => {
  const bad = [
    { ...file, name: 'a b.zip' },
    { ...file, name: '.hidden' },
    { ...file, name: 'empty', size: 0 },
    { ...file, name: 'huge', size: 2 ** 31 + 1 },
    file,
    file,
  ]
  expect(problemsOf(() => checkFiles(bad))).toEqual([
    'a b.zip: GitHub would store as a.b.zip, and every address of it would be dead',
    '.hidden: GitHub would rename, and every address of it would be dead',
    'empty is empty; GitHub takes no empty file',
    "huge is larger than 2 GiB, GitHub's limit",
    'two files are named a.zip',
  ])
  expect(() => checkFiles(Array.from({ length: 1001 }, (_, n) => ({ ...file, name: `f${n}` })))).toThrow(
    'holds 1000 files',
  )
  expect(() => checkFiles([{ ...file, size: 2 ** 31 }])).not.toThrow()
})

// GoReleaser v2.16.0, internal/client/github.go: `…/releases/download/{{ urlPathEscape .Tag }}/{{ .ArtifactName }}`.
test.each([
  ['v1.0.0', 'a.zip', 'https://github.com/acme/hello/releases/download/v1.0.0/a.zip'],
  ['app/v1.0.0', 'a.zip', 'https://github.com/acme/hello/releases/download/app%2Fv1.0.0/a.zip'],
  ['v1.0.0+b(1)', 'a+b@c.zip', 'https://github.com/acme/hello/releases/download/v1.0.0+b%281%29/a+b@c.zip'],
])('the address of %s %s', (tag, name, address) => {
  expect(assetAddress(HUB, tag, name)).toBe(address)
  expect(releaseAddress(HUB, 'v1.0.0')).toBe('https://github.com/acme/hello/releases/tag/v1.0.0')
})

test.each([
  ['keep-existing', '', 'ours', 'ours'],
  ['keep-existing', 'theirs', 'ours', 'theirs'],
  ['append', 'theirs', 'ours', 'theirs\n\nours'],
  ['prepend', 'theirs', 'ours', 'ours\n\ntheirs'],
  ['replace', 'theirs', 'ours', 'ours'],
  ['append', 'theirs\r\n\r\nours', 'ours', 'theirs\r\n\r\nours'],
] as const)('notes, %s: %j and %j', (mode, existing, body, merged) => {
  expect(mergeNotes(existing, { mode, body })).toBe(merged)
})

test('notes are never longer than GitHub takes, are whole characters, and a second run changes nothing', () => {
  const modes = fc.constantFrom('keep-existing' as const, 'append' as const, 'prepend' as const, 'replace' as const)
  const texts = fc
    .tuple(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 40_000 }))
    .map(([text, n]) => text.repeat(n))
  fc.assert(
    fc.property(modes, fc.string(), texts, (mode, existing, body) => {
      const once = mergeNotes(existing, { mode, body })
      expect(once.length).toBeLessThanOrEqual(125_000)
      expect(once.isWellFormed()).toBe(true)
      // Not toBe: a failure would print both.
      expect(mergeNotes(once, { mode, body }) === once).toBe(true)
    }),
    { numRuns: 50 },
  )
  expect(mergeNotes('', { mode: 'replace', body: 'x'.repeat(125_001) })).toContain('(cut here')
})

const stable = (tag: string): { tag: string; draft: boolean; prerelease: boolean } => ({
  tag,
  draft: false,
  prerelease: false,
})

test.each([
  ['v2.0.0', [], 'true'],
  ['v2.0.0', [stable('v1.9.0'), stable('v2.0.0')], 'true'],
  ['v2.0.0', [stable('v2.0.1')], 'false'],
  [
    'v2.0.0',
    [{ ...stable('v2.0.1'), draft: true }, { ...stable('v2.1.0'), prerelease: true }, stable('v3.0.0-rc.1')],
    'true',
  ],
  ['v1.10.0', [stable('v1.9.0')], 'true'],
  ['v2.0.0-rc.1', [], 'false'],
  ['nightly', [], 'false'],
  ['app/v1.0.0', [stable('lib/v9.0.0')], 'true'],
  ['app/v1.0.0', [stable('app/v1.0.1')], 'false'],
] as const)('%s beside %j becomes Latest: %s', (tag, published, latest) => {
  expect(decideLatest({ tag, prerelease: false, makeLatest: 'auto' }, [...published])).toBe(latest)
})

test('a pre-release is never Latest; otherwise what is told by name holds', () => {
  expect(decideLatest({ tag: 'v1.0.0', prerelease: true, makeLatest: 'true' }, [])).toBe('false')
  expect(decideLatest({ tag: 'v1.0.0', prerelease: false, makeLatest: 'true' }, [stable('v2.0.0')])).toBe('true')
  expect(decideLatest({ tag: 'v1.0.0', prerelease: false, makeLatest: 'false' }, [])).toBe('false')
})
