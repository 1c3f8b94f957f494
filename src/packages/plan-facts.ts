import type { FullConfig } from '../config/defaults.ts'
import type { Path } from '../config/path.ts'
import type { Platform } from '../core/platform.ts'
import type { PackageFacts } from '../formats/package-entry.ts'
import { compression, packageCompressions } from '../formats/package-compress.ts'
import { rpmRelation } from '../formats/rpm-relations.ts'
import { FormatError } from '../formats/format-error.ts'
import type { Renderer } from '../plan/renderer.ts'
import { rulesOf, type PackageFormat } from './formats.ts'
import type { Overridable } from './merge.ts'
import type { PackageDetails } from './planned.ts'
import type { System } from './systems.ts'

type Entry = FullConfig['nfpms'][number]

export interface FactsInput {
  renderer: Renderer
  entry: Entry
  over: Overridable
  path: Path
  name: string
  format: PackageFormat
  system: System
  version: string
}

/** What every format says. Only a few of the texts are templates, as with GoReleaser. */
export function packageFacts(input: FactsInput): PackageFacts {
  const { renderer, entry, over, path, format, system } = input
  checkFacts(input)
  return {
    name: input.name,
    ...versionParts(input.version, entry),
    release: entry.release ?? '',
    epoch: entry.epoch ?? '',
    arch: rulesOf(format).arches[system.arch] ?? system.arch,
    platform: system.platform,
    section: entry.section ?? '',
    priority: entry.priority ?? '',
    maintainer: renderer.render(entry.maintainer, [...path, 'maintainer']),
    description: renderer.render(entry.description, [...path, 'description']) || 'no description given',
    vendor: entry.vendor ?? '',
    homepage: renderer.render(entry.homepage, [...path, 'homepage']),
    license: entry.license ?? '',
    depends: over.dependencies ?? [],
    recommends: over.recommends ?? [],
    suggests: over.suggests ?? [],
    conflicts: over.conflicts ?? [],
    replaces: over.replaces ?? [],
    provides: over.provides ?? [],
    mtime: 0,
  }
}

/** Semantic versions in their parts; what is none stays whole. Minor and patch may be missing. */
export function versionParts(
  version: string,
  entry: { prerelease?: string | undefined; version_metadata?: string | undefined },
): Pick<PackageFacts, 'version' | 'prerelease' | 'versionMetadata'> {
  const own = { prerelease: entry.prerelease ?? '', versionMetadata: entry.version_metadata ?? '' }
  const found =
    /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/.exec(
      version,
    )
  if (found === null) return { version, ...own }
  const [, major = '0', minor = '0', patch = '0', prerelease = '', metadata = ''] = found
  return {
    version: [major, minor, patch].map((one) => String(BigInt(one))).join('.'),
    prerelease: own.prerelease || prerelease,
    versionMetadata: own.versionMetadata || metadata,
  }
}

/** What only its own format says. */
export function detailsOf(
  over: Overridable,
  entry: Entry,
  facts: PackageFacts,
  platform: Platform,
  packager: string,
): Partial<PackageDetails> {
  if (packager === 'deb') return { deb: debDetails(over, entry, platform) }
  if (packager === 'rpm') return { rpm: rpmDetails(over, facts) }
  if (packager === 'archlinux') {
    return { archlinux: { pkgbase: over.archlinux?.pkgbase ?? '', packager: over.archlinux?.packager ?? '' } }
  }
  return packager === 'ipk' ? { ipk: ipkDetails(over) } : {}
}

const TRIGGERS = [
  'interest',
  'interest_await',
  'interest_noawait',
  'activate',
  'activate_await',
  'activate_noawait',
] as const

function debDetails({ deb }: Overridable, entry: Entry, platform: Platform): PackageDetails['deb'] {
  const level = platform.goamd64 ?? ''
  return {
    archVariant: level === '' ? '' : `amd64${level}`,
    breaks: deb?.breaks ?? [],
    predepends: deb?.predepends ?? [],
    fields: deb?.fields ?? {},
    triggers: TRIGGERS.flatMap((key) =>
      (deb?.triggers?.[key] ?? []).map((name): [string, string] => [key.replace('_', '-'), name]),
    ),
    compression: deb?.compression || 'gzip',
    // GoReleaser reads the entry's own, not the override's.
    lintian: entry.deb?.lintian_overrides ?? [],
  }
}

function rpmDetails({ rpm }: Overridable, facts: PackageFacts): PackageDetails['rpm'] {
  return {
    summary: rpm?.summary ?? '',
    group: rpm?.group ?? '',
    packager: rpm?.packager || facts.maintainer,
    // The name of the machine has no place in a file that every machine shall make alike.
    buildHost: rpm?.buildhost || 'localhost',
    prefixes: rpm?.prefixes ?? [],
    compression: rpm?.compression || 'gzip',
  }
}

function ipkDetails({ ipk }: Overridable): PackageDetails['ipk'] {
  return {
    abiVersion: ipk?.abi_version ?? '',
    alternatives: (ipk?.alternatives ?? []).map(({ priority, target, link_name }) => ({
      priority: priority ?? 0,
      target: target ?? '',
      linkName: link_name ?? '',
    })),
    autoInstalled: ipk?.auto_installed ?? false,
    essential: ipk?.essential ?? false,
    predepends: ipk?.predepends ?? [],
    tags: ipk?.tags ?? [],
    fields: ipk?.fields ?? {},
  }
}

/** What the formats themselves would refuse, with its place. */
function checkFacts({ renderer, entry, over, path, format, name }: FactsInput): void {
  const bad = (keys: Path, message: string, mend?: string): void =>
    renderer.problem('bad-package', [...path, ...keys], message, mend)
  const pattern = format === 'archlinux' ? /^[A-Za-z0-9_+][A-Za-z0-9._+-]*$/ : /^[A-Za-z0-9_][A-Za-z0-9._+-]*$/
  if (!pattern.test(name)) {
    bad(['package_name'], `${JSON.stringify(name)} cannot be the name of a package`, 'use letters, digits and . _ + -')
  }
  if (entry.epoch && format === 'rpm' && !(/^\d{1,10}$/.test(entry.epoch) && Number(entry.epoch) < 2 ** 32)) {
    bad(['epoch'], `the epoch ${JSON.stringify(entry.epoch)} is no number`, 'write it as "1"')
  }
  if (format === 'rpm') {
    for (const key of ['dependencies', 'recommends', 'suggests', 'conflicts', 'replaces', 'provides'] as const) {
      for (const [index, text] of (over[key] ?? []).entries()) guard(() => rpmRelation(text), [key, index], bad)
    }
  }
  const own = format === 'rpm' ? 'rpm' : 'deb'
  const setting = over[own]?.compression
  const mend = `use one of ${packageCompressions.join(', ')}`
  if (setting && ['rpm', 'deb', 'termux.deb'].includes(format)) {
    guard(
      () => compression(setting),
      [own, 'compression'],
      (at, message) => bad(at, message, mend),
    )
  }
}

function guard(check: () => unknown, at: Path, bad: (at: Path, message: string) => void): void {
  try {
    check()
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    bad(at, error.message)
  }
}
