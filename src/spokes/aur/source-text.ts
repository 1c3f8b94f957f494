import type { Manifest } from '../../manifest/manifest.ts'
import { tidyLines } from '../shared/lines.ts'
import { artifactNamed } from '../shared/packages.ts'
import type { AurSourceSettings } from './settings.ts'
import { heading, list, pkgver } from './text.ts'

/** The text of a PKGBUILD that builds from the sources; but for the line that names the tool, GoReleaser's own. */
export function sourcePkgbuildText(manifest: Manifest, settings: AurSourceSettings): string {
  const version = pkgver(manifest.version)
  const { artifact, url, format } = settings.source
  const address = url.replaceAll(version, '${pkgver}')
  return tidyLines(
    [
      heading(settings, version, settings.arches),
      list('provides', settings.provides),
      list('conflicts', settings.conflicts),
      list('depends', settings.depends),
      list('makedepends', settings.makedepends),
      list('optdepends', settings.optdepends),
      list('backup', settings.backup),
      settings.install === '' ? '' : `\ninstall=${settings.name}.install`,
      `\nsource=("\${pkgname}_\${pkgver}.${format}::${address}")`,
      `\nsha256sums=('${artifactNamed(manifest, artifact).sha256}')\n`,
      ...functions(settings),
    ].join(''),
  )
}

function functions(settings: AurSourceSettings): string[] {
  const all: [string, string][] = [
    ['prepare', settings.prepare],
    ['build', settings.build],
    ['package', settings.package],
  ]
  return all.flatMap(([name, body]) => (body === '' ? [] : [`${name}() {\n${body}\n}\n`]))
}
