import { z } from 'zod'
import type { Artifact } from '../../core/artifact.ts'
import { TagonceError } from '../../core/errors.ts'
import type { Platform } from '../../core/platform.ts'
import type { Manifest } from '../../manifest/manifest.ts'

/** An artifact that a manifest of a channel points at, and the address it is fetched from. */
export const packageSettings = z.object({ artifact: z.string(), url: z.string() })

/** An artifact of the hub with what the settings say of it. */
export interface Package<P> {
  artifact: Artifact
  platform: Platform
  settings: P
}

/** The settings' packages with their artifacts, in the order of the settings. Throws `manifest` where one is not there. */
export function packagesOf<P extends { artifact: string }>(manifest: Manifest, packages: P[]): Package<P>[] {
  return packages.map((settings) => {
    const artifact = artifactNamed(manifest, settings.artifact)
    if (artifact.platform === undefined) {
      throw new TagonceError('manifest', `${artifact.name} is for no platform`)
    }
    return { artifact, platform: artifact.platform, settings }
  })
}

/** An artifact of the manifest by its name. */
export function artifactNamed(manifest: Manifest, name: string): Artifact {
  const artifact = manifest.artifacts.find((one) => one.name === name)
  if (artifact !== undefined) return artifact
  // What the plan writes for a program that nothing holds.
  if (name === '')
    throw new TagonceError('manifest', 'no file of the release holds its program', {
      hint: 'add an archive for it: formats [binary] uploads the program as it is',
    })
  throw new TagonceError('manifest', `the manifest's settings name ${name}, but it has no such artifact`)
}

/** Paths of the programs below the folder that holds everything; as GoReleaser lists them. */
export function programsIn(artifact: Artifact): string[] {
  const wrap = artifact.wrapDirectory ? `${artifact.wrapDirectory}/` : ''
  return artifact.binaries.map(({ path }) => (path.startsWith(wrap) ? path.slice(wrap.length) : path))
}

/** What users of a package download, to be compared with the hub. */
export interface Download {
  platform: string
  artifact: string
  url: string
  sha256: string
}

/** The downloads of packages. */
export function downloadsOf(packages: Package<{ url: string }>[]): Download[] {
  return packages.map(({ artifact, platform, settings }) => ({
    platform: `${platform.goos}/${platform.goarch}`,
    artifact: artifact.name,
    url: settings.url,
    sha256: artifact.sha256,
  }))
}
