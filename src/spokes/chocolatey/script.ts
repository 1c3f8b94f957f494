import type { Manifest } from '../../manifest/manifest.ts'
import { GENERATED } from '../shared/generated.ts'
import { packagesOf } from '../shared/packages.ts'
import type { ChocolateySettings } from './settings.ts'

/** The text of `chocolateyinstall.ps1`; but for the line that names the tool, GoReleaser's own for the same input. */
export function scriptText(manifest: Manifest, settings: ChocolateySettings): string {
  const args = packagesOf(manifest, settings.packages).flatMap(({ artifact, platform, settings: { url } }) =>
    platform.goarch === 'amd64'
      ? [
          ['url64bit', url],
          ['checksum64', artifact.sha256],
          ['checksumType64', 'sha256'],
        ]
      : [
          ['url', url],
          ['checksum', artifact.sha256],
          ['checksumType', 'sha256'],
        ],
  )
  return [
    GENERATED,
    "$ErrorActionPreference = 'Stop';",
    '',
    '$version = $env:chocolateyPackageVersion',
    '$packageName = $env:chocolateyPackageName',
    '$toolsDir = "$(Split-Path -parent $MyInvocation.MyCommand.Definition)"',
    '',
    '$packageArgs = @{',
    '    packageName    = $packageName',
    '    unzipLocation  = $toolsDir',
    ...args.map(([name = '', value]) => `    ${name.padEnd(14)} = '${value}'`),
    '}',
    '',
    'Install-ChocolateyZipPackage @packageArgs',
    '',
  ].join('\n')
}
