import { installedSize, isConfig, type PackageEntry, type PackageFacts } from './package-entry.ts'

/** Fields of a control file in their order; those without a value are left out. */
export function controlText(fields: [name: string, value: string | undefined][]): string {
  return fields
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')
}

/** Relations as one value; absent when there are none. */
export function relations(all: string[]): string | undefined {
  const kept = all.map((one) => one.trim()).filter((one) => one !== '')
  return kept.length === 0 ? undefined : kept.join(', ')
}

/** A text, or nothing where it is empty. */
export function orNone(text: string): string | undefined {
  return text === '' ? undefined : text
}

/**
 * The synopsis and, on lines of their own that begin with a blank, what follows it; a dot stands for an empty line
 * (Debian Policy, 5.6.13).
 */
export function controlDescription(text: string): string {
  const [first = '', ...rest] = text.trim().split(/\r?\n/)
  return [first.trim(), ...rest.map((line) => ` ${line.trim() || '.'}`)].join('\n')
}

/** Debian's own version: `[epoch:]1.2.3[~rc.1][+git][-1]` (Debian Policy, 5.6.12). */
export function debianVersion(facts: PackageFacts, epoch = true): string {
  const { version, prerelease, versionMetadata, release } = facts
  return (
    (epoch && facts.epoch !== '' ? `${facts.epoch}:` : '') +
    version +
    (prerelease === '' ? '' : `~${prerelease}`) +
    (versionMetadata === '' ? '' : `+${versionMetadata}`) +
    (release === '' ? '' : `-${release}`)
  )
}

/** In units of 1024 bytes. */
export function sizeField(entries: PackageEntry[]): number {
  return Math.floor(installedSize(entries) / 1024)
}

/** The files that dpkg and opkg ask about before they replace them, one a line. */
export function conffiles(entries: PackageEntry[]): string {
  return entries
    .filter(isConfig)
    .map(({ path }) => `${path}\n`)
    .join('')
}

/** Further fields of the user's, sorted by name. */
export function furtherFields(fields: Record<string, string>): [string, string | undefined][] {
  return Object.entries(fields)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => [name, orNone(value)])
}
