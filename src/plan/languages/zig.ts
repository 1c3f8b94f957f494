import type { Language } from './language.ts'

/** Targets of Zig by architecture, as GoReleaser v2.16 takes them; see `zig targets`. */
const TARGETS: Record<string, string> = {
  aarch64: 'linux linux-gnu linux-musl macos macos-none windows windows-gnu',
  aarch64_be: 'linux linux-gnu linux-musl windows windows-gnu',
  arm: 'linux linux-gnueabi linux-gnueabihf linux-musleabi linux-musleabihf windows windows-gnu',
  armeb: 'linux linux-gnueabi linux-gnueabihf linux-musleabi linux-musleabihf windows windows-gnu',
  csky: 'linux linux-gnueabi linux-gnueabihf',
  loongarch64: 'linux linux-gnu linux-musl',
  m68k: 'linux linux-gnu linux-musl',
  mips: 'linux linux-gnueabi linux-gnueabihf linux-musl',
  mips64: 'linux linux-gnuabi64 linux-gnuabin32 linux-musl',
  mips64el: 'linux linux-gnuabi64 linux-gnuabin32 linux-musl',
  mipsel: 'linux linux-gnueabi linux-gnueabihf linux-musl',
  powerpc: 'linux linux-gnueabi linux-gnueabihf linux-musl',
  powerpc64: 'linux linux-gnu linux-musl',
  powerpc64le: 'linux linux-gnu linux-musl',
  riscv32: 'linux linux-gnuilp32 linux-musl',
  riscv64: 'linux linux-gnu linux-musl',
  s390x: 'linux linux-gnu linux-musl',
  sparc: 'linux linux-gnu',
  sparc64: 'linux linux-gnu',
  thumb: 'linux linux-gnueabi linux-gnueabihf linux-musleabi linux-musleabihf',
  wasm32: 'wasi wasi-musl',
  x86: 'linux linux-gnu linux-musl windows windows-gnu',
  x86_64: 'linux linux-gnu linux-gnux32 linux-musl macos macos-none windows windows-gnu',
}

/** Those of them that its compiler has no C library or no backend for. */
const DOUBTFUL: Record<string, string> = {
  aarch64_be: 'windows windows-gnu',
  arm: 'windows windows-gnu',
  armeb: 'linux linux-gnueabi linux-gnueabihf linux-musleabi linux-musleabihf windows windows-gnu',
  csky: 'linux linux-gnueabi linux-gnueabihf',
  loongarch64: 'linux linux-gnu linux-musl',
  m68k: 'linux linux-gnu linux-musl',
  powerpc: 'linux linux-gnueabi linux-gnueabihf',
  riscv32: 'linux linux-gnuilp32 linux-musl',
  riscv64: 'linux linux-gnu',
  s390x: 'linux linux-gnu linux-musl',
  sparc: 'linux linux-gnu',
  sparc64: 'linux linux-gnu',
  thumb: 'linux linux-gnueabi linux-gnueabihf',
}

/** `{ a: 'x y' }` as `a-x`, `a-y`. */
const names = (table: Record<string, string>): ReadonlySet<string> =>
  new Set(Object.entries(table).flatMap(([arch, rest]) => rest.split(' ').map((one) => `${arch}-${one}`)))

const ALL = names(TARGETS)
const BROKEN = names(DOUBTFUL)
const GOARCH: Record<string, string> = { aarch64: 'arm64', x86_64: 'amd64' }

/** Zig, which cross-compiles by itself. */
export const zig: Language = {
  name: 'zig',
  inTurn: false,
  defaults: {
    tool: 'zig',
    command: 'build',
    flags: ['-Doptimize=ReleaseSafe'],
    main: '',
    targets: ['x86_64-linux', 'x86_64-macos', 'x86_64-windows', 'aarch64-linux', 'aarch64-macos'],
  },
  validity: (target) => (BROKEN.has(target) ? 'doubtful' : ALL.has(target) ? 'valid' : 'invalid'),
  parse(target) {
    const [arch = '', os = '', abi = ''] = target.split('-')
    const goos = os === 'macos' ? 'darwin' : os
    const goarch = GOARCH[arch] ?? arch
    return {
      platform: { goos, goarch, ...(abi === '' ? {} : { abi }), target },
      fields: { Os: goos, Arch: goarch, Abi: abi },
      extra: { Abi: abi },
    }
  },
  call({ tool, command, flags, target, file }) {
    const prefix = `zig-out/${target}`
    return { argv: [tool, command, `-Dtarget=${target}`, '-p', prefix, ...flags], leaves: `${prefix}/bin/${file}` }
  },
}
