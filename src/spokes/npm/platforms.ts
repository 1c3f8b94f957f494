import type { Platform } from '../../core/platform.ts'
import { variantOf } from '../../core/platform.ts'
import type { Candidate } from '../shared/program-entry.ts'

/** One package's worth of programs: what Node calls the platform, and where in the hub the programs are. */
export interface NpmPlatform {
  /** Node's words, as in the package's name: `linux-x64`, `darwin-universal`. */
  word: string
  /** `process.platform`. */
  os: string
  /** `process.arch`; two for a universal macOS binary. */
  cpu: string[]
  programs: NpmProgram[]
}

/** A program and the artifact of the hub that holds it. */
export interface NpmProgram {
  name: string
  artifact: string
}

/** A target that gets no package, and why. */
export interface NpmSkip {
  target: string
  artifact: string
  reason: string
}

/** https://nodejs.org/api/process.html#processplatform; the others of Go's list have no Node. */
const OS: Record<string, string> = {
  aix: 'aix',
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  illumos: 'sunos',
  linux: 'linux',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  solaris: 'sunos',
  windows: 'win32',
}

/** https://nodejs.org/api/process.html#processarch */
const CPU: Record<string, string> = {
  '386': 'ia32',
  amd64: 'x64',
  arm: 'arm',
  arm64: 'arm64',
  loong64: 'loong64',
  mips: 'mips',
  mipsle: 'mipsel',
  ppc64le: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
}

/**
 * What Node calls a platform of Go; a text says why it has no word for it.
 * @example nodePlatform({ goos: 'windows', goarch: '386', target: 'windows_386_sse2' }) // { os: 'win32', cpu: ['ia32'], word: 'win32-ia32' }
 */
export function nodePlatform(platform: Platform): Omit<NpmPlatform, 'programs'> | string {
  const os = OS[platform.goos]
  if (os === undefined) return `Node.js does not run on ${platform.goos}`
  if (os === 'darwin' && platform.goarch === 'all') return { word: 'darwin-universal', os, cpu: ['x64', 'arm64'] }
  // Node's `ppc64` is big-endian on AIX and little-endian on Linux.
  const cpu = os === 'aix' ? (platform.goarch === 'ppc64' ? 'ppc64' : undefined) : CPU[platform.goarch]
  if (cpu === undefined) return `Node.js does not run on ${platform.goos}/${platform.goarch}`
  return { word: `${os}-${cpu}`, os, cpu: [cpu] }
}

/** Which of several binaries for one platform runs on most machines: the lowest level first. */
function rank(platform: Platform): number {
  if (platform.goos === 'solaris') return 1000
  const variant = variantOf(platform)
  if (variant === 'softfloat') return 0
  if (variant === 'hardfloat' || variant === 'sse2') return 1
  return Number(/\d+(\.\d+)?/.exec(variant)?.[0] ?? 0)
}

const FORMAT_ORDER = ['tar.gz', 'tgz', 'tar', 'zip', 'gz', 'binary']

function formatRank(format: string): number {
  const index = FORMAT_ORDER.indexOf(format)
  return index === -1 ? FORMAT_ORDER.length : index
}

/**
 * One package per platform of Node: for each program the artifact that runs on most machines. What is passed over has its reason.
 * The order of the candidates does not matter.
 */
export function selectPlatforms(candidates: Candidate[]): { platforms: NpmPlatform[]; skipped: NpmSkip[] } {
  const sorted = [...candidates].sort(
    (a, b) =>
      rank(a.platform) - rank(b.platform) ||
      formatRank(a.format) - formatRank(b.format) ||
      (a.artifact < b.artifact ? -1 : 1),
  )
  const byWord = new Map<string, NpmPlatform>()
  const skipped: NpmSkip[] = []
  const skip = (one: Candidate, reason: string): void => {
    skipped.push({ target: one.platform.target, artifact: one.artifact, reason })
  }
  const single = new Set(
    sorted
      .filter((one) => one.platform.goos === 'darwin' && one.platform.goarch !== 'all')
      .map((one) => one.platform.goarch),
  )
  for (const one of sorted) {
    const found = nodePlatform(one.platform)
    if (typeof found === 'string') {
      skip(one, found)
      continue
    }
    if (found.word === 'darwin-universal' && single.has('amd64') && single.has('arm64')) {
      skip(one, 'each Mac has a package of its own, half the size')
      continue
    }
    const cpu = found.cpu.filter(
      (cpu) => found.word !== 'darwin-universal' || !single.has(cpu === 'x64' ? 'amd64' : cpu),
    )
    const entry = byWord.get(found.word) ?? { ...found, cpu, programs: [] }
    const fresh = one.programs.filter((name) => !entry.programs.some((program) => program.name === name))
    if (fresh.length === 0) {
      skip(
        one,
        `npm cannot tell it from ${entry.programs[0]?.artifact ?? 'another'}, which runs on more machines or stands first`,
      )
      continue
    }
    entry.programs.push(...fresh.map((name) => ({ name, artifact: one.artifact })))
    byWord.set(found.word, entry)
  }
  const platforms = [...byWord.values()].sort((a, b) => (a.word < b.word ? -1 : 1))
  for (const one of platforms) one.programs.sort((a, b) => (a.name < b.name ? -1 : 1))
  return { platforms, skipped: skipped.sort((a, b) => (a.artifact < b.artifact ? -1 : 1)) }
}

/**
 * The package that holds the programs of one platform; the scope is kept.
 * @example platformPackage('@acme/hello', 'linux-x64') // '@acme/hello-linux-x64'
 */
export function platformPackage(main: string, word: string): string {
  return `${main}-${word}`
}

/** Where a program lies in its package. */
export function programPath(program: string, os: string): string {
  return `bin/${program}${os === 'win32' ? '.exe' : ''}`
}
