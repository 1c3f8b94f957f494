import { readGoBuildInfo } from '../../formats/binary/go-build-info.ts'
import { describe, ociConfig, ociManifest, sha256 } from '../../formats/oci-document.ts'
import type { OciDocument } from '../../formats/oci-document.ts'
import { OCI } from '../../formats/oci-types.ts'
import type { OciDescriptor } from '../../formats/oci-types.ts'
import type { HubReader } from '../../hub/hub.ts'
import type { Program } from '../../sbom/inventory.ts'
import { spdxJson } from '../../sbom/spdx.ts'
import { artifactNamed } from '../shared/packages.ts'
import { platformText } from './dockerfile/platform.ts'
import type { ImageBlob, PlatformImage } from './image.ts'
import { STAND_IN } from './pins.ts'
import type { ImageSettings } from './settings.ts'

/** What is attested of an image, as a manifest of its own in the index. */
export interface Attestation {
  manifest: OciDocument
  descriptor: OciDescriptor
  blobs: ImageBlob[]
}

const SPDX = 'https://spdx.dev/Document'
const SLSA = 'https://slsa.dev/provenance/v1'

/**
 * SBOM and provenance of each image, stored as BuildKit stores them
 * (https://docs.docker.com/build/metadata/attestations/attestation-storage/): a manifest for a platform `unknown/unknown`, which names
 * the image that it is about. Nothing of this machine and no time but the commit's is in them.
 */
export async function attestations(
  images: PlatformImage[],
  settings: ImageSettings,
  hub: HubReader,
  pins: Readonly<Record<string, string>>,
): Promise<Attestation[]> {
  if (!settings.sbom && !settings.provenance) return []
  return Promise.all(
    images.map(async (image, at) => {
      const predicates: [type: string, predicate: unknown][] = [
        ...(settings.sbom ? [[SPDX, await sbom(image, settings, at, hub)] as [string, unknown]] : []),
        ...(settings.provenance ? [[SLSA, provenance(settings, at, hub, pins)] as [string, unknown]] : []),
      ]
      return attestation(image, settings, predicates)
    }),
  )
}

function attestation(image: PlatformImage, settings: ImageSettings, predicates: [string, unknown][]): Attestation {
  const platform = encodeURIComponent(platformText(image.platform))
  const subject = settings.names.map((name) => ({
    name: `pkg:docker/${name.replace(/:(?=[^/]*$)/, '@')}?platform=${platform}`,
    digest: { sha256: image.manifest.digest.replace('sha256:', '') },
  }))
  const statements = predicates.map(([predicateType, predicate]) => {
    const bytes = Buffer.from(
      JSON.stringify({ _type: 'https://in-toto.io/Statement/v0.1', subject, predicateType, predicate }),
    )
    return { predicateType, bytes, digest: sha256(bytes) }
  })
  // "It should be ignored as it is only included for compatibility purposes."
  const config = ociConfig({
    architecture: 'unknown',
    os: 'unknown',
    config: {},
    rootfs: { type: 'layers', diff_ids: statements.map((one) => one.digest) },
  })
  const layers = statements.map(({ predicateType, bytes, digest }) => ({
    mediaType: OCI.inToto,
    digest,
    size: bytes.length,
    annotations: { 'in-toto.io/predicate-type': predicateType },
  }))
  const manifest = ociManifest({ config: describe(config), layers })
  const annotations = {
    'vnd.docker.reference.digest': image.manifest.digest,
    'vnd.docker.reference.type': 'attestation-manifest',
  }
  return {
    manifest,
    descriptor: describe(manifest, { annotations, platform: { architecture: 'unknown', os: 'unknown' } }),
    blobs: [
      ...statements.map(({ bytes, digest }) => ({ bytes, digest, size: bytes.length })),
      { bytes: config.bytes, digest: config.digest, size: config.bytes.length },
    ],
  }
}

/** SPDX of the programs that come from the hub; the packages of a base image are told by its own. */
async function sbom(image: PlatformImage, settings: ImageSettings, at: number, hub: HubReader): Promise<unknown> {
  const { manifest } = hub
  const programs: Program[] = []
  for (const { artifact, program } of settings.platforms[at]?.files ?? []) {
    const holder = artifactNamed(manifest, artifact)
    const binary = holder.binaries.find((one) => one.name === program)
    if (binary === undefined) continue
    const info = await readGoBuildInfo(await hub.binary(holder, binary.path))
    programs.push({ name: binary.name, sha256: binary.sha256, ...(info === undefined ? {} : { info }) })
  }
  const [name = settings.at] = settings.names
  const text = spdxJson({
    document: `${manifest.project}-image`,
    artifact: {
      name: name.replace(/:[^:/]*$/, ''),
      version: manifest.version,
      sha256: image.manifest.digest.replace('sha256:', ''),
      address: hub.address(`${manifest.project}-image`),
    },
    programs,
    created: manifest.date,
    tool: { name: manifest.tool.name, version: manifest.tool.version },
  })
  return JSON.parse(text)
}

/** SLSA provenance: the files of the hub and the base images that went in, with their digests. */
function provenance(
  settings: ImageSettings,
  at: number,
  hub: HubReader,
  pins: Readonly<Record<string, string>>,
): unknown {
  const { manifest } = hub
  const { hub: place, tool, commit, tag } = manifest
  const source = `git+${place.download}/${place.owner}/${place.repo}@refs/tags/${tag}`
  const files = [...new Set((settings.platforms[at]?.files ?? []).map((one) => one.artifact))].toSorted()
  const bases = Object.entries(pins).filter(([key, digest]) => key.startsWith('base:') && digest !== STAND_IN)
  return {
    buildDefinition: {
      buildType: `https://www.npmjs.com/package/tagonce#image-v1`,
      externalParameters: { source, entry: settings.at, dockerfile: settings.dockerfile, args: settings.buildArgs },
      internalParameters: {},
      resolvedDependencies: [
        { uri: source, digest: { gitCommit: commit } },
        ...files.map((name) => ({ uri: hub.address(name), digest: { sha256: artifactNamed(manifest, name).sha256 } })),
        ...bases.map(([key, digest]) => {
          const [name = '', platform = ''] = key.slice('base:'.length).split(' ')
          const uri = `pkg:docker/${name.replace(/:(?=[^/]*$)/, '@')}?platform=${encodeURIComponent(platform)}`
          return { uri, digest: { sha256: digest.replace('sha256:', '') } }
        }),
      ],
    },
    runDetails: { builder: { id: `https://www.npmjs.com/package/tagonce/v/${tool.version}` } },
  }
}
