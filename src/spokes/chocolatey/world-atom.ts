import { COMMUNITY } from './feed.ts'
import { isPrerelease, latestOf, type StoredPackage } from './world-state.ts'

const ATOM = 'http://www.w3.org/2005/Atom'
const DATA = 'http://schemas.microsoft.com/ado/2007/08/dataservices'
const ROOT = `${COMMUNITY}/api/v2`

/** What the root of the feed says. */
export const SERVICE = `<?xml version="1.0" encoding="utf-8"?>
<service xml:base="${ROOT}/" xmlns="http://www.w3.org/2007/app" xmlns:atom="${ATOM}"><workspace><atom:title>Default</atom:title>
<collection href="Packages"><atom:title>Packages</atom:title></collection></workspace></service>`

const TYPES: Record<string, string> = {
  IsLatestVersion: 'Boolean',
  IsAbsoluteLatestVersion: 'Boolean',
  IsPrerelease: 'Boolean',
}
const properties = ['Version', 'Title', 'Description', 'Tags', 'PackageHash', 'PackageHashAlgorithm', 'PackageStatus']

/** The metadata that clients read to learn which functions there are (EDMX, OData v2). */
export const METADATA = `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"><edmx:DataServices m:DataServiceVersion="2.0" xmlns:m="${DATA}/metadata">
<Schema Namespace="NuGetGallery" xmlns="http://schemas.microsoft.com/ado/2006/04/edm">
<EntityType Name="V2FeedPackage" m:HasStream="true"><Key><PropertyRef Name="Id" /><PropertyRef Name="Version" /></Key>
<Property Name="Id" Type="Edm.String" Nullable="false" />
${[...properties, ...Object.keys(TYPES)].map((name) => `<Property Name="${name}" Type="Edm.${TYPES[name] ?? 'String'}" />`).join('\n')}
</EntityType>
<EntityContainer Name="FeedContext_x0060_1" m:IsDefaultEntityContainer="true"><EntitySet Name="Packages" EntityType="NuGetGallery.V2FeedPackage" />
<FunctionImport Name="Search" EntitySet="Packages" ReturnType="Collection(NuGetGallery.V2FeedPackage)" m:HttpMethod="GET">
<Parameter Name="searchTerm" Type="Edm.String" /><Parameter Name="targetFramework" Type="Edm.String" /><Parameter Name="includePrerelease" Type="Edm.Boolean" /></FunctionImport>
<FunctionImport Name="FindPackagesById" EntitySet="Packages" ReturnType="Collection(NuGetGallery.V2FeedPackage)" m:HttpMethod="GET"><Parameter Name="id" Type="Edm.String" /></FunctionImport>
</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`

/** A feed of versions. `of`: all versions of each package, from which the latest is computed. */
export function feedXml(entries: StoredPackage[], of: (id: string) => StoredPackage[], next?: string): string {
  const link = next === undefined ? '' : `<link rel="next" href="${text(next)}" />`
  const body = entries.map((one) => entry(one, of(one.id), '')).join('\n')
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xml:base="${ROOT}/" ${NAMESPACES}><title type="text">Packages</title><id>${ROOT}/Packages</id><updated>${TIME}</updated>
${body}
${link}</feed>`
}

/** One version by itself. */
export function entryXml(one: StoredPackage, all: StoredPackage[]): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n${entry(one, all, ` xml:base="${ROOT}/" ${NAMESPACES}`)}`
}

const NAMESPACES = `xmlns:d="${DATA}" xmlns:m="${DATA}/metadata" xmlns="${ATOM}"`
const TIME = '2026-01-02T03:04:05Z'

function entry(one: StoredPackage, all: StoredPackage[], more: string): string {
  const { id, version } = one
  const bool = (value: boolean): string => String(value)
  const self = `${ROOT}/Packages(Id='${text(id)}',Version='${text(version)}')`
  const values: [name: string, type: string, value: string][] = [
    ['Version', '', version],
    ['Title', '', one.title],
    ['Description', '', one.description],
    ['Tags', '', one.tags],
    ['IsLatestVersion', 'Boolean', bool(latestOf(all, false) === version)],
    ['IsAbsoluteLatestVersion', 'Boolean', bool(latestOf(all, true) === version)],
    ['IsPrerelease', 'Boolean', bool(isPrerelease(version))],
    ['Created', 'DateTime', TIME],
    // NuGet's mark of an unlisted version; there is no `Listed`.
    ['Published', 'DateTime', one.listed && one.status !== 'Rejected' ? TIME : '1900-01-01T00:00:00'],
    ['PackageHash', '', one.sha512],
    ['PackageHashAlgorithm', '', 'SHA512'],
    ['PackageSize', 'Int64', String(one.size)],
    ['IsApproved', 'Boolean', bool(one.status === 'Approved')],
    ['PackageStatus', '', one.status],
    ['PackageSubmittedStatus', '', one.submitted],
  ]
  const inner = values
    .map(([name, type, value]) => `<d:${name}${type === '' ? '' : ` m:type="Edm.${type}"`}>${text(value)}</d:${name}>`)
    .join('')
  return `<entry${more}><id>${self}</id><title type="text">${text(id)}</title><summary type="text"></summary><updated>${TIME}</updated>
<author><name>${text(one.authors)}</name></author><link rel="edit" title="V2FeedPackage" href="Packages(Id='${text(id)}',Version='${text(version)}')" />
<category term="NuGetGallery.V2FeedPackage" scheme="${DATA}/scheme" />
<content type="application/zip" src="${ROOT}/package/${text(id)}/${text(version)}" /><m:properties>${inner}<d:Dependencies></d:Dependencies></m:properties></entry>`
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
