import type { NugetEntry } from './nuget-atom.ts'

/** A version as a feed shows it. */
export interface NugetVersion {
  version: string
  /** Where it was read. */
  from: string
  /** Address of its bytes. */
  content: string
  /** False where it was taken off the lists. */
  listed: boolean
  /** `sha512:<hex>`, where the feed tells it. */
  digest?: string
  /** Chocolatey's own: `Submitted`, `Approved`, `Rejected`, `Exempted`, … */
  status?: string
  /** Chocolatey's own: `Pending`, `Ready`, `Waiting`, `Responded`, `Updated`. */
  submitted?: string
  /** Results of Chocolatey's automated checks by their name. */
  checks: Record<string, string>
}

/** NuGet's mark of an unlisted version: published in 1900 (NuGetGallery, `V2FeedPackage`). */
export function versionOf(entry: NugetEntry, url: string, read: string): NugetVersion {
  const { properties, version, id } = entry
  const year = Number(/^\d{4}/.exec(properties['Published'] ?? '')?.[0] ?? 0)
  const sha512 = properties['PackageHashAlgorithm']?.toUpperCase() === 'SHA512' ? properties['PackageHash'] : undefined
  const status = properties['PackageStatus']
  const submitted = properties['PackageSubmittedStatus']
  const checks = Object.fromEntries(
    ['PackageTestResultStatus', 'PackageValidationResultStatus', 'PackageScanStatus'].flatMap((key) =>
      properties[key] === undefined || properties[key] === '' ? [] : [[key, properties[key]]],
    ),
  )
  return {
    version,
    from: url,
    content:
      entry.content === '' ? `${read}package/${encodeURIComponent(id)}/${encodeURIComponent(version)}` : entry.content,
    listed: properties['Listed'] === undefined ? year === 0 || year > 1970 : properties['Listed'] === 'true',
    checks,
    ...(sha512 ? { digest: `sha512:${Buffer.from(sha512, 'base64').toString('hex')}` } : {}),
    ...(status ? { status } : {}),
    ...(submitted ? { submitted } : {}),
  }
}
