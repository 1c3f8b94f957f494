import type { Artifact } from '../core/artifact.ts'
import { TagonceError } from '../core/errors.ts'
import { redact } from '../core/secrets.ts'
import type { Plan } from '../plan/plan.ts'
import { mergeFragments } from './fragments.ts'
import type { Fragment, Manifest, SealedSpoke } from './manifest.ts'
import { MANIFEST_NAME, MANIFEST_SCHEMA, MANIFEST_SCHEMA_URL } from './manifest.ts'
import { compareNames, jsonPath, validManifest } from './validate.ts'

/** What a manifest is made of. */
export interface SealInput {
  plan: Pick<Plan, 'project' | 'version' | 'source' | 'hub'>
  /** What each machine made; one, where one machine made all. */
  fragments: readonly Fragment[]
  /** The plan's spokes with their pins. */
  spokes: readonly SealedSpoke[]
  /** Release notes, as they will stand on the hub. */
  notes: string
  /** Version of tagonce. */
  tool: string
}

/**
 * Seals a release: from here on, the manifest is all that a spoke needs. Pure; the same input gives the same manifest, whatever
 * the order of fragments and spokes.
 * @throws TagonceError `manifest` for artifacts that contradict each other, an unsafe name, or a secret in a text
 * @example manifestText(seal({ plan, fragments: [{ artifacts }], spokes, notes, tool: '1.0.0' }))
 */
export function seal({ plan, fragments, spokes, notes, tool }: SealInput): Manifest {
  const { source, hub } = plan
  const { kind, owner, repo, download, api, upload } = hub
  const manifest: Manifest = {
    $schema: MANIFEST_SCHEMA_URL,
    schema: MANIFEST_SCHEMA,
    project: plan.project,
    tag: source.tag,
    version: plan.version,
    previousTag: source.previousTag,
    commit: source.commit,
    date: source.commitDate,
    prerelease: hub.prerelease,
    tool: { name: 'tagonce', version: tool },
    hub: { kind, owner, repo, download, api, upload },
    notes,
    artifacts: mergeFragments(fragments.map(({ artifacts }) => ({ artifacts: artifacts.map(sealedArtifact) }))),
    spokes: [...spokes].sort((a, b) => compareNames(`${a.spoke}\0${a.entry}`, `${b.spoke}\0${b.entry}`)),
  }
  refuseSecrets(manifest, [])
  return validManifest(manifest, 'what cannot be read back is not sealed: mend the name templates of the config')
}

/** The bytes of `tagonce.json`: JSON by two blanks, keys in the schema's order, artifacts sorted, a newline at the end. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(validManifest(manifest, 'only a sealed manifest is written'), null, 2)}\n`
}

/** What is known of an artifact on this machine alone (where it lies) stays out. */
function sealedArtifact(artifact: Artifact): Artifact {
  const { name, kind, id, platform, format, wrapDirectory, size, sha256, binaries, files } = artifact
  return {
    name,
    kind,
    id,
    ...(platform === undefined ? {} : { platform }),
    ...(format === undefined ? {} : { format }),
    ...(wrapDirectory === undefined ? {} : { wrapDirectory }),
    size,
    sha256,
    binaries,
    ...(files === undefined ? {} : { files }),
  }
}

/** The manifest is public. A secret in it is a fault of the config or of the notes, and must not be masked but mended. */
function refuseSecrets(value: unknown, path: PropertyKey[]): void {
  if (typeof value === 'string') {
    if (redact(value) === value) return
    throw new TagonceError('manifest', `${MANIFEST_NAME} would hold a secret at ${jsonPath(path)}`, {
      hint: 'name the variable that holds it ({{ .Env.NAME }} where a token is asked for), not its value',
    })
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    refuseSecrets(key, [...path, key])
    refuseSecrets(inner, [...path, Array.isArray(value) ? Number(key) : key])
  }
}
