import type { Platform } from '../../core/platform.ts'
import type { Candidate } from '../shared/program-entry.ts'
import { levelOf, macsOfTheirOwn, selectPlatforms as selectAll } from '../shared/program-platforms.ts'
import type { PassedOver, PlacedProgram } from '../shared/program-platforms.ts'

/** One package's worth of programs: what Node calls the platform, and where in the hub the programs are. */
export interface NpmPlatform {
  /** Node's words, as in the package's name: `linux-x64`, `darwin-universal`. */
  word: string
  /** `process.platform`. */
  os: string
  /** `process.arch`; two for a universal macOS binary. */
  cpu: string[]
  programs: PlacedProgram[]
}

type NodePlatform = Omit<NpmPlatform, 'programs'>

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
export function nodePlatform(platform: Platform): NodePlatform | string {
  const os = OS[platform.goos]
  if (os === undefined) return `Node.js does not run on ${platform.goos}`
  if (os === 'darwin' && platform.goarch === 'all') return { word: 'darwin-universal', os, cpu: ['x64', 'arm64'] }
  // Node's `ppc64` is big-endian on AIX and little-endian on Linux.
  const cpu = os === 'aix' ? (platform.goarch === 'ppc64' ? 'ppc64' : undefined) : CPU[platform.goarch]
  if (cpu === undefined) return `Node.js does not run on ${platform.goos}/${platform.goarch}`
  return { word: `${os}-${cpu}`, os, cpu: [cpu] }
}

const FORMATS = ['tar.gz', 'tgz', 'tar', 'zip', 'gz', 'binary']

/** One package per platform of Node; a universal program of macOS serves the processors that have none of their own. */
export function selectPlatforms(candidates: Candidate[]): { platforms: NpmPlatform[]; skipped: PassedOver[] } {
  const single = macsOfTheirOwn(candidates)
  const place = (platform: Platform): NodePlatform | string => {
    const found = nodePlatform(platform)
    if (typeof found === 'string' || found.word !== 'darwin-universal') return found
    return { ...found, cpu: found.cpu.filter((cpu) => !single.has(cpu === 'x64' ? 'amd64' : cpu)) }
  }
  return selectAll(candidates, { place, rank: levelOf, formats: FORMATS, client: 'npm', noun: 'package' })
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
