import type { Platform } from '../core/platform.ts'
import type { PackageFormat } from './formats.ts'

export interface System {
  /** What a package calls its system. */
  platform: string
  /** Architecture with its variant, in Go's words: `arm7`, `mips64`. */
  arch: string
}

const TERMUX = new Set(['all', 'amd64', 'arm64', 'arm', '386'])
const ARCH = new Set(['all', 'amd64', 'arm64', '386'])

/**
 * The system that a package of a format is for, or nothing where the format has none for a platform: Termux is Android's alone,
 * iOS has debs, AIX has rpms.
 * @example systemOf({ goos: 'linux', goarch: 'arm', goarm: '7', target: 'linux_arm_7' }, 'deb') // { platform: 'linux', arch: 'arm7' }
 */
export function systemOf(platform: Platform, format: PackageFormat): System | undefined {
  const { goos, goarch, goarm = '', gomips = '' } = platform
  // Packages do not tell how floating point is done on MIPS.
  const arch = goarch + goarm + (goarch.startsWith('mips') ? '' : gomips)
  if (format === 'termux.deb') return goos === 'android' && TERMUX.has(goarch) ? { platform: 'linux', arch } : undefined
  if (goos === 'android') return undefined
  if (goos === 'ios') return format === 'deb' ? { platform: 'iphoneos-arm64', arch } : undefined
  // AIX calls ppc64 ppc; 7.2 is the oldest that Go runs on.
  if (goos === 'aix') return format === 'rpm' && goarch === 'ppc64' ? { platform: 'aix7.2', arch: 'ppc' } : undefined
  if (format === 'archlinux' && !ARCH.has(goarch) && !(goarch === 'arm' && goarm === '7')) return undefined
  return { platform: 'linux', arch }
}
