import { apkVersion } from '../formats/apk.ts'
import { archRelease } from '../formats/archlinux.ts'
import { debianVersion } from '../formats/deb-control.ts'
import type { PackageFacts } from '../formats/package-entry.ts'
import { rpmVersion } from '../formats/rpm.ts'

/** Formats that are made. */
export const packageFormats = ['apk', 'archlinux', 'deb', 'ipk', 'rpm', 'termux.deb'] as const
export type PackageFormat = (typeof packageFormats)[number]

export interface FormatRules {
  /** What `contents[].packager` says for it. */
  packager: string
  /** How its files end. */
  ext: string
  /** Go's words for an architecture (with its variant: `arm7`) → the format's own; others stay as they are. */
  arches: Record<string, string>
  /** The name that the format's own tools would give the file; `arch` in Go's words. */
  fileName: (facts: PackageFacts, arch: string) => string
}

const DEBIAN: FormatRules = {
  packager: 'deb',
  ext: '.deb',
  // wiki.debian.org/ArchitectureSpecificsMemo
  arches: {
    '386': 'i386',
    arm5: 'armel',
    arm6: 'armhf',
    arm7: 'armhf',
    mips64le: 'mips64el',
    mipsle: 'mipsel',
    ppc64le: 'ppc64el',
    s390: 's390x',
  },
  fileName: (facts) => `${facts.name}_${debianVersion(facts, false)}_${facts.arch}.deb`,
}

/** What stands in the names of files, as with GoReleaser. */
const TERMUX_NAMES: Record<string, string> = { amd64: 'amd64', arm64: 'arm64', arm5: 'armel', arm7: 'armhf' }

const RULES: Record<PackageFormat, FormatRules> = {
  deb: DEBIAN,
  'termux.deb': {
    ...DEBIAN,
    ext: '.termux.deb',
    // Termux's own words, where GoReleaser writes Debian's, which its dpkg refuses.
    // github.com/termux/termux-packages/wiki: TERMUX_ARCH
    arches: { '386': 'i686', amd64: 'x86_64', arm64: 'aarch64', arm5: 'arm', arm6: 'arm', arm7: 'arm' },
    fileName: (facts, arch) => DEBIAN.fileName({ ...facts, arch: TERMUX_NAMES[arch] ?? facts.arch }, arch),
  },
  rpm: {
    packager: 'rpm',
    ext: '.rpm',
    arches: {
      all: 'noarch',
      amd64: 'x86_64',
      '386': 'i386',
      arm64: 'aarch64',
      arm5: 'armv5tel',
      arm6: 'armv6hl',
      arm7: 'armv7hl',
      mips64le: 'mips64el',
      mipsle: 'mipsel',
      loong64: 'loongarch64',
    },
    fileName: (facts) => `${facts.name}-${rpmVersion(facts)}-${facts.release || '1'}.${facts.arch}.rpm`,
  },
  apk: {
    packager: 'apk',
    ext: '.apk',
    // wiki.alpinelinux.org/wiki/Architecture
    arches: {
      all: 'noarch',
      '386': 'x86',
      amd64: 'x86_64',
      arm64: 'aarch64',
      arm6: 'armhf',
      arm7: 'armv7',
      s390: 's390x',
      loong64: 'loongarch64',
    },
    fileName: (facts) => `${facts.name}_${apkVersion(facts)}_${facts.arch}.apk`,
  },
  archlinux: {
    packager: 'archlinux',
    ext: '.pkg.tar.zst',
    arches: {
      all: 'any',
      amd64: 'x86_64',
      '386': 'i686',
      arm64: 'aarch64',
      arm7: 'armv7h',
      arm6: 'armv6h',
      arm5: 'arm',
    },
    fileName: (facts) => {
      const version = facts.version + facts.prerelease.replaceAll('-', '_')
      return `${facts.name}-${version}-${archRelease(facts)}-${facts.arch}.pkg.tar.zst`
        .replaceAll(/[^A-Za-z0-9._+-]/g, '')
        .replace(/^[-.]+/, '')
    },
  },
  ipk: {
    packager: 'ipk',
    ext: '.ipk',
    arches: { ...DEBIAN.arches, amd64: 'x86_64' },
    fileName: (facts) => `${facts.name}_${debianVersion(facts, false)}_${facts.arch}.ipk`,
  },
}

/** @example rulesOf('rpm').arches['amd64'] // 'x86_64' */
export function rulesOf(format: PackageFormat): FormatRules {
  return RULES[format]
}

export function isPackageFormat(word: string): word is PackageFormat {
  return (packageFormats as readonly string[]).includes(word)
}
