import type { Language } from './language.ts'

/** Tiers 1 and 2 of https://doc.rust-lang.org/rustc/platform-support.html that GoReleaser v2.16 takes. */
const TARGETS: ReadonlySet<string> = new Set([
  'aarch64-apple-darwin',
  'aarch64-pc-windows-gnullvm',
  'aarch64-pc-windows-msvc',
  'aarch64-unknown-linux-gnu',
  'aarch64-unknown-linux-musl',
  'arm-unknown-linux-gnueabi',
  'arm-unknown-linux-gnueabihf',
  'arm-unknown-linux-musleabihf',
  'armv7-unknown-linux-gnueabihf',
  'armv7-unknown-linux-musleabihf',
  'i686-pc-windows-gnu',
  'i686-pc-windows-msvc',
  'i686-unknown-linux-gnu',
  'loongarch64-unknown-linux-gnu',
  'loongarch64-unknown-linux-musl',
  'powerpc-unknown-linux-gnu',
  'powerpc64-unknown-linux-gnu',
  'powerpc64le-unknown-linux-gnu',
  'riscv64gc-unknown-linux-gnu',
  'riscv64gc-unknown-linux-musl',
  's390x-unknown-linux-gnu',
  'x86_64-apple-darwin',
  'x86_64-pc-windows-gnu',
  'x86_64-pc-windows-msvc',
  'x86_64-unknown-freebsd',
  'x86_64-unknown-illumos',
  'x86_64-unknown-linux-gnu',
  'x86_64-unknown-linux-musl',
  'x86_64-unknown-netbsd',
])

const GOARCH: Record<string, string> = {
  aarch64: 'arm64',
  x86_64: 'amd64',
  i686: '386',
  i586: '386',
  i386: '386',
  powerpc: 'ppc',
  powerpc64: 'ppc64',
  powerpc64le: 'ppc64le',
  armv7: 'arm',
  wasm32: 'wasm',
}

const GOARM: Record<string, string> = { arm: '6', armv5te: '5', armv7: '7', armv7a: '7', armv7r: '7' }

/** Rust, cross-compiled with cargo-zigbuild; its `.2.17` behind a target is the glibc that it is linked for. */
export const rust: Language = {
  name: 'rust',
  inTurn: true,
  defaults: {
    tool: 'cargo',
    command: 'zigbuild',
    flags: ['--release'],
    main: '',
    targets: [
      'x86_64-unknown-linux-gnu',
      'x86_64-apple-darwin',
      'x86_64-pc-windows-gnu',
      'aarch64-unknown-linux-gnu',
      'aarch64-apple-darwin',
    ],
  },
  validity: (target) => (TARGETS.has(withoutGlibc(target)) ? 'valid' : 'invalid'),
  parse(target) {
    const [arch = '', vendor = '', os = '', ...rest] = target.split('-')
    const [abi = '', ...version] = (rest[0] ?? '').split('.')
    const libc = version.join('.')
    const goarch = GOARCH[arch] ?? arch
    const goarm = GOARM[arch] ?? ''
    return {
      platform: { goos: os, goarch, ...(goarm === '' ? {} : { goarm }), ...(abi === '' ? {} : { abi }), target },
      fields: { Os: os, Arch: goarch, Arm: goarm, Abi: abi, Vendor: vendor, Libc: libc },
      extra: { Abi: abi, ...(libc === '' ? {} : { Libc: libc }) },
    }
  },
  call({ tool, command, flags, target, file }) {
    const clean = withoutGlibc(target)
    return {
      argv: [tool, command, `--target=${target}`, ...flags],
      leaves: `target/${clean}/release/${file}`,
      prepare: [['rustup', 'target', 'add', clean]],
    }
  },
}

/** @example withoutGlibc('x86_64-unknown-linux-gnu.2.17') // 'x86_64-unknown-linux-gnu' */
function withoutGlibc(target: string): string {
  const [name = '', ...version] = target.split('.')
  const abi = name.includes('-') ? name.slice(name.lastIndexOf('-') + 1) : ''
  return version.length > 0 && abi.startsWith('gnu') && abi !== 'gnullvm' ? name : target
}
