import type { Diagnostic } from '../../core/errors.ts'
import type { Build } from '../config.ts'
import { quoteAll } from '../messages.ts'
import { suggest } from '../suggest.ts'
import { at } from './rule.ts'
import type { Rule, RuleInput } from './rule.ts'

/** Go's operating systems and architectures (go.dev/doc/install/source#environment), and the variants of the latter. */
const VALUES: Record<string, readonly string[]> = {
  goos: [
    'aix',
    'android',
    'darwin',
    'dragonfly',
    'freebsd',
    'illumos',
    'ios',
    'js',
    'linux',
    'netbsd',
    'openbsd',
    'plan9',
    'solaris',
    'wasip1',
    'windows',
  ],
  goarch: [
    '386',
    'amd64',
    'arm',
    'arm64',
    'loong64',
    'mips',
    'mips64',
    'mips64le',
    'mipsle',
    'ppc64',
    'ppc64le',
    'riscv64',
    's390x',
    'sparc',
    'sparc64',
    'wasm',
  ],
  goamd64: ['v1', 'v2', 'v3', 'v4'],
  go386: ['sse2', 'softfloat'],
  goarm: ['5', '6', '7'],
  goarm64: [
    'v8.0',
    'v8.1',
    'v8.2',
    'v8.3',
    'v8.4',
    'v8.5',
    'v8.6',
    'v8.7',
    'v8.8',
    'v8.9',
    'v9.0',
    'v9.1',
    'v9.2',
    'v9.3',
    'v9.4',
    'v9.5',
  ],
  gomips: ['hardfloat', 'softfloat'],
  goppc64: ['power8', 'power9', 'power10'],
  goriscv64: ['rva20u64', 'rva22u64', 'rva23u64'],
}

/** Architectures that a variant is looked at for; a variant of another one is never used. */
const OF: Record<string, readonly string[]> = {
  goamd64: ['amd64'],
  go386: ['386'],
  goarm: ['arm'],
  goarm64: ['arm64'],
  gomips: ['mips', 'mipsle', 'mips64', 'mips64le'],
  goppc64: ['ppc64', 'ppc64le'],
  goriscv64: ['riscv64'],
}

const PLATFORM_KEYS = [
  'goos',
  'goarch',
  'goamd64',
  'go386',
  'goarm',
  'goarm64',
  'gomips',
  'goppc64',
  'goriscv64',
] as const

function isGo(build: Build): boolean {
  return build.builder === undefined || build.builder === '' || build.builder === 'go'
}

function hasTargets(build: Build): boolean {
  return (build.targets ?? []).length > 0
}

/** Names of platforms that Go does not have. */
export const goPlatforms: Rule = (input) =>
  (input.config.builds ?? []).flatMap((build, index) => {
    if (!isGo(build) || hasTargets(build)) return []
    const goarch = build.goarch ?? ['amd64', 'arm64', '386']
    return PLATFORM_KEYS.flatMap((key) => {
      const used = OF[key]?.some((arch) => goarch.includes(arch)) ?? true
      return used ? (build[key] ?? []).flatMap((value, item) => platformValue(input, index, key, value, item)) : []
    })
  })

function platformValue(input: RuleInput, build: number, key: string, value: string, item: number): Diagnostic[] {
  const known = VALUES[key] ?? []
  // GoReleaser takes Go's feature suffixes (`v8.0,lse`) for arm64.
  const plain = key === 'goarm64' ? (value.split(',')[0] ?? value) : value
  if (value === '' || known.includes(plain)) return []
  const near = suggest(value, known)
  const mend = near === undefined ? `it can be ${quoteAll(known)}` : `did you mean \`${near}\`?`
  return [at(input, ['builds', build, key, item], 'error', 'bad-value', `\`${value}\` is no ${key} of Go`, mend)]
}

/** `targets` says it all: the other keys would say it again, or something else. */
export const targetsAlone: Rule = (input) =>
  (input.config.builds ?? []).flatMap((build, index) => {
    if (!isGo(build) || !hasTargets(build)) return []
    const needless = [...PLATFORM_KEYS, 'ignore' as const].filter((key) => (build[key] ?? []).length > 0)
    const message = (key: string): string => `\`builds[${index}].${key}\` counts for nothing beside \`targets\``
    return needless.map((key) =>
      at(input, ['builds', index, key], 'warning', 'unused-key', message(key), 'delete one of them'),
    )
  })

/** Without an operating system and an architecture, an override matches no target. */
export const overridesNameTargets: Rule = (input) =>
  (input.config.builds ?? []).flatMap((build, index) =>
    (build.overrides ?? []).flatMap(({ goos, goarch }, item) => {
      if (!isGo(build) || (goos && goarch)) return []
      const lacks = goos ? 'goarch' : goarch ? 'goos' : 'goos` and no `goarch'
      const message = `the override has no \`${lacks}\`, so it matches no target`
      return [at(input, ['builds', index, 'overrides', item], 'warning', 'useless-override', message, 'set both')]
    }),
  )

/** Keys that only the Go builder reads; another one refuses them. */
const GO_ONLY = ['ldflags', ...PLATFORM_KEYS, 'ignore', 'buildmode', 'tags', 'asmflags', 'overrides'] as const

/** Keys that one of the other builders refuses besides. */
const REFUSED: Record<string, readonly (keyof Build)[]> = {
  rust: ['main'],
  zig: ['main'],
  uv: ['main', 'binary'],
  poetry: ['main', 'binary'],
  node: ['command', 'flags'],
}

export const otherBuilders: Rule = (input) =>
  (input.config.builds ?? []).flatMap((build, index) => {
    const { builder } = build
    if (isGo(build) || builder === undefined || builder === 'prebuilt') return []
    const python = builder === 'uv' || builder === 'poetry'
    const keys = [...GO_ONLY.filter((key) => !(python && key === 'buildmode')), ...(REFUSED[builder] ?? [])]
    const wrong = keys.filter((key) => !isUnset(build[key]))
    const mend = (key: string): string => (key.startsWith('go') || key === 'ignore' ? 'use `targets`' : 'delete it')
    return wrong.map((key) =>
      at(
        input,
        ['builds', index, key],
        'error',
        'wrong-builder',
        `the ${builder} builder has no \`${key}\``,
        mend(key),
      ),
    )
  })

function isUnset(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}

/** Python packages run everywhere: there is one target. */
export const pythonTarget: Rule = (input) =>
  (input.config.builds ?? []).flatMap((build, index) => {
    if (build.builder !== 'uv' && build.builder !== 'poetry') return []
    const others = (build.targets ?? []).filter((target) => target !== 'none-any')
    const message = `the ${build.builder} builder has one target, \`none-any\``
    return others.length === 0
      ? []
      : [at(input, ['builds', index, 'targets'], 'error', 'bad-value', message, 'delete `targets`')]
  })
