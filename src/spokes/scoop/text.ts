import { goIndentedJson } from '../shared/go-json.ts'
import type { Manifest } from '../../manifest/manifest.ts'
import { packagesOf } from '../shared/packages.ts'
import type { ScoopSettings } from './settings.ts'

/** Scoop's words for Go's architectures. */
export const ARCHITECTURES: Record<string, string> = { '386': '32bit', amd64: '64bit', arm64: 'arm64' }

/** The text of a Scoop manifest; GoReleaser's own for the same input. */
export function scoopText(manifest: Manifest, settings: ScoopSettings): string {
  const resources = packagesOf(manifest, settings.packages).map(({ artifact, platform, settings: { url } }) => {
    const bin = artifact.binaries.length === 0 ? null : artifact.binaries.map((one) => one.path)
    return [ARCHITECTURES[platform.goarch] ?? platform.goarch, { url, bin, hash: artifact.sha256 }] as const
  })
  const text = goIndentedJson({
    version: manifest.version,
    architecture: Object.fromEntries(resources.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    homepage: given(settings.homepage),
    license: given(settings.license),
    description: given(settings.description),
    persist: given(settings.persist),
    pre_install: given(settings.preInstall),
    post_install: given(settings.postInstall),
    depends: given(settings.depends),
    shortcuts: given(settings.shortcuts),
  })
  return `${text}\n`
}

/** The version that a manifest names. */
export function versionIn(text: string): string | undefined {
  return /^\s*"version":\s*"([^"]*)"/m.exec(text)?.[1]
}

/** Empty texts and lists are left out. */
function given<T extends string | unknown[]>(value: T): T | undefined {
  return value.length === 0 ? undefined : value
}
