import type { Manifest } from '../../manifest/manifest.ts'
import { artifactNamed } from '../shared/packages.ts'
import type { ArchSettings, AurSettings, AurSourceSettings } from './settings.ts'
import { pkgver, shownDescription, sourcesOf } from './text.ts'

/** The text of the `.SRCINFO` of programs: byte by byte what `makepkg --printsrcinfo` makes of the PKGBUILD beside it. */
export function srcinfoText(manifest: Manifest, settings: AurSettings): string {
  const sources = sourcesOf(manifest, settings)
  const version = pkgver(manifest.version)
  return srcinfo(settings, version, {
    install: settings.install === '' ? '' : `${settings.name.replace(/-bin$/, '')}.install`,
    arches: sources.map((one) => one.arch),
    makedepends: [],
    sources: sources.flatMap(({ arch, url, sha256, format }) => [
      pair(`source_${arch}`, `${settings.name}_${version}_${arch}.${format}::${url}`),
      pair(`sha256sums_${arch}`, sha256),
    ]),
  })
}

/** The same for a package that is built from the sources. */
export function sourceSrcinfoText(manifest: Manifest, settings: AurSourceSettings): string {
  const { artifact, url, format } = settings.source
  const version = pkgver(manifest.version)
  return srcinfo(settings, version, {
    install: settings.install === '' ? '' : `${settings.name}.install`,
    arches: settings.arches,
    makedepends: settings.makedepends,
    sources: [
      pair('source', `${settings.name}_${version}.${format}::${url}`),
      pair('sha256sums', artifactNamed(manifest, artifact).sha256),
    ],
  })
}

interface Rest {
  install: string
  arches: string[]
  makedepends: string[]
  sources: string[]
}

/** In the order of makepkg's own list (pacman, scripts/libmakepkg/srcinfo.sh). */
function srcinfo(settings: ArchSettings, version: string, { install, arches, makedepends, sources }: Rest): string {
  const { name, description, rel, homepage, license } = settings
  return [
    `pkgbase = ${name}\n`,
    pair('pkgdesc', shownDescription(description)),
    pair('pkgver', version),
    pair('pkgrel', rel),
    ...(homepage === '' ? [] : [pair('url', homepage)]),
    ...(install === '' ? [] : [pair('install', install)]),
    ...arches.map((one) => pair('arch', one)),
    ...(license === '' ? [] : [pair('license', license)]),
    ...makedepends.map((one) => pair('makedepends', one)),
    ...settings.depends.map((one) => pair('depends', one)),
    ...settings.optdepends.map((one) => pair('optdepends', one)),
    ...settings.provides.map((one) => pair('provides', one)),
    ...settings.conflicts.map((one) => pair('conflicts', one)),
    ...settings.backup.map((one) => pair('backup', one)),
    ...sources,
    `\npkgname = ${name}\n`,
  ].join('')
}

/** Blanks as makepkg writes them: one between words, none at the ends. */
function pair(key: string, value: string): string {
  return `\t${key} = ${value.replaceAll(/\s+/g, ' ').trim()}\n`
}
