import { expect, it } from 'vitest'
import { machine } from './context.ts'
import { partialTarget } from './partial.ts'

// What GoReleaser v2.16 takes from the environment (internal/pipe/partial).
it.each([
  [{ TARGET: 'x_y' }, 'x_y'],
  [{ GOOS: 'linux', GOARCH: 'arm', GOARM: '7' }, 'linux_arm_7'],
  [{ GOOS: 'linux', GGOOS: 'darwin', GOARCH: 'arm64' }, 'darwin_arm64'],
  [{ GOOS: 'linux', GOARCH: 'mips64le', GOMIPS64: 'softfloat', GGOARCH: 'mips64' }, 'linux_mips64_softfloat'],
  [{}, `${machine().goos}_${machine().goarch}`],
])('a Go build, %j: %s', (env, target) => expect(partialTarget([{ builder: 'go' }], env)).toBe(target))

const LINUX_ARM = { GOOS: 'linux', GOARCH: 'arm64' }
it.each([
  ['rust', LINUX_ARM, 'aarch64-unknown-linux-gnu'],
  ['zig', { GOOS: 'darwin', GOARCH: 'amd64' }, 'x86_64-macos'],
  ['bun', { GOOS: 'windows', GOARCH: 'amd64' }, 'windows-x64-modern'],
  ['deno', LINUX_ARM, 'aarch64-unknown-linux-gnu'],
  ['node', { GOOS: 'windows', GOARCH: 'arm64' }, 'win-arm64'],
  ['uv', LINUX_ARM, 'none-any'],
  ['zig', { GOOS: 'plan9', GOARCH: 'amd64' }, ''],
] as const)('a build with %s, %j: %s', (builder, env, target) => expect(partialTarget([{ builder }], env)).toBe(target))

it('lets a Go build say it for all', () => {
  expect(partialTarget([{ builder: 'zig' }, { builder: 'go' }], LINUX_ARM)).toBe('linux_arm64')
})
