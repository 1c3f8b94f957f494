import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compare, prerelease, valid } from 'semver'
import { tempFolder } from '../../core/temp.ts'
import type { ManifestDocument, OciRegistry } from '../../external/oci-registry.ts'
import { OCI } from '../../formats/oci-types.ts'
import type { OciConfig, OciIndex, OciManifest } from '../../formats/oci-types.ts'
import { VERSION } from './assemble.ts'
import type { DockerUnit } from './units.ts'

/** Whether a version comes after another. */
export function isNewer(version: string, other: string): boolean {
  return valid(version) !== null && valid(other) !== null && compare(version, other) > 0
}

/**
 * The version that a tag stands for: what the image says of itself, else that of a tag of the same repository that is the same image.
 * An image that says nothing and has no other tag is judged by the newest version in the repository, so that nothing moves backwards.
 */
export async function versionBehind(
  found: ManifestDocument,
  unit: DockerUnit,
  registry: OciRegistry,
): Promise<string | undefined> {
  const { repository, tag } = unit.name
  const told = await versionTold(found, repository, registry)
  if (told !== undefined) return told
  const versions = (await registry.tags(repository))
    .flatMap((one) => {
      const version = one === tag ? undefined : versionIn(one)
      return version === undefined ? [] : [{ tag: one, version }]
    })
    .filter(
      (one) =>
        isNewer(one.version, unit.version) && (prerelease(one.version) === null || prerelease(unit.version) !== null),
    )
    .toSorted((a, b) => compare(b.version, a.version))
  // Only what is newer than ours can hold the tag back.
  for (const one of versions.slice(0, 20)) {
    const other = await registry.manifest(repository, one.tag)
    if (other?.digest === found.digest) return one.version
  }
  return versions[0]?.version
}

function versionIn(tag: string): string | undefined {
  return valid(tag.replace(/^v/, '')) ?? undefined
}

/** What annotations and labels say. */
async function versionTold(
  found: ManifestDocument,
  repository: string,
  registry: OciRegistry,
): Promise<string | undefined> {
  const document = JSON.parse(found.bytes.toString()) as Partial<OciIndex & OciManifest>
  const annotated = document.annotations?.[VERSION]
  if (annotated !== undefined) return versionIn(annotated)
  const first = document.manifests?.find((one) => one.platform?.os !== 'unknown')
  if (first !== undefined) {
    const child = await registry.manifest(repository, first.digest)
    return child === undefined ? undefined : versionTold(child, repository, registry)
  }
  if (document.config === undefined) return undefined
  const config = await smallBlob(repository, document.config.digest, document.config.mediaType, registry)
  const label = config?.config?.Labels?.[VERSION]
  return label === undefined ? undefined : versionIn(label)
}

async function smallBlob(
  repository: string,
  digest: string,
  mediaType: string,
  registry: OciRegistry,
): Promise<OciConfig | undefined> {
  if (mediaType !== OCI.config && mediaType !== OCI.dockerConfig) return undefined
  await using folder = await tempFolder('docker-config')
  const path = join(folder.path, 'config.json')
  await registry.blob(repository, digest, path)
  return JSON.parse(await readFile(path, 'utf8')) as OciConfig
}
