import { parse } from 'yaml'
import { z } from 'zod'
import { schemaClient, type SchemaOf } from '../shared/schema-client.ts'
import { IDENTIFIER } from './check.ts'

const identifier = z.string().regex(IDENTIFIER).max(128)
const version = z
  .string()
  // oxlint-disable-next-line no-control-regex -- the schema names them
  .regex(/^[^\\/:*?"<>|\u0001-\u001f]+$/)
  .max(128)
const url = z
  .string()
  .regex(/^https?:\/\/.+$/i)
  .max(2048)
  .optional()
const text = (min: number, max: number): z.ZodString => z.string().min(min).max(max)

const common = { PackageIdentifier: identifier, PackageVersion: version, ManifestVersion: z.literal('1.12.0') }

const versionFile = z.strictObject({
  ...common,
  DefaultLocale: z.literal('en-US'),
  ManifestType: z.literal('version'),
})

const nestedFile = z.strictObject({ RelativeFilePath: text(1, 512), PortableCommandAlias: text(1, 40).optional() })

const installerFile = z.strictObject({
  ...common,
  InstallerLocale: z.literal('en-US'),
  InstallerType: z.enum(['zip', 'portable']),
  Commands: z.array(text(1, 40)).max(16).optional(),
  ReleaseDate: z.iso.date(),
  Installers: z
    .array(
      z.strictObject({
        Architecture: z.enum(['x86', 'x64', 'arm64']),
        NestedInstallerType: z.literal('portable').optional(),
        NestedInstallerFiles: z.array(nestedFile).min(1).max(1024).optional(),
        InstallerUrl: z.url().max(2048),
        InstallerSha256: z.string().regex(/^[a-f0-9]{64}$/i),
        UpgradeBehavior: z.literal('uninstallPrevious'),
      }),
    )
    .min(1)
    .max(1024),
  ManifestType: z.literal('installer'),
  Dependencies: z
    .strictObject({
      PackageDependencies: z
        .array(z.strictObject({ PackageIdentifier: identifier, MinimumVersion: version.optional() }))
        .max(16),
    })
    .optional(),
})

const localeFile = z.strictObject({
  ...common,
  PackageLocale: z.literal('en-US'),
  Publisher: text(2, 256),
  PublisherUrl: url,
  PublisherSupportUrl: url,
  PrivacyUrl: url,
  Author: text(2, 256).optional(),
  PackageName: text(2, 256),
  PackageUrl: url,
  License: text(3, 512),
  LicenseUrl: url,
  Copyright: text(3, 512).optional(),
  CopyrightUrl: url,
  ShortDescription: text(3, 256),
  Description: text(3, 10_000).optional(),
  Moniker: text(1, 40),
  Tags: z.array(text(1, 40)).max(16).optional(),
  ReleaseNotes: text(1, 10_000).optional(),
  ReleaseNotesUrl: url,
  InstallationNotes: text(1, 10_000).optional(),
  ManifestType: z.literal('defaultLocale'),
})

/** winget runs on Windows: the schemas 1.12.0 of its manifests stand in for it. */
export const wingetSchema: SchemaOf = {
  name: 'winget schema',
  version: '1.12.0',
  read: (content) => parse(content) as unknown,
  schemaFor(path) {
    if (path.endsWith('.installer.yaml')) return installerFile
    return path.endsWith('.locale.en-US.yaml') ? localeFile : versionFile
  },
}

export const wingetClient = schemaClient(wingetSchema)
