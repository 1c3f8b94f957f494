import type { Platform } from '../../core/platform.ts'
import { variantOf } from '../../core/platform.ts'
import type { Candidate } from '../shared/program-entry.ts'
import { levelOf, selectPlatforms as selectAll } from '../shared/program-platforms.ts'
import type { PassedOver, PlacedProgram } from '../shared/program-platforms.ts'

/** How the program reaches the user: inside a wheel of its platform, or fetched at first run by a wheel for all. */
export type PypiMode = 'wheel' | 'download'

/** One platform's worth of programs. */
export interface PypiPlatform {
  /** As it stands in the unit's id: `linux-x86_64`, `linux-x86_64-musl`, `macos-universal2`. */
  word: string
  /** `linux`, `macos`, `windows`; in mode download how `sys.platform` begins: `linux`, `darwin`, `win32`, `freebsd`. */
  os: string
  /** Architectures in the words of tags (`x86_64`); in mode download in Go's, with the level of arm (`amd64`, `armv6`). */
  arch: string[]
  programs: PlacedProgram[]
}

type Place = Omit<PypiPlatform, 'programs'>

/** GOARCH → the architecture of Linux tags that PyPI takes (warehouse, forklift/legacy.py). */
const LINUX: Record<string, string> = {
  '386': 'i686',
  amd64: 'x86_64',
  arm64: 'aarch64',
  ppc64le: 'ppc64le',
  riscv64: 'riscv64',
  s390x: 's390x',
}
const MACOS: Record<string, string> = { all: 'universal2', amd64: 'x86_64', arm64: 'arm64' }
const WINDOWS: Record<string, string> = { '386': 'x86', amd64: 'amd64', arm64: 'arm64' }

/** GOOS → how `sys.platform` begins (https://docs.python.org/3/library/sys.html#sys.platform). */
const PYTHON: Record<string, string> = {
  aix: 'aix',
  darwin: 'darwin',
  freebsd: 'freebsd',
  illumos: 'sunos',
  linux: 'linux',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  solaris: 'sunos',
  windows: 'win32',
}

/** Where a platform goes; a text says why it goes nowhere. `armv7` tells whether there is a program for it. */
function placeOf(mode: PypiMode, platform: Platform, armv7: boolean): Place | string {
  const { goos, goarch, abi } = platform
  const arm = goarch === 'arm' ? (variantOf(platform).startsWith('7') ? ['armv7'] : ['armv6']) : []
  // What runs on an older arm runs on a newer one.
  if (arm[0] === 'armv6' && !armv7) arm.push('armv7')
  const libc = abi === 'gnu' || abi === 'musl' ? `-${abi}` : ''
  if (mode === 'download') {
    const os = PYTHON[goos]
    if (os === undefined) return `Python does not run on ${goos}`
    const arch = goarch === 'all' ? ['amd64', 'arm64'] : arm.length > 0 ? arm : [goarch]
    return { word: `${goos}-${arm[0] ?? goarch}`, os, arch }
  }
  if (goos === 'linux') {
    const arch = arm.length > 0 ? arm.map((one) => `${one}l`) : [LINUX[goarch] ?? '']
    if (arch[0] === '') return `PyPI has no tag for linux/${goarch}`
    return { word: `linux-${arch[0]}${libc}`, os: 'linux', arch }
  }
  const [os, table] = goos === 'darwin' ? ['macos', MACOS] : goos === 'windows' ? ['windows', WINDOWS] : ['', {}]
  const arch = table[goarch]
  return arch === undefined ? `PyPI has no tag for ${goos}/${goarch}` : { word: `${os}-${arch}`, os, arch: [arch] }
}

const FORMATS = ['tar.gz', 'tgz', 'zip', 'tar', 'gz', 'binary']

/** One wheel's worth per platform. Of two programs for one Linux that differ in their libc, musl's comes before glibc's. */
export function selectPlatforms(
  mode: PypiMode,
  candidates: Candidate[],
): { platforms: PypiPlatform[]; skipped: PassedOver[] } {
  const armv7 = candidates.some(({ platform }) => platform.goarch === 'arm' && variantOf(platform).startsWith('7'))
  return selectAll(candidates, {
    place: (platform) => placeOf(mode, platform, armv7),
    rank: (platform) => 2 * levelOf(platform) + (platform.abi === 'gnu' ? 1 : 0),
    formats: FORMATS,
    client: 'pip',
    noun: 'program',
  })
}
