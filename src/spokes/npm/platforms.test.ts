import * as fc from 'fast-check'
import { validRange } from 'semver'
import { describe, expect, test } from 'vitest'
import { distTagOf, movesForward, tagProblem } from './dist-tags.ts'
import type { Candidate } from '../shared/program-entry.ts'
import { nodePlatform, selectPlatforms } from './platforms.ts'
import { platform } from './testing.ts'

const candidate = (goos: string, goarch: string, more: Partial<Candidate> & { variant?: object } = {}): Candidate => ({
  artifact: `${goos}_${goarch}.tar.gz`,
  format: 'tar.gz',
  programs: ['hello'],
  platform: platform(goos, goarch, more.variant),
  ...more,
})
const packages = (candidates: Candidate[]): string[] =>
  selectPlatforms(candidates).platforms.map(
    (one) => `${one.word} ${one.programs.map((p) => `${p.name}@${p.artifact}`).join(' ')}`,
  )

describe('platforms', () => {
  test.each([
    ['linux', 'amd64', 'linux-x64'],
    ['windows', '386', 'win32-ia32'],
    ['darwin', 'arm64', 'darwin-arm64'],
    ['linux', 'mipsle', 'linux-mipsel'],
    ['linux', 'ppc64le', 'linux-ppc64'],
    ['aix', 'ppc64', 'aix-ppc64'],
    ['illumos', 'amd64', 'sunos-x64'],
    ['darwin', 'all', 'darwin-universal'],
  ])('%s/%s is %s to Node.js', (goos, goarch, word) => {
    expect(nodePlatform(platform(goos, goarch))).toMatchObject({ word })
  })

  test.each([
    ['plan9', 'amd64'],
    ['js', 'wasm'],
    ['linux', 'ppc64'],
    ['linux', 'mips64le'],
  ])('%s/%s has no word, and the reason is told', (goos, goarch) => {
    expect(selectPlatforms([candidate(goos, goarch)])).toEqual({
      platforms: [],
      skipped: [
        {
          target: `${goos}_${goarch}`,
          artifact: `${goos}_${goarch}.tar.gz`,
          reason: expect.stringContaining('Node.js does not run on'),
        },
      ],
    })
  })

  test('of several for one platform the one that runs on most machines is taken, the others are named', () => {
    const all = [
      candidate('linux', 'amd64', { artifact: 'v3.tar.gz', variant: { goamd64: 'v3' } }),
      candidate('linux', 'amd64', { artifact: 'v1.zip', format: 'zip', variant: { goamd64: 'v1' } }),
      candidate('linux', 'amd64', { artifact: 'v1.tar.gz', variant: { goamd64: 'v1' } }),
      candidate('linux', 'arm', { artifact: 'arm7.tar.gz', variant: { goarm: '7' } }),
      candidate('linux', 'arm', { artifact: 'arm6.tar.gz', variant: { goarm: '6' } }),
    ]
    expect(packages(all)).toEqual(['linux-arm hello@arm6.tar.gz', 'linux-x64 hello@v1.tar.gz'])
    expect(selectPlatforms(all).skipped.map((one) => one.artifact)).toEqual(['arm7.tar.gz', 'v1.zip', 'v3.tar.gz'])
  })

  test('programs of several archives come together, a universal one covers the Macs that lack', () => {
    expect(
      packages([candidate('linux', 'amd64'), candidate('linux', 'amd64', { artifact: 'b.tar.gz', programs: ['bye'] })]),
    ).toEqual(['linux-x64 bye@b.tar.gz hello@linux_amd64.tar.gz'])
    const macs = [candidate('darwin', 'all'), candidate('darwin', 'arm64')]
    expect(selectPlatforms(macs).platforms.map(({ word, cpu }) => [word, cpu])).toEqual([
      ['darwin-arm64', ['arm64']],
      ['darwin-universal', ['x64']],
    ])
    expect(packages([...macs, candidate('darwin', 'amd64')])).not.toContain('darwin-universal')
  })

  test('every artifact is packaged or named, in whatever order they come', () => {
    const one = fc.record({
      goos: fc.constantFrom('linux', 'darwin', 'windows', 'plan9', 'solaris', 'illumos'),
      goarch: fc.constantFrom('amd64', 'arm', 'arm64', 'all', 'wasm'),
      variant: fc.constantFrom({}, { goamd64: 'v1' }, { goamd64: 'v3' }, { goarm: '6' }, { goarm: '7' }),
      format: fc.constantFrom('tar.gz', 'zip', 'binary'),
      programs: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
    })
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (list, order) => {
        const all = list.map((each, index) => candidate(each.goos, each.goarch, { ...each, artifact: `${index}` }))
        const { platforms, skipped } = selectPlatforms(all)
        const used = platforms.flatMap((each) => each.programs.map((program) => program.artifact))
        expect(new Set([...used, ...skipped.map((each) => each.artifact)])).toEqual(
          new Set(all.map((each) => each.artifact)),
        )
        const keys = platforms.flatMap((each) => each.cpu.map((cpu) => `${each.os}-${cpu}`))
        expect(new Set(keys).size).toBe(keys.length)
        const shuffled = all.map((each) => ({ each, at: order.next().value as number })).sort((a, b) => a.at - b.at)
        expect(selectPlatforms(shuffled.map(({ each }) => each))).toEqual({ platforms, skipped })
      }),
    )
  })
})

describe('dist-tags', () => {
  test.each([
    ['1.2.3', 'latest'],
    ['1.2.3-beta.1', 'beta'],
    ['1.2.3-rc1', 'rc1'],
    ['1.2.3-1', 'next'],
    ['1.2.3-x.1', 'next'],
    ['1.2.3-latest.1', 'next'],
  ])('%s goes under %s', (version, tag) => expect(distTagOf(version)).toBe(tag))

  test.each(['1.2', 'v1', 'x', '*', '^2', '>=1', '1.2.3', 'tagonce-incoming', '', 'a b', 'a/b'])(
    '%j is refused',
    (tag) => {
      expect(tagProblem(tag)).toBeTypeOf('string')
    },
  )

  test('what is chosen is never a range', () => {
    const part = fc.stringMatching(/^(0|[1-9]\d{0,3}|[0-9a-zA-Z-]*[a-zA-Z-][0-9a-zA-Z-]*)$/)
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), (parts) => {
        expect(validRange(distTagOf(`1.2.3-${parts.join('.')}`), { loose: true })).toBeNull()
      }),
    )
  })

  test('a pointer moves forward only', () => {
    expect(movesForward('1.2.3', undefined)).toBe(true)
    expect(movesForward('1.10.0', '1.9.9')).toBe(true)
    expect(movesForward('2.0.0', '2.0.1')).toBe(false)
    expect(movesForward('2.0.0-rc.1', '2.0.0')).toBe(false)
    expect(movesForward('2.0.0', '2.0.0')).toBe(false)
  })
})
