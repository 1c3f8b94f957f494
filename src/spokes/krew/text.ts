import type { Manifest } from '../../manifest/manifest.ts'
import { GENERATED } from '../shared/generated.ts'
import { goYaml } from '../shared/go-yaml.ts'
import { packagesOf, programsIn } from '../shared/packages.ts'
import type { KrewSettings } from './settings.ts'

/** The text of a plugin manifest; but for the line that names the tool, GoReleaser's own for the same input. */
export function krewText(manifest: Manifest, settings: KrewSettings): string {
  const platforms = packagesOf(manifest, settings.packages).flatMap(({ artifact, platform, settings: { url } }) =>
    (platform.goarch === 'all' ? ['amd64', 'arm64'] : [platform.goarch]).map((arch) => ({
      bin: programsIn(artifact)[0],
      uri: url,
      sha256: artifact.sha256,
      selector: { matchLabels: { os: platform.goos, arch } },
    })),
  )
  const text = goYaml({
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: settings.name },
    spec: {
      version: `v${manifest.version}`,
      platforms: platforms.toSorted((a, b) => (a.uri < b.uri ? 1 : a.uri > b.uri ? -1 : 0)),
      shortDescription: settings.shortDescription || undefined,
      homepage: settings.homepage || undefined,
      caveats: settings.caveats || undefined,
      description: settings.description || undefined,
    },
  })
  return `${GENERATED}\n${text}`
}

/** The version that a manifest names, without its `v`. */
export function versionIn(text: string): string | undefined {
  return /^ {2}version: ["']?v?([^"'\n]*)/m.exec(text)?.[1]
}
