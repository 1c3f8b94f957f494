import type { Manifest } from '../../manifest/manifest.ts'
import { GENERATED } from '../shared/generated.ts'
import { goYaml, type YamlValue } from '../shared/go-yaml.ts'
import { withNotes } from '../shared/notes-mark.ts'
import { packagesOf, programsIn, type Package } from '../shared/packages.ts'
import type { WingetSettings } from './settings.ts'

const SCHEMA = '1.12.0'
const LOCALE = 'en-US'

/** Winget's words for Go's architectures. */
const ARCHITECTURES: Record<string, string> = { amd64: 'x64', '386': 'x86', arm64: 'arm64' }

type Fields = Record<string, YamlValue | undefined>

/** The three files of a version, in the order in which GoReleaser writes them; the texts are GoReleaser's own. */
export function wingetTexts(manifest: Manifest, settings: WingetSettings): { name: string; content: string }[] {
  const { packageIdentifier: id } = settings
  return [
    { name: `${id}.yaml`, content: file('version', versionFields(manifest, settings)) },
    { name: `${id}.installer.yaml`, content: file('installer', installerFields(manifest, settings)) },
    { name: `${id}.locale.${LOCALE}.yaml`, content: file('defaultLocale', localeFields(manifest, settings)) },
  ]
}

/** The version that a manifest is for. */
export function versionIn(text: string): string | undefined {
  return /^PackageVersion: ["']?([^"'\n]*)/m.exec(text)?.[1]
}

function file(type: string, fields: Fields): string {
  const schema = `# yaml-language-server: $schema=https://aka.ms/winget-manifest.${type}.${SCHEMA}.schema.json`
  return `${GENERATED}\n${schema}\n${goYaml({ ...given(fields), ManifestType: type, ManifestVersion: SCHEMA })}`
}

/** Without empty texts and lists. */
function given(fields: Fields): Fields {
  const full = Object.entries(fields).filter(([, one]) => one !== '' && !(Array.isArray(one) && one.length === 0))
  return Object.fromEntries(full)
}

function versionFields(manifest: Manifest, settings: WingetSettings): Fields {
  return {
    PackageIdentifier: settings.packageIdentifier,
    PackageVersion: manifest.version,
    DefaultLocale: LOCALE,
  }
}

function localeFields(manifest: Manifest, settings: WingetSettings): Fields {
  return {
    PackageIdentifier: settings.packageIdentifier,
    PackageVersion: manifest.version,
    PackageLocale: LOCALE,
    Publisher: settings.publisher,
    PublisherUrl: settings.publisherUrl,
    PublisherSupportUrl: settings.publisherSupportUrl,
    PrivacyUrl: settings.privacyUrl,
    Author: settings.programAuthor,
    PackageName: settings.packageName,
    PackageUrl: settings.homepage,
    License: settings.license,
    LicenseUrl: settings.licenseUrl,
    Copyright: settings.copyright,
    CopyrightUrl: settings.copyrightUrl,
    ShortDescription: settings.shortDescription,
    Description: settings.description.replaceAll('\t', '  '),
    Moniker: settings.name,
    Tags: settings.tags,
    ReleaseNotes: withNotes(settings.releaseNotes, manifest.notes),
    ReleaseNotesUrl: settings.releaseNotesUrl,
    InstallationNotes: settings.installationNotes,
  }
}

function installerFields(manifest: Manifest, settings: WingetSettings): Fields {
  const packages = packagesOf(manifest, settings.packages)
  const bare = packages.findLast((one) => one.artifact.kind === 'binary')
  return {
    PackageIdentifier: settings.packageIdentifier,
    PackageVersion: manifest.version,
    InstallerLocale: LOCALE,
    InstallerType: bare === undefined ? 'zip' : 'portable',
    Commands: bare?.artifact.binaries.map((one) => one.name),
    ReleaseDate: settings.releaseDate,
    Installers: packages.map(installer),
    ...(settings.dependencies.length === 0
      ? {}
      : {
          ManifestType: 'installer',
          ManifestVersion: SCHEMA,
          Dependencies: {
            PackageDependencies: settings.dependencies.map((one) => ({
              PackageIdentifier: one.packageIdentifier,
              MinimumVersion: one.minimumVersion || undefined,
            })),
          },
        }),
  }
}

function installer({ artifact, platform, settings }: Package<{ url: string }>): YamlValue {
  const isZip = artifact.kind === 'archive'
  return {
    Architecture: ARCHITECTURES[platform.goarch] ?? platform.goarch,
    NestedInstallerType: isZip ? 'portable' : undefined,
    NestedInstallerFiles: isZip
      ? programsIn(artifact).map((program) => nested(artifact.wrapDirectory, program))
      : undefined,
    InstallerUrl: settings.url,
    InstallerSha256: artifact.sha256,
    UpgradeBehavior: 'uninstallPrevious',
  }
}

function nested(folder: string | undefined, program: string): YamlValue {
  const path = folder ? `${folder}/${program}` : program
  return {
    RelativeFilePath: path.replaceAll('/', '\\'),
    PortableCommandAlias: (program.split('/').at(-1) ?? program).replace(/\.exe$/, ''),
  }
}
