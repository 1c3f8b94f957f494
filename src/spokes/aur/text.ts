import type { Artifact } from '../../core/artifact.ts'
import type { Manifest } from '../../manifest/manifest.ts'
import { GENERATED } from '../shared/generated.ts'
import { tidyLines } from '../shared/lines.ts'
import { packagesOf } from '../shared/packages.ts'
import { goQuote } from '../shared/quote.ts'
import type { ArchSettings, AurSettings } from './settings.ts'

/** Arch's words for Go's architectures. */
const ARCHES: Record<string, string> = { amd64: 'x86_64', '386': 'i686', arm64: 'aarch64', arm: 'armv7h' }

interface Source {
  arch: string
  url: string
  sha256: string
  format: string
}

/** A version as Arch takes it: no hyphen, which parts it from the release. */
export function pkgver(version: string): string {
  return version.replaceAll('-', '_')
}

/** The text of a PKGBUILD of programs; but for the line that names the tool, GoReleaser's own for the same input. */
export function pkgbuildText(manifest: Manifest, settings: AurSettings): string {
  const sources = sourcesOf(manifest, settings)
  const version = pkgver(manifest.version)
  const install = packageBody(manifest, settings)
  const blocks = sources.map(({ arch, url, sha256, format }) => {
    const address = url.replaceAll(version, '${pkgver}')
    return `source_${arch}=("\${pkgname}_\${pkgver}_${arch}.${format}::${address}")\nsha256sums_${arch}=('${sha256}')\n`
  })
  return tidyLines(
    [
      heading(
        settings,
        version,
        sources.map((one) => one.arch),
      ),
      list('provides', settings.provides),
      list('conflicts', settings.conflicts),
      list('depends', settings.depends),
      list('optdepends', settings.optdepends),
      list('backup', settings.backup),
      settings.install === '' ? '' : `\ninstall=${settings.name.replace(/-bin$/, '')}.install`,
      '\n\n',
      blocks.map((one) => `${one}\n`).join(''),
      `package() {\n${install}\n}\n`,
    ].join(''),
  )
}

/** The first lines of a PKGBUILD, up to the licence. */
export function heading(settings: ArchSettings, version: string, arches: string[]): string {
  return [
    GENERATED,
    ...settings.maintainers.map((one) => `# Maintainer: ${one}`),
    ...settings.contributors.map((one) => `# Contributor: ${one}`),
    '',
    `pkgname='${settings.name}'`,
    `pkgver=${version}`,
    `pkgrel=${settings.rel}`,
    `pkgdesc=${quoted(settings.description)}`,
    `url='${settings.homepage}'`,
    `arch=(${array(arches)})`,
    `license=('${settings.license}')`,
  ].join('\n')
}

/** A list of a PKGBUILD, on a line of its own; nothing when it is empty. */
export function list(name: string, values: string[]): string {
  return values.length === 0 ? '' : `\n${name}=(${array(values)})`
}

/** What `package()` does: what the entry says, or the first program of the first archive. */
function packageBody(manifest: Manifest, settings: AurSettings): string {
  if (settings.package.trim() !== '') return settings.package
  const first = packagesOf(manifest, settings.packages)[0]?.artifact
  const program = first?.binaries[0]
  if (first === undefined || program === undefined) return ''
  return `  install -Dm755 ${goQuote(`./${program.path}`)} ${goQuote(`\${pkgdir}/usr/bin/${nameInBin(first, program.path)}`)}`
}

function nameInBin(artifact: Artifact, path: string): string {
  if (artifact.kind === 'binary') return artifact.binaries[0]?.name ?? artifact.name
  const wrap = artifact.wrapDirectory ? `${artifact.wrapDirectory}/` : ''
  return path.startsWith(wrap) ? path.slice(wrap.length) : path
}

/** What each architecture downloads, by the names of Arch. */
export function sourcesOf(manifest: Manifest, settings: AurSettings): Source[] {
  return packagesOf(manifest, settings.packages)
    .map(({ artifact, platform, settings: { url } }) => ({
      arch: ARCHES[platform.goarch] ?? platform.goarch,
      url,
      sha256: artifact.sha256,
      format: artifact.format ?? '',
    }))
    .sort((a, b) => (a.arch < b.arch ? -1 : a.arch > b.arch ? 1 : 0))
}

function array(values: string[]): string {
  return values.map((one) => `'${one}'`).join(' ')
}

/** In quotes for bash: double ones where there are single ones inside. */
function quoted(text: string): string {
  return text.includes("'") ? `"${shownDescription(text)}"` : `'${text}'`
}

/** A description as bash reads it out of the PKGBUILD. */
export function shownDescription(text: string): string {
  return text.includes("'") ? text.replaceAll('"', "'") : text
}
