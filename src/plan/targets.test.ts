import { describe, expect, it } from 'vitest'
import { fixTarget, goTargets, parseTarget, type TargetKeys, targetEnv, type TargetProblem } from './targets.ts'

const names = (keys: TargetKeys): string[] => goTargets(keys, () => {}).map((one) => one.target)

describe('goTargets', () => {
  it('has the defaults of GoReleaser, without the pairs that Go lacks', () => {
    expect(names({})).toEqual([
      'darwin_amd64_v1',
      'darwin_arm64_v8.0',
      'linux_386_sse2',
      'linux_amd64_v1',
      'linux_arm64_v8.0',
      'windows_386_sse2',
      'windows_amd64_v1',
      'windows_arm64_v8.0',
    ])
  })

  it('crosses variants', () => {
    expect(
      names({
        goos: ['linux'],
        goarch: ['amd64', 'arm', 'arm64', '386', 'mips64le', 'ppc64le', 'riscv64', 's390x'],
        goamd64: ['v1', 'v3'],
        goarm: ['6', '7'],
        goarm64: ['v9.0,lse'],
        gomips: ['softfloat'],
        goppc64: ['power9'],
      }),
    ).toEqual([
      'linux_386_sse2',
      'linux_amd64_v1',
      'linux_amd64_v3',
      'linux_arm64_v9.0,lse',
      'linux_arm_6',
      'linux_arm_7',
      'linux_mips64le_softfloat',
      'linux_ppc64le_power9',
      'linux_riscv64_rva20u64',
      'linux_s390x',
    ])
  })

  it('ignores only where every named key fits', () => {
    const ignore = [{ goos: 'darwin', goarch: 'amd64' }, { goarch: 'arm', goarm: '6' }, { goos: 'windows' }]
    const keys = { goos: ['darwin', 'linux', 'windows'], goarch: ['amd64', 'arm'], goarm: ['6', '7'], ignore }
    expect(names(keys)).toEqual(['linux_amd64_v1', 'linux_arm_7'])
  })

  it('lets `targets` replace the rest', () => {
    expect(names({ targets: ['linux_arm_7', 'linux_amd64', 'linux_amd64_v1', 'js_wasm'], goos: ['darwin'] })).toEqual([
      'js_wasm',
      'linux_amd64_v1',
      'linux_arm_7',
    ])
    expect(names({ targets: ['go_first_class'] })).toHaveLength(8)
  })

  it('tells every value that is not one of Go', () => {
    const problems: TargetProblem[] = []
    const keys = { goos: ['linux', 'macos'], goarch: ['amd64', 'x86_64'], goamd64: ['v9'] }
    expect(goTargets(keys, (one) => problems.push(one))).toEqual([])
    expect(problems.map((one) => [one.key, one.value])).toEqual([
      ['goos', 'macos'],
      ['goarch', 'x86_64'],
      ['goamd64', 'v9'],
    ])
  })
})

it('fixTarget leaves what is whole', () => {
  expect(['linux_arm', 'linux_arm_7', 'js_wasm', 'linux_s390x', 'aix_ppc64'].map((one) => fixTarget(one))).toEqual([
    'linux_arm_6',
    'linux_arm_7',
    'js_wasm',
    'linux_s390x',
    'aix_ppc64_power8',
  ])
})

it('targetEnv clears what does not apply', () => {
  expect(targetEnv(parseTarget('linux_mips_softfloat')).filter((one) => !one.endsWith('='))).toEqual([
    'GOOS=linux',
    'GOARCH=mips',
    'GOMIPS=softfloat',
    'GOMIPS64=softfloat',
  ])
  expect(targetEnv(parseTarget('linux_riscv64_rva22u64'))).toContain('GORISCV64=rva22u64')
  expect(targetEnv(parseTarget('linux_riscv64'))).toContain('GORISCV64=')
  expect(parseTarget('linux_ppc64le_power9')).toEqual({
    goos: 'linux',
    goarch: 'ppc64le',
    target: 'linux_ppc64le_power9',
  })
})
