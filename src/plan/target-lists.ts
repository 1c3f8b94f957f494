import type { VariantKey } from '../core/platform.ts'

/** Pairs that Go's compiler knows; see https://go.dev/doc/install/source#environment, and the list that GoReleaser v2.16 takes. */
const PAIRS: Record<string, string> = {
  aix: 'ppc64',
  android: '386 amd64 arm arm64',
  darwin: 'amd64 arm64',
  dragonfly: 'amd64',
  freebsd: '386 amd64 arm arm64',
  illumos: 'amd64',
  ios: 'arm64',
  js: 'wasm',
  linux: '386 amd64 arm arm64 loong64 mips mipsle mips64 mips64le ppc64 ppc64le riscv64 s390x',
  netbsd: '386 amd64 arm arm64',
  openbsd: '386 amd64 arm arm64 riscv64',
  plan9: '386 amd64 arm',
  solaris: 'amd64 sparc sparc64',
  wasip1: 'wasm',
  windows: '386 amd64 arm64',
}

export const VALID_PAIRS: ReadonlySet<string> = new Set(
  Object.entries(PAIRS).flatMap(([goos, arches]) => arches.split(' ').map((goarch) => `${goos}/${goarch}`)),
)

export const VALID_GOOS: readonly string[] = Object.keys(PAIRS)

export const VALID_GOARCH: readonly string[] = [
  ...new Set(Object.values(PAIRS).flatMap((arches) => arches.split(' '))),
].toSorted()

/** What each variant may be; `fits` where the values are too many to list. */
export const VALID_VARIANTS: Record<VariantKey, { values: readonly string[]; fits?: RegExp }> = {
  goamd64: { values: ['v1', 'v2', 'v3', 'v4'] },
  go386: { values: ['sse2', 'softfloat'] },
  // `7,softfloat` is Go's own; GoReleaser takes it in `targets` only.
  goarm: { values: ['5', '6', '7'] },
  goarm64: { values: ['v8.0', 'v8.0,lse', 'v9.0'], fits: /^(v8\.[0-9]|v9\.[0-5])(,lse|,crypto)*$/ },
  gomips: { values: ['hardfloat', 'softfloat'] },
  goppc64: { values: ['power8', 'power9', 'power10'] },
  goriscv64: { values: ['rva20u64', 'rva22u64', 'rva23u64'] },
}

/** `go_first_class`: what `go tool dist list -json` marks FirstClass. */
export const FIRST_CLASS: readonly string[] = [
  'darwin_amd64',
  'darwin_arm64',
  'linux_386',
  'linux_amd64',
  'linux_arm',
  'linux_arm64',
  'windows_386',
  'windows_amd64',
]
