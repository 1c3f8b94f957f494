import { createHash } from 'node:crypto'
import type { ArchiveEntry } from './tar.ts'
import { zip } from './zip.ts'

/** A file of a NuGet package. */
export interface NupkgFile {
  /** Relative, forward slashes: `tools/chocolateyinstall.ps1`. ASCII without blanks: OPC names are not escaped here. */
  name: string
  content: string
}

/** What a NuGet package says of itself outside its nuspec. */
export interface NupkgFacts {
  id: string
  version: string
  authors: string
  description: string
  /** Parted by blanks. */
  tags: string
}

/** Types of the parts by extension; NuGet gives all of its own content this type (OPC, ECMA-376 part 2, 10.1.2). */
const RELATIONS = 'application/vnd.openxmlformats-package.relationships+xml'
const PROPERTIES = 'application/vnd.openxmlformats-package.core-properties+xml'
const OCTETS = 'application/octet'

const OPC = 'http://schemas.openxmlformats.org/package/2006'

/**
 * A NuGet package: a zip by the rules of OPC (ECMA-376 part 2) with the nuspec in its root, streamed. The same input gives the same
 * bytes: names that NuGet makes up at random are digests of id and version here. `mtime` in seconds since the epoch.
 * @example nupkg({ id: 'hello', version: '1.2.3', authors: 'Ann', description: 'Greets', tags: 'cli' }, nuspec, files, 1_700_000_000)
 */
export function nupkg(facts: NupkgFacts, nuspec: string, files: NupkgFile[], mtime: number): AsyncGenerator<Buffer> {
  const properties = `package/services/metadata/core-properties/${digest(facts, 'properties')}.psmdcp`
  const nuspecName = `${facts.id}.nuspec`
  const content = [{ name: nuspecName, content: nuspec }, ...files]
  const parts: NupkgFile[] = [
    { name: '_rels/.rels', content: relations(facts, nuspecName, properties) },
    ...content,
    { name: '[Content_Types].xml', content: contentTypes(content) },
    { name: properties, content: coreProperties(facts) },
  ]
  return zip(parts.map((one) => entry(one, mtime)))
}

/** Whether a member of a package belongs to OPC, and not to the package's content. */
export function isOpcPart(name: string): boolean {
  return name === '[Content_Types].xml' || name.startsWith('_rels/') || name.startsWith('package/services/metadata/')
}

function entry({ name, content }: NupkgFile, mtime: number): ArchiveEntry {
  const bytes = Buffer.from(content)
  return {
    name,
    mode: 0o644,
    mtime,
    body: {
      type: 'file',
      size: bytes.length,
      async *content() {
        yield bytes
      },
    },
  }
}

function digest({ id, version }: NupkgFacts, what: string): string {
  return createHash('sha256').update(`${id}\0${version}\0${what}`).digest('hex').slice(0, 32)
}

function relations(facts: NupkgFacts, nuspec: string, properties: string): string {
  const one = (type: string, target: string): string =>
    `  <Relationship Type="${type}" Target="/${target}" Id="R${digest(facts, target).slice(0, 16).toUpperCase()}" />`
  return document([
    `<Relationships xmlns="${OPC}/relationships">`,
    one('http://schemas.microsoft.com/packaging/2010/07/manifest', nuspec),
    one(`${OPC}/relationships/metadata/core-properties`, properties),
    '</Relationships>',
  ])
}

function contentTypes(files: NupkgFile[]): string {
  const extensions = new Set(files.map(({ name }) => /\.([^./]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''))
  const types = new Map([
    ['rels', RELATIONS],
    ['psmdcp', PROPERTIES],
    ...[...extensions].filter((one) => one !== '').map((one): [string, string] => [one, OCTETS]),
  ])
  // A name without an extension has no default; it is told by itself.
  const bare = files.filter(({ name }) => !/\.[^./]+$/.test(name))
  return document([
    `<Types xmlns="${OPC}/content-types">`,
    ...[...types].map(([extension, type]) => `  <Default Extension="${extension}" ContentType="${type}" />`),
    ...bare.map(({ name }) => `  <Override PartName="/${name}" ContentType="${OCTETS}" />`),
    '</Types>',
  ])
}

function coreProperties({ id, version, authors, description, tags }: NupkgFacts): string {
  const spaces = [
    'xmlns:dc="http://purl.org/dc/elements/1.1/"',
    'xmlns:dcterms="http://purl.org/dc/terms/"',
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
    `xmlns="${OPC}/metadata/core-properties"`,
  ]
  return document([
    `<coreProperties ${spaces.join(' ')}>`,
    `  <dc:creator>${escaped(authors)}</dc:creator>`,
    `  <dc:description>${escaped(description)}</dc:description>`,
    `  <dc:identifier>${escaped(id)}</dc:identifier>`,
    `  <version>${escaped(version)}</version>`,
    `  <keywords>${escaped(tags)}</keywords>`,
    '  <lastModifiedBy>tagonce</lastModifiedBy>',
    '</coreProperties>',
  ])
}

function document(lines: string[]): string {
  return ['<?xml version="1.0" encoding="utf-8"?>', ...lines, ''].join('\n')
}

/** What XML 1.0 has no place for becomes the replacement character. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
}
