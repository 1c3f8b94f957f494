import type { Platform, VariantKey } from '../core/platform.ts'
import { FIRST_CLASS, VALID_GOARCH, VALID_GOOS, VALID_PAIRS, VALID_VARIANTS } from './target-lists.ts'

/** The keys of a build entry that choose its targets. */
export interface TargetKeys {
  goos?: string[] | undefined
  goarch?: string[] | undefined
  goamd64?: string[] | undefined
  go386?: string[] | undefined
  goarm?: string[] | undefined
  goarm64?: string[] | undefined
  gomips?: string[] | undefined
  goppc64?: string[] | undefined
  goriscv64?: string[] | undefined
  targets?: string[] | undefined
  ignore?: Partial<Record<'goos' | 'goarch' | VariantKey, string>>[] | undefined
}

/** A key whose value is not one of Go's. */
export interface TargetProblem {
  key: 'goos' | 'goarch' | 'targets' | VariantKey
  value: string
  /** What would be valid. */
  valid: readonly string[]
}

const DEFAULTS: Record<VariantKey, string> = {
  goamd64: 'v1',
  go386: 'sse2',
  goarm: '6',
  goarm64: 'v8.0',
  gomips: 'hardfloat',
  goppc64: 'power8',
  goriscv64: 'rva20u64',
}

const VARIANT_OF: Record<string, VariantKey> = {
  amd64: 'goamd64',
  '386': 'go386',
  arm: 'goarm',
  arm64: 'goarm64',
  mips: 'gomips',
  mipsle: 'gomips',
  mips64: 'gomips',
  mips64le: 'gomips',
  ppc64: 'goppc64',
  ppc64le: 'goppc64',
  riscv64: 'goriscv64',
}

/** Architectures whose variant stands in the target's name only: GoReleaser leaves it out of templates and `artifacts.json`. */
const NAME_ONLY = new Set(['ppc64le', 'riscv64'])

/**
 * The target with the variant that Go takes by itself.
 * @example fixTarget('linux_amd64') // 'linux_amd64_v1'
 */
export function fixTarget(target: string): string {
  const parts = target.split('_')
  const key = VARIANT_OF[parts[1] ?? '']
  return parts.length === 2 && key !== undefined ? `${target}_${DEFAULTS[key]}` : target
}

/**
 * A target's name as a platform.
 * @example parseTarget('linux_arm_7') // { goos: 'linux', goarch: 'arm', goarm: '7', target: 'linux_arm_7' }
 */
export function parseTarget(name: string): Platform {
  const target = fixTarget(name)
  const [goos = '', goarch = '', ...rest] = target.split('_')
  const key = VARIANT_OF[goarch]
  const variant = rest.join('_')
  if (key === undefined || variant === '' || NAME_ONLY.has(goarch)) return { goos, goarch, target }
  return { goos, goarch, [key]: variant, target }
}

/**
 * The variables that tell the compiler its target; those that don't apply are empty, so nothing of the machine gets in.
 * @example targetEnv(parseTarget('linux_arm_7')) // ['GOOS=linux', 'GOARCH=arm', 'GOAMD64=', …, 'GOARM=7', …]
 */
export function targetEnv(platform: Platform): string[] {
  const key = VARIANT_OF[platform.goarch]
  const named = platform.target.split('_').slice(2).join('_')
  // Those that GoReleaser leaves out it does not tell the compiler either; that is the same for the default only.
  const silent = NAME_ONLY.has(platform.goarch) && key !== undefined && named === DEFAULTS[key]
  const variant = silent ? '' : named
  const of = (one: VariantKey): string => (one === key ? variant : '')
  return [
    `GOOS=${platform.goos}`,
    `GOARCH=${platform.goarch}`,
    `GOAMD64=${of('goamd64')}`,
    `GO386=${of('go386')}`,
    `GOARM=${of('goarm')}`,
    `GOARM64=${of('goarm64')}`,
    `GOMIPS=${of('gomips')}`,
    `GOMIPS64=${of('gomips')}`,
    `GOPPC64=${of('goppc64')}`,
    `GORISCV64=${of('goriscv64')}`,
  ]
}

/**
 * All targets of a Go build, sorted by name: goos × goarch × variants, without pairs that Go can't build and those ignored;
 * or `targets`, which replaces all of these.
 * @example goTargets({ goos: ['linux'], goarch: ['amd64', 'arm64'] }, (problem) => …) // linux_amd64_v1, linux_arm64_v8.0
 */
export function goTargets(keys: TargetKeys, problem: (problem: TargetProblem) => void): Platform[] {
  const names = (keys.targets ?? []).length > 0 ? listed(keys.targets ?? [], problem) : crossed(keys, problem)
  return [...new Set(names)].toSorted().map((name) => parseTarget(name))
}

function listed(targets: string[], problem: (problem: TargetProblem) => void): string[] {
  const names = targets.flatMap((one) =>
    one === 'go_first_class' || one === 'go_118_first_class' ? FIRST_CLASS : [one],
  )
  return names
    .filter((name) => {
      const [goos = '', goarch = ''] = name.split('_')
      if (goos !== '' && goarch !== '') return true
      problem({ key: 'targets', value: name, valid: FIRST_CLASS })
      return false
    })
    .map((name) => fixTarget(name))
}

function crossed(keys: TargetKeys, problem: (problem: TargetProblem) => void): string[] {
  const or = (list: string[] | undefined, standard: string[]): string[] =>
    (list ?? []).length > 0 ? (list ?? []) : standard
  const checked = (key: TargetProblem['key'], values: string[], valid: readonly string[], fits?: RegExp): string[] =>
    values.filter((value) => {
      const right = fits === undefined ? valid.includes(value) : fits.test(value)
      if (!right) problem({ key, value, valid })
      return right
    })
  const systems = checked('goos', or(keys.goos, ['linux', 'darwin', 'windows']), VALID_GOOS)
  const arches = checked('goarch', or(keys.goarch, ['amd64', 'arm64', '386']), VALID_GOARCH)
  const variants = new Map<VariantKey, string[]>()
  for (const arch of arches) {
    const key = VARIANT_OF[arch]
    if (key === undefined || variants.has(key)) continue
    const { values, fits } = VALID_VARIANTS[key]
    variants.set(key, checked(key, or(keys[key], [DEFAULTS[key]]), values, fits))
  }
  const names: string[] = []
  for (const goos of systems) {
    for (const goarch of arches) {
      if (!VALID_PAIRS.has(`${goos}/${goarch}`)) continue
      const key = VARIANT_OF[goarch]
      for (const variant of key === undefined ? [''] : (variants.get(key) ?? [])) {
        const facts: Record<string, string> = { goos, goarch, ...(key === undefined ? {} : { [key]: variant }) }
        if (!isIgnored(keys.ignore ?? [], facts))
          names.push([goos, goarch, variant].filter((one) => one !== '').join('_'))
      }
    }
  }
  return names
}

function isIgnored(rules: NonNullable<TargetKeys['ignore']>, facts: Record<string, string>): boolean {
  return rules.some((rule) => Object.entries(rule).every(([key, value]) => value === '' || facts[key] === value))
}
