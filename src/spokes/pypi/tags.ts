import type { BinaryHeader } from '../../core/artifact.ts'
import type { PypiPlatform } from './platforms.ts'

/** What a tag is made of. */
type Placed = Pick<PypiPlatform, 'os' | 'arch'>

/** Names that pip knew before PEP 600, by version of glibc. */
const OLD_NAMES: Record<string, string> = { '2.17': 'manylinux2014', '2.12': 'manylinux2010', '2.5': 'manylinux1' }
/** Those two are only for x86. */
const ONLY_X86 = new Set(['manylinux2010', 'manylinux1'])
/** `manylinux2014` was never defined for it. */
const NO_2014 = new Set(['riscv64'])

/** What tags promise of a program that needs no C library: the oldest systems that pip of today knows. */
const STATIC_GLIBC = '2.17'
const STATIC_MUSL = 'musllinux_1_1'
/** musl says nothing about its version in a program; 1.2 is that of every Alpine since 3.13. */
const DYNAMIC_MUSL = 'musllinux_1_2'

/**
 * The platform tags of a program, from its header. A program without a C library gets those of both, so that one wheel serves
 * Debian and Alpine.
 * @example platformTags({ os: 'macos', arch: ['arm64'] }, { format: 'macho', minos: '12.0', … }) // ['macosx_12_0_arm64']
 */
export function platformTags({ os, arch }: Placed, headers: BinaryHeader[]): string[] {
  if (os === 'windows') return arch.map((one) => (one === 'x86' ? 'win32' : `win_${one}`))
  if (os === 'macos') return arch.map((one) => `macosx_${macos(one, headers)}_${one}`)
  const musl = headers.some(
    (one) => /ld-musl/.test(one.interpreter ?? '') || one.libraries.some((name) => name.startsWith('libc.musl-')),
  )
  if (musl) return arch.flatMap((one) => linuxArm(one, [`${DYNAMIC_MUSL}_${one}`]))
  const dynamic = headers.some((one) => one.linkage === 'dynamic')
  const glibc = headers.reduce((highest, one) => higher(highest, one.glibc ?? '0'), dynamic ? '2.5' : STATIC_GLIBC)
  return arch.flatMap((one) => linuxArm(one, [...manylinux(one, glibc), ...(dynamic ? [] : [`${STATIC_MUSL}_${one}`])]))
}

/** There is no manylinux for armv6l; its wheels have the plain tag, which PyPI takes for it alone (and armv7l). */
function linuxArm(arch: string, tags: string[]): string[] {
  return arch === 'armv6l' ? ['linux_armv6l'] : tags
}

function manylinux(arch: string, glibc: string): string[] {
  // No other architecture than x86 has an older one.
  const version = /^(x86_64|i686)$/.test(arch) ? glibc : higher(glibc, '2.17')
  const old = OLD_NAMES[version]
  const named =
    old === undefined || NO_2014.has(arch) || (ONLY_X86.has(old) && !/^(x86_64|i686)$/.test(arch)) ? [] : [old]
  return [`manylinux_${version.replace('.', '_')}_${arch}`, ...named.map((name) => `${name}_${arch}`)]
}

/** The lowest macOS. From 11 on only the major version counts (packaging, `mac_platforms`). */
function macos(arch: string, headers: BinaryHeader[]): string {
  const least = arch === 'arm64' ? '11.0' : '10.9'
  const minos = headers.reduce((highest, one) => higher(highest, one.minos ?? '0'), least)
  const [major = 11, minor = 0] = minos.split('.').map(Number)
  return major >= 11 ? `${major}_0` : `${major}_${minor}`
}

/** @example higher('2.9', '2.17') // '2.17' */
function higher(a: string, b: string): string {
  const [one, other] = [a, b].map((text) => text.split('.').map(Number))
  for (let index = 0; index < 2; index += 1) {
    const difference = (one?.[index] ?? 0) - (other?.[index] ?? 0)
    if (difference !== 0) return difference > 0 ? a : b
  }
  return a
}

/** In Go's words, what the header of a program for this platform says. */
const ARCHES: Record<string, string[]> = {
  aarch64: ['arm64'],
  amd64: ['amd64'],
  arm64: ['arm64', 'all'],
  armv6l: ['arm'],
  armv7l: ['arm'],
  i686: ['386'],
  universal2: ['all'],
  x86: ['386'],
  x86_64: ['amd64', 'all'],
}
const FORMATS: Record<string, string> = { linux: 'elf', macos: 'macho', windows: 'pe' }

/** Why a program is not what its platform says; undefined when it is, or when its header was not read. */
export function headerProblem({ os, arch }: Placed, header: BinaryHeader | undefined): string | undefined {
  if (header === undefined) return undefined
  const wanted = arch.flatMap((one) => ARCHES[one] ?? [one])
  if (header.format === FORMATS[os] && (header.arch === 'unknown' || wanted.includes(header.arch))) return undefined
  return `it is ${header.format} for ${header.arch}, not a program for ${os} on ${arch.join(' or ')}`
}
