import type { Manifest } from '../../manifest/manifest.ts'
import { gitUnit, pathOf, type GitUnit } from '../shared/git-unit.ts'
import { downloadsOf, packagesOf, artifactNamed, type Download } from '../shared/packages.ts'
import type { ArchSettings, AurSettings, AurSourceSettings } from './settings.ts'
import { sourcePkgbuildText } from './source-text.ts'
import { sourceSrcinfoText, srcinfoText } from './srcinfo.ts'
import { pkgbuildText, pkgver } from './text.ts'

/** The pin that holds the text of the install script. */
export const INSTALL_PIN = 'install'

/** The files of one version in a package's repository. */
export interface AurUnit extends GitUnit {
  /** Name of the package, which is also the repository's. */
  name: string
}

/** The unit of a package of programs. Pure. */
export function aurUnits(manifest: Manifest, settings: AurSettings): AurUnit[] {
  const downloads = downloadsOf(packagesOf(manifest, settings.packages))
  const texts = { pkgbuild: pkgbuildText(manifest, settings), srcinfo: srcinfoText(manifest, settings), downloads }
  return [unitOf(manifest, settings, 'aur', texts)]
}

/** The unit of a package that is built from the sources. Pure. */
export function aurSourceUnits(manifest: Manifest, settings: AurSourceSettings): AurUnit[] {
  const { artifact, url } = settings.source
  const { sha256 } = artifactNamed(manifest, artifact)
  return [
    unitOf(manifest, settings, 'aur-source', {
      pkgbuild: sourcePkgbuildText(manifest, settings),
      srcinfo: sourceSrcinfoText(manifest, settings),
      downloads: [{ platform: 'sources', artifact, url, sha256 }],
    }),
  ]
}

function unitOf(
  manifest: Manifest,
  settings: ArchSettings,
  spoke: string,
  texts: { pkgbuild: string; srcinfo: string; downloads: Download[] },
): AurUnit {
  const { name, directory, gitUrl, sshCommand, keyEnv, keyPath, author, signing, message, rel } = settings
  const install = installOf(manifest, spoke, settings)
  const files = [
    // What names the version stands first: it tells which one a repository holds.
    { path: pathOf(directory, '.SRCINFO'), content: texts.srcinfo, dist: `aur/${name}.srcinfo` },
    { path: pathOf(directory, 'PKGBUILD'), content: texts.pkgbuild, dist: `aur/${name}.pkgbuild` },
    ...(install === undefined ? [] : [{ path: pathOf(directory, install.name), content: install.text }]),
  ]
  const repository = { owner: '', name, branch: 'master', tokenEnv: 'AUR', api: '', upload: '' }
  const git = { url: gitUrl || `ssh://aur@aur.archlinux.org/${name}.git`, sshCommand, keyEnv, keyPath }
  const more = { git, pullRequest: null, author, signing, message, name, repository }
  return {
    ...gitUnit(manifest, more, { spoke: 'aur', files, downloads: texts.downloads }),
    id: `aur:${name}@${manifest.version}`,
    address: `https://aur.archlinux.org/packages/${name}`,
    version: `${pkgver(manifest.version)}-${rel}`,
    name,
  }
}

/** The install script with the name that the PKGBUILD gives it; absent until it is pinned. */
function installOf(
  manifest: Manifest,
  spoke: string,
  { install, name }: ArchSettings,
): { name: string; text: string } | undefined {
  if (install === '') return undefined
  const sealed = manifest.spokes.find((one) => one.spoke === spoke && one.entry === name)
  const text = sealed?.pins[INSTALL_PIN]
  return text === undefined ? undefined : { name: `${name.replace(/-bin$/, '')}.install`, text }
}
