import type { ArtifactName } from '../core/artifact.ts'
import type { Platform } from '../core/platform.ts'
import type { PackageFacts } from '../formats/package-entry.ts'
import type { PackageFormat } from './formats.ts'

/** One entry of `contents`; `source` is relative to the root and may be a pattern, or is the target of a link. */
export interface PlannedContent {
  source: string
  destination: string
  /** `file`, `config`, `config|noreplace`, `config|missingok`, `dir`, `tree`, `symlink`, `ghost`, `doc`, `licence`, `license`, `readme`. */
  type: string
  owner: string
  group: string
  mode?: number
  /** Seconds since the epoch. */
  mtime?: number
}

/** What only some formats say. */
export interface PackageDetails {
  deb: {
    archVariant: string
    breaks: string[]
    predepends: string[]
    fields: Record<string, string>
    triggers: [directive: string, name: string][]
    compression: string
    /** Tags that lintian shall pass over. */
    lintian: string[]
  }
  rpm: {
    summary: string
    group: string
    packager: string
    buildHost: string
    prefixes: string[]
    compression: string
  }
  archlinux: { pkgbase: string; packager: string }
  ipk: {
    abiVersion: string
    alternatives: { priority: number; linkName: string; target: string }[]
    autoInstalled: boolean
    essential: boolean
    predepends: string[]
    tags: string[]
    fields: Record<string, string>
  }
}

/** How a package is signed. The passphrase is found in the environment when it is needed. */
export interface PlannedSignature {
  keyFile: string
  /** deb: `origin`, `maint`, `archive`. */
  role: string
  /** apk: the file name of the public key, `….rsa.pub`. */
  keyName: string
  /** Names of the variables that may hold the passphrase, the first that is set counts. */
  passphrases: string[]
}

/** One Linux package to be made. */
export interface PlannedPackage extends ArtifactName {
  kind: 'package'
  format: PackageFormat
  platform: Platform
  facts: PackageFacts
  details: Partial<PackageDetails>
  /** Moment (`preinstall`, `pretrans`, `templates` …) → path relative to the root. */
  scripts: Record<string, string>
  contents: PlannedContent[]
  /** Where everything goes, as the config has it, whatever the format takes of it: for `dist/artifacts.json`. */
  destinations: string[]
  /** Bits that a file of no explicit mode does not get. */
  umask: number
  /** `PlannedBinary.path` of each program, and where it goes; a C library may have a header, if the compiler makes one. */
  binaries: { path: string; destination: string; header?: { path: string; destination: string } }[]
  /** Time of the programs; absent = that of each binary. */
  binariesMtime?: number
  /** A changelog in chglog's YAML, relative to the root. */
  changelog?: string
  signature?: PlannedSignature
}

/** What is needed of a package to lay out its files. */
export type TreeOf = Pick<PlannedPackage, 'name' | 'facts' | 'contents' | 'umask'>
