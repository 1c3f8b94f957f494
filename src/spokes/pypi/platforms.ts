import type { Platform } from '../../core/platform.ts'
import { variantOf } from '../../core/platform.ts'
import type { Candidate } from '../shared/program-entry.ts'

/** How the program reaches the user: inside a wheel of its platform, or fetched at first run by a wheel for all. */
export type PypiMode = 'wheel' | 'download'

/** A program and the artifact of the hub that holds it. */
export interface PypiProgram {
  name: string
  artifact: string
}

/** One platform's worth of programs. */
export interface PypiPlatform {
  /** As it stands in the unit's id: `linux-x86_64`, `linux-x86_64-musl`, `macos-universal2`. */
  word: string
  /** `linux`, `macos`, `windows`; in mode download how `sys.platform` begins: `linux`, `darwin`, `win32`, `freebsd`. */
  os: string
  /** Architectures in the words of tags (`x86_64`); in mode download in Go's, with the level of arm (`amd64`, `armv6`). */
  arch: string[]
  programs: PypiProgram[]
}

/** A target that gets no wheel, and why. */
export interface PypiSkip {
  target: string
  artifact: string
  reason: string
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

/** Which of several programs for one platform runs on most machines: the lowest level first, musl before gnu. */
function rank(platform: Platform): number {
  if (platform.goos === 'solaris') return 1000
  const variant = variantOf(platform)
  if (variant === 'softfloat') return 0
  if (variant === 'hardfloat' || variant === 'sse2') return 1
  const level = Number(/\d+(\.\d+)?/.exec(variant)?.[0] ?? 0)
  return 2 * level + (platform.abi === 'gnu' ? 1 : 0)
}

const FORMAT_ORDER = ['tar.gz', 'tgz', 'zip', 'tar', 'gz', 'binary']

function formatRank(format: string): number {
  const index = FORMAT_ORDER.indexOf(format)
  return index === -1 ? FORMAT_ORDER.length : index
}

/**
 * One wheel's worth per platform: for each program the artifact that runs on most machines. What is passed over has its reason.
 * The order of the candidates does not matter.
 */
export function selectPlatforms(
  mode: PypiMode,
  candidates: Candidate[],
): { platforms: PypiPlatform[]; skipped: PypiSkip[] } {
  const sorted = [...candidates].sort(
    (a, b) =>
      rank(a.platform) - rank(b.platform) ||
      formatRank(a.format) - formatRank(b.format) ||
      (a.artifact < b.artifact ? -1 : 1),
  )
  const single = new Set(sorted.flatMap(({ platform }) => (platform.goos === 'darwin' ? [platform.goarch] : [])))
  const armv7 = sorted.some(({ platform }) => platform.goarch === 'arm' && variantOf(platform).startsWith('7'))
  const byWord = new Map<string, PypiPlatform>()
  const skipped: PypiSkip[] = []
  for (const { artifact, platform, programs } of sorted) {
    const skip = (reason: string): void => void skipped.push({ target: platform.target, artifact, reason })
    const place = placeOf(mode, platform, armv7)
    if (typeof place === 'string') {
      skip(place)
      continue
    }
    if (platform.goos === 'darwin' && platform.goarch === 'all' && single.has('amd64') && single.has('arm64')) {
      skip('each Mac has a program of its own, half the size')
      continue
    }
    const entry = byWord.get(place.word) ?? { ...place, programs: [] }
    const fresh = programs.filter((name) => !entry.programs.some((program) => program.name === name))
    if (fresh.length === 0) {
      skip(
        `pip cannot tell it from ${entry.programs[0]?.artifact ?? 'another'}, which runs on more machines or stands first`,
      )
      continue
    }
    entry.programs.push(...fresh.map((name) => ({ name, artifact })))
    byWord.set(place.word, entry)
  }
  const platforms = [...byWord.values()].sort((a, b) => (a.word < b.word ? -1 : 1))
  for (const one of platforms) one.programs.sort((a, b) => (a.name < b.name ? -1 : 1))
  return { platforms, skipped: skipped.sort((a, b) => (a.artifact < b.artifact ? -1 : 1)) }
}
