import { describe, expect, it } from 'vitest'
import { checked } from '../shared/testing/units.ts'
import { judgeChannel, movesForward, wholeChannel } from './channel.ts'
import { snap } from './index.ts'

const RIGHT = { summary: 'Says hello', description: 'More', base: 'core24', license: 'MIT', publish: true }

const codes = (more: object, version = '1.2.3'): string[] =>
  checked(snap, { snapcrafts: [{ ...RIGHT, ...more }] }, { version }).map((one) => one.code)

describe('what the store refuses is said before anything is built', () => {
  it.each([
    [{}, []],
    [{ apps: { hello: {} } }, []],
    [{ apps: { hi: { command: 'hello --from' } } }, []],
    [{ apps: { hi: {} } }, ['snap-command']],
    [
      { apps: { hi: { command: 'bin/hi' } }, extra_files: [{ source: 'hi.sh', destination: 'bin/hi', mode: 0o755 }] },
      [],
    ],
    [{ extra_files: [{ source: 'a', destination: '../a' }] }, ['snap-file']],
    [{ extra_files: [{ source: 'a', destination: '/a' }] }, ['snap-file']],
    [{ extra_files: [{ source: 'a', destination: 'meta/hooks/configure' }] }, ['snap-hook']],
    [{ name: 'two--hyphens' }, ['snap-name']],
    [{ name: 'x'.repeat(41) }, ['snap-name']],
    [{ summary: 'two\nlines' }, ['snap-summary']],
    [{ license: 'mine' }, ['snap-license']],
    [{ confinement: 'loose' }, ['snap-confinement']],
    [{ confinement: 'devmode' }, ['snap-channel']],
    [{ base: '' }, ['snap-base']],
  ])('%j: %j', (more, wanted) => expect(codes(more)).toEqual(wanted))

  it.each([
    ['1.2.3-test', []],
    ['1.2.3+build', []],
    [`1.2.3-${'x'.repeat(27)}`, ['snap-version']],
    ['1.2.3_4', ['snap-version']],
  ])('version %s: %j', (version, wanted) => expect(codes({}, version)).toEqual(wanted))
})

it.each([
  ['edge', 'latest/edge'],
  ['edge/fix', 'latest/edge/fix'],
  ['2.0/stable', '2.0/stable'],
  ['latest/stable', 'latest/stable'],
])('%s is %s', (channel, whole) => expect(wholeChannel(channel)).toBe(whole))

it.each([
  ['2.0.1', '2.0.0', true],
  ['2.0.0', '2.0.1', false],
  ['2.0.0', '2.0.0-rc.1', true],
  ['2.0.0-rc.1', '2.0.0', false],
  ['2.0.0', undefined, true],
  ['2.0.0', 'git-4711', true],
])('to %s from %s: %s', (version, current, forward) => expect(movesForward(version, current)).toBe(forward))

it('judges each architecture by itself', () => {
  const held = new Map([
    ['amd64', { version: '2.0.1', revision: 3 }],
    ['arm64', { version: '1.9.0', revision: 2 }],
  ])
  expect(judgeChannel(['amd64', 'arm64', 'armhf'], '2.0.0', held)).toEqual({
    move: ['arm64', 'armhf'],
    newer: ['amd64'],
  })
})
