import {
  conffiles,
  controlDescription,
  controlText,
  debianVersion,
  furtherFields,
  orNone,
  relations,
  sizeField,
} from './deb-control.ts'
import { dataEntries } from './deb.ts'
import { gzip } from './gzip.ts'
import { textBody, type PackageEntry, type PackageFacts, type PackageScripts } from './package-entry.ts'
import type { Spool } from './package-spool.ts'
import { tar, type TarEntry } from './tar.ts'

/** What only an ipk says. */
export interface IpkFacts extends PackageFacts {
  abiVersion: string
  alternatives: { priority: number; linkName: string; target: string }[]
  autoInstalled: boolean
  essential: boolean
  predepends: string[]
  tags: string[]
  fields: Record<string, string>
  scripts: PackageScripts
}

/** Fields that are opkg's own: a user's field of the same name is left out. */
const OWN = new Set(
  `abiversion alternatives architecture auto-installed conffiles conflicts depends description essential filename homepage
installed-size installed-time license maintainer md5sum package pre-depends priority provides recommends replaces section sha256sum size
status suggests tags vendor version`.split(/\s+/),
)

/**
 * A package for opkg: what a deb holds, in a gzipped tar instead of an ar archive (git.yoctoproject.org/opkg).
 * @example for await (const chunk of ipk(facts, entries, spoolIn(folder))) out.write(chunk)
 */
export async function* ipk(facts: IpkFacts, entries: PackageEntry[], spool: Spool): AsyncGenerator<Uint8Array> {
  const data = await spool(gzip(tar(dataEntries(entries), { dialect: 'gnu' })))
  const control = await spool(gzip(tar(controlEntries(facts, entries), { dialect: 'gnu' })))
  const member = (name: string, body: { size: number; content: () => AsyncIterable<Uint8Array> }): TarEntry => ({
    name: `./${name}`,
    mode: 0o644,
    mtime: facts.mtime,
    body: { type: 'file', size: body.size, content: body.content },
  })
  const members = [
    member('debian-binary', textBody('2.0\n')),
    member('control.tar.gz', control),
    member('data.tar.gz', data),
  ]
  yield* gzip(tar(members, { dialect: 'gnu' }))
}

function controlEntries(facts: IpkFacts, entries: PackageEntry[]): TarEntry[] {
  const texts: [name: string, text: string | undefined, mode: number][] = [
    ['control', ipkControl(facts, entries), 0o644],
    ['conffiles', orNone(conffiles(entries)), 0o644],
    // In the order in which opkg runs them.
    ['preinst', facts.scripts.preinstall, 0o755],
    ['postinst', facts.scripts.postinstall, 0o755],
    ['prerm', facts.scripts.preremove, 0o755],
    ['postrm', facts.scripts.postremove, 0o755],
  ]
  return texts.flatMap(([name, text, mode]) =>
    text === undefined ? [] : [{ name: `./${name}`, mode, mtime: facts.mtime, body: textBody(text) }],
  )
}

/** The control file, in the order of its names' importance and then of their letters. */
export function ipkControl(facts: IpkFacts, entries: PackageEntry[]): string {
  const size = sizeField(entries)
  const alternatives = facts.alternatives.map(({ priority, linkName, target }) => `${priority}:${linkName}:${target}`)
  const further = Object.entries(facts.fields).filter(([name]) => !OWN.has(name.toLowerCase()))
  return controlText([
    ['Architecture', facts.arch],
    ['Description', controlDescription(facts.description)],
    ['Maintainer', facts.maintainer || 'Unset Maintainer <unset@localhost>'],
    ['Package', facts.name],
    ['Priority', facts.priority || 'optional'],
    ['Version', debianVersion(facts)],
    ['ABIVersion', orNone(facts.abiVersion)],
    ['Alternatives', relations(alternatives)],
    ['Auto-Installed', facts.autoInstalled ? 'yes' : undefined],
    ['Conflicts', relations(facts.conflicts)],
    ['Depends', relations(facts.depends)],
    ['Essential', facts.essential ? 'yes' : undefined],
    ['Homepage', orNone(facts.homepage)],
    ['License', orNone(facts.license)],
    ['Installed-Size', size === 0 ? undefined : String(size)],
    ['Pre-Depends', relations(facts.predepends)],
    ['Provides', relations(facts.provides)],
    ['Recommends', relations(facts.recommends)],
    ['Replaces', relations(facts.replaces)],
    ['Section', orNone(facts.section)],
    ['Suggests', relations(facts.suggests)],
    ['Tags', relations(facts.tags)],
    ['Vendor', orNone(facts.vendor)],
    ...furtherFields(Object.fromEntries(further)),
  ])
}
