/**
 * What a binary is made for, in Go's words. The names of the variants are those of GoReleaser's `artifacts.json`.
 * @example { goos: 'linux', goarch: 'amd64', goamd64: 'v1', target: 'linux_amd64_v1' }
 */
export interface Platform {
  goos: string
  goarch: string
  goamd64?: string
  go386?: string
  goarm?: string
  goarm64?: string
  gomips?: string
  goppc64?: string
  goriscv64?: string
  /** What else it is linked for, where the toolchain says it: `gnu`, `musl`, `msvc`. */
  abi?: string
  /** The whole as one word, as it stands in `dist/<id>_<target>`. */
  target: string
}

const VARIANT_KEYS = ['goamd64', 'go386', 'goarm', 'goarm64', 'gomips', 'goppc64', 'goriscv64'] as const

export type VariantKey = (typeof VARIANT_KEYS)[number]

/** The variant of a platform (`v1`, `7`, `hardfloat`), whichever key holds it; empty when there is none. */
export function variantOf(platform: Platform): string {
  for (const key of VARIANT_KEYS) if (platform[key]) return platform[key]
  return ''
}
